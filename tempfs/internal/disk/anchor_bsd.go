//go:build unix && !linux && !aix && !solaris

package disk

import (
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

const directoryFlagsToRead = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_CLOEXEC

// openSearchable opens a directory, which has to be readable: not all of these systems have O_SEARCH.
func openSearchable(dir int, path string) (int, syscall.Errno) {
	fd, err := unix.Openat(dir, path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return fd, errnoOf(err)
}

// openNewborn opens the directory name for reading, after it gave back what a umask took from the owner. It does not follow name.
func openNewborn(dir int, name string) (int, syscall.Errno) {
	fd, err := unix.Openat(dir, name, directoryFlagsToRead, 0)
	if errnoOf(err) != syscall.EACCES {
		return fd, errnoOf(err)
	}
	if err := unix.Fchmodat(dir, name, rootPerm, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return -1, errnoOf(err)
	}
	fd, err = unix.Openat(dir, name, directoryFlagsToRead, 0)
	return fd, errnoOf(err)
}

// openRoot opens the directory of the anchor as an os.Root, by its path: there is no way from a descriptor to one here.
func (a *anchor) openRoot() (*os.Root, error) {
	root, err := os.OpenRoot(filepath.Join(a.parent.dir, a.name))
	if err != nil {
		return nil, err
	}
	if info, err := root.Stat("."); err != nil || !a.id.isOf(info) {
		_ = root.Close()
		return nil, a.parent.fail("mkdir", a.name, syscall.EEXIST)
	}
	return root, nil
}
