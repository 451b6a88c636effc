//go:build unix && !aix && !solaris

package disk

import (
	"io"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

var direntsPool = sync.Pool{New: func() any { return new(dirents) }}

// rewind begins a directory anew.
func rewind(fd int) syscall.Errno {
	_, err := unix.Seek(fd, 0, io.SeekStart)
	return errnoOf(err)
}

// isEmpty leaves the descriptor somewhere in the directory.
func isEmpty(fd int) (bool, syscall.Errno) {
	d := direntsPool.Get().(*dirents) //nolint:forcetypeassert // nothing else is in there
	defer direntsPool.Put(d)
	n, errno := d.fill(fd)
	for errno == 0 && n > 0 {
		if name, _ := d.next(); name != nil {
			return false, 0
		}
		n, errno = d.fill(fd)
	}
	return errno == 0, errno
}
