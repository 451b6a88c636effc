//go:build darwin || freebsd || openbsd || dragonfly

package disk

import "golang.org/x/sys/unix"

// hasLocks is true for a filesystem of this machine. On one of the net another host may see no lock of ours.
func hasLocks(fd int) bool {
	var stat unix.Statfs_t
	return unix.Fstatfs(fd, &stat) == nil && isLocal(&stat)
}

// fsid is the number of the filesystem that a descriptor is of, zero where it does not say.
func fsid(fd int) [2]int32 {
	var stat unix.Statfs_t
	if unix.Fstatfs(fd, &stat) != nil {
		return [2]int32{}
	}
	return fsidOf(&stat)
}
