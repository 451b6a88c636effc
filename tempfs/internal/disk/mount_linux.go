package disk

import "golang.org/x/sys/unix"

// mountOf identifies the mount that the directory at path is on. A bind mount has a number of its own where the device is the same; before
// Linux 5.8 the device is all there is.
func mountOf(g guard, path string) (id uint64, known bool) {
	var s unix.Statx_t
	err := g.at(path, func(dir int, base string) error {
		return unix.Statx(dir, base, unix.AT_SYMLINK_NOFOLLOW|unix.AT_NO_AUTOMOUNT, unix.STATX_MNT_ID, &s)
	})
	if err != nil {
		return 0, false
	}
	if s.Mask&unix.STATX_MNT_ID != 0 {
		return s.Mnt_id, true
	}
	return unix.Mkdev(s.Dev_major, s.Dev_minor), true
}
