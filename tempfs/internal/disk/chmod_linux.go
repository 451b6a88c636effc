package disk

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// chmodAt does not follow base. Before fchmodat2 (Linux 6.6) that takes an O_PATH descriptor and its name in /proc.
func chmodAt(dir int, base string, bits uint32) error {
	err := unix.Fchmodat(dir, base, bits, unix.AT_SYMLINK_NOFOLLOW)
	if !errors.Is(err, unix.EOPNOTSUPP) && !errors.Is(err, unix.ENOSYS) {
		return err
	}
	fd, err := unix.Openat(dir, base, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return err
	}
	if stat.Mode&unix.S_IFMT == unix.S_IFLNK {
		return unix.ELOOP
	}
	return unix.Chmod(fmt.Sprintf("/proc/self/fd/%d", fd), bits)
}
