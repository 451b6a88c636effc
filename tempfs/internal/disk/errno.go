package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// errnoOf finds the errno in an error of package os: 0 for nil, EIO for what cannot be told.
func errnoOf(err error) syscall.Errno {
	if err == nil {
		return 0
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return invented(errno)
	}
	if errors.Is(err, errEscapes) {
		if isReserved(err) {
			return syscall.EINVAL
		}
		return syscall.ELOOP
	}
	for _, known := range []struct {
		err   error
		errno syscall.Errno
	}{
		{os.ErrClosed, syscall.EBADF},
		{os.ErrDeadlineExceeded, syscall.EAGAIN},
		{fs.ErrNotExist, syscall.ENOENT},
		{fs.ErrExist, syscall.EEXIST},
		{fs.ErrPermission, syscall.EACCES},
		{fs.ErrInvalid, syscall.EINVAL},
		{errors.ErrUnsupported, syscall.ENOTSUP},
	} {
		if errors.Is(err, known.err) {
			return known.errno
		}
	}
	return syscall.EIO
}

// readErrno takes the end of a file for what it is to read(2): no error.
func readErrno(err error) syscall.Errno {
	if errors.Is(err, io.EOF) {
		return 0
	}
	return errnoOf(err)
}
