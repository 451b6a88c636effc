//go:build unix && !linux

package disk

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"syscall"

	"golang.org/x/sys/unix"
)

// chmodPath sets the mode of what stands at a path without links. os.Root takes permission bits alone; setuid, setgid and sticky
// go to the entry of its directory, and never through a link that came in between.
func (g guard) chmodPath(name string, mode fs.FileMode) error {
	if mode == mode.Perm() {
		return g.Chmod(name, mode)
	}
	dir, err := g.OpenFile(path.Dir(name), os.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	if name == "." {
		return dir.Chmod(mode)
	}
	conn, err := dir.SyscallConn()
	if err != nil {
		return err
	}
	failed := conn.Control(func(fd uintptr) {
		err = unix.Fchmodat(int(fd), path.Base(name), modeBits(mode), unix.AT_SYMLINK_NOFOLLOW)
	})
	return errors.Join(failed, err)
}

// chmodHost does not follow path.
func chmodHost(path string, perm uint32) error {
	return unix.Fchmodat(unix.AT_FDCWD, path, perm, unix.AT_SYMLINK_NOFOLLOW)
}
