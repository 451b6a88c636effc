package peers

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
)

func rowsOfFiles() []row {
	return []row{
		creating(100, 1, demand{speed: 1, allocations: 3}),
		creating(100, 8, demand{speed: 1, allocations: 3}),
		creating(blockSize, 1, demand{speed: 1, allocations: 3}),
		reading(100, demand{speed: 1}),
		reading(blockSize, demand{speed: 1}),
	}
}

func rowsOfInfos() []row {
	return []row{
		looking(1, demand{speed: 1, allocations: 1}),
		looking(4, demand{speed: 1.3, allocations: 1}),
		looking(8, demand{speed: 2, allocations: 1}),
		missing(8, demand{speed: 1.2}),
	}
}

func rowsOfListings() []row {
	all := func(n int) func(scale) int { return func(scale) int { return n } }
	return []row{
		listingOf("10", all(10), demand{speed: 1.2, allocations: 5}),
		listingOf("1,000", all(1000), demand{speed: 3, allocations: 5}),
		listingOf("100,000", func(s scale) int { return s.listed }, demand{speed: 3, allocations: 5}),
	}
}

// creating makes a file that was not there, with content.
func creating(size, depth int, d demand) row {
	return row{
		name: fmt.Sprintf("create+write+close %s, depth %d", bytesOf(size), depth), demand: d,
		prepare: func(w *workplace) (steps, error) {
			dir, err := w.parents(depth)
			if err != nil {
				return steps{}, err
			}
			names, content := w.paths(dir, sliceOfMany), pattern(size)
			return steps{
				least: 1, most: sliceOfMany,
				do:    func(i int) error { return w.put(names[i], content) },
				check: func(n int) error { return w.checkAll(names[:n], content) },
				after: func(n int) error { return w.removeEach(names[:n]) },
			}, nil
		},
	}
}

// filesInTurn is among how many files the operations go round.
const filesInTurn = 1000

// reading opens a file and reads it.
func reading(size int, d demand) row {
	return row{
		name: "open+read+close " + bytesOf(size), demand: d,
		prepare: func(w *workplace) (steps, error) {
			names, content := w.paths("", filesInTurn), pattern(size)
			return steps{
				least: 1, most: sliceOfMany,
				do:    func(i int) error { return w.read(names[i%filesInTurn], w.block[:size]) },
				check: func(int) error { return w.checkAll(names, content) },
			}, w.putAll(names, content)
		},
	}
}

// read reads what must be there at once.
func (w *workplace) read(path string, block []byte) error {
	f, err := w.Open(path)
	if err != nil {
		return err
	}
	n, err := f.Read(block)
	if n != len(block) {
		return fmt.Errorf("read %d: %w", n, err)
	}
	if err != nil && err != io.EOF {
		return err
	}
	return f.Close()
}

// looking asks for the info of a file, and for what that tells: a contender may be as lazy as it likes.
func looking(depth int, d demand) row {
	return row{
		name: fmt.Sprintf("stat and its fields, depth %d", depth), demand: d,
		prepare: func(w *workplace) (steps, error) {
			dir, err := w.parents(depth)
			if err != nil {
				return steps{}, err
			}
			names := w.paths(dir, filesInTurn)
			return steps{
				least: 1, most: sliceOfMany,
				do:    func(i int) error { return w.look(names[i%filesInTurn]) },
				check: func(int) error { return w.checkInfos(names) },
			}, w.putAll(names, w.block[:1])
		},
	}
}

func (w *workplace) look(path string) error {
	info, err := w.Stat(path)
	if err != nil {
		return err
	}
	_, _, _, _ = info.Name(), info.Size(), info.Mode(), info.ModTime()
	if info.IsDir() {
		return fs.ErrInvalid
	}
	return nil
}

// missing asks for a file that is not in a directory of others.
func missing(depth int, d demand) row {
	return row{
		name: fmt.Sprintf("stat, missing, depth %d", depth), demand: d,
		prepare: func(w *workplace) (steps, error) {
			dir, err := w.parents(depth)
			if err != nil {
				return steps{}, err
			}
			name := w.path(inside(dir, "missing"))
			return steps{
				least: 1, most: sliceOfMany,
				do: func(int) error {
					if _, err := w.Stat(name); err == nil {
						return fs.ErrExist
					}
					return nil
				},
				check: func(int) error {
					if _, err := w.Stat(name); !errors.Is(err, fs.ErrNotExist) {
						return fmt.Errorf("missing: %w", err)
					}
					return nil
				},
			}, w.putAll(w.paths(dir, filesInTurn), nil)
		},
	}
}

// listingOf opens a directory, reads all its entries and closes it.
func listingOf(entries string, number func(scale) int, d demand) row {
	return row{
		name: "list " + entries, demand: d,
		prepare: func(w *workplace) (steps, error) {
			const dir = "listed"
			if err := w.Mkdir(w.path(dir)); err != nil {
				return steps{}, err
			}
			files := number(w.scale)
			names := w.paths(dir, files)
			return steps{
				least: 1, most: sliceOfMany,
				do: func(int) error {
					l, err := w.List(w.path(dir))
					if err == nil && l.len() != files {
						return fmt.Errorf("%d are listed of %d", l.len(), files)
					}
					return err
				},
				check: func(int) error { return w.checkListing(dir, names) },
			}, w.putAll(names, nil)
		},
	}
}

// checkListing wants these names and no others, in any order.
func (w *workplace) checkListing(dir string, paths []string) error {
	l, err := w.List(w.path(dir))
	if err != nil {
		return err
	}
	listed, wanted := l.all(), make([]string, len(paths))
	for i, path := range paths {
		wanted[i] = path[len(w.path(dir))+1:]
	}
	slices.Sort(listed)
	slices.Sort(wanted)
	if !slices.Equal(listed, wanted) {
		return fmt.Errorf("listed %d, not %d: %.100q", len(listed), len(wanted), listed)
	}
	return nil
}

func bytesOf(size int) string {
	if size >= 1<<10 {
		return fmt.Sprintf("%d KiB", size>>10)
	}
	return fmt.Sprintf("%d B", size)
}
