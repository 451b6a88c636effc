package tempfs_test

import (
	"io/fs"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

func TestSub(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/a/b", 0o755))
		require.NoError(t, put(fsys, "/outer", "outer"))
		sub, err := fsys.Sub("a")
		require.NoError(t, err)
		require.Equal(t, fsys.Backend(), sub.Backend())
		require.Equal(t, fsys.Name(), sub.Name())
		require.NoError(t, put(sub, "/f", "inner"))
		require.NoError(t, has(fsys, "/a/f", "inner"))
		require.NoError(t, lists(sub, "/", "b", "f"))

		// Nothing above its root.
		require.NoError(t, hasNot(sub, "/outer"))
		require.NoError(t, hasNot(sub, "../outer"))
		require.NoError(t, has(sub, "../../f", "inner"))
		require.NoError(t, sub.SymlinkIfPossible("/f", "/b/absolute"))
		require.NoError(t, has(sub, "/b/absolute", "inner"))
		require.NoError(t, hasNot(fsys, "/a/b/absolute")) // which begins at another root there

		require.NoError(t, sub.Release())
		require.NoError(t, has(fsys, "/a/f", "inner"))
		require.NoError(t, has(fsys, "/outer", "outer"))
	})
}

// TestSubFollowsTheDirectory through a rename, and outlives its removal as an open directory would.
func TestSubFollowsTheDirectory(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("/a", 0o755))
		sub, err := fsys.Sub("/a")
		require.NoError(t, err)
		require.NoError(t, fsys.Rename("/a", "/b"))
		require.NoError(t, put(sub, "/f", "content"))
		require.NoError(t, has(fsys, "/b/f", "content"))
		require.NoError(t, fsys.RemoveAll("/b"))
		require.ErrorIs(t, put(sub, "/g", "content"), fs.ErrNotExist)
	})
}

func TestSubOfSub(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/a/b", 0o755))
		a, err := fsys.Sub("/a")
		require.NoError(t, err)
		b, err := a.Sub("/b")
		require.NoError(t, err)
		require.NoError(t, put(b, "/f", "content"))
		require.NoError(t, a.Release()) // a view beside b, not its owner
		require.NoError(t, has(b, "/f", "content"))
		require.NoError(t, fsys.Release())
		require.ErrorIs(t, errOf(b.Stat("/f")), fs.ErrClosed)
	})
}

func TestSubOfNoDirectory(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/f", ""))
		require.NoError(t, fsys.SymlinkIfPossible("loop", "/loop"))
		for name, want := range map[string]error{
			"/missing": fs.ErrNotExist, "/f": syscall.ENOTDIR, "/f/x": syscall.ENOTDIR, "": fs.ErrNotExist,
			"/loop": syscall.ELOOP, "\x00": syscall.EINVAL,
		} {
			_, err := fsys.Sub(name)
			require.ErrorIs(t, err, want, name)
			var pathError *fs.PathError
			require.ErrorAs(t, err, &pathError)
			require.Equal(t, name, pathError.Path)
		}
	})
}

func TestSubCannotDetach(t *testing.T) {
	fsys := tempfs.Test(t)
	sub, err := fsys.Sub("/")
	require.NoError(t, err)
	_, err = sub.Detach()
	require.Error(t, err)
	require.NoError(t, put(sub, "/f", "it goes on"))
	require.NoError(t, has(fsys, "/f", "it goes on"))
}

// TestManySubs are let go one by one, so that a long life costs nothing.
func TestManySubs(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		before := len(descriptors())
		for range 500 {
			sub, err := fsys.Sub("/")
			require.NoError(t, err)
			require.NoError(t, sub.Release())
		}
		require.LessOrEqual(t, len(descriptors()), before)
	})
}
