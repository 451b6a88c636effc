//go:build unix && !linux && !aix && !solaris

package disk

import (
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// mount opens directories that are on the filesystem of one directory.
type mount struct {
	of int // a descriptor of that directory

	once sync.Once
	id   filesystem
}

// filesystem identifies one that is mounted.
type filesystem struct {
	dev  uint64
	fsid [2]int32
}

func filesystemOf(fd int) filesystem {
	var stat unix.Stat_t
	_ = unix.Fstat(fd, &stat)                     // of an open descriptor
	return filesystem{uint64(stat.Dev), fsid(fd)} //nolint:unconvert // its type differs between systems
}

// open opens the subdirectory name, which ends in a NUL, for reading. It is ENOTDIR or ELOOP for anything else, and EXDEV for a mount point.
func (m *mount) open(dir int, name []byte) (int, syscall.Errno) {
	fd, err := unix.Openat(dir, text(name), directoryFlagsToRead, 0)
	if err != nil {
		return -1, notDirectory(errnoOf(err))
	}
	m.once.Do(func() { m.id = filesystemOf(m.of) })
	if filesystemOf(fd) != m.id {
		_ = unix.Close(fd)
		return -1, syscall.EXDEV
	}
	return fd, 0
}

// notDirectory is ELOOP for what FreeBSD (EMLINK) and NetBSD (EFTYPE) say of a link under O_NOFOLLOW.
func notDirectory(errno syscall.Errno) syscall.Errno {
	const eftype = 79 // of the systems that have it
	if errno == syscall.EMLINK || errno == eftype {
		return syscall.ELOOP
	}
	return errno
}

// openDenied opens a subdirectory that has to be given back its permissions first, if mayMend says of its inode that it may be: else it is
// EACCES. There is no O_PATH: what is opened afterwards must be what the permissions were given to.
func (m *mount) openDenied(dir int, name []byte, mayMend func(*unix.Stat_t) bool) (int, syscall.Errno) {
	var stat unix.Stat_t
	if err := unix.Fstatat(dir, text(name), &stat, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return -1, errnoOf(err)
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		return -1, syscall.ENOTDIR
	}
	m.once.Do(func() { m.id = filesystemOf(m.of) })
	if !mayMend(&stat) || uint64(stat.Dev) != m.id.dev { //nolint:unconvert // as above
		return -1, syscall.EACCES
	}
	if err := unix.Fchmodat(dir, text(name), rootPerm, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return -1, errnoOf(err)
	}
	fd, errno := m.open(dir, name)
	if errno == 0 && !isInode(fd, identityOf(&stat)) {
		_ = unix.Close(fd)
		return -1, syscall.ELOOP
	}
	return fd, errno
}

// unlinkName is unlinkat(2) of a name with a NUL at its end.
func unlinkName(dir int, name []byte, flags int) syscall.Errno {
	return errnoOf(unix.Unlinkat(dir, text(name), flags))
}

// saysDirectory reports whether unlink(2) may have refused a directory: POSIX says EPERM.
func saysDirectory(errno syscall.Errno) bool {
	return errno == syscall.EISDIR || errno == syscall.EPERM
}

// The flags of a file that its owner may set and take back, see chflags(2).
const (
	ufImmutable = 0x2
	ufAppend    = 0x4
	ufNoUnlink  = 0x10
)

// unprotect clears what keeps entries of a directory from being removed.
func unprotect(fd int, stat *unix.Stat_t) bool {
	flags := int(stat.Flags) &^ (ufImmutable | ufAppend | ufNoUnlink)
	return flags != int(stat.Flags) && unix.Fchflags(fd, flags) == nil
}
