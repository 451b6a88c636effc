package tempfs_test

import (
	"io"
	"io/fs"
	"path"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// bookshelf fills an Fs and returns the names of all that is in it.
func bookshelf(t *testing.T, fsys *tempfs.Fs) []string {
	t.Helper()
	require.NoError(t, fsys.MkdirAll("/a/b/c", 0o755))
	require.NoError(t, fsys.Mkdir("/empty", 0o755))
	files := []string{"a/f", "a/b/f", "a/b/c/f", "one.txt", "two.txt", "ünï"}
	for _, name := range files {
		require.NoError(t, put(fsys, name, "content of "+name))
	}
	require.NoError(t, fsys.SymlinkIfPossible("one.txt", "/link"))
	require.NoError(t, fsys.SymlinkIfPossible("/a/b", "/a/absolute"))
	return append(files, "empty", "link", "a/absolute")
}

func TestIOFS(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		names := bookshelf(t, fsys)
		require.NoError(t, fstest.TestFS(fsys.IOFS(), names...))

		view, err := fs.Sub(fsys.IOFS(), "a/b")
		require.NoError(t, err)
		require.NoError(t, fstest.TestFS(view, "f", "c/f"))

		sub, err := fsys.Sub("/a/b")
		require.NoError(t, err)
		require.NoError(t, fstest.TestFS(sub.IOFS(), "f", "c/f"))
	})
}

func TestIOFSOfNothing(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fstest.TestFS(fsys.IOFS()))
	})
}

// TestIOFSKeepsToValidNames refuses each way to write a name that io/fs has not.
func TestIOFSKeepsToValidNames(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		bookshelf(t, fsys)
		view := fsys.IOFS()
		for _, name := range []string{"", "/", "/a", "a/", "../a", "a/../a", "./a", "a//b", ".."} {
			for what, call := range map[string]func() error{
				"Open":     func() error { return errOf(view.Open(name)) },
				"ReadFile": func() error { return errOf(fs.ReadFile(view, name)) },
				"ReadDir":  func() error { return errOf(fs.ReadDir(view, name)) },
				"Stat":     func() error { return errOf(fs.Stat(view, name)) },
				"Lstat":    func() error { return errOf(fs.Lstat(view, name)) },
				"ReadLink": func() error { return errOf(fs.ReadLink(view, name)) },
				"Sub":      func() error { return errOf(view.(fs.SubFS).Sub(name)) }, // fs.Sub would look itself
			} {
				err := call()
				require.ErrorIs(t, err, fs.ErrInvalid, "%s %q", what, name)
				require.Equal(t, name, pathOf(t, err), "%s %q", what, name)
			}
		}
	})
}

func pathOf(t *testing.T, err error) string {
	t.Helper()
	var pathError *fs.PathError
	require.ErrorAs(t, err, &pathError)
	return pathError.Path
}

// TestIOFSNamesAsGiven has the name in errors that the caller of a view in a view knows.
func TestIOFSNamesAsGiven(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		bookshelf(t, fsys)
		view, err := fs.Sub(fsys.IOFS(), "a/b")
		require.NoError(t, err)
		for what, err := range map[string]error{
			"Open":     errOf(view.Open("c/missing")),
			"ReadFile": errOf(fs.ReadFile(view, "c/missing")),
			"ReadDir":  errOf(fs.ReadDir(view, "c/missing")),
			"Stat":     errOf(fs.Stat(view, "c/missing")),
			"Lstat":    errOf(fs.Lstat(view, "c/missing")),
			"ReadLink": errOf(fs.ReadLink(view, "c/missing")),
			"Sub":      errOf(fs.Sub(view, "c/missing")),
		} {
			require.ErrorIs(t, err, fs.ErrNotExist, what)
			require.Equal(t, "c/missing", pathOf(t, err), what)
		}
		require.ErrorIs(t, errOf(fs.Sub(view, "f")), syscall.ENOTDIR)
		require.ErrorIs(t, errOf(fs.ReadFile(view, "c")), syscall.EISDIR)
		require.ErrorIs(t, errOf(fs.ReadLink(view, "f")), syscall.EINVAL)
	})
}

func TestIOFSFollowsAndReadsLinks(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		bookshelf(t, fsys)
		view := fsys.IOFS()
		content, err := fs.ReadFile(view, "a/absolute/c/f")
		require.NoError(t, err)
		require.Equal(t, "content of a/b/c/f", string(content))
		target, err := fs.ReadLink(view, "a/absolute")
		require.NoError(t, err)
		require.Equal(t, "/a/b", target)
		info, err := fs.Lstat(view, "link")
		require.NoError(t, err)
		require.Equal(t, fs.ModeSymlink, info.Mode().Type())
		info, err = fs.Stat(view, "link")
		require.NoError(t, err)
		require.True(t, info.Mode().IsRegular())
	})
}

func TestIOFSGlobAndWalk(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		bookshelf(t, fsys)
		view := fsys.IOFS()
		names, err := fs.Glob(view, "*.txt")
		require.NoError(t, err)
		require.Equal(t, []string{"one.txt", "two.txt"}, names)
		names, err = fs.Glob(view, "a/*/f")
		require.NoError(t, err)
		require.Equal(t, []string{"a/absolute/f", "a/b/f"}, names)
		require.ErrorIs(t, errOf(fs.Glob(view, "[")), path.ErrBadPattern)

		var walked []string
		require.NoError(t, fs.WalkDir(view, "a", func(name string, _ fs.DirEntry, err error) error {
			walked = append(walked, name)
			return err
		}))
		require.Equal(t, []string{"a", "a/absolute", "a/b", "a/b/c", "a/b/c/f", "a/b/f", "a/f"}, walked)
	})
}

// TestReadDirPages reads a directory in pages, the way io/fs says, from an Fs and its io/fs view.
func TestReadDirPages(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		for _, name := range []string{"a", "b", "c"} {
			require.NoError(t, put(fsys, name, ""))
		}
		ours, err := fsys.Open("/")
		require.NoError(t, err)
		view, err := fsys.IOFS().Open(".")
		require.NoError(t, err)
		for _, dir := range []fs.ReadDirFile{ours.(fs.ReadDirFile), view.(fs.ReadDirFile)} {
			var names []string
			for {
				page, err := dir.ReadDir(2)
				for _, e := range page {
					names = append(names, e.Name())
				}
				if err != nil {
					require.ErrorIs(t, err, io.EOF)
					require.Empty(t, page)
					break
				}
				require.NotEmpty(t, page)
				require.LessOrEqual(t, len(page), 2)
			}
			require.ElementsMatch(t, []string{"a", "b", "c"}, names)
			rest, err := dir.ReadDir(-1)
			require.NoError(t, err)
			require.Empty(t, rest)
			require.NoError(t, dir.Close())
		}
	})
}
