package memfallback

import (
	"io/fs"
	"syscall"
	"time"
)

// Chmod sets the permission bits and setuid, setgid and sticky of what name leads to. Only the owner may (EPERM). It
// mirrors [os.Chmod].
func (t *Tree) Chmod(name string, mode fs.FileMode) syscall.Errno {
	now := t.sb.now()
	return t.change(name, true, func(n *inode) syscall.Errno { return n.chmod(&t.sb.user, mode, now) })
}

// change calls fn with the inode that name leads to. The rights of a directory decide where other names lead.
func (t *Tree) change(name string, follow bool, fn func(*inode) syscall.Errno) syscall.Errno {
	s := t.sb
	n, errno := t.lookup(name, follow)
	if errno != 0 {
		return errno
	}
	if !n.isDir() {
		errno = fn(n)
		s.touched()
		return errno
	}
	s.mu.Lock()
	defer s.unlock()
	w := t.lockedWalk()
	if n, errno = w.resolve(name, follow); errno != 0 {
		return errno
	}
	s.seq.begin()
	defer s.changed(true)
	if n.isDir() {
		s.restrict(n, -1)
		defer s.restrict(n, +1)
	}
	return fn(n)
}

func (n *inode) chmod(u *user, mode fs.FileMode, now timestamp) syscall.Errno {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !u.owns(n) {
		return syscall.EPERM
	}
	bits := unixMode(mode)
	if _, gid := n.owner(); !u.inGroup(gid) {
		bits &^= modeSetgid
	}
	n.setPerm(bits)
	n.ctime = now
	return 0
}

// Chown sets the owner and group of what name leads to; -1 leaves one as it is. An owner may set a group that he is in; all
// else needs privilege (EPERM). follow false is [os.Lchown], true is [os.Chown].
func (t *Tree) Chown(name string, uid, gid int, follow bool) syscall.Errno {
	now := t.sb.now()
	return t.change(name, follow, func(n *inode) syscall.Errno { return n.chown(&t.sb.user, uid, gid, now) })
}

// noID leaves an owner or a group as it is: -1 as the kernel gets it, in 32 bits.
const noID = 1<<32 - 1

func (n *inode) chown(u *user, uid, gid int, now timestamp) syscall.Errno {
	n.mu.Lock()
	defer n.mu.Unlock()
	oldUID, oldGID := n.owner()
	newUID, newGID := oldUID, oldGID
	mode := n.mode.Load() & modeAll
	bits := mode
	if !n.isDir() {
		bits = u.withoutSetid(mode, oldGID)
	}
	owns := u.owns(n)
	if uint32(uid) != noID {
		if newUID = uint32(uid); !owns || !u.super && newUID != oldUID {
			return syscall.EPERM
		}
	}
	if uint32(gid) != noID {
		if newGID = uint32(gid); !owns || newGID != oldGID && !u.inGroup(newGID) {
			return syscall.EPERM
		}
	}
	if bits != mode && !owns {
		return syscall.EPERM
	}
	n.setOwner(newUID, newGID)
	n.setPerm(bits)
	n.ctime = now
	return 0
}

// Chtimes sets the access and modification times of what name leads to; a zero time leaves one as it is, and with two of them
// not even the name is looked at. Only the owner may (EPERM). It mirrors [os.Chtimes].
func (t *Tree) Chtimes(name string, atime, mtime time.Time) syscall.Errno {
	if atime.IsZero() && mtime.IsZero() {
		if hasNUL(name) {
			return syscall.EINVAL
		}
		return 0 // utimensat(2) with two UTIME_OMIT
	}
	now := t.sb.now()
	n, errno := t.lookup(name, true)
	if errno != 0 {
		return errno
	}
	defer t.sb.touched()
	n.mu.Lock()
	defer n.mu.Unlock()
	if !t.sb.user.owns(n) {
		return syscall.EPERM
	}
	if !atime.IsZero() {
		n.atime = newTimestamp(atime)
	}
	if !mtime.IsZero() {
		n.mtime = newTimestamp(mtime)
	}
	n.ctime = now
	return 0
}

// Truncate sets the size of the named file, in bytes; what it gains reads as zeros. It mirrors [os.Truncate].
func (t *Tree) Truncate(name string, size int64) syscall.Errno {
	if size < 0 {
		return syscall.EINVAL
	}
	now := t.sb.now()
	for {
		n, errno := t.lookup(name, true)
		switch {
		case errno != 0:
			return errno
		case n.isDir():
			return syscall.EISDIR
		case !t.sb.user.may(n, mayWrite):
			return syscall.EACCES
		}
		if t.sb.hold(n) {
			errno = n.truncate(t.sb, size, now)
			t.sb.unhold(n)
			return errno
		}
	}
}
