package aferotest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/spf13/afero"
)

// What many goroutines do at once has no single right outcome to ask package os for. These cases check what holds in each.

const (
	goroutines = 8
	rounds     = 40
)

func concurrentTests() []oneTest {
	var tests []oneTest
	for _, t := range []struct {
		name string
		run  func(fs afero.Fs) error
	}{
		{"appends lose nothing", appendsLoseNothing},
		{"appends through one file lose nothing", sharedAppendsLoseNothing},
		{"exclusive create has one winner", exclusiveCreate},
		{"creates in one directory all stay", createsStay},
		{"open with create makes one file", createMakesOne},
		{"mkdirall of one path", mkdirAllTogether},
		{"rename is never half done", renameIsWhole},
		{"rename and remove of one name", renameAndRemove},
		{"renames in a circle keep the files", renameCircle},
		{"directories are not moved into each other", noDirectoryLoops},
		{"listing while entries come and go", listing},
		{"reads at offsets beside each other", parallelReadAt},
		{"close beside use", closeBesideUse},
		{"one removal succeeds", removeOnce},
	} {
		tests = append(tests, oneTest{"concurrent/" + t.name, func(fs afero.Fs, _ answers) (string, error) {
			return "", t.run(fs)
		}})
	}
	return tests
}

// together runs fn in goroutines and returns the first error or panic of each.
func together(n int, fn func(i int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs[i] = fmt.Errorf("panic: %v", p)
				}
			}()
			errs[i] = fn(i)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// only passes the errors that a loser of a race may get.
func only(err error, allowed ...error) error {
	for _, a := range allowed {
		if errors.Is(err, a) {
			return nil
		}
	}
	return err
}

func checkRecords(fsys afero.Fs, name string) error {
	data, err := afero.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	seen := map[string]int{}
	for line := range strings.Lines(string(data)) {
		seen[line]++
	}
	for i := range goroutines {
		for j := range rounds {
			if n := seen[record(i, j)]; n != 1 {
				return fmt.Errorf("record %q is there %d times among %d bytes", record(i, j), n, len(data))
			}
		}
	}
	return nil
}

func record(i, j int) string { return fmt.Sprintf("record %d of writer %d\n", j, i) }

const appendFlags = os.O_WRONLY | os.O_CREATE | os.O_APPEND

func appendsLoseNothing(fsys afero.Fs) error {
	err := together(goroutines, func(i int) error {
		f, err := fsys.OpenFile("log", appendFlags, 0o644)
		if err != nil {
			return err
		}
		for j := range rounds {
			if _, err := f.WriteString(record(i, j)); err != nil {
				return err
			}
		}
		return f.Close()
	})
	return errors.Join(err, checkRecords(fsys, "log"))
}

func sharedAppendsLoseNothing(fsys afero.Fs) error {
	f, err := fsys.OpenFile("log", appendFlags, 0o644)
	if err != nil {
		return err
	}
	err = together(goroutines, func(i int) error {
		for j := range rounds {
			if _, failed := f.WriteString(record(i, j)); failed != nil {
				return failed
			}
		}
		return nil
	})
	return errors.Join(err, f.Close(), checkRecords(fsys, "log"))
}

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

// createMakesOne has openers write to what should be one file; an opener that replaces it loses bytes.
func createMakesOne(fsys afero.Fs) error {
	for round := range rounds {
		name := fmt.Sprint("f", round)
		err := together(goroutines, func(i int) error {
			f, err := fsys.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
			if err != nil {
				return err
			}
			_, err = f.WriteAt([]byte{'x'}, int64(i))
			return errors.Join(err, f.Close())
		})
		data, read := afero.ReadFile(fsys, name)
		if err != nil || read != nil || string(data) != strings.Repeat("x", goroutines) {
			return errors.Join(err, read, fmt.Errorf("%s has %q", name, data))
		}
	}
	return nil
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

func parallelReadAt(fsys afero.Fs) error {
	data := make([]byte, 1<<16)
	for i := range data {
		data[i] = byte(i * 7 >> 3)
	}
	if err := afero.WriteFile(fsys, "f", data, 0o644); err != nil {
		return err
	}
	f, err := fsys.Open("f")
	if err != nil {
		return err
	}
	err = together(goroutines, func(i int) error {
		buf := make([]byte, 100)
		for j := range rounds {
			off := (i*rounds + j) * 97 % (len(data) - len(buf))
			if _, failed := f.ReadAt(buf, int64(off)); failed != nil {
				return failed
			}
			if !bytes.Equal(buf, data[off:off+len(buf)]) {
				return fmt.Errorf("wrong bytes at %d", off)
			}
		}
		return nil
	})
	return errors.Join(err, f.Close())
}

func closeBesideUse(fsys afero.Fs) error {
	for range rounds {
		f, err := fsys.Create("f")
		if err != nil {
			return err
		}
		err = together(goroutines, func(i int) (err error) {
			switch i {
			case 0:
				err = f.Close()
			case 1:
				_, err = f.Stat()
			case 2:
				_, err = f.Seek(1, 0)
			case 3:
				_, err = f.ReadAt(make([]byte, 1), 100)
				err = only(err, io.EOF)
			default:
				_, err = f.WriteAt([]byte("x"), int64(i))
			}
			return only(err, fs.ErrClosed)
		})
		if err != nil {
			return err
		}
	}
	return nil
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
