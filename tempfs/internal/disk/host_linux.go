package disk

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/unix"
)

// openHost opens a path of the host. The file has no name.
func openHost(path string, flag int, perm fs.FileMode) (*File, syscall.Errno) {
	if hasNUL(path, "") {
		return nil, syscall.EINVAL
	}
	var fd int
	errno := uninterrupted(func() (err error) {
		fd, err = unix.Open(path, flag|unix.O_CLOEXEC|unix.O_LARGEFILE, modeBits(perm.Perm()))
		return err
	})
	if errno != 0 {
		return nil, errno
	}
	return newHostFile(fd, ""), 0
}
