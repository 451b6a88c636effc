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
	n, errno := t.lookup(name, true)
	if errno != 0 {
		return errno
	}
	return n.chmod(&t.sb.user, mode, now)
}

func (n *inode) chmod(u *user, mode fs.FileMode, now timestamp) syscall.Errno {
	n.attr.Lock()
	defer n.attr.Unlock()
	if !u.owns(n) {
		return syscall.EPERM
	}
	bits := unixMode(mode)
	if _, gid := n.owner(); !u.inGroup(gid) {
		bits &^= modeSetgid
	}
	n.mode.Store(bits)
	n.attr.ctime = now
	return 0
}

// Chown sets the owner and group of what name leads to; -1 leaves one as it is. An owner may set a group that he is in; all
// else needs privilege (EPERM). follow false is [os.Lchown], true is [os.Chown].
func (t *Tree) Chown(name string, uid, gid int, follow bool) syscall.Errno {
	now := t.sb.now()
	n, errno := t.lookup(name, follow)
	if errno != 0 {
		return errno
	}
	return n.chown(&t.sb.user, uid, gid, now)
}

// noID leaves an owner or a group as it is: -1 as the kernel gets it, in 32 bits.
const noID = 1<<32 - 1

func (n *inode) chown(u *user, uid, gid int, now timestamp) syscall.Errno {
	n.attr.Lock()
	defer n.attr.Unlock()
	oldUID, oldGID := n.owner()
	newUID, newGID := oldUID, oldGID
	mode := n.mode.Load()
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
	n.mode.Store(bits)
	n.attr.ctime = now
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
	n.attr.Lock()
	defer n.attr.Unlock()
	if !t.sb.user.owns(n) {
		return syscall.EPERM
	}
	if !atime.IsZero() {
		n.attr.atime = newTimestamp(atime)
	}
	if !mtime.IsZero() {
		n.attr.mtime = newTimestamp(mtime)
	}
	n.attr.ctime = now
	return 0
}

// Truncate sets the size of the named file, in bytes; what it gains reads as zeros. It mirrors [os.Truncate].
func (t *Tree) Truncate(name string, size int64) syscall.Errno {
	if size < 0 {
		return syscall.EINVAL
	}
	now := t.sb.now()
	n, errno := t.lookup(name, true)
	switch {
	case errno != 0:
		return errno
	case n.isDir():
		return syscall.EISDIR
	case !t.sb.user.may(n, mayWrite):
		return syscall.EACCES
	}
	return n.truncate(size, &t.sb.user, now)
}

// lookup is resolve for what needs no name any more once it has the inode.
func (t *Tree) lookup(name string, follow bool) (*inode, syscall.Errno) {
	t.sb.mu.RLock()
	defer t.sb.mu.RUnlock()
	return t.resolve(name, follow)
}
