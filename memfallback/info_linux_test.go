package memfallback_test

import (
	"io/fs"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

func sysOf(t *testing.T, info fs.FileInfo) *syscall.Stat_t {
	t.Helper()
	st, ok := info.Sys().(*syscall.Stat_t)
	require.True(t, ok, "%T", info.Sys())
	return st
}

func TestSys(t *testing.T) {
	now := time.Unix(1000, 5)
	tree := newTree(memfallback.WithUser(7, 8), memfallback.WithClock(func() time.Time { return now }))
	mustPut(t, tree, "f", "one")
	mustMkdir(t, tree, "d")
	require.Zero(t, tree.Symlink("target", "s"))
	require.Zero(t, tree.Link("f", "g"))
	require.Zero(t, tree.Chmod("f", fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky|0o751))
	require.Zero(t, tree.Chtimes("f", time.Unix(10, 1), time.Unix(-20, 2)))
	now = time.Unix(2000, 6)
	require.Zero(t, tree.Link("f", "h"))

	st := sysOf(t, mustStat(t, tree, "f"))
	require.Equal(t, uint32(syscall.S_IFREG|0o7751), st.Mode)
	require.Equal(t, [2]uint32{7, 8}, [2]uint32{st.Uid, st.Gid})
	require.EqualValues(t, 3, st.Nlink)
	require.EqualValues(t, 3, st.Size)
	require.EqualValues(t, 8, st.Blocks)
	require.Equal(t, time.Unix(10, 1), time.Unix(st.Atim.Unix()))
	require.Equal(t, time.Unix(-20, 2), time.Unix(st.Mtim.Unix()))
	require.Equal(t, now, time.Unix(st.Ctim.Unix()))

	dir := sysOf(t, mustStat(t, tree, "d"))
	require.Equal(t, uint32(syscall.S_IFDIR|0o755), dir.Mode)
	info, errno := tree.Lstat("s")
	require.Zero(t, errno)
	link := sysOf(t, info)
	require.Equal(t, uint32(syscall.S_IFLNK|0o777), link.Mode)
	require.EqualValues(t, len("target"), link.Size)

	require.Equal(t, st.Dev, dir.Dev)
	require.NotEqual(t, st.Ino, dir.Ino)
	require.Equal(t, st.Ino, sysOf(t, mustStat(t, tree, "g")).Ino)
	require.NotEqual(t, st.Dev, sysOf(t, mustStat(t, newTree(), "/")).Dev)
	root := sysOf(t, mustStat(t, tree, "/"))
	require.EqualValues(t, 2, root.Ino)
	st.Size = 99
	require.EqualValues(t, 3, sysOf(t, mustStat(t, tree, "f")).Size, "it is the caller's own")
}
