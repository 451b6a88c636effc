package disk

import (
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// This file has what Linux alone asks of the way through an os.Root.

// withDirectory runs adopt with an O_PATH descriptor, which it takes, of the directory name, and its path without links.
func (t *portable) withDirectory(name string, adopt func(dir int, path string) syscall.Errno) syscall.Errno {
	var dir int
	var found string
	var stat unix.Stat_t
	errno := t.onResolved(name, true, func(path string) error {
		found = path
		return t.root.at(path, func(parent int, base string) (err error) {
			dir, err = unix.Openat(parent, base, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
			return err
		})
	})
	if errno != 0 {
		return errno
	}
	if errno = errnoOf(unix.Fstat(dir, &stat)); errno == 0 && stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		errno = syscall.ENOTDIR
	}
	if errno != 0 {
		_ = unix.Close(dir)
		return errno
	}
	return adopt(dir, found)
}

// parentOf opens the directory of a path without links.
func (t *portable) parentOf(path string) (d directory, err error) {
	err = t.root.at(path, func(dir int, _ string) error {
		fd, failed := unix.FcntlInt(uintptr(dir), unix.F_DUPFD_CLOEXEC, 0)
		d = directory{fd}
		return failed
	})
	return d, err
}

// openUnnamed opens a new file without a name, by flags that ask for one.
func (t *portable) openUnnamed(dir string, flag int, perm fs.FileMode) (f *os.File, errno syscall.Errno) {
	errno = t.onExisting(dir, true, func(path string) (err error) {
		f, err = t.root.OpenFile(path, flag, perm)
		return err
	})
	return f, errno
}
