package memfallback

import (
	"io/fs"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A tree has one user, who owns what he makes, so only root meets files of others. These are the rules for them all the same.

func inodeOf(uid, gid, mode uint32) *inode {
	n := &inode{ino: rootIno + 1}
	n.setOwner(uid, gid)
	n.mode.Store(typeRegular | mode)
	return n
}

func TestMay(t *testing.T) {
	u := newUser(5, 6, []int{7})
	for _, c := range []struct {
		uid, gid, mode uint32
		want           access
	}{
		{5, 6, 0o700, mayRead | mayWrite | mayExec},
		{5, 6, 0o077, 0}, // the owner's digit alone counts for the owner
		{5, 6, 0o400, mayRead},
		{1, 6, 0o740, mayRead},
		{1, 7, 0o720, mayWrite},
		{1, 7, 0o707, 0}, // and the group's for the group
		{1, 2, 0o771, mayExec},
		{1, 2, 0o770, 0},
	} {
		n := inodeOf(c.uid, c.gid, c.mode)
		for want := range access(8) {
			require.Equal(t, want&^c.want == 0, u.may(n, want), "%+v wants %o", c, want)
		}
		root := newUser(0, 0, nil)
		require.True(t, root.may(n, 7))
	}
}

func TestMayUnlink(t *testing.T) {
	u := newUser(5, 6, nil)
	plain, sticky, own := inodeOf(1, 1, 0o777), inodeOf(1, 1, 0o1777), inodeOf(5, 1, 0o1777)
	mine, other := inodeOf(5, 1, 0), inodeOf(1, 1, 0)
	require.True(t, u.mayUnlink(plain, other))
	require.True(t, u.mayUnlink(sticky, mine))
	require.True(t, u.mayUnlink(own, other))
	require.False(t, u.mayUnlink(sticky, other))
	root := newUser(0, 0, nil)
	require.True(t, root.mayUnlink(sticky, other))
}

func TestSetidBits(t *testing.T) {
	u, root := newUser(5, 6, nil), newUser(0, 0, nil)
	for _, c := range []struct{ mode, gid, want uint32 }{
		{0o4755, 6, 0o755},
		{0o2755, 6, 0o755},
		{0o2745, 6, 0o2745},
		{0o2745, 7, 0o745},
		{0o7777, 6, 0o1777},
	} {
		require.Equal(t, c.want, u.afterWrite(c.mode, c.gid), "%o", c.mode)
		require.Equal(t, c.mode, root.afterWrite(c.mode, c.gid), "%o", c.mode)
	}
}

// A file in a set-group-id directory of a group that the user is not in gets no set-group-id bit.
func TestInheritedGroup(t *testing.T) {
	sb := &superblock{user: newUser(5, 6, nil)}
	dir := inodeOf(1, 9, 0o2777)
	f := sb.newFile(dir, "f", fs.ModeSetgid|0o755, 0).node.Load()
	_, gid := f.owner()
	require.Equal(t, uint32(9), gid)
	require.Equal(t, uint32(typeRegular|0o755), f.mode.Load())
	require.Equal(t, uint32(typeRegular|0o2745), sb.newFile(dir, "f", fs.ModeSetgid|0o745, 0).node.Load().mode.Load())
	require.Equal(t, uint32(typeDir|0o2700), sb.newDir(dir, "d", 0o700, 0).node.Load().mode.Load())
}

func TestChownNeedsTheOwner(t *testing.T) {
	u := newUser(5, 6, []int{7})
	now := timestamp(1)
	require.NotZero(t, inodeOf(1, 6, 0o644).chown(&u, -1, 7, now))
	require.NotZero(t, inodeOf(1, 6, 0o644).chown(&u, 1, -1, now))
	require.NotZero(t, inodeOf(1, 6, 0o4644).chown(&u, -1, -1, now), "it would clear the bit")
	require.Zero(t, inodeOf(1, 6, 0o644).chown(&u, -1, -1, now))
	require.Zero(t, inodeOf(5, 9, 0o644).chown(&u, 5, 9, now))
}

func TestModes(t *testing.T) {
	for mode := range uint32(0o10000) {
		require.Equal(t, mode, unixMode(fileMode(typeDir|mode)))
	}
	require.Equal(t, fs.ModeSymlink|0o777, fileMode(typeSymlink|0o777))
}

func TestStickyDirectory(t *testing.T) {
	tree := NewTree(WithUser(5, 6))
	require.Zero(t, tree.Mkdir("d", 0o777))
	require.Zero(t, tree.Mkdir("d/other", 0o777))
	require.Zero(t, tree.Symlink("x", "d/mine"))
	for name, uid := range map[string]uint32{"d": 1, "d/other": 1} {
		n, errno := tree.lookup(name, true)
		require.Zero(t, errno)
		tree.sb.restricted++ // as chown would
		n.setOwner(uid, 6)
		n.mode.Store(typeDir | modeSticky | modePerm)
	}
	require.Equal(t, syscall.EPERM, tree.Remove("d/other"))
	require.Equal(t, syscall.EPERM, tree.Rename("d/other", "x"))
	require.Equal(t, syscall.EPERM, tree.Rename("d/other", "d/x"))
	failed, errno := tree.RemoveAll("d")
	require.Equal(t, syscall.EPERM, errno)
	require.Equal(t, "d/other", failed)
	_, errno = tree.Lstat("d/mine")
	require.Equal(t, syscall.ENOENT, errno)
}
