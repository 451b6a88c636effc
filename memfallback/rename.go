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
	defer t.sb.mu.Unlock()
	if target, errno := t.resolve(newname, false); errno == 0 && target.isDir() {
		source, errno := t.resolve(oldname, false)
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
	w := walk{tree: t}
	from, errno := w.locate(oldname)
	if errno != 0 {
		return errno
	}
	w = walk{tree: t}
	to, errno := w.locate(newname)
	if errno != 0 {
		return errno
	}
	if from.kind != lastName || to.kind != lastName {
		return syscall.EBUSY
	}
	source, errno := w.entry(from)
	if errno != 0 {
		return errno
	}
	target, errno := w.entry(to)
	if errno != 0 && errno != syscall.ENOENT {
		return errno
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
	t.sb.move(from, to, source, target, now)
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

func (s *superblock) move(from, to location, source, target *inode, now timestamp) {
	from.dir.unset(from.last)
	if target != nil {
		to.dir.unset(to.last)
		s.unlinked(target, now)
	}
	to.dir.set(to.last, source)
	source.changed(now)
	from.dir.modified(now)
	to.dir.modified(now)
}
