package tempfs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/afero"
)

// aferoParallel is about many goroutines on one MemMapFs, which is tried in a process of its own: it dies, or the race
// detector ends it.
var aferoParallel = []aferoCheck{
	{shows: "parallel work in directories of its own", thread: "44 45 112 133 8", right: true, alone: true, check: func(fsys afero.Fs) error {
		return parallel(8, func(i int) error {
			dir := "/d" + strconv.Itoa(i)
			return errors.Join(
				fsys.Mkdir(dir, 0o755),
				put(fsys, dir+"/f", "x"),
				has(fsys, dir+"/f", "x"),
				fsys.Remove(dir+"/f"),
				lists(fsys, dir),
			)
		})
	}},
	{shows: "parallel creates lose no entry", thread: "298 361", right: true, alone: true, check: func(fsys afero.Fs) error {
		const goroutines, each = 8, 20
		err := parallel(goroutines, func(i int) error {
			var all error
			for j := range each {
				name := fmt.Sprintf("/%d-%d", i, j)
				all = errors.Join(all, fsys.Mkdir(name, 0o755), put(fsys, name+"-f", "x"))
			}
			return all
		})
		if err != nil {
			return err
		}
		infos, err := afero.ReadDir(fsys, "/")
		return errors.Join(err, equal("the number of entries", len(infos), goroutines*each*2))
	}},
	{shows: "parallel renames and removes", alone: true, check: func(fsys afero.Fs) error {
		return parallel(8, func(i int) error {
			for range 50 {
				a, b := "/a"+strconv.Itoa(i%2), "/b"+strconv.Itoa(i%2)
				err := errors.Join(
					put(fsys, a, "x"),
					unless(fs.ErrNotExist, fsys.Rename(a, b)),
					unless(fs.ErrNotExist, fsys.Remove(a)),
					unless(fs.ErrNotExist, fsys.Remove(b)),
				)
				if err != nil {
					return err
				}
			}
			return nil
		})
	}},
	{shows: "parallel openers get one file", alone: true, check: func(fsys afero.Fs) error {
		const openers = 8
		record := []byte("record\n")
		err := parallel(openers, func(int) error {
			f, err := fsys.OpenFile("/log", os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
			return with(f, err, func(f afero.File) error { return errOf(f.Write(record)) })
		})
		return errors.Join(err, has(fsys, "/log", strings.Repeat(string(record), openers)))
	}},
	{shows: "parallel appends of many handles lose nothing", alone: true, check: func(fsys afero.Fs) error {
		const writers, each = 8, 100
		record := []byte("record\n")
		err := errors.Join(put(fsys, "/log", ""), parallel(writers, func(int) error {
			f, err := fsys.OpenFile("/log", os.O_WRONLY|os.O_APPEND, 0)
			return with(f, err, func(f afero.File) error {
				for range each {
					if _, err := f.Write(record); err != nil {
						return err
					}
				}
				return nil
			})
		}))
		return errors.Join(err, has(fsys, "/log", strings.Repeat(string(record), writers*each)))
	}},
	{shows: "parallel writes of one handle lose nothing", alone: true, check: func(fsys afero.Fs) error {
		const writers, each = 8, 100
		record := []byte("record\n")
		f, err := fsys.Create("/log")
		err = with(f, err, func(f afero.File) error {
			return parallel(writers, func(int) error {
				for range each {
					if _, failed := f.Write(record); failed != nil {
						return failed
					}
				}
				return nil
			})
		})
		return errors.Join(err, has(fsys, "/log", strings.Repeat(string(record), writers*each)))
	}},
	{shows: "parallel ReadAt of one handle read right", thread: "433", alone: true, check: func(fsys afero.Fs) error {
		const block, blocks = 512, 16
		content := make([]byte, block*blocks)
		for i := range content {
			content[i] = byte(i / block)
		}
		if err := put(fsys, "/f", string(content)); err != nil {
			return err
		}
		f, err := fsys.Open("/f")
		return with(f, err, func(f afero.File) error {
			return parallel(8, func(i int) error {
				got := make([]byte, block)
				for j := range 200 {
					at := (i + j) % blocks * block
					if _, err := f.ReadAt(got, int64(at)); err != nil {
						return err
					}
					if !bytes.Equal(got, content[at:at+block]) {
						return fmt.Errorf("block %d reads as block %d", at/block, got[0])
					}
				}
				return nil
			})
		})
	}},
	{shows: "Close beside Read and Seek", alone: true, check: func(fsys afero.Fs) error {
		if err := put(fsys, "/f", "12345"); err != nil {
			return err
		}
		f, err := fsys.Open("/f")
		if err != nil {
			return err
		}
		return parallel(3, func(i int) error {
			if i == 0 {
				return f.Close()
			}
			_, read := f.Read(make([]byte, 1))
			_, seek := f.Seek(0, io.SeekStart)
			return errors.Join(unless(fs.ErrClosed, read), unless(fs.ErrClosed, seek))
		})
	}},
}

// parallel calls fn(0) to fn(n-1), each in a goroutine, and joins what they return, panics too. They begin together.
func parallel(n int, fn func(i int) error) error {
	var done sync.WaitGroup
	begin := make(chan struct{})
	errs := make([]error, n)
	for i := range n {
		done.Go(func() {
			<-begin
			errs[i] = attempt(func() error { return fn(i) })
		})
	}
	close(begin)
	done.Wait()
	return errors.Join(errs...)
}

// unless drops an error that is allowed.
func unless(allowed, err error) error {
	if errors.Is(err, allowed) {
		return nil
	}
	return err
}
