package memfallback

import "syscall"

// Remove removes a file, a link or an empty directory. It mirrors [os.Remove]: unlink, then rmdir, and
// of two failures the one that tells more.
func (t *Tree) Remove(name string) syscall.Errno {
	now := t.sb.now()
	t.sb.mu.Lock()
	defer t.sb.unlock()
	w := t.lockedWalk()
	at, errno := w.locate(name)
	if errno != 0 {
		return errno
	}
	return w.remove(at, now)
}

func (w *walk) remove(at location, now timestamp) syscall.Errno {
	unlink := w.unlink(at, now)
	if unlink == 0 {
		return 0
	}
	rmdir := w.rmdir(at, now)
	if rmdir == syscall.ENOTDIR { // it is no directory: unlink knows better
		return unlink
	}
	return rmdir
}

// unlink is unlink(2) of the entry at at.
func (w *walk) unlink(at location, now timestamp) syscall.Errno {
	if at.kind != lastName {
		return syscall.EISDIR
	}
	e, hash, errno := at.entry()
	if errno != 0 {
		return errno
	}
	n := e.node.Load()
	switch {
	case at.slash && n.isDir():
		return syscall.EISDIR
	case at.slash:
		return syscall.ENOTDIR
	}
	if errno = w.tree.mayDelete(at.dir, n, false); errno != 0 {
		return errno
	}
	w.tree.sb.drop(at.dir, e, hash, now)
	return 0
}

// rmdir is rmdir(2) of the entry at at.
func (w *walk) rmdir(at location, now timestamp) syscall.Errno {
	switch at.kind {
	case lastDot:
		return syscall.EINVAL
	case lastDotDot:
		return syscall.ENOTEMPTY
	case lastRoot:
		return syscall.EBUSY
	case lastName:
	}
	e, hash, errno := at.entry()
	if errno != 0 {
		return errno
	}
	n := e.node.Load()
	if errno = w.tree.mayDelete(at.dir, n, true); errno != 0 {
		return errno
	}
	if !n.dir.isEmpty() {
		return syscall.ENOTEMPTY
	}
	w.tree.sb.drop(at.dir, e, hash, now)
	return 0
}

// entry returns the dirent at at, whose last component is a name, with the hash of the name, or ENOENT. superblock.mu is held.
func (at *location) entry() (e *dirent, hash uint64, errno syscall.Errno) {
	if len(at.last) > maxName {
		return nil, 0, syscall.ENAMETOOLONG
	}
	hash = hashName(at.last)
	if t := at.dir.dir.load(); t != nil {
		e = t.find(at.last, hash)
	}
	if e == nil {
		errno = syscall.ENOENT
	}
	return e, hash, errno
}

// drop takes the name e from dir. What has it is no directory, or an empty one. hash is that of the name.
func (s *superblock) drop(dir *inode, e *dirent, hash uint64, now timestamp) {
	n := e.node.Load()
	// The only name of a file is there or not. Paths lead through all else, and another name shows how many there are: both changes are to be one.
	isPath := !n.isRegular()
	if (isPath || n.nlink.Load() > 1) && s.seq.Load()&underWay == 0 {
		s.seq.begin()
		defer s.changed(isPath)
	}
	dir.unset(e, hash)
	dir.modified(now)
	s.unlinked(n, now)
}

// unlinked counts a name of n less.
func (s *superblock) unlinked(n *inode, now timestamp) {
	n.changed(now)
	switch {
	case n.isDir():
		n.nlink.Store(0) // "." goes with it
		s.restrict(n, -1)
	default:
		s.countLink(n, -1)
	}
	if n.nlink.Load() == 0 && n.refs.Load() == 0 {
		s.discard(n)
	}
}
