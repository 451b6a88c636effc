package disk

import "golang.org/x/sys/unix"

// hasLocks is true for a filesystem of this machine. On one of the net another host may see no lock of ours.
func hasLocks(fd int) bool {
	var stat unix.Statvfs_t
	return unix.Fstatvfs1(fd, &stat, unix.ST_WAIT) == nil && stat.Flag&unix.MNT_LOCAL != 0
}

// fsid is the number of the filesystem that a descriptor is of, zero where it does not say.
func fsid(fd int) [2]int32 {
	var stat unix.Statvfs_t
	if unix.Fstatvfs1(fd, &stat, unix.ST_WAIT) != nil {
		return [2]int32{}
	}
	return stat.Fsidx.X__fsid_val
}
