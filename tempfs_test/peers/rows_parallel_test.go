package peers

import "fmt"

// sharedDirectories are those that all goroutines work in, each with files of its own.
const sharedDirectories = 8

func rowsInParallel() (rows []row) {
	for _, goroutines := range []int{2, 8} {
		rows = append(rows, parallelStat(goroutines), parallelCreate(goroutines), parallelMixed(goroutines))
	}
	return rows
}

func inParallel(what string, goroutines int) string {
	return fmt.Sprintf("%s, %d goroutines", what, goroutines)
}

// leastInParallel gives each of the most goroutines whole lives of files.
const leastInParallel = 8 * mixedCycle

// sharedPaths are names that go round the directories.
func (w *workplace) sharedPaths(n int) []string {
	paths := make([]string, n)
	for i := range paths {
		paths[i] = w.path(fmt.Sprintf("shared%d/f%d", i%sharedDirectories, i))
	}
	return paths
}

func (w *workplace) makeShared() error {
	for i := range sharedDirectories {
		if err := w.Mkdir(w.path(fmt.Sprintf("shared%d", i))); err != nil {
			return err
		}
	}
	return nil
}

func parallelStat(goroutines int) row {
	return row{
		name: inParallel("stat and its fields", goroutines), goroutines: goroutines, demand: demand{speed: 1},
		prepare: func(w *workplace) (steps, error) {
			if err := w.makeShared(); err != nil {
				return steps{}, err
			}
			names := w.sharedPaths(filesInTurn)
			return steps{
				least: leastInParallel, most: 4 * sliceOfMany,
				do:    func(i int) error { return w.look(names[i%filesInTurn]) },
				check: func(int) error { return w.checkInfos(names) },
			}, w.putAll(names, nil)
		},
	}
}

func parallelCreate(goroutines int) row {
	return row{
		name: inParallel("create+write+close 100 B", goroutines), goroutines: goroutines, demand: demand{speed: 1},
		needs: []ability{creatingInParallel},
		prepare: func(w *workplace) (steps, error) {
			names, content := w.sharedPaths(2*sliceOfMany), pattern(100)
			return steps{
				least: leastInParallel, most: 2 * sliceOfMany,
				do:    func(i int) error { return w.put(names[i], content) },
				check: func(n int) error { return w.checkAll(names[:n], content) },
				after: func(n int) error { return w.removeEach(names[:n]) },
			}, w.makeShared()
		},
	}
}

// mixedCycle is a file's life: it is made, looked at five times, read three times, and removed.
const mixedCycle = 10

func parallelMixed(goroutines int) row {
	const size = 100
	return row{
		name: inParallel("mixed", goroutines), goroutines: goroutines, demand: demand{speed: 1},
		needs: []ability{creatingInParallel, removingInParallel},
		prepare: func(w *workplace) (steps, error) {
			names, content := w.sharedPaths(4*sliceOfMany/mixedCycle), pattern(size)
			blocks := make([]byte, size*len(names)) // one for each file, since goroutines cannot share one
			return steps{
				least: leastInParallel, most: 4 * sliceOfMany,
				do: func(i int) error {
					file := i / mixedCycle
					switch name := names[file]; i % mixedCycle {
					case 0:
						return w.put(name, content)
					case mixedCycle - 1:
						return w.Remove(name)
					case 3, 5, 7:
						return w.read(name, blocks[file*size:][:size])
					default:
						return w.look(name)
					}
				},
				check: func(n int) error {
					for _, name := range names[:n/mixedCycle] {
						if err := w.checkGone(name); err != nil {
							return err
						}
					}
					return nil
				},
			}, w.makeShared()
		},
	}
}
