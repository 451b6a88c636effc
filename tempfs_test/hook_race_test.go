package tempfs_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestEachCallerGetsItsOwnError, however many are stopped at the same time.
func TestEachCallerGetsItsOwnError(t *testing.T) {
	const goroutines, calls = 16, 300
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys := tempfs.Test(t, append(opts, tempfs.WithHook(stopAll))...)
		var all sync.WaitGroup
		wrong := make(chan error, goroutines)
		for g := range goroutines {
			all.Go(func() {
				for i := range calls {
					name := fmt.Sprintf("%d-%d", g, i)
					for _, err := range []error{fsys.Remove(name), fsys.MkdirAll(name, 0o755), fsys.Rename(name, "x"), opened(fsys.Create(name))} {
						var stopped *stopError
						if !errors.As(err, &stopped) || stopped.op.Name != name {
							wrong <- fmt.Errorf("%s: %w", name, err)
							return
						}
					}
				}
			})
		}
		all.Wait()
		close(wrong)
		require.NoError(t, <-wrong)
	})
}

// TestHookedFileForManyAtOnce has appends of many goroutines, of which every third is stopped, all be where they belong.
func TestHookedFileForManyAtOnce(t *testing.T) {
	const goroutines, calls = 8, 60
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		var mu sync.Mutex
		n := 0
		fsys := tempfs.Test(t, append(opts, tempfs.WithHook(func(op tempfs.Op) error {
			mu.Lock()
			defer mu.Unlock()
			if op.Kind != tempfs.OpWrite {
				return nil
			}
			if n++; n%3 == 0 {
				return &stopError{op}
			}
			return nil
		}))...)
		require.NoError(t, put(fsys, "f", ""))
		var all sync.WaitGroup
		written := make([]int, goroutines)
		for g := range goroutines {
			all.Go(func() {
				f, err := fsys.OpenFile("f", os.O_WRONLY|os.O_APPEND, 0)
				if err != nil {
					return
				}
				defer f.Close()
				for range calls {
					if _, err := f.WriteString(strconv.Itoa(g)); err == nil {
						written[g]++
					}
				}
			})
		}
		all.Wait()
		info, err := fsys.Stat("f")
		require.NoError(t, err)
		sum := 0
		for _, w := range written {
			sum += w
		}
		require.EqualValues(t, sum, info.Size())
		require.Equal(t, goroutines*calls*2/3, sum)
	})
}

// TestHookMayUseTheFs that it is asked for, and the file too.
func TestHookMayUseTheFs(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		var fsys *tempfs.Fs
		var f afero.File
		inside := false
		var seen []string
		fsys = tempfs.Test(t, append(opts, tempfs.WithHook(func(op tempfs.Op) error {
			if inside {
				return nil
			}
			inside = true
			defer func() { inside = false }()
			seen = append(seen, op.String())
			if err := put(fsys, "log", strconv.Itoa(len(seen))); err != nil {
				return err
			}
			if f != nil {
				return errOf(f.Seek(0, io.SeekCurrent))
			}
			return errOf(fsys.Sub("/"))
		}))...)
		var err error
		f, err = fsys.Create("f")
		require.NoError(t, err)
		require.NoError(t, errors.Join(errOf(f.WriteString("content")), f.Sync(), errOf(f.ReadAt(make([]byte, 7), 0))))
		require.Equal(t, []string{"create f", "write f: 7 bytes at 0", "sync f", "read f: 7 bytes at 0"}, seen)
		f = nil
		require.NoError(t, has(fsys, "f", "content"))
	})
}

// TestHookMayRelease the Fs: the operation that it was called for then ends as any that a release meets.
func TestHookMayRelease(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		synctest.Test(t, func(t *testing.T) { // the release waits a second for the operation
			var fsys *tempfs.Fs
			fsys, err := tempfs.New(append(opts, tempfs.WithHook(func(tempfs.Op) error { return fsys.Release() }))...)
			require.NoError(t, err)
			require.Error(t, fsys.Mkdir("d", 0o755))
			require.ErrorIs(t, fsys.Mkdir("d", 0o755), fs.ErrClosed)
			require.NoError(t, fsys.Release())
		})
	})
}

// TestHookThatPanics leaves an Fs that can be used and released.
func TestHookThatPanics(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, s := newSpied(t, opts...)
		f, err := fsys.Open("/f")
		require.NoError(t, err)
		s.stopping(func(op tempfs.Op) error { panic(op.Kind) })
		require.PanicsWithValue(t, tempfs.OpMkdir, func() { _ = fsys.Mkdir("new", 0o755) })
		require.PanicsWithValue(t, tempfs.OpClose, func() { _ = f.Close() })
		s.stopping(nil)
		require.NoError(t, fsys.Mkdir("new", 0o755))
		require.NoError(t, fsys.Release())
	})
}
