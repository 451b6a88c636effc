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
