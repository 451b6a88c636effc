package disk

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// PunchHole gives the disk back what size bytes at off take, which read as zeros from then on. The size of the file stays. EOPNOTSUPP: the
// filesystem cannot, see fallocate(2).
func (f *File) PunchHole(off, size int64) syscall.Errno {
	const how = unix.FALLOC_FL_PUNCH_HOLE | unix.FALLOC_FL_KEEP_SIZE
	return f.do(func(fd int) error { return unix.Fallocate(fd, how, off, size) })
}
