package disk

import (
	"io"
	"syscall"

	"golang.org/x/sys/unix"
)

// Reflink makes the file to share the content of from, which is copied once one of them is written, see ioctl_ficlone(2). Both are a Handle
// or an *os.File.
func Reflink(to, from syscall.Conn) syscall.Errno {
	reflink := func() syscall.Errno { return onBoth(to, from, unix.IoctlFileClone) }
	f, ok := to.(*LimitedFile)
	if !ok {
		return reflink()
	}
	size, errno := sizeOf(from)
	if errno != 0 {
		return errno
	}
	g := growth{file: f, n: size}
	if errno = g.begin(); errno != 0 {
		return errno
	}
	if g.granted < size {
		return g.end(0, 0)
	}
	if errno = reflink(); errno != 0 {
		size = 0
	}
	return g.end(size, errno)
}

// sizeOf is what fstat(2) says.
func sizeOf(file syscall.Conn) (size int64, errno syscall.Errno) {
	conn, err := descriptorOf(file)
	if err != nil {
		return 0, errnoOf(err)
	}
	err = conn.Control(func(fd uintptr) {
		var stat syscall.Stat_t
		errno = errnoOf(syscall.Fstat(int(fd), &stat))
		size = stat.Size
	})
	if err != nil {
		return 0, syscall.EBADF
	}
	return size, errno
}

// descriptorOf is SyscallConn for us, who know what we do with the descriptor.
func descriptorOf(file syscall.Conn) (syscall.RawConn, error) {
	if f, ok := file.(*LimitedFile); ok {
		return f.File.SyscallConn()
	}
	return file.SyscallConn()
}

// CopyRange copies at most n bytes at off of from to off of to in the kernel, see copy_file_range(2), and moves no offset. 0 bytes
// are the end of from, or a file of proc(5).
func CopyRange(to, from syscall.Conn, off int64, n int) (copied int, errno syscall.Errno) {
	if f, ok := to.(*LimitedFile); ok {
		return f.copyFrom(from, off, off, n, func(n int) (int, syscall.Errno) { return copyRange(to, from, off, n) })
	}
	return copyRange(to, from, off, n)
}

func copyRange(to, from syscall.Conn, off int64, n int) (copied int, errno syscall.Errno) {
	errno = onBoth(to, from, func(toFD, fromFD int) (err error) {
		toOff, fromOff := off, off
		copied, err = unix.CopyFileRange(fromFD, &fromOff, toFD, &toOff, n, 0)
		return err
	})
	return max(copied, 0), errno
}

// CopyNext copies at most n bytes from the offset of from on to that of to, in the kernel, and moves both. 0 bytes are as of CopyRange.
func CopyNext(to, from syscall.Conn, n int) (copied int, errno syscall.Errno) {
	if f, ok := from.(*LimitedFile); ok {
		f.exposed.Store(true) // its offset is moved
	}
	f, ok := to.(*LimitedFile)
	if !ok {
		return copyNext(to, from, n)
	}
	f.cursor.Lock()
	defer f.cursor.Unlock()
	at, errno := offsetOf(from)
	if errno != 0 {
		return 0, errno
	}
	copied, errno = f.copyFrom(from, at, f.offset(), n, func(n int) (int, syscall.Errno) { return copyNext(to, from, n) })
	f.pos += int64(copied)
	return copied, errno
}

// copyFrom takes room for what copy adds: at most n bytes at off, and no more than from has at its offset. What there is no room for is not copied, and nobody is
// told: whoever wants to write the rest is.
func (f *LimitedFile) copyFrom(from syscall.Conn, at, off int64, n int, copy func(n int) (int, syscall.Errno)) (copied int, errno syscall.Errno) {
	size, errno := sizeOf(from)
	if errno != 0 {
		return 0, errno
	}
	switch {
	case !f.writes:
		return 0, syscall.EBADF
	case size <= at: // the end, or a file of proc(5): who knows how much there is
		return 0, 0
	}
	g := growth{file: f, off: off, n: min(int64(n), size-at)}
	if errno = g.begin(); errno != 0 {
		return 0, errno
	}
	copied, errno = copy(int(g.granted))
	refused := g.refused
	if errno = g.end(int64(copied), errno); errno == refused && copied > 0 {
		errno = 0
	}
	return copied, errno
}

// offsetOf is where the next read of a file begins.
func offsetOf(file syscall.Conn) (off int64, errno syscall.Errno) {
	conn, err := descriptorOf(file)
	if err != nil {
		return 0, errnoOf(err)
	}
	err = conn.Control(func(fd uintptr) {
		off, err = unix.Seek(int(fd), 0, io.SeekCurrent)
		errno = errnoOf(err)
	})
	if err != nil && errno == 0 {
		return 0, syscall.EBADF
	}
	return off, errno
}

func copyNext(to, from syscall.Conn, n int) (copied int, errno syscall.Errno) {
	errno = onBoth(to, from, func(toFD, fromFD int) (err error) {
		copied, err = unix.CopyFileRange(fromFD, nil, toFD, nil, n, 0)
		return err
	})
	return max(copied, 0), errno
}

// onBoth calls do, again after a signal, with descriptors that nobody closes meanwhile.
func onBoth(to, from syscall.Conn, do func(toFD, fromFD int) error) syscall.Errno {
	toConn, err := descriptorOf(to)
	if err != nil {
		return errnoOf(err)
	}
	fromConn, err := descriptorOf(from)
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
