package memfallback

import (
	"io/fs"
	"slices"
)

// Bits of st_mode, the same on every system. Package syscall has them on Unix only.
const (
	modePerm   = 0o777
	modeSticky = 0o1000
	modeSetgid = 0o2000
	modeSetuid = 0o4000
	modeAll    = 0o7777

	groupExec = 0o010

	// defaultUmask stands in for a umask that cannot be known.
	defaultUmask = 0o022
)

// access is a set of the three rights, as a digit of a mode has them.
type access uint32

const (
	mayExec  access = 1 // on a directory: search it
	mayWrite access = 2
	mayRead  access = 4
)

// user is whom permissions bind.
type user struct {
	uid, gid uint32
	groups   []uint32
	super    bool // may do everything, as uid 0
}

func newUser(uid, gid int, groups []int) user {
	u := user{uid: uint32(uid), gid: uint32(gid), super: uid == 0}
	for _, g := range groups {
		u.groups = append(u.groups, uint32(g))
	}
	return u
}

func (u *user) is(other *user) bool {
	return u.super == other.super && u.uid == other.uid && u.gid == other.gid && slices.Equal(u.groups, other.groups)
}

func (u *user) inGroup(gid uint32) bool {
	return u.super || gid == u.gid || slices.Contains(u.groups, gid)
}

func (u *user) owns(n *inode) bool {
	uid, _ := n.owner()
	return u.super || uid == u.uid
}

// may reports whether the user has all the rights in want: those of the owner, or else of the group, or else
// of others, as in path_resolution(7). The owner of the root directory always has them there.
func (u *user) may(n *inode, want access) bool {
	if u.super {
		return true
	}
	mode := n.mode.Load()
	uid, gid := n.owner()
	switch {
	case uid == u.uid:
		if n.ino == rootIno {
			return true
		}
		mode >>= 6
	case u.inGroup(gid):
		mode >>= 3
	}
	return access(mode)&want == want
}

// mayUnlink reports whether the sticky bit of dir, if any, lets the user remove the entry of n. It says nothing about the
// right to change dir at all.
func (u *user) mayUnlink(dir, n *inode) bool {
	return dir.mode.Load()&modeSticky == 0 || u.owns(n) || u.owns(dir)
}

// afterWrite is the mode that remains of a file's when the user changes its content: the set-id bits go, unless
// the user is privileged (inode(7)).
func (u *user) afterWrite(mode, gid uint32) uint32 {
	if u.super {
		return mode
	}
	return u.withoutSetid(mode, gid)
}

// withoutSetid keeps a set-group-id bit that has no execute bit beside it and is of a group of the user's: it
// once marked mandatory locking.
func (u *user) withoutSetid(mode, gid uint32) uint32 {
	if mode&groupExec != 0 || !u.inGroup(gid) {
		mode &^= modeSetgid
	}
	return mode &^ modeSetuid
}

// unixMode is the mode that package os gives to a system call.
func unixMode(m fs.FileMode) uint32 {
	mode := uint32(m.Perm())
	if m&fs.ModeSetuid != 0 {
		mode |= modeSetuid
	}
	if m&fs.ModeSetgid != 0 {
		mode |= modeSetgid
	}
	if m&fs.ModeSticky != 0 {
		mode |= modeSticky
	}
	return mode
}

// kindOf is the type of a st_mode, as package fs has it.
func kindOf(mode uint32) fs.FileMode {
	switch mode & typeMask {
	case typeDir:
		return fs.ModeDir
	case typeSymlink:
		return fs.ModeSymlink
	}
	return 0
}

// fileMode is the inverse of unixMode, with the type.
func fileMode(mode uint32) fs.FileMode {
	m := kindOf(mode) | fs.FileMode(mode&modePerm)
	if mode&modeSetuid != 0 {
		m |= fs.ModeSetuid
	}
	if mode&modeSetgid != 0 {
		m |= fs.ModeSetgid
	}
	if mode&modeSticky != 0 {
		m |= fs.ModeSticky
	}
	return m
}
