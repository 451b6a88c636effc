package tempfs_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
)

// row is an operation that is measured, and what is asked of it.
type row struct {
	name  string
	times int // in a slice, an even number
	// prepare makes what there is throughout. before and after are around each slice, and not of it.
	prepare, before, after func(w *workplace) error
	do                     func(w *workplace, i int) error
	shallow, deep          ratio  // asked at depth 1, and deeper
	allocations            int    // asked; unasked for none
	calls                  [2]int // system calls asked, at depth 1 and deeper
}

// ratio is the time that an operation may take, to that of package os, on tmpfs and on other filesystems.
type ratio struct{ tmpfs, others float64 }

func everywhere(r float64) ratio { return ratio{r, r} }

// unasked is said of a figure that is told and no more.
const unasked = -1

const (
	blockSize     = 4 << 10
	listedEntries = 100
	sliceOfMany   = 200
)

// diskRows are those of the table of the disk backend.
func diskRows() []row {
	return slices.Concat(rowsOfFiles(), rowsOfInfos(), rowsOfEntries(), []row{rowOfListing()})
}

// rowsOfFiles open and close one.
func rowsOfFiles() []row {
	return []row{
		{
			name: "open+close", times: sliceOfMany, prepare: oneFile,
			do: func(w *workplace, _ int) error {
				f, err := w.Open(w.names[0])
				if err != nil {
					return err
				}
				return f.Close()
			},
			shallow: everywhere(0.50), deep: everywhere(0.55), allocations: 1, calls: [2]int{2, 2},
		},
		{
			name: "create+close", times: sliceOfMany, after: removeEach,
			do: func(w *workplace, i int) error {
				f, err := w.Create(w.names[i])
				if err != nil {
					return err
				}
				return f.Close()
			},
			shallow: ratio{0.70, 0.95}, deep: ratio{0.75, 0.90}, allocations: 1, calls: [2]int{2, 2},
		},
		{
			name: "open+read 4 KiB+close", times: sliceOfMany, prepare: oneFile,
			do: func(w *workplace, _ int) error {
				f, err := w.Open(w.names[0])
				if err != nil {
					return err
				}
				n, err := f.Read(w.block)
				return errors.Join(expect(n, blockSize), err, f.Close())
			},
			shallow: everywhere(0.60), deep: everywhere(0.65), allocations: 1, calls: [2]int{3, 3},
		},
		{
			name: "open+write 4 KiB+close", times: sliceOfMany, prepare: oneFile,
			do: func(w *workplace, _ int) error {
				f, err := w.OpenFile(w.names[0], os.O_WRONLY, 0)
				if err != nil {
					return err
				}
				n, err := f.Write(w.block)
				return errors.Join(expect(n, blockSize), err, f.Close())
			},
			shallow: everywhere(0.60), deep: everywhere(0.65), allocations: 1, calls: [2]int{3, 3},
		},
	}
}

// rowsOfInfos change nothing.
func rowsOfInfos() []row {
	return []row{
		{
			name: "stat", times: sliceOfMany, prepare: oneFile,
			do: func(w *workplace, _ int) error {
				_, err := w.Stat(w.names[0])
				return err
			},
			shallow: everywhere(0.80), deep: everywhere(1.5), allocations: 1, calls: [2]int{1, 3},
		},
		{
			name: "lstat", times: sliceOfMany, prepare: oneFile,
			do: func(w *workplace, _ int) error {
				_, _, err := w.LstatIfPossible(w.names[0])
				return err
			},
			shallow: everywhere(0.80), deep: everywhere(1.5), allocations: 1, calls: [2]int{1, 3},
		},
		{
			name: "stat, missing", times: sliceOfMany,
			do: func(w *workplace, _ int) error {
				if _, err := w.Stat(w.names[0]); err == nil {
					return os.ErrExist
				}
				return nil
			},
			shallow: everywhere(0.85), deep: everywhere(1.1), allocations: unasked, calls: [2]int{1, 1},
		},
	}
}

// rowsOfEntries change those of a directory.
func rowsOfEntries() []row {
	return []row{
		{
			name: "mkdir", times: sliceOfMany, after: removeEach,
			do:      func(w *workplace, i int) error { return w.Mkdir(w.names[i], 0o700) },
			shallow: everywhere(0.95), deep: everywhere(1.2), allocations: 0, calls: [2]int{1, 3},
		},
		{
			name: "remove", times: sliceOfMany, before: fileEach,
			do:      func(w *workplace, i int) error { return w.Remove(w.names[i]) },
			shallow: everywhere(0.92), deep: everywhere(1.4), allocations: 0, calls: [2]int{1, 3},
		},
		{
			name: "rename in one directory", times: sliceOfMany, prepare: oneFile,
			do:      func(w *workplace, i int) error { return w.Rename(w.names[i%2], w.names[1-i%2]) },
			shallow: everywhere(0.85), deep: everywhere(1.0), allocations: 0, calls: [2]int{2, 4},
		},
		{
			name: "chmod", times: sliceOfMany, prepare: oneFile,
			do:      func(w *workplace, _ int) error { return w.Chmod(w.names[0], 0o640) },
			shallow: everywhere(0.85), deep: everywhere(1.7), allocations: 0, calls: [2]int{1, 3},
		},
	}
}

// rowOfListing reads a directory.
func rowOfListing() row {
	return row{
		name: "list 100 entries with infos", times: 8, prepare: oneDirectory,
		do: func(w *workplace, _ int) error {
			f, err := w.Open(w.names[0])
			if err != nil {
				return err
			}
			infos, err := f.Readdir(-1)
			return errors.Join(expect(len(infos), listedEntries), err, f.Close())
		},
		shallow: everywhere(0.90), deep: everywhere(0.90), allocations: unasked, calls: [2]int{104, 104},
	}
}

func oneFile(w *workplace) error { return os.WriteFile(w.hosts[0], w.block, 0o600) }

func oneDirectory(w *workplace) error {
	return errors.Join(os.Mkdir(w.hosts[0], 0o700), buildFiles(w.hosts[0], listedEntries))
}

func fileEach(w *workplace) error {
	for _, host := range w.hosts {
		if err := os.WriteFile(host, nil, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// removeEach removes what was made, which may be less than there are names.
func removeEach(w *workplace) error {
	for _, host := range w.hosts {
		if err := os.Remove(host); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

func expect(got, want int) error {
	if got != want {
		return fmt.Errorf("%d, not %d", got, want)
	}
	return nil
}
