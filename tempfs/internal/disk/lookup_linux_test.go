package disk

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestRoute(t *testing.T) {
	for name, want := range map[string]route{
		"/":        {path: ".", base: "."},
		"///":      {path: ".", base: "."},
		".":        {path: ".", base: "."},
		"a":        {path: "a", base: "a", plain: true},
		"/a":       {path: "a", base: "a", plain: true},
		"a/":       {path: "a/", base: "a/"},
		"//a//b//": {path: "a//b//", parent: "a//", base: "b//"},
		"a/b/c":    {path: "a/b/c", parent: "a/b/", base: "c", plain: true},
		"a/.":      {path: "a/.", parent: "a/", base: "."},
		"..":       {path: "..", base: ".."},
		"/../a":    {path: "../a", parent: "../", base: "a", plain: true},
		"./a":      {path: "./a", parent: "./", base: "a", plain: true},
	} {
		want.name = name
		got, errno := routeOf(name)
		require.Zero(t, errno, name)
		require.Equal(t, want, got, name)
		require.False(t, strings.HasPrefix(got.path, "/"), name)
	}
	for name, want := range map[string]syscall.Errno{
		"": syscall.ENOENT, "a\x00": syscall.EINVAL, strings.Repeat("a", pathMax): syscall.ENAMETOOLONG,
	} {
		_, errno := routeOf(name)
		require.Equal(t, want, errno, "%.10q", name)
	}
}

func TestClimbs(t *testing.T) {
	for _, path := range []string{"..", "../a", "a/..", "a/../b", "...//..", "..a/../b", "a..//../b"} {
		require.True(t, climbs(path), path)
	}
	for _, path := range []string{".", "a", "...", "..a", "a..", "a/..b/c", "a.../b", "", "./...", "....", "a/...."} {
		require.False(t, climbs(path), path)
	}
}

// FuzzRoute holds the safety of a lookup that refuses links: its path is relative, and what is not found to climb does not.
func FuzzRoute(f *testing.F) {
	for _, name := range []string{"/", "a/../b", "//a/./b/", "..", "...", "a/..b/../c"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		r, errno := routeOf(name)
		if errno != 0 {
			return
		}
		if r.path == "" || r.path[0] == '/' || r.base == "" || r.base[0] == '/' {
			t.Fatalf("%q: %+v", name, r)
		}
		if r.path != r.parent+r.base {
			t.Fatalf("%q is not whole: %+v", name, r)
		}
		want := false
		for component := range strings.SplitSeq(r.path, "/") {
			want = want || component == ".."
		}
		if climbs(r.path) != want {
			t.Fatalf("%q climbs: %v", r.path, !want)
		}
		if base := strings.TrimRight(r.base, "/"); strings.Contains(base, "/") || r.plain && (base != r.base || base == "." || base == "..") {
			t.Fatalf("%q: %+v", name, r)
		}
	})
}

// TestOperationsLeaveNoDescriptor counts the descriptors of this process around each operation, that succeeds and that fails.
func TestOperationsLeaveNoDescriptor(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	require.Zero(t, tree.Mkdir("d/e", 0o755))
	put(t, tree, "d/f", "x")
	require.Zero(t, tree.Symlink("d", "l"))
	require.Zero(t, tree.Symlink("/d/f", "d/l"))
	require.Zero(t, tree.Symlink("loop", "loop"))
	names := []string{"d/f", "l/f", "d/l", "d/e/../f", "missing", "d/missing", "missing/x", "d/f/x", "loop", "loop/x", "/", "..", "d/", "l/", "d/e"}
	before := openDescriptors(t)
	for _, name := range names {
		_, _ = tree.Stat(name)
		_, _ = tree.Lstat(name)
		_, _ = tree.Readlink(name)
		_ = tree.Mkdir(name, 0o755)
		_ = tree.Chmod(name, 0o755)
		_ = tree.Chown(name, -1, -1, true)
		_ = tree.Chown(name, -1, -1, false)
		_ = tree.Symlink("x", name)
		_ = tree.Truncate(name, 1)
		if h, errno := tree.OpenFile(name, os.O_RDONLY, 0); errno == 0 {
			require.Zero(t, h.Close())
		}
		if e, errno := tree.Entry(name); errno == 0 {
			e.Close()
		}
		if sub, errno := tree.Sub(name); errno == 0 {
			sub.Close()
		}
		for _, other := range names {
			if name != "d" {
				_ = tree.Link(name, other)
			}
			if !strings.HasPrefix(other, "l") && tree.Rename(name, other) == 0 {
				require.Zero(t, tree.Rename(other, name))
			}
		}
	}
	_, _ = tree.RemoveAll("d/e")
	_, _ = tree.RemoveAll("d/f")
	_ = tree.Remove("d/l")
	require.LessOrEqual(t, openDescriptors(t)-before, 1, "but for the os.Root that Sub of a link has opened")
}

// TestBlockedIsToldFromRefused has the kernel refuse with the errno of a filter: an immutable file.
func TestBlockedIsToldFromRefused(t *testing.T) {
	tree := newTree(t)
	put(t, tree, "f", "x")
	path := filepath.Join(tree.Dir(), "f")
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	const immutable = 0x10 // FS_IMMUTABLE_FL of uapi/linux/fs.h
	flags, err := unix.IoctlGetInt(int(file.Fd()), unix.FS_IOC_GETFLAGS)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(file.Fd()), unix.FS_IOC_SETFLAGS, flags|immutable)
	}
	if err != nil {
		t.Skipf("no immutable files here: %v", err)
	}
	defer func() { _ = unix.IoctlSetPointerInt(int(file.Fd()), unix.FS_IOC_SETFLAGS, flags) }()
	was := noOpenat2.Load()
	_, errno := tree.OpenFile("f", os.O_WRONLY, 0)
	require.Equal(t, syscall.EPERM, errno)
	require.Equal(t, was, noOpenat2.Load())
}

// TestFallbackWithinAnOperation has openat2 blocked for a lookup alone: the operation is done the other way, and so are those after it.
func TestFallbackWithinAnOperation(t *testing.T) {
	tree := newTree(t)
	was := noOpenat2.Load()
	defer noOpenat2.Store(was)
	noOpenat2.Store(false)
	require.Zero(t, tree.Mkdir("d", 0o755))
	calls := 0
	errno := tree.either(func() syscall.Errno {
		noOpenat2.Store(true) // as lookup does
		return blocked
	}, func(p *portable) syscall.Errno {
		calls++
		return p.Mkdir("d/e", 0o755)
	})
	require.Zero(t, errno)
	require.Equal(t, 1, calls)
	put(t, tree, "d/e/f", "x")
	sub, errno := tree.Sub("d/e")
	require.Zero(t, errno)
	defer sub.Close()
	_, errno = sub.Lstat("f")
	require.Zero(t, errno)
	noOpenat2.Store(false)
	_, errno = sub.Lstat("f")
	require.Zero(t, errno, "what was opened the one way serves the other")
}

// TestRenamesElsewhere has somebody rename without a pause, for which the kernel ends each walk that has a "..". Such names are still resolved.
func TestRenamesElsewhere(t *testing.T) {
	tree := newTree(t)
	elsewhere := t.TempDir()
	a, b := filepath.Join(elsewhere, "a"), filepath.Join(elsewhere, "b")
	require.NoError(t, os.WriteFile(a, nil, 0o600))
	require.Zero(t, tree.Mkdir("d", 0o755))
	var stop atomic.Bool
	var renaming sync.WaitGroup
	began := make(chan struct{})
	renaming.Go(func() {
		for first := true; !stop.Load(); first = false {
			if err := errors.Join(unix.Rename(a, b), unix.Rename(b, a)); err != nil {
				t.Error(err)
				break
			}
			if first {
				close(began)
			}
		}
	})
	<-began
	defer renaming.Wait()
	defer stop.Store(true)
	for _, name := range []string{"d/../d", "d/" + strings.Repeat("../d/", 700), strings.Repeat("../", 1300) + "d"} {
		for range 20 {
			info, errno := tree.Stat(name)
			require.Zero(t, errno)
			require.True(t, info.IsDir())
		}
	}
	require.Zero(t, tree.Mkdir("d/"+strings.Repeat("../d/", 700)+"new", 0o755))
	_, errno := tree.Stat("d/new")
	require.Zero(t, errno)
}

// TestCloseFiles is for a tree that was forgotten: its files and Subs are closed, and nothing else.
func TestCloseFiles(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "d/f", "x")
	sub, errno := tree.Sub("d")
	require.Zero(t, errno)
	h, errno := sub.OpenFile("f", os.O_RDONLY, 0)
	require.Zero(t, errno)
	closed, errno := tree.OpenFile("d/f", os.O_RDONLY, 0)
	require.Zero(t, errno)
	require.Zero(t, closed.Close())
	other, err := os.Open(tree.Dir()) // it may have the number of what was closed
	require.NoError(t, err)
	defer other.Close()

	tree.CloseFiles()
	require.False(t, isOpen(h.(*File).fd))
	require.False(t, isOpen(sub.root.fd))
	_, err = other.Stat()
	require.NoError(t, err)
	_, errno = tree.Lstat("d/f")
	require.Zero(t, errno, "the tree itself is open")
}

// TestLinkOfALinkWithASeparator would tell what is outside, if linkat(2) were handed the separator: it follows links then.
func TestLinkOfALinkWithASeparator(t *testing.T) {
	tree := newTree(t)
	outside := t.TempDir()
	require.Zero(t, tree.Symlink(outside, "l"))
	require.Equal(t, syscall.ENOENT, tree.Link("l/", "x"), "EPERM would be about a directory of the host")
	require.Zero(t, tree.Mkdir("d", 0o755))
	require.Equal(t, syscall.EPERM, tree.Link("d/", "x"))
	require.Equal(t, syscall.EPERM, tree.Link("/", "x"))
	require.Equal(t, syscall.EPERM, tree.Link("d/..", "x"))
}
