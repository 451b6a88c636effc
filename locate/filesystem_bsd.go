//go:build darwin || freebsd

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
		noExec:    uint64(s.Flags)&unix.MNT_NOEXEC != 0,
		knowsFree: true,
		free:      uint64(max(s.Bavail, 0)) * uint64(s.Bsize), // FreeBSD goes below zero when the reserve is in use
	}, nil
}
