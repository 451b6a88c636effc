package aferotest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/afero"
)

// What holds for bytes that many goroutines read and write.

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
