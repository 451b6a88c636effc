package locate

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// inspect asks statfs(2).
func inspect(dir string) (facts, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return facts{}, &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return facts{
		noExec:    s.Flags&unix.ST_NOEXEC != 0,
		knowsFree: true,
		free:      s.Bavail * uint64(s.Bsize),
	}, nil
}
