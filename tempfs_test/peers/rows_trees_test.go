package peers

import (
	"errors"
	"fmt"
	"io/fs"
)

func rowsOfTrees() []row {
	return []row{
		renamingAFile(demand{speed: 0.8}),
		renamingADirectory(demand{speed: 0.8}),
		removingATree(demand{speed: 0.5}),
	}
}

// renamingAFile gives a file among others another name, and the first again. Neither is the beginning of another's name: that would harm billy.
func renamingAFile(d demand) row {
	return row{
		name: "rename a file", demand: d, needs: []ability{renaming},
		prepare: func(w *workplace) (steps, error) {
			names, content := [2]string{w.path("here"), w.path("there")}, pattern(100)
			if err := w.putAll(w.paths("", filesInTurn), nil); err != nil {
				return steps{}, err
			}
			return steps{
				least: 2, most: sliceOfMany,
				do: func(i int) error { return w.Rename(names[i%2], names[1-i%2]) },
				check: func(n int) error {
					return errors.Join(w.checkContent(names[n%2], content), w.checkGone(names[1-n%2]))
				},
			}, w.put(names[0], content)
		},
	}
}

// renamingADirectory does so with one of many files.
func renamingADirectory(d demand) row {
	return row{
		name: "rename a directory of 10,000 files", demand: d, needs: []ability{renaming},
		prepare: func(w *workplace) (steps, error) {
			names, dirs := [2]string{"here", "there"}, [2]string{w.path("here"), w.path("there")}
			if err := w.Mkdir(dirs[0]); err != nil {
				return steps{}, err
			}
			return steps{
				least: 2, most: sliceOfMany,
				do: func(i int) error { return w.Rename(dirs[i%2], dirs[1-i%2]) },
				check: func(n int) error {
					now := names[n%2]
					paths := w.paths(now, w.scale.moved)
					return errors.Join(w.checkListing(now, paths), w.checkAll(paths, nil), w.checkGone(dirs[1-n%2]))
				},
			}, w.putAll(w.paths(names[0], w.scale.moved), nil)
		},
	}
}

// removingATree removes a hundred directories of files in one call.
func removingATree(d demand) row {
	const directories = 100
	return row{
		name: "RemoveAll of 100,000 files", demand: d,
		prepare: func(w *workplace) (steps, error) {
			tree := w.path("tree")
			return steps{
				least: 1, most: 1,
				before: func(int) error {
					if err := w.Mkdir(tree); err != nil {
						return err
					}
					for i := range directories {
						dir := fmt.Sprintf("tree/d%d", i)
						if err := w.Mkdir(w.path(dir)); err != nil {
							return err
						}
						if err := w.putAll(w.paths(dir, w.scale.ended/directories), nil); err != nil {
							return err
						}
					}
					return nil
				},
				do:    func(int) error { return w.RemoveAll(tree) },
				check: func(int) error { return errors.Join(w.checkGone(tree), w.checkGone(tree+"/d0/f0")) },
			}, nil
		},
	}
}

func (w *workplace) checkGone(path string) error {
	if _, err := w.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not gone: %w", path, err)
	}
	return nil
}
