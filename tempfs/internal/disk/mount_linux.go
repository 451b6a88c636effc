package disk

import "golang.org/x/sys/unix"

// mountOf identifies the mount that what is at path is on, see mountOfDescriptor.
func mountOf(g guard, path string) (id uint64, known bool) {
	err := g.at(path, func(dir int, base string) error {
		fd, err := unix.Openat(dir, base, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		id = mountOfDescriptor(fd)
		return unix.Close(fd)
	})
	return id, err == nil
}
