package disk

import (
	"io/fs"
	"os"
	"syscall"
)

// openFile opens without mu what it need not make, and looks again if that has lost its name before it was in the books: then it was given back.
func (l *ledger) openFile(t *Tree, f *LimitedFile, name string, flag int, perm fs.FileMode) syscall.Errno {
	f.begin(l, flag)
	if flag&(os.O_CREATE|os.O_TRUNC) == 0 {
		errno := t.OpenInto(&f.File, name, flag, perm)
		if errno != 0 {
			return errno
		}
		l.mu.Lock()
		errno = l.enter(f)
		l.mu.Unlock()
		if errno == 0 {
			return 0
		}
		_ = f.File.Close()
		if errno != errGone {
			return errno
		}
		*f = LimitedFile{} // nobody else has it
		f.begin(l, flag)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.openLocked(t, f, name, flag, perm)
}

// errGone is the errno of a file that was removed since it was opened. It never leaves this file.
const errGone syscall.Errno = 1<<24 + 3

// enter puts an open file that was there before in the books. mu is held.
func (l *ledger) enter(f *LimitedFile) syscall.Errno {
	i, errno := f.inode()
	if errno != 0 {
		return errno
	}
	f.id, f.isRegular, f.isDir = i.id, i.kind == 0, i.kind == fs.ModeDir
	f.record = l.find(i.id)
	switch {
	case f.record == nil && i.nameless:
		return errGone
	case f.record == nil:
		f.record = &f.own
		f.own.names, f.own.size = 1, i.bytes()
		l.records.add(i.id, f.record)
	}
	f.record.handles++
	return 0
}

// enterNew is for a file that was made, with so many names, and has taken what it takes. mu is held.
func (l *ledger) enterNew(f *LimitedFile, names int) {
	f.isRegular, f.record = true, &f.own
	f.own.names, f.own.handles = names, 1
	f.isFresh, f.freshAt = true, len(l.fresh)
	l.fresh = append(l.fresh, f)
}

// forget takes a file off the list of fresh ones. mu is held.
func (l *ledger) forget(f *LimitedFile) {
	last := len(l.fresh) - 1
	l.fresh[f.freshAt] = l.fresh[last]
	l.fresh[f.freshAt].freshAt = f.freshAt
	l.fresh[last] = nil
	l.fresh, f.isFresh = l.fresh[:last], false
}

// openLocked is openFile with mu held.
func (l *ledger) openLocked(t *Tree, f *LimitedFile, name string, flag int, perm fs.FileMode) syscall.Errno {
	if flag&os.O_CREATE != 0 && !createsDirectory(flag) {
		return l.create(t, f, name, flag, perm)
	}
	if errno := t.OpenInto(&f.File, name, flag&^os.O_TRUNC, perm); errno != 0 {
		return errno
	}
	return l.begin(t, f, name, flag)
}

// create is open(2) with O_CREAT. It asks for a new file first, so that it is known whether there is one.
func (l *ledger) create(t *Tree, f *LimitedFile, name string, flag int, perm fs.FileMode) syscall.Errno {
	flag, asked := flag&^os.O_TRUNC, flag
	refused := l.room(t, name, 0)
	switch {
	case refused == 0:
		errno := t.OpenInto(&f.File, name, flag|os.O_EXCL, perm)
		if errno == 0 {
			l.enterNew(f, 1)
			return 0
		}
		l.quota.Give(1, 0)
		if errno != syscall.EEXIST || flag&os.O_EXCL != 0 {
			return errno
		}
	case trimmedRight(name) != name || isSpecialName(name): // which make nothing
		return t.OpenInto(&f.File, name, flag, perm)
	case flag&os.O_EXCL != 0:
		if cannotBe(t, name, false) {
			return t.OpenInto(&f.File, name, flag, perm)
		}
		return refused
	}
	errno := t.OpenInto(&f.File, name, flag&^os.O_CREATE, perm)
	switch errno {
	case 0:
		return l.begin(t, f, name, asked)
	case syscall.ENOENT: // of a new name if there is no room, and of a link to nothing
		if refused == 0 {
			return l.createBehind(t, f, name, flag, perm)
		}
		if _, missing := t.Lstat(name); missing == 0 || !cannotBe(t, name, false) {
			return refused
		}
	}
	errno = t.OpenInto(&f.File, name, flag, perm) // which makes nothing: as open(2) says that with O_CREAT
	if errno == 0 {
		errno = l.begin(t, f, name, asked)
	}
	return errno
}

// createBehind makes the file that the link name leads to.
func (l *ledger) createBehind(t *Tree, f *LimitedFile, name string, flag int, perm fs.FileMode) syscall.Errno {
	if most := l.quota.MaxDepth(); most > 0 {
		way, errno := l.wayBehind(t, name)
		switch {
		case errno != 0:
			return errno
		case len(way) > most:
			return l.quota.TooDeep(len(way))
		}
	}
	if refused := l.quota.Take(1, 0); refused != 0 {
		return refused
	}
	errno := t.OpenInto(&f.File, name, flag, perm)
	if errno != 0 {
		l.quota.Give(1, 0)
		return errno
	}
	l.enterNew(f, 1)
	return 0
}

// begin is for an open file that was there before.
func (l *ledger) begin(t *Tree, f *LimitedFile, name string, flag int) syscall.Errno {
	errno := l.enter(f)
	if errno == errGone { // by other means than the tree's
		errno = syscall.ENOENT
	}
	if errno != 0 {
		_ = f.File.Close()
		return errno
	}
	switch {
	case f.isDir && flag&(os.O_CREATE|os.O_TRUNC) != 0:
		errno = syscall.EISDIR
	case f.isRegular && flag&os.O_TRUNC != 0:
		errno = l.empty(t, f, name)
	}
	if errno != 0 {
		f.closeLocked()
	}
	return errno
}

// empty is O_TRUNC, which empties a file that is opened for reading too. mu is held, so the name is still that of the file.
func (l *ledger) empty(t *Tree, f *LimitedFile, name string) syscall.Errno {
	if f.writes {
		return f.Truncate(0)
	}
	r := f.record
	r.mu.Lock()
	defer r.mu.Unlock()
	errno := t.names.Truncate(name, 0)
	if errno == 0 {
		l.quota.Give(0, r.size)
		r.size = 0
	}
	return errno
}

func (l *ledger) openUnnamed(t *Tree, dir string, flag int, perm fs.FileMode, linkable bool) (Handle, syscall.Errno) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if refused := l.quota.Take(1, 0); refused != 0 {
		if _, errno := t.Stat(dir); errno != 0 {
			return nil, errno
		}
		return nil, refused
	}
	f := &LimitedFile{}
	f.begin(l, flag)
	errno := t.openUnnamed(&f.File, dir, flag, perm, linkable)
	if errno != 0 {
		l.quota.Give(1, 0)
		return nil, errno
	}
	l.enterNew(f, 0)
	return f, 0
}
