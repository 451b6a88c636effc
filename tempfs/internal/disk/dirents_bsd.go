//go:build unix && !linux && !aix && !solaris

package disk

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// dirents reads directories into one buffer, used for one after the other.
type dirents struct {
	buffer [direntsBuffer]byte
	names  []string // not yet returned
}

const direntsBuffer = 64 << 10

// fill reads on in the directory of the descriptor; n is the number of bytes, 0 at its end.
func (d *dirents) fill(fd int) (n int, errno syscall.Errno) {
	n, err := unix.ReadDirent(fd, d.buffer[:])
	for err == unix.EINTR { //nolint:errorlint // an errno
		n, err = unix.ReadDirent(fd, d.buffer[:])
	}
	n = max(n, 0)
	_, _, d.names = unix.ParseDirent(d.buffer[:n], -1, d.names[:0])
	return n, errnoOf(err)
}

// next returns the name of an entry, with a NUL at its end; nil after the last. "." and ".." are none. What an entry is it does not say: package
// unix hides that, and unlink(2) of a directory fails.
func (d *dirents) next() (name []byte, isDir bool) {
	if len(d.names) == 0 {
		return nil, false
	}
	name = append([]byte(d.names[0]), 0)
	d.names = d.names[1:]
	return name, false
}
