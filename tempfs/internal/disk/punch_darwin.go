package disk

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// PunchHole gives the disk back what size bytes at off take, which read as zeros from then on. The size of the file stays. EINVAL: off or
// size is no multiple of the filesystem's block; ENOTSUP: it cannot, see F_PUNCHHOLE in fcntl(2).
func (h *File) PunchHole(off, size int64) syscall.Errno {
	conn, err := h.file.SyscallConn()
	if err != nil {
		return errnoOf(err)
	}
	// Up to Length fstore_t has the layout of fpunchhole_t: flags and a word that is zero, offset, length.
	hole := unix.Fstore_t{Offset: off, Length: size}
	var errno syscall.Errno
	err = conn.Control(func(fd uintptr) {
		errno = errnoOf(unix.FcntlFstore(fd, unix.F_PUNCHHOLE, &hole))
	})
	if err != nil {
		return errnoOf(err)
	}
	return errno
}
