package disk

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Reflink makes the file to share the content of from, which is copied once one of them is written, see ioctl_ficlone(2). Both are a Handle
// or an *os.File.
func Reflink(to, from syscall.Conn) syscall.Errno {
	return onBoth(to, from, unix.IoctlFileClone)
}

// CopyRange copies at most n bytes at off of from to off of to in the kernel, see copy_file_range(2), and moves no offset. 0 bytes
// are the end of from, or a file of proc(5).
func CopyRange(to, from syscall.Conn, off int64, n int) (copied int, errno syscall.Errno) {
	errno = onBoth(to, from, func(toFD, fromFD int) (err error) {
		toOff, fromOff := off, off
		copied, err = unix.CopyFileRange(fromFD, &fromOff, toFD, &toOff, n, 0)
		return err
	})
	return max(copied, 0), errno
}

// CopyNext copies at most n bytes from the offset of from on to that of to, in the kernel, and moves both. 0 bytes are as of CopyRange.
func CopyNext(to, from syscall.Conn, n int) (copied int, errno syscall.Errno) {
	errno = onBoth(to, from, func(toFD, fromFD int) (err error) {
		copied, err = unix.CopyFileRange(fromFD, nil, toFD, nil, n, 0)
		return err
	})
	return max(copied, 0), errno
}

// onBoth calls do, again after a signal, with descriptors that nobody closes meanwhile.
func onBoth(to, from syscall.Conn, do func(toFD, fromFD int) error) syscall.Errno {
	toConn, err := to.SyscallConn()
	if err != nil {
		return errnoOf(err)
	}
	fromConn, err := from.SyscallConn()
	if err != nil {
		return errnoOf(err)
	}
	errno := syscall.EINTR
	for errno == syscall.EINTR {
		var inner error
		outer := toConn.Control(func(toFD uintptr) {
			inner = fromConn.Control(func(fromFD uintptr) { errno = errnoOf(do(int(toFD), int(fromFD))) })
		})
		if outer != nil || inner != nil {
			return syscall.EBADF // the one way to fail, of which package os does not say fs.ErrClosed
		}
	}
	return errno
}
