package tempfs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/faults"
)

// These make each operation of our own code fail, one after the other.

// faultErrors are an errno, which some code has a reason to look at, and an error that is none.
var faultErrors = []error{syscall.ENOSPC, syscall.EIO, syscall.EACCES, &stopError{}}

// eachFault runs the program in an Fs that prepare has made something in, once for each of its operations, which fails. check looks what is left.
func eachFault(
	t *testing.T, prepare, program func(fsys *tempfs.Fs) error, check func(t *testing.T, fsys *tempfs.Fs, fault *faults.Fault, err error),
) {
	t.Helper()
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		for _, cause := range faultErrors {
			for fault := range faults.Every(cause) {
				fsys, err := tempfs.New(append(opts, tempfs.WithHook(fault.Hook))...)
				require.NoError(t, err)
				require.NoError(t, prepare(fsys))
				err = fault.Run(func() error { return program(fsys) })
				if !fault.Met() {
					require.NoError(t, err)
				}
				check(t, fsys, fault, err)
				require.NoError(t, fsys.Release())
			}
		}
	})
}

// imported has what a copy can be of.
var imported = fstest.MapFS{
	"d/e/f": {Data: []byte("content"), Mode: 0o600, ModTime: time.Unix(1, 0)},
	"d/g":   {Data: []byte("more"), Mode: 0o444, ModTime: time.Unix(2, 0)},
	"d/run": {Mode: fs.ModeSetuid | 0o755, ModTime: time.Unix(2, 0)}, // which no open sets
	"d":     {Mode: fs.ModeDir | 0o555, ModTime: time.Unix(3, 0)},
	"link":  {Data: []byte("d/g"), Mode: fs.ModeSymlink | 0o777},
}

// TestImportThatFailsLeavesNothing, at whichever operation.
func TestImportThatFailsLeavesNothing(t *testing.T) {
	eachFault(t,
		func(fsys *tempfs.Fs) error { return fsys.Mkdir("/there", 0o755) },
		func(fsys *tempfs.Fs) error { return fsys.Import(imported, "/there/a/b") },
		func(t *testing.T, fsys *tempfs.Fs, fault *faults.Fault, err error) {
			t.Helper()
			if err == nil {
				require.NoError(t, has(fsys, "/there/a/b/link", "more"), fault)
				return
			}
			require.ErrorAs(t, err, new(*fs.PathError), fault)
			require.NoError(t, lists(fsys, "/", "there"), fault)
			require.NoError(t, lists(fsys, "/there"), fault)
		})
}

// TestImportAsksForModes that it sets by the open file.
func TestImportAsksForModes(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		failure(t, fsys.Import(imported, "/a"), "import", "/a/d/run", syscall.EIO)
	}, tempfs.WithHook(faults.Fail(syscall.EIO, faults.On(tempfs.OpChmod), faults.Path("run"))))
}

// TestExportThatFailsLeavesNothing, where the Fs fails that it goes to, and the one that it comes from is as it was.
func TestExportThatFailsLeavesNothing(t *testing.T) {
	from := tempfs.Test(t, tempfs.InMemory())
	require.NoError(t, from.Import(imported, "/"))
	before := treeOf(t, from, "/")
	eachFault(t,
		func(*tempfs.Fs) error { return nil },
		func(fsys *tempfs.Fs) error { return from.Export(fsys, "/a/b") },
		func(t *testing.T, fsys *tempfs.Fs, fault *faults.Fault, err error) {
			t.Helper()
			require.Equal(t, before, treeOf(t, from, "/"))
			if err == nil {
				require.NoError(t, has(fsys, "/a/b/link", "more"), fault)
				return
			}
			require.NoError(t, lists(fsys, "/"), fault)
		})
}

// TestTemporaryFilesThatFailLeaveNothing, and those that are closed neither, unless it was the removal that failed.
func TestTemporaryFilesThatFailLeaveNothing(t *testing.T) {
	eachFault(t,
		func(*tempfs.Fs) error { return nil },
		func(fsys *tempfs.Fs) error {
			named, err := fsys.NamedTemporaryFile()
			if err != nil {
				return err
			}
			err = errOf(named.WriteString("content"))
			return errors.Join(err, named.Close())
		},
		func(t *testing.T, fsys *tempfs.Fs, fault *faults.Fault, err error) {
			t.Helper()
			require.Equal(t, fault.Met(), err != nil, fault)
			if fault.Op().Kind != tempfs.OpRemove {
				require.NoError(t, lists(fsys, "/"), fault)
			}
		})
}

// TestSpooledFileSurvivesEachFault: what a write said that it took is there, before the move and after.
func TestSpooledFileSurvivesEachFault(t *testing.T) {
	var taken, got []byte
	eachFault(t,
		func(*tempfs.Fs) error {
			taken, got = nil, nil
			return nil
		},
		func(fsys *tempfs.Fs) error {
			f, err := fsys.SpooledTemporaryFile(8)
			if err != nil {
				return err
			}
			var all error
			for _, part := range []string{"0123", "4567", "89ab", "cdef"} {
				n, err := f.WriteString(part)
				taken = append(taken, part[:n]...)
				all = errors.Join(all, err)
			}
			content := make([]byte, 32)
			n, _ := f.ReadAt(content, 0)
			if n == 0 { // it was the read that failed
				n, _ = f.ReadAt(content, 0)
			}
			got = content[:n]
			return errors.Join(all, f.Close())
		},
		func(t *testing.T, _ *tempfs.Fs, fault *faults.Fault, _ error) {
			t.Helper()
			require.Equal(t, string(taken), string(got), fault)
		})
}

// TestPersistOfHookedFsKeepsItsRules: a file that is open for writing is busy, in a Sub too, and what is persisted is whole.
func TestPersistOfHookedFsKeepsItsRules(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, s := newSpied(t, opts...)
		sub, err := fsys.Sub("d")
		require.NoError(t, err)
		f, err := sub.OpenFile("x", os.O_WRONLY|os.O_APPEND, 0)
		require.NoError(t, err)
		to := filepath.Join(t.TempDir(), "to")
		for _, persist := range []func() error{
			func() error { return fsys.Persist("d", to) },
			func() error { return sub.Persist("x", to) },
		} {
			require.ErrorIs(t, persist(), syscall.EBUSY)
		}
		require.NoError(t, f.Close())
		s.stopping(nil)
		require.NoError(t, sub.Persist("x", to))
		require.Equal(t, []string{"persist x to " + to}, s.said())
		require.NoError(t, sub.Release())
		require.ErrorIs(t, sub.Persist("x", to), fs.ErrClosed)
	})
}
