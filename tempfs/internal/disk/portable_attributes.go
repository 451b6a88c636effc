package disk

import (
	"io/fs"
	"syscall"
	"time"
)

// Stat follows links.
func (t *portable) Stat(name string) (fs.FileInfo, syscall.Errno) {
	return t.stat(name, true, t.root.Stat)
}

// Lstat does not, but for a name that ends in a separator.
func (t *portable) Lstat(name string) (fs.FileInfo, syscall.Errno) {
	return t.stat(name, false, t.root.Lstat)
}

func (t *portable) stat(name string, follow bool, stat func(path string) (fs.FileInfo, error)) (fs.FileInfo, syscall.Errno) {
	var host fs.FileInfo
	errno := t.onExisting(name, follow, func(path string) (err error) {
		host, err = stat(path)
		return err
	})
	if errno != 0 {
		return nil, errno
	}
	return t.newInfo(baseOf(name), host), 0
}

// Readlink returns the target as Symlink was given it.
func (t *portable) Readlink(name string) (string, syscall.Errno) {
	var target string
	errno := t.onExisting(name, false, func(path string) (err error) {
		target, err = t.root.Readlink(path)
		return err
	})
	return target, errno
}

// Chmod keeps the mode of the root directory to itself: on the host it stays private.
func (t *portable) Chmod(name string, mode fs.FileMode) syscall.Errno {
	mode &= changeable
	return t.onResolved(name, true, func(path string) error {
		if path == "." && t.keepMode(mode) {
			return nil
		}
		return t.root.chmodPath(path, mode)
	})
}

// Chown sets owner and group; -1 leaves one as it is.
func (t *portable) Chown(name string, uid, gid int, follow bool) syscall.Errno {
	return t.onExisting(name, follow, func(path string) error {
		if follow {
			return t.root.Chown(path, uid, gid)
		}
		return t.root.Lchown(path, uid, gid)
	})
}

// Chtimes leaves a zero time as it is. With two of them not even the name is looked up, as in utimensat(2).
func (t *portable) Chtimes(name string, atime, mtime time.Time) syscall.Errno {
	if atime.IsZero() && mtime.IsZero() && !hasNUL(name, "") {
		return 0
	}
	return t.onExisting(name, true, func(path string) error { return t.root.Chtimes(path, atime, mtime) })
}
