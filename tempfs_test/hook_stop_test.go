package tempfs_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// stopKind stops the operations of that kind alone, with err.
func stopKind(kind tempfs.OpKind, err error) tempfs.Hook {
	return func(op tempfs.Op) error {
		if op.Kind == kind {
			return err
		}
		return nil
	}
}

// TestCausesOfStoppedOperations has an errno as the kernel's, and any other error as it is.
func TestCausesOfStoppedOperations(t *testing.T) {
	wrapped := fmt.Errorf("the disk: %w", syscall.ENOSPC)
	for _, cause := range []error{syscall.ENOSPC, wrapped, errors.New("mine"), &fs.PathError{Op: "look", Path: "y", Err: fs.ErrExist}} {
		eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
			fsys := tempfs.Test(t, append(opts, tempfs.WithHook(stopKind(tempfs.OpMkdir, cause)))...)
			require.Equal(t, &fs.PathError{Op: "mkdir", Path: "x", Err: cause}, fsys.Mkdir("x", 0o755))
			_, err := fsys.Stat("x")
			require.ErrorIs(t, err, fs.ErrNotExist)
		})
	}
}

// TestErrnoOfZeroStopsNothing: a function that returns an errno as an error may well return zero.
func TestErrnoOfZeroStopsNothing(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.WithHook(func(tempfs.Op) error { return syscall.Errno(0) }))
	require.NoError(t, put(fsys, "f", "content"))
	require.NoError(t, has(fsys, "f", "content"))
}

// TestStoppedOperationsChangeNothing has the hook asked before, not after.
func TestStoppedOperationsChangeNothing(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		for name, c := range hookedFsCalls {
			fsys, s := newSpied(t, opts...)
			before := treeOf(t, fsys, "/")
			s.stopping(stopAll)
			_ = c.call(fsys)
			s.stopping(nil)
			require.Equal(t, before, treeOf(t, fsys, "/"), name)
		}
	})
}

// shortCases are short writes of "12345".
var shortCases = map[string]struct {
	stop    *tempfs.ShortWrite
	n       int
	wrapped error
}{
	"some":      {&tempfs.ShortWrite{N: 2, Err: syscall.ENOSPC}, 2, syscall.ENOSPC},
	"none":      {&tempfs.ShortWrite{Err: syscall.ENOSPC}, 0, syscall.ENOSPC},
	"all":       {&tempfs.ShortWrite{N: 5, Err: syscall.EIO}, 5, syscall.EIO},
	"too many":  {&tempfs.ShortWrite{N: 9, Err: syscall.EIO}, 5, syscall.EIO},
	"below 0":   {&tempfs.ShortWrite{N: -1, Err: syscall.EIO}, 0, syscall.EIO},
	"any error": {&tempfs.ShortWrite{N: 3, Err: &stopError{}}, 3, &stopError{}},
}

func TestShortWrite(t *testing.T) {
	for name, c := range shortCases {
		t.Run(name, func(t *testing.T) {
			eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
				fsys := tempfs.Test(t, append(opts, tempfs.WithHook(stopKind(tempfs.OpWrite, c.stop)))...)
				f, err := fsys.Create("f")
				require.NoError(t, err)
				want := &fs.PathError{Op: "write", Path: "f", Err: c.wrapped}

				n, err := f.WriteString("12345")
				require.Equal(t, c.n, n)
				require.Equal(t, want, err)
				pos, err := f.Seek(0, io.SeekCurrent)
				require.NoError(t, err)
				require.EqualValues(t, c.n, pos)

				n, err = f.WriteAt([]byte("12345"), 0)
				require.Equal(t, c.n, n)
				require.Equal(t, want, err)
				require.NoError(t, f.Close())
				require.NoError(t, has(fsys, "f", "12345"[:c.n]))
			})
		})
	}
}

// TestShortWriteWithoutError is that of package io.
func TestShortWriteWithoutError(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys := tempfs.Test(t, append(opts, tempfs.WithHook(stopKind(tempfs.OpWrite, &tempfs.ShortWrite{N: 2})))...)
		f, err := fsys.Create("f")
		require.NoError(t, err)
		n, err := f.Write([]byte("12345"))
		require.Equal(t, 2, n)
		require.Equal(t, io.ErrShortWrite, err)
	})
}

// TestShortWriteOfNoWrite is its error alone, and nothing without one.
func TestShortWriteOfNoWrite(t *testing.T) {
	fsys, s := newSpied(t, tempfs.InMemory())
	s.stopping(stopKind(tempfs.OpRemove, &tempfs.ShortWrite{N: 2, Err: syscall.EIO}))
	require.Equal(t, &fs.PathError{Op: "remove", Path: "f", Err: syscall.EIO}, fsys.Remove("f"))
	s.stopping(stopKind(tempfs.OpRemove, &tempfs.ShortWrite{N: 2}))
	require.NoError(t, fsys.Remove("f"))
	require.EqualError(t, &tempfs.ShortWrite{N: 2, Err: syscall.EIO}, "short write of 2 bytes: "+syscall.EIO.Error())
	require.EqualError(t, &tempfs.ShortWrite{N: 2}, "short write of 2 bytes")
	require.ErrorIs(t, &tempfs.ShortWrite{Err: syscall.EIO}, syscall.EIO)
}

// TestStoppedCloseClosesAllTheSame: a release finds nothing open, and a second close is too late.
func TestStoppedCloseClosesAllTheSame(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		var leaks []tempfs.Leak
		stop := tempfs.WithHook(stopKind(tempfs.OpClose, syscall.EIO))
		fsys, err := tempfs.New(append(opts, stop, tempfs.OnLeak(func(l tempfs.Leak) { leaks = append(leaks, l) }))...)
		require.NoError(t, err)
		f, err := fsys.Create("f")
		require.NoError(t, err)
		require.Equal(t, &fs.PathError{Op: "close", Path: "f", Err: syscall.EIO}, f.Close())
		require.ErrorIs(t, f.Close(), fs.ErrClosed)
		require.ErrorIs(t, errOf(f.WriteString("x")), fs.ErrClosed)
		require.NoError(t, fsys.Release())
		require.Empty(t, leaks)
	})
}

// TestOffsetsOfOperations are those at which a read or a write begins.
func TestOffsetsOfOperations(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, s := newSpied(t, opts...)
		f, err := fsys.OpenFile("/f", os.O_RDWR|os.O_APPEND, 0)
		require.NoError(t, err)
		for _, call := range []error{
			errOf(f.Read(make([]byte, 2))), errOf(f.Read(make([]byte, 2))), errOf(f.WriteString("abc")), errOf(f.WriteString("d")),
			errOf(f.ReadAt(make([]byte, 3), 1)), f.Truncate(4), errOf(f.WriteString("")), errOf(f.WriteString("e")),
		} {
			require.NoError(t, call)
		}
		require.ErrorIs(t, errOf(f.ReadAt(make([]byte, 3), 4)), io.EOF)
		require.Equal(t, []string{
			"open /f", "read /f: 2 bytes at 0", "read /f: 2 bytes at 2", "write /f: 3 bytes at 7", "write /f: 1 bytes at 10",
			"read /f: 3 bytes at 1", "truncate /f: 4 bytes", "write /f: 0 bytes at 4", "write /f: 1 bytes at 4",
			"read /f: 3 bytes at 4", "read /f: 2 bytes at 5",
		}, s.said())
	})
}

// TestAskingLeavesAListingWhereItIs, since what asks for the offset of a directory begins it anew.
func TestAskingLeavesAListingWhereItIs(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, _ := newSpied(t, opts...)
		dir, err := fsys.Open("/")
		require.NoError(t, err)
		seen := map[string]bool{}
		for range 3 {
			names, err := dir.Readdirnames(1)
			require.NoError(t, err)
			seen[names[0]] = true
			require.Error(t, errOf(dir.Read(make([]byte, 1))), "EISDIR, or whatever the filesystem says")
		}
		require.Len(t, seen, 3)
	})
}

// TestClosedFilesAskNothing, and neither does what fails without a look at the tree.
func TestClosedFilesAskNothing(t *testing.T) {
	fsys, s := newSpied(t, tempfs.InMemory())
	f, err := fsys.OpenFile("/f", os.O_RDWR, 0)
	require.NoError(t, err)
	s.stopping(nil)
	require.Error(t, errOf(f.ReadAt(make([]byte, 1), -1)))
	require.Error(t, errOf(f.WriteAt(make([]byte, 1), -1)))
	require.NoError(t, fsys.RemoveAll(""))
	require.Error(t, fsys.RemoveAll("d/."))
	require.NoError(t, f.Close())
	require.Equal(t, []string{"close /f"}, s.said())
	for _, call := range fileCalls {
		require.Error(t, call(f))
	}
	require.Equal(t, []string{"close /f"}, s.said())
}
