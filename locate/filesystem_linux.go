package locate

import "golang.org/x/sys/unix"

// inspect asks statfs(2). Blocks are counted in f_frsize, as in statvfs of POSIX; f_bsize is the size to read and write in, on FUSE or 9p
// a far larger one.
func inspect(dir string) (facts, error) {
	var s unix.Statfs_t
	if err := ignoringEINTR(func() error { return unix.Statfs(dir, &s) }); err != nil {
		return facts{}, err
	}
	size := s.Frsize
	if size == 0 { // a filesystem that fills in one size only, on an old kernel
		size = s.Bsize
	}
	return facts{noExec: s.Flags&unix.ST_NOEXEC != 0, free: bytesOf(s.Bavail, uint64(size))}, nil
}
