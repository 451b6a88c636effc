package disk

import (
	"io/fs"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// This file looks at files and changes their attributes, by descriptors opened with O_PATH: no permission for the file is needed, and nothing can
// take its place in between. An entry of the root directory is asked for at once, where the call does not follow links.

// Stat follows links.
func (n *names) Stat(name string) (fs.FileInfo, syscall.Errno) { return n.info(name, true) }

// Lstat does not, but for a name that ends in a separator.
func (n *names) Lstat(name string) (fs.FileInfo, syscall.Errno) { return n.info(name, false) }

func (n *names) info(name string, follow bool) (found fs.FileInfo, errno syscall.Errno) {
	errno = n.either(func() syscall.Errno {
		var stat syscall.Stat_t // not in the info from the start: most lookups of some programs fail
		failed := n.stat(name, follow, &stat)
		if failed == 0 {
			found = n.infoOf(baseOf(name), &stat)
		}
		return failed
	}, func(p *portable) (errno syscall.Errno) {
		if follow {
			found, errno = p.Stat(name)
		} else {
			found, errno = p.Lstat(name)
		}
		return errno
	})
	return found, errno
}

func (n *names) stat(name string, follow bool, stat *syscall.Stat_t) syscall.Errno {
	r, errno := routeOf(name)
	switch {
	case errno != 0:
		return errno
	case r.isRoot():
		return errnoOf(syscall.Fstat(n.root.fd, stat))
	case r.isEntry():
		errno = fstatat(n.root.fd, r.base, stat)
		if errno != 0 || !follow || stat.Mode&syscall.S_IFMT != syscall.S_IFLNK {
			return errno
		}
	}
	if follow {
		return n.statFound(&r, unix.O_PATH, stat)
	}
	return n.statFound(&r, unix.O_PATH|unix.O_NOFOLLOW, stat)
}

func (n *names) statFound(r *route, flags int, stat *syscall.Stat_t) syscall.Errno {
	f, errno := n.lookup(r.path, flags, 0)
	if errno == syscall.EXDEV && r.plain {
		return n.statEntry(r, stat)
	}
	if errno != 0 {
		return errno
	}
	errno = errnoOf(syscall.Fstat(f.fd, stat))
	f.close()
	return errno
}

// statEntry looks at a mount point as a listing of its directory does: nothing can be reached in there, and it can be seen.
func (n *names) statEntry(r *route, stat *syscall.Stat_t) syscall.Errno {
	dir, errno := n.parent(r)
	if errno != 0 {
		return errno
	}
	errno = fstatat(dir, r.base, stat)
	n.leave(dir)
	return errno
}

// Readlink returns the target as Symlink was given it.
func (n *names) Readlink(name string) (target string, errno syscall.Errno) {
	errno = n.either(func() (errno syscall.Errno) {
		target, errno = n.readlink(name)
		return errno
	}, func(p *portable) (errno syscall.Errno) {
		target, errno = p.Readlink(name)
		return errno
	})
	return target, errno
}

func (n *names) readlink(name string) (string, syscall.Errno) {
	r, errno := routeOf(name)
	if errno != 0 {
		return "", errno
	}
	if r.isEntry() {
		return readlinkat(n.root.fd, r.base)
	}
	f, errno := n.lookup(r.path, unix.O_PATH|unix.O_NOFOLLOW, 0)
	if errno != 0 {
		return "", errno
	}
	defer f.close()
	target, errno := readlinkat(f.fd, "")
	if errno == syscall.ENOENT { // what it says of a descriptor that is of no link
		errno = syscall.EINVAL
	}
	return target, errno
}

func readlinkat(dir int, path string) (target string, errno syscall.Errno) {
	const usual = 256
	for size := usual; ; size = pathMax {
		buffer := make([]byte, size)
		var length int
		errno := uninterrupted(func() (err error) {
			length, err = unix.Readlinkat(dir, path, buffer)
			return err
		})
		if errno != 0 {
			return "", errno
		}
		if length < size || size == pathMax {
			return string(buffer[:length]), 0
		}
	}
}

// Chmod keeps the mode of the root directory to itself: on the host it stays private.
func (n *names) Chmod(name string, mode fs.FileMode) syscall.Errno {
	mode &= changeable
	return n.either(
		func() syscall.Errno { return n.chmod(name, mode) },
		func(p *portable) syscall.Errno { return p.Chmod(name, mode) },
	)
}

func (n *names) chmod(name string, mode fs.FileMode) syscall.Errno {
	r, errno := routeOf(name)
	switch {
	case errno != 0:
		return errno
	case r.isRoot() && n.keepMode(mode):
		return 0
	case r.isEntry():
		errno = fchmodat2(n.root.fd, r.base, modeBits(mode), unix.AT_SYMLINK_NOFOLLOW)
		if !isUnknown(errno) {
			return errno
		}
	}
	f, errno := n.lookup(r.path, unix.O_PATH, 0)
	if errno != 0 {
		return errno
	}
	defer f.close()
	if leadsToRoot := (!f.direct || !r.plain) && n.isRoot(f.fd); leadsToRoot && n.keepMode(mode) {
		return 0
	}
	return chmodDescriptor(f.fd, modeBits(mode))
}

// isRoot reports whether the descriptor is one of the directory that the tree was made as.
func (n *names) isRoot(fd int) bool {
	var stat unix.Stat_t
	return unix.Fstat(fd, &stat) == nil && identityOf(&stat) == n.born
}

// Chown sets owner and group; -1 leaves one as it is.
func (n *names) Chown(name string, uid, gid int, follow bool) syscall.Errno {
	return n.either(func() syscall.Errno {
		return n.onFound(name, follow, func(fd int) error { return unix.Fchownat(fd, "", uid, gid, unix.AT_EMPTY_PATH) })
	}, func(p *portable) syscall.Errno { return p.Chown(name, uid, gid, follow) })
}

// Chtimes leaves a zero time as it is. With two of them not even the name is looked up, as in utimensat(2).
func (n *names) Chtimes(name string, atime, mtime time.Time) syscall.Errno {
	if atime.IsZero() && mtime.IsZero() && !hasNUL(name, "") {
		return 0
	}
	return n.either(func() syscall.Errno {
		return n.onFound(name, true, func(fd int) error { return chtimesDescriptor(fd, atime, mtime) })
	}, func(p *portable) syscall.Errno { return p.Chtimes(name, atime, mtime) })
}

// chtimesDescriptor takes an O_PATH descriptor, by its path before Linux 5.8.
func chtimesDescriptor(fd int, atime, mtime time.Time) error {
	times := []unix.Timespec{timespec(atime), timespec(mtime)}
	err := unix.UtimesNanoAt(fd, "", times, unix.AT_EMPTY_PATH)
	if errnoOf(err) == syscall.EINVAL {
		return unix.UtimesNanoAt(unix.AT_FDCWD, procPath(fd), times, 0)
	}
	return err
}

// onFound runs op, again after a signal, with an O_PATH descriptor of what name leads to.
func (n *names) onFound(name string, follow bool, op func(fd int) error) syscall.Errno {
	flags := unix.O_PATH
	if !follow {
		flags |= unix.O_NOFOLLOW
	}
	f, errno := n.find(name, flags, 0)
	if errno != 0 {
		return errno
	}
	errno = uninterrupted(func() error { return op(f.fd) })
	f.close()
	return errno
}
