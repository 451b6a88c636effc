package memfallback

import "syscall"

// Rename moves oldname to newname in one step, in the place of a file or link there. It mirrors [os.Rename], whose own rule it
// has: onto a directory that is not oldname itself it is EEXIST.
func (t *Tree) Rename(oldname, newname string) syscall.Errno {
	if hasNUL(oldname) || hasNUL(newname) {
		return syscall.EINVAL
	}
	now := t.sb.now()
	t.sb.mu.Lock()
	defer t.sb.unlock()
	w := t.lockedWalk()
	if target, errno := w.resolve(newname, false); errno == 0 && target.isDir() {
		source, errno := w.resolve(oldname, false)
		switch {
		case errno != 0:
			return errno
		case newname == oldname || source != target:
			return syscall.EEXIST
		}
	}
	return t.rename(oldname, newname, now)
}

// rename is rename(2), in the order of the kernel's checks. It never meets a target that is another directory.
func (t *Tree) rename(oldname, newname string, now timestamp) syscall.Errno {
	w := t.lockedWalk()
	from, errno := w.locate(oldname)
	if errno != 0 {
		return errno
	}
	w = t.lockedWalk()
	to, errno := w.locate(newname)
	if errno != 0 {
		return errno
	}
	if from.kind != lastName || to.kind != lastName {
		return syscall.EBUSY
	}
	moved, errno := from.entry()
	if errno != 0 {
		return errno
	}
	replaced, errno := to.entry()
	if errno != 0 && errno != syscall.ENOENT {
		return errno
	}
	source := moved.node.Load()
	var target *inode
	if replaced != nil {
		target = replaced.node.Load()
	}
	switch {
	case !source.isDir() && (from.slash || to.slash):
		return syscall.ENOTDIR
	case source.isDir() && to.dir.isBelow(source):
		return syscall.EINVAL
	case source == target: // two names of one file: nothing to do, says POSIX
		return 0
	}
	if errno := t.mayRename(from, to, source, target); errno != 0 {
		return errno
	}
	t.sb.move(from, to, moved, replaced, now)
	return 0
}

// mayRename gives the error that permissions and kinds make of a rename. target is nil if nothing has the name.
func (t *Tree) mayRename(from, to location, source, target *inode) syscall.Errno {
	if errno := t.mayDelete(from.dir, source, source.isDir()); errno != 0 {
		return errno
	}
	var errno syscall.Errno
	if target == nil {
		errno = t.mayCreate(to.dir)
	} else {
		errno = t.mayDelete(to.dir, target, source.isDir())
	}
	switch {
	case errno != 0:
		return errno
	case source.isDir() && from.dir != to.dir && !t.sb.user.may(source, mayWrite):
		return syscall.EACCES // its ".." changes
	}
	return 0
}

// move gives the inode of moved the name to, in the place of replaced, which may be nil.
func (s *superblock) move(from, to location, moved, replaced *dirent, now timestamp) {
	source := moved.node.Load()
	newGeneration := !source.isRegular()
	entry := newDirent(to.last, source)
	s.seq.begin()
	from.dir.unset(moved)
	yield()
	if replaced != nil {
		target := replaced.node.Load()
		newGeneration = newGeneration || !target.isRegular()
		to.dir.replace(replaced, entry)
		s.unlinked(target, now)
	} else {
		to.dir.set(entry)
	}
	source.changed(now)
	from.dir.modified(now)
	to.dir.modified(now)
	if newGeneration {
		s.moved()
	} else {
		s.seq.end(false)
	}
}
