//go:build unix

package locate

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

const openNofollow = unix.O_NOFOLLOW

// remove is unlink(2) alone: os.Remove would go on to rmdir, and an empty directory of that name is somebody else's.
func remove(path string) error {
	return ignoringEINTR(func() error { return unix.Unlink(path) })
}

func isTaken(err error, _ string) bool { return errors.Is(err, fs.ErrExist) }

// ignoringEINTR does again what a signal has interrupted, as package os does: SA_RESTART, which Go sets, does not help
// everywhere, see signal(7).
func ignoringEINTR(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}
