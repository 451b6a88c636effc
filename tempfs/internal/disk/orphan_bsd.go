//go:build unix && !linux && !aix && !solaris

package disk

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// openOrphan opens the directory if it may be an orphan. The descriptor stays -1 if it may not, or if the sweep is to touch nothing and the directory cannot be
// read as it is.
//
// That is one whose process had a umask that takes permissions from the owner, and died before it gave them back. Its mode is set by its name, which is not
// followed; what is open afterwards must be what was looked at.
func (a *anchor) openOrphan(o *Orphans) (found verdict, errno syscall.Errno) {
	m, name := mount{of: a.parent.fd}, append([]byte(a.name), 0)
	a.fd, errno = m.open(a.parent.fd, name)
	switch errno {
	case 0:
		return o.judgeDescriptor(a.fd)
	case syscall.EACCES:
	default:
		return unopened(errno)
	}

	var before, after unix.Stat_t
	if err := unix.Fstatat(a.parent.fd, a.name, &before, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return unopened(errnoOf(err))
	}
	if found = o.judge(&before); found != orphaned || o.DryRun {
		return found, 0
	}
	if err := unix.Fchmodat(a.parent.fd, a.name, rootPerm, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return unopened(errnoOf(err))
	}
	if a.fd, errno = m.open(a.parent.fd, name); errno != 0 {
		return unopened(errno)
	}
	if err := unix.Fstat(a.fd, &after); err != nil {
		return orphaned, errnoOf(err)
	}
	if identityOf(&before) != identityOf(&after) {
		return gone, 0
	}
	return orphaned, 0
}
