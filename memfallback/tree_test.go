package memfallback_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

func newTree(opts ...memfallback.Option) *memfallback.Tree {
	return memfallback.NewTree(append([]memfallback.Option{memfallback.WithUser(0, 0), memfallback.WithUmask(0o022)}, opts...)...)
}

func mustMkdir(t *testing.T, tree *memfallback.Tree, names ...string) {
	t.Helper()
	for _, name := range names {
		require.Zero(t, tree.Mkdir(name, 0o755), "mkdir %s", name)
	}
}

func mustOpen(t *testing.T, tree *memfallback.Tree, name string, flag int) memfallback.Handle {
	t.Helper()
	h, errno := tree.OpenFile(name, flag, 0o644)
	require.Zero(t, errno, "open %s", name)
	return h
}

func mustPut(t *testing.T, tree *memfallback.Tree, name, text string) {
	t.Helper()
	h := mustOpen(t, tree, name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	_, errno := h.Write([]byte(text))
	require.Zero(t, errno)
	require.Zero(t, h.Close())
}

func mustStat(t *testing.T, tree *memfallback.Tree, name string) fs.FileInfo {
	t.Helper()
	info, errno := tree.Stat(name)
	require.Zero(t, errno, "stat %s", name)
	return info
}

func names(entries []fs.DirEntry) (all []string) {
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestSub(t *testing.T) {
	tree := newTree()
	mustMkdir(t, tree, "d", "d/e")
	mustPut(t, tree, "secret", "secret")
	mustPut(t, tree, "d/f", "one")
	require.Zero(t, tree.Symlink("/f", "d/abs"))
	require.Zero(t, tree.Symlink("../../secret", "d/up"))
	require.Zero(t, tree.Symlink("d", "link"))

	for _, name := range []string{"d", "link", "d/e/.."} {
		sub, errno := tree.Sub(name)
		require.Zero(t, errno)
		require.Equal(t, "/", mustStat(t, sub, "/").Name())
		require.True(t, sameFile(mustStat(t, sub, "../.."), mustStat(t, tree, "d")), "the clamp of ..")
		require.True(t, sameFile(mustStat(t, sub, "abs"), mustStat(t, tree, "d/f")), "absolute links")
		_, errno = sub.Stat("up")
		require.Equal(t, syscall.ENOENT, errno)
		_, errno = tree.Stat("d/abs")
		require.Equal(t, syscall.ENOENT, errno, "in the whole tree it means another")
	}
	for name, want := range map[string]syscall.Errno{
		"missing": syscall.ENOENT, "secret": syscall.ENOTDIR, "": syscall.ENOENT, "d/f/": syscall.ENOTDIR, "a\x00": syscall.EINVAL,
	} {
		_, errno := tree.Sub(name)
		require.Equal(t, want, errno, "%q", name)
	}
}

func TestSubFollowsItsDirectory(t *testing.T) {
	tree := newTree()
	mustMkdir(t, tree, "d", "other")
	sub, errno := tree.Sub("d")
	require.Zero(t, errno)
	require.Zero(t, tree.Rename("d", "other/moved"))
	mustPut(t, sub, "f", "one")
	mustStat(t, tree, "other/moved/f")
	require.Equal(t, syscall.EBUSY, sub.Rename("/", "x"))

	below, errno := sub.Sub(".")
	require.Zero(t, errno)
	_, errno = sub.RemoveAll("/")
	require.Zero(t, errno)
	mustStat(t, tree, "other/moved")
	_, errno = tree.RemoveAll("other")
	require.Zero(t, errno)
	for _, gone := range []*memfallback.Tree{sub, below} {
		require.Equal(t, syscall.ENOENT, gone.Mkdir("x", 0o755))
		require.Equal(t, syscall.ENOENT, gone.Symlink("t", "x"))
		_, errno = gone.OpenFile("x", os.O_CREATE|os.O_RDWR, 0o644)
		require.Equal(t, syscall.ENOENT, errno)
		_, errno = gone.Stat("x")
		require.Equal(t, syscall.ENOENT, errno)
		info := mustStat(t, gone, "/")
		_, _, nlink := memfallback.InfoOwner(info)
		require.Zero(t, nlink)
		dir := mustOpen(t, gone, "/", os.O_RDONLY)
		_, errno = dir.ReadDir(-1)
		require.Equal(t, syscall.ENOENT, errno)
	}
}

func TestSubMayBeUnreadable(t *testing.T) {
	tree := newTree(memfallback.WithUser(7, 7))
	mustMkdir(t, tree, "d")
	require.Zero(t, tree.Chmod("d", 0o300))
	_, errno := tree.Sub("d")
	require.Equal(t, syscall.EACCES, errno)
	require.Zero(t, tree.Chmod("d", 0o500))
	sub, errno := tree.Sub("d")
	require.Zero(t, errno)
	require.Equal(t, syscall.EACCES, sub.Mkdir("x", 0o755), "only the root of the whole tree is free")
}

// requireEnded checks that every operation by name fails as if nothing were there.
func requireEnded(t *testing.T, tree *memfallback.Tree) {
	t.Helper()
	_, open := tree.OpenFile("x", os.O_RDWR|os.O_CREATE, 0o644)
	_, stat := tree.Stat("/")
	_, lstat := tree.Lstat("x")
	_, readlink := tree.Readlink("x")
	_, sub := tree.Sub("/")
	for i, errno := range []syscall.Errno{
		open, stat, lstat, readlink, sub, tree.Mkdir("x", 0o755), tree.Remove("f"), tree.Rename("f", "g"), tree.Link("f", "g"),
		tree.Symlink("t", "x"), tree.Chmod("/", 0o755), tree.Chown("/", 0, 0, true), tree.Truncate("f", 0),
		tree.Chtimes("/", time.Unix(1, 0), time.Unix(1, 0)),
	} {
		require.Equal(t, syscall.ENOENT, errno, "operation %d", i)
	}
	failed, errno := tree.RemoveAll("f")
	require.Empty(t, failed)
	require.Zero(t, errno, "what is missing is removed")
}

func TestRelease(t *testing.T) {
	tree := newTree()
	mustMkdir(t, tree, "d", "d/e")
	mustPut(t, tree, "f", "one")
	require.Zero(t, tree.Link("f", "d/g"))
	sub, errno := tree.Sub("d")
	require.Zero(t, errno)
	f := mustOpen(t, tree, "f", os.O_RDWR)
	dir := mustOpen(t, tree, "d", os.O_RDONLY)
	entries, errno := dir.ReadDir(1)
	require.Zero(t, errno)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var removed, failed int64
	require.NoError(t, tree.Release(ctx, func(entries, _, f int64) { removed, failed = entries, f }))
	require.Equal(t, int64(3), removed, "two directories and a file of two names")
	require.Zero(t, failed)
	requireEnded(t, tree)
	requireEnded(t, sub)

	n, errno := f.Write([]byte("TWO"))
	require.Zero(t, errno)
	require.Equal(t, 3, n)
	require.Zero(t, f.Close())
	_, err := entries[0].Info()
	require.Equal(t, syscall.ENOENT, err)
	_, errno = dir.ReadDir(-1)
	require.Equal(t, syscall.ENOENT, errno)
	require.Zero(t, dir.Close())

	require.NoError(t, tree.Release(t.Context(), func(entries, _, _ int64) { removed = entries }))
	require.Zero(t, removed)
}

func TestReleaseOfSubEndsTheView(t *testing.T) {
	tree := newTree()
	mustMkdir(t, tree, "d")
	mustPut(t, tree, "d/f", "one")
	sub, errno := tree.Sub("d")
	require.Zero(t, errno)
	require.NoError(t, sub.Release(t.Context(), nil))
	requireEnded(t, sub)
	mustStat(t, tree, "d/f")
}

func sameFile(a, b fs.FileInfo) bool {
	return a.(interface{ SameFile(other fs.FileInfo) bool }).SameFile(b)
}

func TestSameFile(t *testing.T) {
	tree, other := newTree(), newTree()
	mustPut(t, tree, "f", "one")
	mustPut(t, tree, "g", "one")
	mustPut(t, other, "f", "one")
	f := mustStat(t, tree, "f")
	require.True(t, sameFile(f, f))
	require.False(t, sameFile(f, mustStat(t, tree, "g")))
	require.False(t, sameFile(f, mustStat(t, other, "f")))
	require.False(t, sameFile(mustStat(t, tree, "/"), mustStat(t, other, "/")))
	host, err := os.Stat(".")
	require.NoError(t, err)
	require.False(t, sameFile(f, host))
	require.Zero(t, tree.Link("f", "h"))
	require.Zero(t, tree.Rename("f", "i"))
	require.True(t, sameFile(f, mustStat(t, tree, "h")))
	require.True(t, sameFile(f, mustStat(t, tree, "i")))
	require.Zero(t, tree.Remove("h"))
	require.Zero(t, tree.Remove("i"))
	mustPut(t, tree, "f", "one")
	require.False(t, sameFile(f, mustStat(t, tree, "f")), "a new file has a new number")
}

func TestInfoIsASnapshot(t *testing.T) {
	tree := newTree()
	mustPut(t, tree, "f", "one")
	info := mustStat(t, tree, "f")
	before := fmt.Sprint(info)
	mustPut(t, tree, "f", "longer")
	require.Zero(t, tree.Chmod("f", 0o777))
	require.Zero(t, tree.Chtimes("f", time.Unix(1, 0), time.Unix(1, 0)))
	require.Zero(t, tree.Rename("f", "g"))
	require.Equal(t, before, fmt.Sprint(info))
	require.True(t, strings.HasPrefix(before, "-rw-r--r-- 3 "), before)
}

func TestDirectoryLinksAndSize(t *testing.T) {
	tree := newTree()
	links := func(name string) int {
		_, _, nlink := memfallback.InfoOwner(mustStat(t, tree, name))
		return nlink
	}
	require.Equal(t, 2, links("/"))
	mustMkdir(t, tree, "d", "d/e", "d/g", "to")
	mustPut(t, tree, "d/f", "one")
	require.Equal(t, 4, links("/"))
	require.Equal(t, 4, links("d"))
	size := mustStat(t, tree, "d").Size()
	require.Positive(t, size)
	require.Zero(t, tree.Rename("d/e", "to/e"))
	require.Equal(t, 3, links("d"))
	require.Equal(t, 3, links("to"))
	require.Zero(t, tree.Rename("to/e", "to/f"))
	require.Equal(t, 3, links("to"))
	require.Zero(t, tree.Remove("to/f"))
	require.Equal(t, 2, links("to"))
	_, errno := tree.RemoveAll("d")
	require.Zero(t, errno)
	require.Equal(t, 3, links("/"))
	require.Equal(t, size, mustStat(t, tree, "to").Size())
}

func TestRoot(t *testing.T) {
	tree := newTree(memfallback.WithUser(7, 8), memfallback.WithUmask(0o777))
	require.Equal(t, fs.ModeDir|0o700, mustStat(t, tree, "/").Mode(), "whatever the umask")
	require.Zero(t, tree.Chmod("/", 0))
	require.Equal(t, fs.ModeDir, mustStat(t, tree, "/").Mode())
	mustMkdir(t, tree, "d")
	require.Equal(t, fs.ModeDir, mustStat(t, tree, "d").Mode())
	dir := mustOpen(t, tree, "/", os.O_RDONLY)
	entries, errno := dir.ReadDir(-1)
	require.Zero(t, errno)
	require.Equal(t, []string{"d"}, names(entries))
	require.Zero(t, tree.Remove("d"))
}

func TestClock(t *testing.T) {
	now := time.Date(2001, 2, 3, 4, 5, 6, 7, time.UTC)
	tree := newTree(memfallback.WithClock(func() time.Time { return now }))
	require.True(t, mustStat(t, tree, "/").ModTime().Equal(now))
	now = now.Add(time.Hour)
	mustMkdir(t, tree, "d")
	for _, name := range []string{"/", "d"} {
		require.True(t, mustStat(t, tree, name).ModTime().Equal(now), name)
	}
	for at, want := range map[time.Time]time.Time{
		time.Date(2200, 1, 1, 0, 0, 0, 999999999, time.UTC): time.Date(2200, 1, 1, 0, 0, 0, 999999999, time.UTC),
		time.Date(1700, 1, 1, 0, 0, 0, 1, time.UTC):         time.Date(1700, 1, 1, 0, 0, 0, 1, time.UTC),
		time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC):         time.Unix(0, math.MaxInt64), // the last there is
		time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC):            time.Unix(0, math.MinInt64),
	} {
		require.Zero(t, tree.Chtimes("d", at, at))
		require.True(t, mustStat(t, tree, "d").ModTime().Equal(want), at)
	}
	require.NotPanics(t, func() { memfallback.NewTree(memfallback.WithClock(nil)) })
}

// A clock may use the tree: it is asked with no lock held.
func TestClockMayUseTheTree(t *testing.T) {
	var tree *memfallback.Tree
	tree = newTree(memfallback.WithClock(func() time.Time {
		if tree != nil {
			tree.Stat("/")
		}
		return time.Unix(1, 0)
	}))
	mustMkdir(t, tree, "d")
	mustPut(t, tree, "f", "one")
	require.Zero(t, tree.Rename("f", "d/g"))
	require.Zero(t, tree.Chmod("d/g", 0o600))
	require.Zero(t, tree.Truncate("d/g", 1))
	_, errno := tree.RemoveAll("d")
	require.Zero(t, errno)
}

func TestDefaultUser(t *testing.T) {
	tree := memfallback.NewTree()
	mustMkdir(t, tree, "d")
	uid, gid, _ := memfallback.InfoOwner(mustStat(t, tree, "d"))
	require.Equal(t, max(os.Geteuid(), 0), int(uid))
	if uid != 0 {
		require.Equal(t, os.Getegid(), int(gid))
	}
	require.Zero(t, tree.Chmod("d", 0))
	errno := tree.Mkdir("d/e", 0o755)
	if uid == 0 {
		require.Zero(t, errno)
	} else {
		require.Equal(t, syscall.EACCES, errno)
	}
}

func TestOptionsLastWins(t *testing.T) {
	tree := newTree(memfallback.WithUser(5, 6, 7), memfallback.WithUser(8, 9), memfallback.WithUmask(0o077))
	mustMkdir(t, tree, "d")
	info := mustStat(t, tree, "d")
	uid, gid, _ := memfallback.InfoOwner(info)
	require.Equal(t, [2]uint32{8, 9}, [2]uint32{uid, gid})
	require.Equal(t, fs.ModeDir|0o700, info.Mode())
	require.Equal(t, syscall.EPERM, tree.Chown("d", -1, 7, true))
}

func TestGroupsOfTheUser(t *testing.T) {
	tree := newTree(memfallback.WithUser(5, 6, 7))
	mustPut(t, tree, "f", "one")
	require.Zero(t, tree.Chown("f", -1, 7, true))
	require.Zero(t, tree.Chmod("f", 0o2755|fs.ModeSetgid))
	require.Equal(t, fs.ModeSetgid|0o755, mustStat(t, tree, "f").Mode())
	require.Equal(t, syscall.EPERM, tree.Chown("f", -1, 8, true))
}

// An entry that stays is listed once, whatever is made and removed between the pages.
func TestReadDirPagesWhileEntriesGo(t *testing.T) {
	tree := newTree()
	mustMkdir(t, tree, "d")
	for i := range 100 {
		mustPut(t, tree, fmt.Sprintf("d/%03d", i), "")
	}
	dir := mustOpen(t, tree, "d", os.O_RDONLY)
	seen := map[string]int{}
	for page := 0; ; page++ {
		entries, errno := dir.ReadDir(7)
		require.Zero(t, errno)
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			seen[e.Name()]++
			i := 0
			if _, err := fmt.Sscanf(e.Name(), "%03d", &i); err == nil && i%2 == 1 {
				require.Zero(t, tree.Remove("d/"+e.Name()))
			}
		}
		mustPut(t, tree, fmt.Sprintf("d/new%d", page), "")
		if page == 5 {
			require.Zero(t, tree.Remove("d/099")) // not listed yet
		}
	}
	for i := range 99 {
		require.Equal(t, 1, seen[fmt.Sprintf("%03d", i)], "entry %d", i)
	}
	require.Zero(t, seen["099"])
	entries, errno := dir.ReadDir(1)
	require.Zero(t, errno)
	require.Empty(t, entries)
	_, errno = dir.Lseek(0, io.SeekStart)
	require.Zero(t, errno)
	entries, errno = dir.ReadDir(0)
	require.Zero(t, errno)
	require.Len(t, entries, 50+15, "the even ones and the new")
	require.True(t, slices.IsSorted(names(entries)))
}

func TestSeekInDirectory(t *testing.T) {
	tree := newTree()
	mustMkdir(t, tree, "a", "b", "c")
	dir := mustOpen(t, tree, "/", os.O_RDONLY)
	read := func(n int) []string {
		entries, errno := dir.ReadDir(n)
		require.Zero(t, errno)
		return names(entries)
	}
	seek := func(off int64, whence int) int64 {
		pos, errno := dir.Lseek(off, whence)
		require.Zero(t, errno)
		return pos
	}
	require.Equal(t, []string{"a", "b"}, read(2))
	require.Equal(t, int64(2), seek(0, io.SeekCurrent))
	require.Equal(t, int64(1), seek(-1, io.SeekCurrent))
	require.Equal(t, []string{"b", "c"}, read(9))
	require.Equal(t, int64(1<<40), seek(1<<40, io.SeekStart))
	require.Empty(t, read(1))
	require.Zero(t, seek(0, io.SeekStart))
	require.Equal(t, []string{"a", "b", "c"}, read(-1))
	for _, bad := range [][2]int64{{-1, io.SeekStart}, {0, io.SeekEnd}, {0, 7}, {-9, io.SeekCurrent}, {1 << 62, io.SeekStart}} {
		_, errno := dir.Lseek(bad[0], int(bad[1]))
		require.Equal(t, syscall.EINVAL, errno, "%v", bad)
	}
}

func TestDirEntry(t *testing.T) {
	tree := newTree()
	mustMkdir(t, tree, "d", "d/a")
	mustPut(t, tree, "d/b", "one")
	require.Zero(t, tree.Symlink("b", "d/c"))
	dir := mustOpen(t, tree, "d", os.O_RDONLY)
	entries, errno := dir.ReadDir(-1)
	require.Zero(t, errno)
	require.Equal(t, "[d a/ - b L c]", fmt.Sprint(entries))
	require.True(t, entries[0].IsDir())
	require.Equal(t, fs.ModeSymlink, entries[2].Type())

	require.Zero(t, tree.Rename("d", "e"))
	info, err := entries[1].Info()
	require.NoError(t, err)
	require.Equal(t, "b", info.Name(), "the directory has another name and is the same")
	require.Zero(t, tree.Remove("e/b"))
	mustMkdir(t, tree, "e/b")
	info, err = entries[1].Info()
	require.NoError(t, err)
	require.True(t, info.IsDir(), "what has the name now")
	require.Zero(t, tree.Remove("e/b"))
	_, err = entries[1].Info()
	require.Equal(t, syscall.ENOENT, err)
}

func TestHandleAfterClose(t *testing.T) {
	tree := newTree()
	mustMkdir(t, tree, "d")
	for _, h := range []memfallback.Handle{
		mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE),
		mustOpen(t, tree, "d", os.O_RDONLY),
	} {
		require.Zero(t, h.Close())
		p := make([]byte, 1)
		_, read := h.Read(p)
		_, none := h.Read(nil)
		_, readAt := h.ReadAt(p, 0)
		_, write := h.Write(p)
		_, writeAt := h.WriteAt(p, 0)
		_, seek := h.Lseek(0, io.SeekStart)
		_, stat := h.Stat()
		_, readDir := h.ReadDir(-1)
		for i, errno := range []syscall.Errno{
			read, none, readAt, write, writeAt, seek, stat, readDir, h.Truncate(0), h.Sync(), h.Close(),
		} {
			require.Equal(t, syscall.EBADF, errno, "method %d", i)
		}
	}
}

// The path of what could not go is virtual and begins with the name as it was given.
func TestRemoveAllNamesWhatStays(t *testing.T) {
	tree := newTree(memfallback.WithUser(7, 7))
	mustMkdir(t, tree, "d", "d/a", "d/a/b", "d/c")
	mustPut(t, tree, "d/a/b/f", "one")
	mustPut(t, tree, "d/c/g", "one")
	require.Zero(t, tree.Chmod("d/a/b", 0o500))
	for name, want := range map[string]string{
		"d": "d/a/b/f", "/d/": "/d/a/b/f", "./d/a//": "./d/a/b/f", "/": "/d/a/b/f", "d/../d/a/b": "d/../d/a/b/f", "//": "/d/a/b/f",
	} {
		failed, errno := tree.RemoveAll(name)
		require.Equal(t, syscall.EACCES, errno, name)
		require.Equal(t, want, failed, name)
	}
	_, errno := tree.Stat("d/c")
	require.Equal(t, syscall.ENOENT, errno, "all else is gone")
	failed, errno := tree.RemoveAll("d/a/b/f")
	require.Equal(t, syscall.EACCES, errno)
	require.Empty(t, failed, "it is the name itself")
}

// Neither a tree that is deeper than a goroutine's stack nor one that is longer than a name is a problem.
func TestRemoveAllOfADeepTree(t *testing.T) {
	const depth = 200_000
	tree := newTree()
	at := tree
	for range depth {
		mustMkdir(t, at, "d")
		below, errno := at.Sub("d")
		require.Zero(t, errno)
		at = below
	}
	require.Equal(t, syscall.EINVAL, tree.Rename("d", "d/d/d/x"))
	mustMkdir(t, at, "x")
	failed, errno := tree.RemoveAll("d")
	require.Zero(t, errno)
	require.Empty(t, failed)
	require.Equal(t, syscall.ENOENT, at.Mkdir("y", 0o755))
}

func TestErrnosAreErrorsOfPackageFs(t *testing.T) {
	sys := memfallback.New(memfallback.WithUser(7, 7))
	require.NoError(t, sys.Mkdir("d", 0))
	_, err := sys.Stat("missing")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorIs(t, sys.Mkdir("d", 0o755), fs.ErrExist)
	_, err = sys.Open("d")
	require.ErrorIs(t, err, fs.ErrPermission)
	f, err := sys.Create("f")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	_, err = f.Stat()
	require.ErrorIs(t, err, fs.ErrClosed)
	require.ErrorIs(t, f.Close(), fs.ErrClosed)
	var path *fs.PathError
	require.True(t, errors.As(err, &path))
	require.Equal(t, "stat f: file already closed", err.Error())
}
