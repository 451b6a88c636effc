package tempfs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

func TestRealPath(t *testing.T) {
	fsys := tempfs.Test(t)
	root := rootOf(t, fsys)
	require.NoError(t, fsys.MkdirAll("/a/b", 0o755))
	require.NoError(t, put(fsys, "/a/f", "content"))
	require.NoError(t, fsys.SymlinkIfPossible("/a", "/a/b/up"))
	require.NoError(t, fsys.SymlinkIfPossible("../f", "/a/b/file"))
	require.NoError(t, fsys.SymlinkIfPossible("/missing", "/dangling"))
	for name, want := range map[string]string{
		"/":            root,
		".":            root,
		"..":           root,
		"/a":           filepath.Join(root, "a"),
		"a/f":          filepath.Join(root, "a", "f"),
		"a/b/up/b/..":  filepath.Join(root, "a"),
		"a/b/up/f":     filepath.Join(root, "a", "f"),
		"a/b/file":     filepath.Join(root, "a", "f"),
		"../../a/f":    filepath.Join(root, "a", "f"),
		"/new":         filepath.Join(root, "new"),
		"/a/b/up/new":  filepath.Join(root, "a", "new"),
		"/dangling":    filepath.Join(root, "missing"),
		"/a/b/up/./b/": filepath.Join(root, "a", "b"),
	} {
		got, err := fsys.RealPath(name)
		require.NoError(t, err, name)
		require.Equal(t, want, got, name)
	}
	content, err := os.ReadFile(filepath.Join(root, "a", "f"))
	require.NoError(t, err)
	require.Equal(t, "content", string(content))

	require.NoError(t, fsys.SymlinkIfPossible("loop", "/loop"))
	for name, want := range map[string]error{
		"/missing/new": fs.ErrNotExist,
		"/a/f/new":     syscall.ENOTDIR,
		"":             fs.ErrNotExist,
		"/loop":        syscall.ELOOP,
		"a\x00":        syscall.EINVAL,
	} {
		_, err := fsys.RealPath(name)
		require.ErrorIs(t, err, want, name)
		require.Equal(t, name, pathOf(t, err))
	}
}

// TestRealPathOfSub resolves links inside the view.
func TestRealPathOfSub(t *testing.T) {
	fsys := tempfs.Test(t)
	require.NoError(t, fsys.MkdirAll("/a/b", 0o755))
	sub, err := fsys.Sub("/a")
	require.NoError(t, err)
	require.NoError(t, sub.SymlinkIfPossible("/b", "/link"))
	root := rootOf(t, fsys)
	require.Equal(t, filepath.Join(root, "a"), rootOf(t, sub))
	got, err := sub.RealPath("/link/f")
	require.NoError(t, err)
	require.Equal(t, filepath.Join(root, "a", "b", "f"), got)
}

func TestMemoryHasNoHostPath(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.InMemory())
	_, err := fsys.RealPath("/f")
	require.ErrorIs(t, err, tempfs.ErrNoRealPath)
	require.Equal(t, "/f", pathOf(t, err))
	_, err = fsys.Detach()
	require.ErrorIs(t, err, tempfs.ErrNoRealPath)
	require.NoError(t, put(fsys, "/f", "it goes on"))
}

func TestDetach(t *testing.T) {
	parent := t.TempDir()
	fsys, err := tempfs.New(tempfs.In(parent))
	require.NoError(t, err)
	root := rootOf(t, fsys)
	require.NoError(t, put(fsys, "/f", "content"))
	file, _ := populate(t, fsys)
	sub, err := fsys.Sub("/d")
	require.NoError(t, err)

	host, err := fsys.Detach()
	require.NoError(t, err)
	require.Equal(t, root, host)
	require.ErrorIs(t, errOf(file.Stat()), fs.ErrClosed)
	require.ErrorIs(t, errOf(sub.Stat("/")), fs.ErrClosed)
	require.ErrorIs(t, errOf(fsys.Detach()), fs.ErrClosed)
	require.NoError(t, fsys.Release()) // deletes nothing
	require.FileExists(t, filepath.Join(host, "f"))
	require.Empty(t, liveIn(parent))
}

// TestDetachBesideRelease gives the tree to one of the two: either it is handed over and there, or released and gone.
func TestDetachBesideRelease(t *testing.T) {
	parent := t.TempDir()
	for range 20 {
		fsys, err := tempfs.New(tempfs.In(parent))
		require.NoError(t, err)
		root := rootOf(t, fsys)
		var host string
		var detached error
		require.NoError(t, parallel(2, func(i int) error {
			if i == 0 {
				return fsys.Release()
			}
			host, detached = fsys.Detach()
			return nil
		}))
		if detached == nil {
			require.DirExists(t, host)
			require.NoError(t, os.RemoveAll(host))
			continue
		}
		require.ErrorIs(t, detached, fs.ErrClosed)
		require.Empty(t, host)
		requireGone(t, root)
	}
}
