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
	to, missing := w.locate(newname)
	if missing == 0 {
		if target, errno := w.finish(to, false); errno == 0 && target.isDir() {
			source, errno := w.resolve(oldname, false)
			switch {
			case errno != 0:
				return errno
			case newname == oldname || source != target:
				return syscall.EEXIST
			}
		}
	}
	w = t.lockedWalk()
	from, errno := w.locate(oldname)
	switch {
	case errno != 0:
		return errno
	case missing != 0:
		return missing
	}
	return t.rename(from, to, now)
}

// rename is rename(2), in the order of the kernel's checks. It never meets a target that is another directory.
func (t *Tree) rename(from, to location, now timestamp) syscall.Errno {
	if from.kind != lastName || to.kind != lastName {
		return syscall.EBUSY
	}
	m := move{from: from.dir, to: to.dir}
	var errno syscall.Errno
	if m.moved, m.fromHash, errno = from.entry(); errno != 0 {
		return errno
	}
	if m.replaced, m.toHash, errno = to.entry(); errno != 0 && errno != syscall.ENOENT {
		return errno
	}
	source := m.moved.node.Load()
	var target *inode
	if m.replaced != nil {
		target = m.replaced.node.Load()
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
	if errno := t.sb.mayMove(source, from.dir, to.dir); errno != 0 {
		return errno
	}
	m.entry = newDirent(to.last, source)
	t.sb.move(&m, source, target, now)
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

// move is a rename that nothing speaks against.
type move struct {
	from, to         *inode  // directories
	moved            *dirent // in from
	replaced         *dirent // in to, nil if nothing is there
	entry            *dirent // that is to be in to
	fromHash, toHash uint64
}

func (s *superblock) move(m *move, source, target *inode, now timestamp) {
	isPath := !source.isRegular() || target != nil && !target.isRegular()
	s.seq.begin()
	m.from.unset(m.moved, m.fromHash)
	yield()
	if target != nil {
		m.to.replace(m.replaced, m.entry, m.toHash)
		s.unlinked(target, now)
	} else {
		m.to.set(m.entry, m.toHash)
	}
	source.changed(now)
	m.to.modified(now)
	if m.from != m.to {
		m.from.modified(now)
	}
	s.changed(isPath)
}
