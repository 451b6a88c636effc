package disk

import (
	"errors"
	"io/fs"
	"syscall"

	"golang.org/x/sys/unix"
)

// chmodPath sets the mode of what stands at a path without links. os.Root takes permission bits alone; setuid, setgid and sticky
// go to the entry of its directory, and never through a link that came in between.
func (g guard) chmodPath(path string, mode fs.FileMode) error {
	if mode == mode.Perm() {
		return g.Chmod(path, mode)
	}
	if path == "." {
		dir, err := g.Open(path)
		if err != nil {
			return err
		}
		return errors.Join(dir.Chmod(mode), dir.Close())
	}
	return g.at(path, func(dir int, base string) error { return errorOf(chmodAt(dir, base, modeBits(mode))) })
}

// chmodAt does not follow base. Before fchmodat2 (Linux 6.6) that takes an O_PATH descriptor and its name in /proc.
func chmodAt(dir int, base string, bits uint32) syscall.Errno {
	errno := fchmodat2(dir, base, bits, unix.AT_SYMLINK_NOFOLLOW)
	if !isUnknown(errno) {
		return errno
	}
	fd, err := unix.Openat(dir, base, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return errnoOf(err)
	}
	defer func() { _ = unix.Close(fd) }()
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return errnoOf(err)
	}
	if stat.Mode&unix.S_IFMT == unix.S_IFLNK {
		return unix.ELOOP
	}
	return chmodDescriptor(fd, bits)
}

// chmodDescriptor takes an O_PATH descriptor, of no link.
func chmodDescriptor(fd int, bits uint32) syscall.Errno {
	errno := fchmodat2(fd, "", bits, unix.AT_EMPTY_PATH)
	if isUnknown(errno) {
		return uninterrupted(func() error { return unix.Chmod(procPath(fd), bits) })
	}
	return errno
}

// isUnknown reports whether fchmodat2 has no answer: it is not there, or was asked about a link.
func isUnknown(errno syscall.Errno) bool {
	return errno == syscall.EOPNOTSUPP || errno == syscall.ENOSYS
}

// errorOf is nil for zero, which as an error would be one.
func errorOf(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
