package disk

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// openOrphan opens the directory if it may be an orphan. The descriptor stays -1 if it may not, or if the sweep is to touch nothing and the directory cannot be
// read as it is.
//
// That is one whose process had a umask that takes permissions from the owner, and died before it gave them back. A descriptor of it that needs no permission
// shows whose it is, and how old, before its mode is set.
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

	path, errno := m.openWith(a.parent.fd, name, directoryFlags|unix.O_NOFOLLOW)
	if errno != 0 {
		return unopened(errno)
	}
	defer func() { _ = unix.Close(path) }()
	if found, errno = o.judgeDescriptor(path); found != orphaned || errno != 0 || o.DryRun {
		return found, errno
	}
	if err := chmodDescriptor(path, rootPerm); err != nil {
		return orphaned, errnoOf(err)
	}
	fd, err := unix.Openat(path, ".", directoryFlagsToRead, 0)
	if err != nil {
		return unopened(errnoOf(err))
	}
	a.fd = fd
	return orphaned, 0
}
