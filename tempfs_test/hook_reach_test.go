package tempfs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestReleaseAsksNothing, and cannot be stopped.
func TestReleaseAsksNothing(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		dir := t.TempDir()
		s := &spy{}
		opts = append(opts, tempfs.WithHook(s.hook))
		if len(opts) == 1 || tempfs.Test(t, opts...).Backend() != "memory" {
			opts = append(opts, tempfs.In(dir))
		}
		fsys, err := tempfs.New(opts...)
		require.NoError(t, err)
		require.NoError(t, put(fsys, "d", "x"))
		sub, err := fsys.Sub("/")
		require.NoError(t, err)
		for _, f := range []*tempfs.Fs{fsys, sub, sub} {
			require.NoError(t, errOf(f.Create("left open")))
		}
		s.stopping(stopAll)
		require.NoError(t, sub.Release())
		require.NoError(t, fsys.Release())
		require.Empty(t, s.said())
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left)
	})
}

func TestDetachAsksNothing(t *testing.T) {
	fsys, s := newSpied(t)
	s.stopping(stopAll)
	dir, err := fsys.Detach()
	require.NoError(t, err)
	require.Empty(t, s.said())
	require.NoError(t, os.RemoveAll(dir))
}

// TestKeepAsksNothing, neither on disk nor where the tree is copied.
func TestKeepAsksNothing(t *testing.T) {
	for _, backend := range []string{"disk", "spill"} {
		t.Run(backend, func(t *testing.T) {
			dir := t.TempDir()
			s := &spy{}
			fsys, err := tempfs.New(append(optionsIn(backend, dir), tempfs.Keep(tempfs.KeepAlways), tempfs.WithHook(s.hook))...)
			require.NoError(t, err)
			require.NoError(t, put(fsys, "f", "content"))
			s.stopping(stopAll)
			require.NoError(t, fsys.Release())
			require.Empty(t, s.said())
			kept, err := filepath.Glob(dir + "/*/f")
			require.NoError(t, err)
			require.Len(t, kept, 1)
		})
	}
}

// TestCloneHasTheHook of its Fs, unless it is given another, or none.
func TestCloneHasTheHook(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, s := newSpied(t, opts...)
		other := &spy{}
		for _, c := range []struct {
			opts       []tempfs.Option
			ours, took int
		}{{nil, 1, 0}, {[]tempfs.Option{tempfs.WithHook(other.hook)}, 0, 1}, {[]tempfs.Option{tempfs.WithHook(nil)}, 0, 0}} {
			clone, err := fsys.Clone(c.opts...)
			require.NoError(t, err)
			s.stopping(nil)
			other.stopping(nil)
			require.NoError(t, errOf(clone.Stat("/f")))
			require.Len(t, s.said(), c.ours)
			require.Len(t, other.said(), c.took)
			require.NoError(t, clone.Release())
		}
	})
}

// TestCloneToEachBackendIsOneOperation, however much is copied.
func TestCloneToEachBackendIsOneOperation(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		for _, to := range backendNames {
			fsys, s := newSpied(t, opts...)
			clone, err := fsys.Clone(cloneOptionsFor(to)...)
			require.NoError(t, err)
			require.Equal(t, []string{"clone /"}, s.said())
			require.NoError(t, has(clone, "/d/x", "x"))
			require.NoError(t, clone.Release())
		}
	})
}

// TestSubHasTheHook, which sees the names in the Sub.
func TestSubHasTheHook(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, s := newSpied(t, opts...)
		sub, err := fsys.Sub("d")
		require.NoError(t, err)
		require.NoError(t, errOf(sub.Stat("x")))
		deeper, err := sub.Sub(".")
		require.NoError(t, err)
		require.NoError(t, errOf(deeper.Stat("/x")))
		require.Equal(t, []string{"sub d", "stat x", "sub .", "stat /x"}, s.said())
		s.stopping(stopAll)
		require.ErrorAs(t, errOf(deeper.Stat("/x")), new(*stopError))
	})
}

func TestLastHookWins(t *testing.T) {
	first, last := &spy{}, &spy{}
	fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.WithHook(first.hook), tempfs.WithHook(last.hook))
	require.NoError(t, errOf(fsys.Stat("/")))
	require.Empty(t, first.said())
	require.Equal(t, []string{"stat /"}, last.said())
}

// TestPersistIsOneOperation, where it is a rename and where it is a copy.
func TestPersistIsOneOperation(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, s := newSpied(t, opts...)
		to := filepath.Join(t.TempDir(), "to")
		require.NoError(t, fsys.Persist("/d", to))
		require.Equal(t, []string{"persist /d to " + to}, s.said())
		require.FileExists(t, filepath.Join(to, "x"))
		require.ErrorIs(t, errOf(fsys.Stat("/d")), fs.ErrNotExist)
	})
}

// TestPersistFileIsOneOperation for each kind of file that there is.
func TestPersistFileIsOneOperation(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, s := newSpied(t, opts...)
		for kind, open := range map[string]func() (afero.File, error){
			"file":    func() (afero.File, error) { return fsys.OpenFile("/f", os.O_RDWR, 0) },
			"unnamed": func() (afero.File, error) { return fsys.TemporaryFile(tempfs.Linkable()) },
			"named":   func() (afero.File, error) { return fsys.NamedTemporaryFile() },
		} {
			f, err := open()
			require.NoError(t, err, kind)
			require.NoError(t, errOf(f.WriteString("content")), kind)
			to := filepath.Join(t.TempDir(), "to")
			s.stopping(nil)
			require.NoError(t, tempfs.PersistFile(f, to), kind)
			require.Equal(t, []string{"persist " + randomName.ReplaceAllString(f.Name(), "tmp*") + " to " + to}, s.said(), kind)
			content, err := os.ReadFile(to)
			require.NoError(t, err)
			require.Equal(t, "content", string(content))
			require.NoError(t, f.Close(), kind)
		}
	})
}

// TestPersistFileCanBeStopped before anything is published.
func TestPersistFileCanBeStopped(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, s := newSpied(t, opts...)
		f, err := fsys.Open("/f")
		require.NoError(t, err)
		s.stopping(stopAll)
		to := filepath.Join(t.TempDir(), "to")
		err = tempfs.PersistFile(f, to)
		require.ErrorAs(t, err, new(*tempfs.PersistError))
		require.ErrorAs(t, err, new(*stopError))
		require.NoFileExists(t, to)
	})
}

// TestNamedFileAsksForItsRemoval, and stays where that is stopped.
func TestNamedFileAsksForItsRemoval(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, s := newSpied(t, opts...)
		for _, option := range []tempfs.FileOption{tempfs.KeepOnClose(), tempfs.KeepFile(), tempfs.Prefix("tmp")} {
			f, err := fsys.NamedTemporaryFile(option)
			require.NoError(t, err)
			require.NoError(t, f.Close())
			require.NoError(t, f.Release())
		}
		require.ElementsMatch(t, []string{
			"create /tmp*", "close /tmp*", "remove /tmp*", "create /tmp*", "close /tmp*", "create /tmp*", "remove /tmp*", "close /tmp*",
		}, s.said())

		f, err := fsys.NamedTemporaryFile()
		require.NoError(t, err)
		s.stopping(stopKind(tempfs.OpRemove, syscall.EIO))
		require.Equal(t, &fs.PathError{Op: "remove", Path: f.Name(), Err: syscall.EIO}, f.Close())
		require.NoError(t, errOf(fsys.Stat(f.Name())))
		s.stopping(nil)
		require.NoError(t, f.Release())
		require.ErrorIs(t, errOf(fsys.Stat(f.Name())), fs.ErrNotExist)
	})
}

// TestSpooledFileAsksOnceForEachOperation, before it moves and after.
func TestSpooledFileAsksOnceForEachOperation(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, s := newSpied(t, opts...)
		f, err := fsys.SpooledTemporaryFile(4)
		require.NoError(t, err)
		require.NoError(t, errOf(f.WriteString("1234")))
		s.stopping(stopKind(tempfs.OpTemporary, &stopError{}))
		err = errOf(f.WriteString("5"))
		require.ErrorAs(t, err, new(*stopError))
		require.ErrorAs(t, err, new(*fs.PathError))
		require.ErrorAs(t, f.Roll(), new(*stopError))
		require.False(t, f.Rolled())
		require.Equal(t, []string{"write : 1 bytes at 4", "temporary /.", "temporary /."}, s.said())
		s.stopping(nil)
		require.NoError(t, errOf(f.WriteString("5")))
		require.True(t, f.Rolled())
		require.NoError(t, errors.Join(errOf(f.ReadAt(make([]byte, 5), 0)), f.Close()))
		require.Equal(t, []string{"write : 1 bytes at 4", "temporary /.", "read : 5 bytes at 0", "close "}, s.said())
	})
}

// TestFilesOfHookedFsHaveNoDescriptor that the hook could not see.
func TestFilesOfHookedFsHaveNoDescriptor(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, _ := newSpied(t, opts...)
		f, err := fsys.Open("/f")
		require.NoError(t, err)
		unnamed, err := fsys.TemporaryFile()
		require.NoError(t, err)
		spooled, err := fsys.SpooledTemporaryFile(-1)
		require.NoError(t, err)
		for _, f := range []afero.File{f, unnamed, spooled} {
			require.ErrorIs(t, errOf(f.(syscall.Conn).SyscallConn()), errors.ErrUnsupported)
		}
	})
}

// TestImplicitParentsAskForParents, and a failed open for itself again.
func TestImplicitParentsAskForParents(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, s := newSpied(t, append(opts, tempfs.ImplicitParents())...)
		require.NoError(t, opened(fsys.Create("d/a/f")))
		require.Equal(t, []string{"create d/a/f", "mkdir d/a", "create d/a/f", "close d/a/f"}, s.said())
		s.stopping(stopKind(tempfs.OpMkdir, &stopError{}))
		require.ErrorIs(t, opened(fsys.Create("d/b/f")), fs.ErrNotExist) // as where the parent cannot be made for another reason
	})
}
