package aferotest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/spf13/afero"
)

// What holds for names that many goroutines make, move and list.

func exclusiveCreate(fsys afero.Fs) error {
	for round := range rounds {
		name := fmt.Sprint("lock", round)
		var mu sync.Mutex
		winners := 0
		err := together(goroutines, func(int) error {
			f, err := fsys.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if err != nil {
				return only(err, fs.ErrExist)
			}
			mu.Lock()
			winners++
			mu.Unlock()
			return f.Close()
		})
		if err != nil || winners != 1 {
			return errors.Join(err, fmt.Errorf("%s has %d winners", name, winners))
		}
	}
	return nil
}

func createsStay(fsys afero.Fs) error {
	if err := fsys.Mkdir("d", 0o755); err != nil {
		return err
	}
	err := together(goroutines, func(i int) error {
		for j := range rounds {
			name := fmt.Sprintf("d/%d-%d", i, j)
			if err := afero.WriteFile(fsys, name, []byte(name), 0o644); err != nil {
				return err
			}
		}
		return nil
	})
	infos, listed := afero.ReadDir(fsys, "d")
	if len(infos) != goroutines*rounds {
		listed = errors.Join(listed, fmt.Errorf("%d entries of %d", len(infos), goroutines*rounds))
	}
	return errors.Join(err, listed)
}

func mkdirAllTogether(fsys afero.Fs) error {
	for round := range rounds {
		path := fmt.Sprintf("r%d/a/b/c", round)
		if err := together(goroutines, func(int) error { return fsys.MkdirAll(path, 0o755) }); err != nil {
			return err
		}
	}
	return nil
}

func renameIsWhole(fsys afero.Fs) error {
	contents := [][]byte{bytes.Repeat([]byte("a"), 5000), bytes.Repeat([]byte("b"), 5000)}
	if err := afero.WriteFile(fsys, "target", contents[0], 0o644); err != nil {
		return err
	}
	return together(goroutines, func(i int) error {
		for j := range rounds {
			if i == 0 { // the writer
				err := afero.WriteFile(fsys, "new", contents[j%2], 0o644)
				if err = errors.Join(err, fsys.Rename("new", "target")); err != nil {
					return err
				}
				continue
			}
			data, err := afero.ReadFile(fsys, "target")
			if err != nil {
				return err
			}
			if !bytes.Equal(data, contents[0]) && !bytes.Equal(data, contents[1]) {
				return fmt.Errorf("target has %d bytes that nobody wrote", len(data))
			}
		}
		return nil
	})
}

func renameAndRemove(fsys afero.Fs) error {
	return together(goroutines, func(i int) error {
		for range rounds {
			var err error
			switch i % 4 {
			case 0:
				err = afero.WriteFile(fsys, "a", []byte("x"), 0o644)
			case 1:
				err = fsys.Rename("a", "b")
			case 2:
				err = fsys.Remove("b")
			case 3:
				_, err = fsys.Stat("a")
			}
			if err = only(err, fs.ErrNotExist); err != nil {
				return err
			}
		}
		return nil
	})
}

// renameCircle moves files from directory to directory. None is lost or doubled.
func renameCircle(fsys afero.Fs) error {
	const dirs = 3
	for d := range dirs {
		if err := fsys.Mkdir(fmt.Sprint("d", d), 0o755); err != nil {
			return err
		}
	}
	for i := range goroutines {
		if err := afero.WriteFile(fsys, fmt.Sprintf("d0/%d", i), []byte{byte(i)}, 0o644); err != nil {
			return err
		}
	}
	err := together(goroutines, func(i int) error {
		for j := range rounds {
			from, to := fmt.Sprintf("d%d/%d", j%dirs, i), fmt.Sprintf("d%d/%d", (j+1)%dirs, i)
			if err := fsys.Rename(from, to); err != nil {
				return err
			}
		}
		return nil
	})
	count := 0
	for d := range dirs {
		infos, listed := afero.ReadDir(fsys, fmt.Sprint("d", d))
		err = errors.Join(err, listed)
		count += len(infos)
	}
	if count != goroutines {
		err = errors.Join(err, fmt.Errorf("%d files of %d", count, goroutines))
	}
	return err
}

// noDirectoryLoops moves a into b while others move b into a: done both, neither would be reachable.
func noDirectoryLoops(fsys afero.Fs) error {
	for range rounds {
		if err := errors.Join(fsys.MkdirAll("a", 0o755), fsys.MkdirAll("b", 0o755)); err != nil {
			return err
		}
		_ = together(2, func(i int) error {
			if i == 0 {
				return fsys.Rename("a", "b/a")
			}
			return fsys.Rename("b", "a/b")
		})
		_, errA := fsys.Stat("a")
		_, errB := fsys.Stat("b")
		if errA != nil && errB != nil {
			return errors.New("both directories are gone")
		}
		if err := errors.Join(fsys.RemoveAll("a"), fsys.RemoveAll("b")); err != nil {
			return err
		}
	}
	return nil
}

// listing pages through a directory of entries that stay, beside others that come and go.
func listing(fsys afero.Fs) error {
	const stay = 50
	if err := fsys.Mkdir("d", 0o755); err != nil {
		return err
	}
	for i := range stay {
		if err := afero.WriteFile(fsys, fmt.Sprintf("d/stay%d", i), nil, 0o644); err != nil {
			return err
		}
	}
	return together(goroutines, func(i int) error {
		for j := range rounds {
			if i%2 == 0 {
				name := fmt.Sprintf("d/go%d", i)
				if err := errors.Join(afero.WriteFile(fsys, name, nil, 0o644), fsys.Remove(name)); err != nil {
					return err
				}
				continue
			}
			if err := pageStays(fsys, stay, 1+j%7); err != nil {
				return err
			}
		}
		return nil
	})
}

func pageStays(fsys afero.Fs, stay, count int) error {
	f, err := fsys.Open("d")
	if err != nil {
		return err
	}
	seen := map[string]int{}
	for {
		names, err := f.Readdirnames(count)
		for _, name := range names {
			seen[name]++
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(names) == 0 {
			return errors.Join(f.Close(), err, fmt.Errorf("a page of %d", len(names)))
		}
	}
	for i := range stay {
		if n := seen[fmt.Sprintf("stay%d", i)]; n != 1 {
			return errors.Join(f.Close(), fmt.Errorf("stay%d was listed %d times", i, n))
		}
	}
	return f.Close()
}

func removeOnce(fsys afero.Fs) error {
	for round := range rounds {
		name := fmt.Sprint("f", round)
		if err := afero.WriteFile(fsys, name, nil, 0o644); err != nil {
			return err
		}
		var mu sync.Mutex
		removed := 0
		err := together(goroutines, func(int) error {
			err := fsys.Remove(name)
			if err == nil {
				mu.Lock()
				removed++
				mu.Unlock()
			}
			return only(err, fs.ErrNotExist)
		})
		if err != nil || removed != 1 {
			return errors.Join(err, fmt.Errorf("removed %d times", removed))
		}
	}
	return nil
}
