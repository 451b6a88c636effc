//go:build unix && !aix && !solaris

package disk

import "golang.org/x/sys/unix"

// isOurs reports whether the process may change the mode.
func isOurs(stat *unix.Stat_t) bool {
	euid := unix.Geteuid()
	return euid == 0 || int(stat.Uid) == euid
}

// repair gives back to the owner what permissions a directory lacks, once, and reports whether another try may do better. Only
// directories are repaired, and only through their descriptors: a file may have another name outside of the tree, and its removal takes no permission of it.
func (w *walker) repair(f *frame) bool {
	if !w.repairs {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.repaired {
		f.repaired = true
		f.mended = mend(f.fd)
	}
	return f.mended
}

func mend(fd int) bool {
	var stat unix.Stat_t
	if unix.Fstat(fd, &stat) != nil || !isOurs(&stat) {
		return false
	}
	mended := unprotect(fd, &stat)
	if stat.Mode&rootPerm == rootPerm {
		return mended
	}
	return unix.Fchmod(fd, rootPerm) == nil
}
