package disk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// What names mean is compared with package os in a chroot by the conformance suite, which runs on this backend. Here is what the
// suite does not see: the host.

func newTree(t *testing.T) *Tree {
	t.Helper()
	tree, err := makeNamed(t.TempDir(), "root")
	require.NoError(t, err)
	t.Cleanup(func() { _ = tree.Release(context.Background(), nil) })
	return tree
}

// guardOf is what tree goes through where it goes through an os.Root.
func guardOf(t *testing.T, tree *Tree) guard {
	t.Helper()
	p, errno := tree.way()
	require.Zero(t, errno)
	return p.root
}

func put(t *testing.T, tree *Tree, name, text string) {
	t.Helper()
	h, errno := tree.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	require.Zero(t, errno, name)
	_, errno = h.Write([]byte(text))
	require.Zero(t, errno)
	require.Zero(t, h.Close())
}

// symlink reports whether this user can make links here.
func symlink(t *testing.T, tree *Tree, target, name string) bool {
	t.Helper()
	errno := tree.Symlink(target, name)
	if errno == syscall.ENOTSUP || errno == syscall.EPERM {
		return false
	}
	require.Zero(t, errno)
	return true
}

// hasSymlinks reports whether this user can make links on the host. Wine 8 says that it has made one, and has not.
func hasSymlinks(t *testing.T) bool {
	t.Helper()
	link := filepath.Join(t.TempDir(), "link")
	if os.Symlink("target", link) != nil {
		return false
	}
	_, err := os.Readlink(link)
	return err == nil
}

// deepen makes a chain of directories below the root, which no path could name.
func deepen(t *testing.T, tree *Tree, depth int) {
	t.Helper()
	at := tree
	for range depth {
		require.Zero(t, at.Mkdir("d", 0o755))
		next, errno := at.Sub("d")
		require.Zero(t, errno)
		if at != tree {
			at.Close()
		}
		at = next
	}
	put(t, at, "f", "x")
	at.Close()
}

func TestModeOfTheRootStaysPrivateOnTheHost(t *testing.T) {
	tree := newTree(t)
	info, errno := tree.Stat("/")
	require.Zero(t, errno)
	require.Equal(t, fs.ModeDir|0o700, info.Mode())

	for _, name := range []string{"/", ".", "a/..", "to-root"} {
		if name == "to-root" && !symlink(t, tree, ".", name) {
			continue
		}
		if name == "a/.." {
			require.Zero(t, tree.Mkdir("a", 0o755))
		}
		require.Zero(t, tree.Chmod(name, 0o1777), name)
		info, errno = tree.Lstat("/")
		require.Zero(t, errno)
		require.Equal(t, fs.ModeDir|0o777, info.Mode()&^fs.ModeSticky, name)
		host, err := os.Lstat(tree.Dir())
		require.NoError(t, err)
		require.Equal(t, hostRootMode, host.Mode(), name)
		require.Zero(t, tree.Chmod("/", 0o700))
	}
	h, errno := tree.OpenFile("/", os.O_RDONLY, 0)
	require.Zero(t, errno)
	require.Zero(t, tree.Chmod("/", 0o555))
	info, errno = h.Stat()
	require.Zero(t, errno)
	require.Equal(t, fs.ModeDir|0o555, info.Mode())
	require.Zero(t, h.Close())
}

func TestRealPathResolvesLinksInside(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "d/f", "x")
	if !symlink(t, tree, "/d", "l") {
		t.Skip("no symbolic links here, or not for this user: Windows asks for a privilege, Wine 8 has none")
	}
	for name, want := range map[string]string{
		"/": "", "d/f": "d/f", "l/f": "d/f", "l/../d/./f": "d/f", "../../d": "d", "l": "d", "l/new": "d/new", "new": "new",
	} {
		got, errno := tree.RealPath(name)
		require.Zero(t, errno, name)
		require.Equal(t, filepath.Join(tree.Dir(), filepath.FromSlash(want)), got, name)
	}
	for name, want := range map[string]syscall.Errno{"": syscall.ENOENT, "no/x": syscall.ENOENT, "d/f/x": syscall.ENOTDIR, "no/": syscall.ENOENT} {
		_, errno := tree.RealPath(name)
		require.Equal(t, want, errno, name)
	}
}

func TestReleaseRemovesDeepTrees(t *testing.T) {
	tree := newTree(t)
	dir := tree.Dir()
	// Made level by level through Subs, since a path of that depth is longer than the kernel takes.
	const depth = 600
	at := tree
	for range depth {
		require.Zero(t, at.Mkdir("deep", 0o755))
		put(t, at, "f", "x")
		next, errno := at.Sub("deep")
		require.Zero(t, errno)
		if at != tree {
			at.Close()
		}
		at = next
	}
	at.Close()
	require.NoError(t, tree.Release(t.Context(), nil))
	_, err := os.Lstat(dir)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestReleaseTellsWhatIsLeft(t *testing.T) {
	tree := newTree(t)
	put(t, tree, "f", "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, tree.Release(ctx, nil), context.Canceled)
	_, errno := tree.Stat("/")
	require.Zero(t, errno)

	var removed int64
	require.NoError(t, tree.Release(t.Context(), func(entries, _, _ int64) { removed = entries }))
	require.EqualValues(t, 1, removed)
}

func TestReleaseLeavesAStrangerThatTookTheName(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a live root directory can be neither renamed nor removed there")
	}
	tree := newTree(t)
	put(t, tree, "f", "x")
	moved := tree.Dir() + ".moved"
	require.NoError(t, os.Rename(tree.Dir(), moved))
	require.NoError(t, os.Mkdir(tree.Dir(), 0o755))
	stranger := filepath.Join(tree.Dir(), "theirs")
	require.NoError(t, os.WriteFile(stranger, nil, 0o600))

	err := tree.Release(t.Context(), nil)
	require.ErrorIs(t, err, ErrReplaced)
	require.NotContains(t, err.Error(), tree.Dir())
	require.FileExists(t, stranger)
	if runtime.GOOS != "js" { // where an os.Root is but a path
		entries, err := os.ReadDir(moved)
		require.NoError(t, err)
		require.Empty(t, entries, "its own content goes wherever the directory is")
	}

	require.NoError(t, os.RemoveAll(tree.Dir()))
	require.ErrorIs(t, tree.Release(t.Context(), nil), ErrMoved)
	require.NoError(t, os.Remove(moved))
	require.NoError(t, tree.Release(t.Context(), nil))
}

// TestReleaseLeavesAnEmptyStranger, which rmdir(2) would remove.
func TestReleaseLeavesAnEmptyStranger(t *testing.T) {
	for _, content := range []string{"", "f"} {
		tree := newTree(t)
		if content != "" {
			put(t, tree, content, "x")
		}
		moved := tree.Dir() + ".moved"
		if err := os.Rename(tree.Dir(), moved); err != nil {
			t.Skipf("what is open does not move here: %v", err)
		}
		require.NoError(t, os.Mkdir(tree.Dir(), 0o755))
		require.ErrorIs(t, tree.Release(t.Context(), nil), ErrReplaced)
		require.DirExists(t, tree.Dir())
		require.NoError(t, os.Remove(tree.Dir()))
		require.NoError(t, os.Rename(moved, tree.Dir()))
		require.NoError(t, tree.Release(t.Context(), nil))
	}
}

func TestReleaseOfATreeThatIsGone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a live root directory can be neither renamed nor removed there")
	}
	tree := newTree(t)
	require.NoError(t, os.Remove(tree.Dir()))
	require.NoError(t, tree.Release(t.Context(), nil))
}

// TestReleaseOfModes is for those whom modes bind: root removes anything.
func TestReleaseOfModes(t *testing.T) {
	tree := newTree(t)
	modes := []fs.FileMode{0, 0o111, 0o222, 0o333, 0o444, 0o555, 0o666, 0o700}
	for _, outer := range modes {
		name := "d" + outer.String()
		require.Zero(t, tree.Mkdir(name, 0o700))
		for _, inner := range modes {
			require.Zero(t, tree.Mkdir(name+"/"+inner.String(), 0o700))
			put(t, tree, name+"/"+inner.String()+"/f", "x")
			require.Zero(t, tree.Chmod(name+"/"+inner.String()+"/f", inner))
			require.Zero(t, tree.Chmod(name+"/"+inner.String(), inner))
		}
		require.Zero(t, tree.Chmod(name, outer))
	}
	require.NoError(t, tree.Release(t.Context(), nil))
	_, err := os.Lstat(tree.Dir())
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestReleaseFollowsNoLink(t *testing.T) {
	tree := newTree(t)
	outside := t.TempDir()
	victim := filepath.Join(outside, "victim")
	require.NoError(t, os.WriteFile(victim, []byte("theirs"), 0o440))
	before, err := os.Lstat(victim)
	require.NoError(t, err)
	require.Zero(t, tree.Mkdir("d", 0o755))
	for i, target := range []string{victim, outside, "/", "loop2", "missing"} {
		if !hasSymlinks(t) {
			break
		}
		require.NoError(t, os.Symlink(target, filepath.Join(tree.Dir(), "d", string(rune('a'+i)))))
	}
	require.NoError(t, os.Link(victim, filepath.Join(tree.Dir(), "d", "hard")))
	require.Zero(t, tree.Chmod("d", 0o555))

	require.NoError(t, tree.Release(t.Context(), nil))
	after, err := os.Lstat(victim)
	require.NoError(t, err)
	if !isWine() { // which takes "read-only" off a file before it removes one of its names
		require.Equal(t, before.Mode(), after.Mode())
	}
	require.Equal(t, before.ModTime(), after.ModTime())
}

func TestErrnoOf(t *testing.T) {
	guardOf(t, newTree(t)) // an os.Root that is there tells how it refuses
	for _, c := range []struct {
		err  error
		want syscall.Errno
	}{
		{nil, 0},
		{syscall.EXDEV, syscall.EXDEV},
		{&fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}, syscall.EACCES},
		{&os.LinkError{Op: "link", Err: syscall.EPERM}, syscall.EPERM},
		{os.ErrClosed, syscall.EBADF},
		{fs.ErrExist, syscall.EEXIST},
		{fs.ErrInvalid, syscall.EINVAL},
		{errors.New("anything"), syscall.EIO},
	} {
		require.Equal(t, c.want, errnoOf(c.err), "%v", c.err)
	}
	newTree(t)
	require.Equal(t, syscall.ELOOP, errnoOf(errEscapes))
	require.Equal(t, raced, attempt(&fs.PathError{Err: errEscapes}))
}

func TestPlain(t *testing.T) {
	for name, want := range map[string]string{"a": "a", "/a": "a", "//a": "a", "a/b": "a/b", "...": "...", "a/..b": "a/..b"} {
		got, ok := plain(name)
		require.True(t, ok, name)
		require.Equal(t, want, got, name)
	}
	for _, name := range []string{"", "/", ".", "..", "a/", "a//b", "a/.", "./a", "a/..", "a/../b", "a\x00", strings.Repeat("x", pathMax)} {
		_, ok := plain(name)
		require.False(t, ok, name)
	}
}

func TestBaseOf(t *testing.T) {
	for name, want := range map[string]string{
		"a": "a", "/a": "a", "a/": "a", "a//": "a", "/": "/", "//": "/", ".": ".", "a/..": "..", "a/b/": "b",
	} {
		require.Equal(t, want, baseOf(name), name)
	}
}
