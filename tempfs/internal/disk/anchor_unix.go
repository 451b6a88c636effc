//go:build unix && !aix && !solaris

package disk

import (
	"io/fs"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// anchor holds the root directory of a tree from its birth to its release: by its own descriptor, which carries the lock, and by
// that of its parent with its name there. No path is resolved again.
//
// The lock is flock(2) of the root directory itself, shared: it ends with the last descriptor of the open file, so at once when the
// process is killed, and is the same in all PID and mount namespaces. systemd-tmpfiles looks at it, too. It is given back by closing alone: LOCK_UN
// would take it from descriptors that were inherited.
type anchor struct {
	parent parent
	name   string
	descriptor
	id identity
}

// identity tells an inode from all others that exist at the same time.
type identity struct{ dev, ino uint64 }

func identityOf(stat *unix.Stat_t) identity {
	return identity{uint64(stat.Dev), uint64(stat.Ino)} //nolint:unconvert // their types differ between systems
}

// identityOfStat is identityOf the same structure under the name of package syscall.
func identityOfStat(stat *syscall.Stat_t) identity {
	return identity{uint64(stat.Dev), uint64(stat.Ino)} //nolint:unconvert // as above
}

// isOf reports whether info, of package os, is of that inode.
func (id identity) isOf(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && id == identityOfStat(stat)
}

// parent is the directory of the host in which a root directory is made.
type parent struct {
	dir string
	fd  int
}

func openParent(dir string) (parent, error) {
	fd, errno := openSearchable(unix.AT_FDCWD, dir)
	if errno != 0 {
		return parent{}, &fs.PathError{Op: "open", Path: dir, Err: errno}
	}
	return parent{dir: dir, fd: fd}, nil
}

func (p parent) close() { _ = unix.Close(p.fd) }

// locks reports whether a lock on a directory of this filesystem is one that every sweeper sees.
func (p parent) locks() bool { return hasLocks(p.fd) }

func (p parent) fail(op, name string, errno syscall.Errno) error {
	return &fs.PathError{Op: op, Path: filepath.Join(p.dir, name), Err: errno}
}

// anchor takes a descriptor of name; -1 is none.
func (p parent) anchor(name string, fd int) *anchor {
	return &anchor{parent: p, name: name, descriptor: descriptor{fd: fd}}
}

// between is called between the steps of a birth, and of a sweep. Tests have others come in between.
var between = func() {}

// birth makes the directory name and takes hold of it. fs.ErrExist says that the name is taken, or was taken from the new directory before we
// had hold of it: a sweeper may come first, or somebody who may rename here. The name is his then. With lock, errNoLocks says
// that the filesystem has none, and nothing was made.
//
// It never waits: who waits for the lock of a newborn gets it on a directory that the sweeper has removed.
func (p parent) birth(name string, lock bool) (*anchor, error) {
	if err := unix.Mkdirat(p.fd, name, rootPerm); err != nil {
		return nil, p.fail("mkdir", name, errnoOf(err))
	}
	between()
	a := p.anchor(name, -1)
	op, errno := a.settle(lock)
	if errno == 0 {
		return a, nil
	}
	a.closeRoot()
	if errno != syscall.EEXIST {
		_ = unix.Unlinkat(p.fd, name, unix.AT_REMOVEDIR) // empty, and of a name that was free: ours
	}
	if errno == noLocks {
		return nil, errNoLocks
	}
	return nil, p.fail(op, name, errno)
}

// settle opens what birth made, locks it, and proves that it is what birth made.
func (a *anchor) settle(lock bool) (op string, errno syscall.Errno) {
	a.fd, errno = openNewborn(a.parent.fd, a.name)
	switch errno {
	case 0:
	case syscall.ENOENT, syscall.ENOTDIR, syscall.ELOOP:
		return "open", syscall.EEXIST
	default:
		return "open", errno
	}
	between()
	if lock {
		if errno := a.lock(unix.LOCK_SH); errno != 0 {
			return "flock", errno
		}
	}
	return a.prove()
}

// lock is EEXIST if somebody has a lock that excludes this one.
func (a *anchor) lock(how int) syscall.Errno {
	switch errno := errnoOf(flock(a.fd, how|unix.LOCK_NB)); errno {
	case syscall.EWOULDBLOCK:
		return syscall.EEXIST
	case syscall.ENOLCK, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EINVAL, syscall.EBADF:
		return noLocks
	default:
		return errno
	}
}

func flock(fd, how int) error {
	err := unix.Flock(fd, how)
	for err == unix.EINTR {
		err = unix.Flock(fd, how)
	}
	return err
}

// prove fails with EEXIST unless the descriptor is of an empty directory of ours that stands under the name. Where others may rename, the link
// or directory that they put there would be emptied by Release.
func (a *anchor) prove() (op string, errno syscall.Errno) {
	var stat unix.Stat_t
	if err := unix.Fstat(a.fd, &stat); err != nil {
		return "stat", errnoOf(err)
	}
	a.id = identityOf(&stat)
	if int(stat.Uid) != unix.Geteuid() {
		return "mkdir", syscall.EEXIST
	}
	if stat.Mode&allBits != rootPerm { // a umask, or a setgid bit of the parent
		if err := unix.Fchmod(a.fd, rootPerm); err != nil {
			return "chmod", errnoOf(err)
		}
	}
	there, errno := a.there()
	switch {
	case errno == syscall.ENOENT, errno == 0 && there != a.id:
		return "mkdir", syscall.EEXIST
	case errno != 0:
		return "stat", errno
	}
	empty, errno := isEmpty(a.fd)
	if errno == 0 && !empty {
		errno = syscall.EEXIST
	}
	return "mkdir", errno
}

const allBits = 0o7777

// there identifies what stands under the name of the root directory.
func (a *anchor) there() (identity, syscall.Errno) {
	var stat unix.Stat_t
	errno := errnoOf(unix.Fstatat(a.parent.fd, a.name, &stat, unix.AT_SYMLINK_NOFOLLOW))
	return identityOf(&stat), errno
}

// mark tells sweepers, systemd's too, to leave the directory alone, by the sticky bit.
func (a *anchor) mark() syscall.Errno { return errnoOf(unix.Fchmod(a.fd, markedPerm)) }

const markedPerm = rootPerm | unix.S_ISVTX

// close gives up the directory, and with it the lock.
func (a *anchor) close() {
	a.closeRoot()
	a.parent.close()
}

func (a *anchor) closeRoot() {
	if a.fd >= 0 {
		_ = a.descriptor.close()
	}
}

func (a *anchor) rmdir() syscall.Errno {
	return errnoOf(unix.Unlinkat(a.parent.fd, a.name, unix.AT_REMOVEDIR))
}
