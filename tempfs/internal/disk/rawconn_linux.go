package disk

import (
	"io/fs"
	"syscall"
)

// rawConn is that of a File.
type rawConn struct{ file *File }

// Control mirrors that of os.File.
func (c rawConn) Control(fn func(fd uintptr)) error {
	if !c.file.acquire() {
		return fs.ErrClosed
	}
	defer c.file.release()
	fn(uintptr(c.file.fd))
	return nil
}

// Read mirrors that of os.File: it calls fn, again each time there may be something to read, until that is true.
func (c rawConn) Read(fn func(fd uintptr) (done bool)) error {
	return c.until(fn, syscall.RawConn.Read)
}

// Write mirrors that of os.File.
func (c rawConn) Write(fn func(fd uintptr) (done bool)) error {
	return c.until(fn, syscall.RawConn.Write)
}

func (c rawConn) until(fn func(fd uintptr) bool, wait func(syscall.RawConn, func(uintptr) bool) error) error {
	done := false
	if err := c.Control(func(fd uintptr) { done = fn(fd) }); err != nil || done {
		return err
	}
	if !c.file.acquire() {
		return fs.ErrClosed
	}
	defer c.file.release()
	polled, errno := c.file.waits.file(c.file.fd)
	if errno != 0 {
		return errno
	}
	conn, err := polled.SyscallConn()
	if err != nil {
		return err
	}
	return wait(conn, func(uintptr) bool { return fn(uintptr(c.file.fd)) })
}
