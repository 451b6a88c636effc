package disk

import (
	"io/fs"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// OpenInto is OpenFile into a zero File that the caller has room for.
func (n *names) OpenInto(f *File, name string, flag int, perm fs.FileMode) syscall.Errno {
	return n.either(func() syscall.Errno {
		fd, errno := n.open(name, flag, perm)
		if errno == 0 {
			f.init(n, fd, name)
		}
		return errno
	}, func(p *portable) syscall.Errno {
		opened, errno := p.openFile(name, flag, perm)
		if errno == 0 {
			errno = f.take(n, opened, name)
		}
		return errno
	})
}

func (n *names) open(name string, flag int, perm fs.FileMode) (int, syscall.Errno) {
	if createsDirectory(flag) {
		return -1, syscall.EINVAL
	}
	flags, mode := openFlags(flag, perm)
	f, errno := n.find(name, flags, mode)
	return f.fd, errno
}

// openFlags are what open(2) makes of its arguments before it goes on as openat2(2), which takes nothing that it does not know.
func openFlags(flag int, perm fs.FileMode) (flags int, mode uint32) {
	if flag&unix.O_PATH != 0 {
		return flag & (unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW), 0
	}
	const known = unix.O_ACCMODE | unix.O_CREAT | unix.O_EXCL | unix.O_NOCTTY | unix.O_TRUNC | unix.O_APPEND | unix.O_NONBLOCK |
		unix.O_SYNC | unix.O_DSYNC | unix.O_ASYNC | unix.O_DIRECT | unix.O_LARGEFILE | unix.O_DIRECTORY | unix.O_NOFOLLOW |
		unix.O_NOATIME | unix.O_TMPFILE
	flags = flag&known | unix.O_NONBLOCK | unix.O_LARGEFILE
	if flags&unix.O_CREAT != 0 || flags&unix.O_TMPFILE == unix.O_TMPFILE {
		mode = modeBits(perm)
	}
	return flags, mode
}

// Truncate mirrors truncate(2), which names what cannot have a size by EINVAL.
func (n *names) Truncate(name string, size int64) syscall.Errno {
	return n.either(
		func() syscall.Errno { return n.truncate(name, size) },
		func(p *portable) syscall.Errno { return p.Truncate(name, size) },
	)
}

func (n *names) truncate(name string, size int64) syscall.Errno {
	if size < 0 {
		return syscall.EINVAL
	}
	fd, errno := n.open(name, os.O_WRONLY, 0)
	if errno == syscall.ENXIO { // a FIFO that nobody reads
		return syscall.EINVAL
	}
	if errno != 0 {
		return errno
	}
	errno = uninterrupted(func() error { return unix.Ftruncate(fd, size) })
	_ = unix.Close(fd)
	return errno
}

// removeIn opens dir as os.RemoveAll does, and removes base and all below it; without a base what is in dir. failed is the path of what could not
// go, below base, and "" for that itself.
func (n *names) removeIn(dir, base string) (failed string, errno syscall.Errno) {
	errno = n.either(func() (errno syscall.Errno) {
		failed, errno = n.removeFound(dir, base)
		return errno
	}, func(p *portable) (errno syscall.Errno) {
		failed, errno = p.removeIn(dir, base)
		return errno
	})
	return failed, errno
}

func (n *names) removeFound(dir, base string) (failed string, errno syscall.Errno) {
	fd, errno := n.open(dir, os.O_RDONLY, 0)
	if errno != 0 {
		return "", errno
	}
	defer func() { _ = unix.Close(fd) }()
	switch {
	case base == "":
		base = "."
	case hasNUL(base, ""):
		return "", syscall.EINVAL
	case base == "." || base == "..":
		var stat syscall.Stat_t
		if errno := fstatat(fd, ".", &stat); errno != 0 { // dir need not be one
			return "", errno
		}
		return "", syscall.EINVAL
	}
	return firstFailure(removeAt(fd, base, false, n.ledger), base)
}

// Entry finds the place of name, of which the last component is not followed and must be there. EBUSY: that is no name, as in "a/..".
func (n *names) Entry(name string) (e *Entry, errno syscall.Errno) {
	errno = n.either(func() (errno syscall.Errno) {
		e, errno = n.entry(name)
		return errno
	}, func(p *portable) (errno syscall.Errno) {
		e, errno = p.entry(name)
		return errno
	})
	return e, errno
}

func (n *names) entry(name string) (*Entry, syscall.Errno) {
	r, dir, errno := n.place(name)
	base := strings.TrimRight(r.base, "/")
	switch {
	case errno != 0:
		return nil, errno
	case base == "." || base == "..":
		n.leave(dir)
		return nil, syscall.EBUSY
	case dir == n.root.fd:
		if dir, errno = duplicateOf(dir); errno != 0 {
			return nil, errno
		}
	}
	var stat syscall.Stat_t
	errno = fstatat(dir, base, &stat)
	if errno == 0 && base != r.base && stat.Mode&syscall.S_IFMT != syscall.S_IFDIR {
		errno = syscall.ENOTDIR
	}
	if errno != 0 {
		_ = unix.Close(dir)
		return nil, errno
	}
	return &Entry{directory{dir}, base}, 0
}
