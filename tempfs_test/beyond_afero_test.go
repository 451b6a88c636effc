package tempfs_test

import (
	"io/fs"
	"os"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// What package os has and afero lacks.

func TestLink(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/a", "content"))
		require.NoError(t, fsys.Link("/a", "/b"))
		a, err := fsys.Stat("/a")
		require.NoError(t, err)
		b, err := fsys.Stat("/b")
		require.NoError(t, err)
		require.True(t, tempfs.SameFile(a, b))
		require.NoError(t, fsys.Remove("/a"))
		require.NoError(t, has(fsys, "/b", "content"))

		require.NoError(t, fsys.SymlinkIfPossible("missing", "/link"))
		require.NoError(t, fsys.Link("/link", "/link2")) // the link itself
		target, err := fsys.ReadlinkIfPossible("/link2")
		require.NoError(t, err)
		require.Equal(t, "missing", target)

		require.NoError(t, fsys.Mkdir("/d", 0o755))
		for _, c := range []struct {
			oldname, newname string
			want             error
		}{
			{"/missing", "/new", fs.ErrNotExist},
			{"/b", "/link", fs.ErrExist},
			{"/b", "/missing/new", fs.ErrNotExist},
			{"/b", "/b/new", syscall.ENOTDIR},
			{"/d", "/new", fs.ErrPermission},
			{"", "/new", fs.ErrNotExist},
			{"/b", "", fs.ErrNotExist},
			{"/b\x00", "/new", syscall.EINVAL},
		} {
			err := fsys.Link(c.oldname, c.newname)
			require.ErrorIs(t, err, c.want, c)
			var linkError *os.LinkError
			require.ErrorAs(t, err, &linkError, c)
			require.Equal(t, os.LinkError{Op: "link", Old: c.oldname, New: c.newname, Err: linkError.Err}, *linkError)
		}
	})
}

func TestTruncate(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/f", "12345"))
		require.NoError(t, fsys.SymlinkIfPossible("f", "/link"))
		require.NoError(t, fsys.Truncate("/link", 3))
		require.NoError(t, has(fsys, "/f", "123"))
		require.NoError(t, fsys.Truncate("/f", 5))
		require.NoError(t, has(fsys, "/f", "123\x00\x00"))
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		for name, want := range map[string]error{"/d": syscall.EISDIR, "/missing": fs.ErrNotExist, "/f/x": syscall.ENOTDIR} {
			require.ErrorIs(t, fsys.Truncate(name, 1), want, name)
		}
		require.ErrorIs(t, fsys.Truncate("/f", -1), syscall.EINVAL)
		require.NoError(t, has(fsys, "/f", "123\x00\x00"))
	})
}

func TestSameFile(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/a", "1"))
		require.NoError(t, put(fsys, "/b", "1"))
		require.NoError(t, fsys.SymlinkIfPossible("a", "/link"))
		a, err := fsys.Stat("/a")
		require.NoError(t, err)
		b, err := fsys.Stat("/b")
		require.NoError(t, err)
		through, err := fsys.Stat("/link")
		require.NoError(t, err)
		link, _, err := fsys.LstatIfPossible("/link")
		require.NoError(t, err)
		f, err := fsys.Open("/a")
		require.NoError(t, err)
		open, err := f.Stat()
		require.NoError(t, err)
		require.NoError(t, fsys.Rename("/a", "/moved"))
		moved, err := fsys.Stat("/moved")
		require.NoError(t, err)

		for _, same := range []fs.FileInfo{a, through, open, moved} {
			require.True(t, tempfs.SameFile(a, same), same.Name())
			require.True(t, tempfs.SameFile(same, a), same.Name())
		}
		host, err := os.Stat(t.TempDir())
		require.NoError(t, err)
		for _, other := range []fs.FileInfo{b, link, host} {
			require.False(t, tempfs.SameFile(a, other), other.Name())
			require.False(t, tempfs.SameFile(other, a), other.Name())
		}
		require.True(t, tempfs.SameFile(host, host))
	})
}

// TestSameFileOfTheHost compares with an info that package os made.
func TestSameFileOfTheHost(t *testing.T) {
	fsys := tempfs.Test(t)
	require.NoError(t, put(fsys, "/f", ""))
	ours, err := fsys.Stat("/f")
	require.NoError(t, err)
	theirs, err := os.Stat(rootOf(t, fsys) + "/f")
	require.NoError(t, err)
	require.True(t, tempfs.SameFile(ours, theirs))
	require.True(t, tempfs.SameFile(theirs, ours))
}

// TestSameFileOfTwo never takes files of two filesystems for one, whatever numbers their inodes have.
func TestSameFileOfTwo(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		one, two := tempfs.Test(t, opts...), tempfs.Test(t, opts...)
		for i := range 10 {
			name := strconv.Itoa(i)
			require.NoError(t, put(one, name, ""))
			require.NoError(t, put(two, name, ""))
		}
		for _, name := range []string{"/", "/0", "/9"} {
			a, err := one.Stat(name)
			require.NoError(t, err)
			b, err := two.Stat(name)
			require.NoError(t, err)
			require.False(t, tempfs.SameFile(a, b))
			require.True(t, tempfs.SameFile(a, a))
		}
	})
}

func TestImplicitParents(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/a/b/f", "content"))
		require.NoError(t, has(fsys, "a/b/f", "content"))
		require.NoError(t, fsys.Mkdir("/c/d", 0o700))
		require.NoError(t, fsys.Rename("/a/b/f", "/e/f/g"))
		require.NoError(t, fsys.Link("/e/f/g", "/h/i"))
		require.NoError(t, fsys.SymlinkIfPossible("x", "/j/k"))
		require.NoError(t, lists(fsys, "/", "a", "c", "e", "h", "j"))

		// What creates nothing makes nothing.
		require.ErrorIs(t, opened(fsys.Open("/no/f")), fs.ErrNotExist)
		require.ErrorIs(t, fsys.Rename("/missing", "/no/f"), fs.ErrNotExist)
		require.ErrorIs(t, fsys.Link("/missing", "/no/f"), fs.ErrNotExist)
		require.ErrorIs(t, fsys.Chmod("/no/f", 0o600), fs.ErrNotExist)
		require.NoError(t, hasNot(fsys, "/no"))

		// Nor what a link leads to, whose own directory is there.
		for _, link := range []string{"/dangling", "/a/dangling"} {
			require.NoError(t, fsys.SymlinkIfPossible("no/f", link))
			require.ErrorIs(t, put(fsys, link, ""), fs.ErrNotExist)
		}
		require.NoError(t, hasNot(fsys, "/no"))
		require.NoError(t, hasNot(fsys, "/a/no"))

		// Nor below a file.
		require.ErrorIs(t, put(fsys, "/h/i/f", ""), syscall.ENOTDIR)

		sub, err := fsys.Sub("/a")
		require.NoError(t, err)
		require.NoError(t, put(sub, "/x/y", "a view does so too"))
		require.NoError(t, has(fsys, "/a/x/y", "a view does so too"))
	}, tempfs.ImplicitParents())
}

func TestNoImplicitParentsByDefault(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.ErrorIs(t, put(fsys, "/a/f", ""), fs.ErrNotExist)
		require.ErrorIs(t, fsys.Mkdir("/a/b", 0o755), fs.ErrNotExist)
		require.NoError(t, lists(fsys, "/"))
	})
}
