package disk

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// isDirect reports whether the way to the directory has neither links nor "..".
func (t *Tree) isDirect(dir string) bool {
	isDirect := false
	_ = t.either(func() syscall.Errno {
		f, errno := t.find(dir, unix.O_PATH|unix.O_DIRECTORY, 0)
		if errno == 0 {
			f.close()
			isDirect = f.direct
		}
		return errno
	}, func(*portable) syscall.Errno { return 0 })
	return isDirect
}

// mayWriteIn gives the errno of making a name in the directory, as far as rights decide.
func (t *Tree) mayWriteIn(dir string) syscall.Errno {
	return t.either(func() syscall.Errno {
		f, errno := t.find(dir, unix.O_PATH|unix.O_DIRECTORY, 0)
		if errno != 0 {
			return errno
		}
		defer f.close()
		return uninterrupted(func() error { return unix.Faccessat(f.fd, ".", unix.W_OK|unix.X_OK, unix.AT_EACCESS) })
	}, func(*portable) syscall.Errno { return 0 })
}

// look tells of what has the name, which is not followed.
func (t *Tree) look(name string) (i inode, errno syscall.Errno) {
	errno = t.either(func() syscall.Errno {
		var stat syscall.Stat_t
		failed := t.stat(name, false, &stat)
		if failed == 0 {
			i = inodeOf(&stat)
		}
		return failed
	}, func(p *portable) syscall.Errno {
		info, failed := p.Lstat(name)
		if failed == 0 {
			i = inodeIn(info)
		}
		return failed
	})
	return i, errno
}

func inodeOf(stat *syscall.Stat_t) inode {
	return inode{identityOfStat(stat), modeOf(stat.Mode).Type(), stat.Size, stat.Nlink == 0}
}

// removeSeen is Remove that tells what went.
func (t *Tree) removeSeen(name string) (i inode, errno syscall.Errno) {
	errno = t.either(func() (errno syscall.Errno) {
		i, errno = t.removeFoundSeen(name)
		return errno
	}, func(p *portable) (errno syscall.Errno) {
		if info, missing := p.Lstat(name); missing == 0 {
			i = inodeIn(info)
		}
		return p.Remove(name)
	})
	return i, errno
}

func (t *Tree) removeFoundSeen(name string) (inode, syscall.Errno) {
	var stat syscall.Stat_t
	r, dir, errno := t.place(name)
	if errno != 0 {
		return inode{}, errno
	}
	defer t.leave(dir)
	if !r.plain { // of a directory, or in error
		_ = t.stat(name, false, &stat)
		errno = t.remove(name)
	} else {
		_ = fstatat(dir, r.base, &stat)
		errno = t.removeAt(dir, r.base)
	}
	return inodeOf(&stat), errno
}

// inode tells which one is open.
func (f *File) inode() (inode, syscall.Errno) {
	var stat syscall.Stat_t
	if errno := f.do(func(fd int) error { return syscall.Fstat(fd, &stat) }); errno != 0 {
		return inode{}, errno
	}
	return inodeOf(&stat), 0
}

// around is the directory that the entry is in, wherever that is by now.
func (t *Tree) around(e *Entry) (*names, syscall.Errno) {
	fd, errno := duplicateOf(e.dir.fd)
	if errno != 0 {
		return nil, errno
	}
	n := &names{}
	return n, t.adopt(n, fd, ".")
}
