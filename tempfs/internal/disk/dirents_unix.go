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

// isEmpty leaves the descriptor somewhere in the directory. One call is enough: a name that is there is in its answer, since that has room for it.
func isEmpty(fd int) (bool, syscall.Errno) {
	d := direntsPool.Get().(*dirents) //nolint:forcetypeassert // nothing else is in there
	defer direntsPool.Put(d)
	if _, errno := d.fill(fd); errno != 0 {
		return false, errno
	}
	name, _ := d.next()
	return name == nil, 0
}
