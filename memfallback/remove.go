package memfallback

import "syscall"

// Remove removes a file, a link or an empty directory. It mirrors [os.Remove]: unlink, then rmdir, and
// of two failures the one that tells more.
func (t *Tree) Remove(name string) syscall.Errno {
	now := t.sb.now()
	t.sb.mu.Lock()
	defer t.sb.mu.Unlock()
	w := walk{tree: t}
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
	n, errno := w.entry(at)
	switch {
	case errno != 0:
		return errno
	case at.slash && n.isDir():
		return syscall.EISDIR
	case at.slash:
		return syscall.ENOTDIR
	}
	if errno = w.tree.mayDelete(at.dir, n, false); errno != 0 {
		return errno
	}
	w.tree.sb.drop(at.dir, at.last, n, now)
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
	n, errno := w.entry(at)
	if errno != 0 {
		return errno
	}
	if errno = w.tree.mayDelete(at.dir, n, true); errno != 0 {
		return errno
	}
	if len(n.dir.entries) > 0 {
		return syscall.ENOTEMPTY
	}
	w.tree.sb.drop(at.dir, at.last, n, now)
	return 0
}

// drop takes the name of n from dir. n is no directory, or an empty one.
func (s *superblock) drop(dir *inode, name string, n *inode, now timestamp) {
	dir.unset(name)
	dir.modified(now)
	s.unlinked(n, now)
}

// unlinked counts a name of n less.
func (s *superblock) unlinked(n *inode, now timestamp) {
	n.nlink--
	if n.isDir() {
		n.nlink = 0 // "." goes with it
		s.dirs--
	}
	if n.nlink == 0 {
		s.inodes--
	}
	n.changed(now)
}
