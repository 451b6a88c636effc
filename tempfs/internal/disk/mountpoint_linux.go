package disk

import (
	"bytes"
	"os"
	"strconv"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mount opens directories that are on the mount of one directory. The device does not tell: a bind mount has that of its source.
type mount struct {
	of int // a descriptor of that directory

	once sync.Once
	id   uint64 // see mountOfDescriptor
}

// open opens the subdirectory name, which ends in a NUL, for reading. It is ENOTDIR or ELOOP for anything else, and EXDEV for a mount point.
func (m *mount) open(dir int, name []byte) (int, syscall.Errno) {
	return m.openWith(dir, name, directoryFlagsToRead)
}

func (m *mount) openWith(dir int, name []byte, flags int) (int, syscall.Errno) {
	if noOpenat2.Load() {
		return m.openChecked(dir, name, flags)
	}
	fd, errno := openat2(dir, view(name), &unix.OpenHow{Flags: uint64(flags), Resolve: directly})
	if !mayBeBlocked(errno) && errno != syscall.EAGAIN {
		return fd, errno
	}
	fd, checked := m.openChecked(dir, name, flags)
	if checked == 0 && errno != syscall.EAGAIN {
		noOpenat2.Store(true)
	}
	return fd, checked
}

// view is a name without its NUL, as a string that must not outlive it.
func view(name []byte) string { return unsafe.String(&name[0], len(name)-1) }

// openChecked does what openat2 does, without it.
func (m *mount) openChecked(dir int, name []byte, flags int) (int, syscall.Errno) {
	var fd int
	errno := uninterrupted(func() (err error) {
		fd, err = unix.Openat(dir, text(name), flags, 0)
		return err
	})
	if errno != 0 {
		return -1, errno
	}
	m.once.Do(func() { m.id = mountOfDescriptor(m.of) })
	if mountOfDescriptor(fd) != m.id {
		_ = unix.Close(fd)
		return -1, syscall.EXDEV
	}
	return fd, 0
}

// openDenied opens a subdirectory that has to be given back its permissions first, if mayMend says of its inode that it may be: else it is EACCES.
func (m *mount) openDenied(dir int, name []byte, mayMend func(*unix.Stat_t) bool) (int, syscall.Errno) {
	path, errno := m.openWith(dir, name, directoryFlags|unix.O_NOFOLLOW)
	if errno != 0 {
		return -1, errno
	}
	defer func() { _ = unix.Close(path) }()
	var stat unix.Stat_t
	if err := unix.Fstat(path, &stat); err != nil {
		return -1, errnoOf(err)
	}
	if !mayMend(&stat) {
		return -1, syscall.EACCES
	}
	if errno := chmodDescriptor(path, rootPerm); errno != 0 {
		return -1, errno
	}
	fd, err := unix.Openat(path, ".", directoryFlagsToRead, 0)
	if err != nil {
		return -1, errnoOf(err)
	}
	return fd, 0
}

// mountOfDescriptor identifies a mount: by its number, which statx(2) tells since Linux 5.8 and /proc since 3.15, else by the device.
func mountOfDescriptor(fd int) uint64 {
	var s unix.Statx_t
	err := unix.Statx(fd, "", unix.AT_EMPTY_PATH|unix.AT_NO_AUTOMOUNT, unix.STATX_MNT_ID, &s)
	if err == nil && s.Mask&unix.STATX_MNT_ID != 0 {
		return s.Mnt_id
	}
	if id, ok := mountInProc(fd); ok {
		return id
	}
	var stat unix.Stat_t
	_ = unix.Fstat(fd, &stat) // of an open descriptor
	return uint64(stat.Dev)   //nolint:unconvert // its type differs between processors
}

func mountInProc(fd int) (id uint64, ok bool) {
	info, err := os.ReadFile("/proc/self/fdinfo/" + strconv.Itoa(fd))
	if err != nil {
		return 0, false
	}
	_, rest, ok := bytes.Cut(info, []byte("mnt_id:"))
	if !ok {
		return 0, false
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	id, err = strconv.ParseUint(string(bytes.TrimSpace(line)), 10, 64)
	return id, err == nil
}

// unlinkName is unlinkat(2) of a name with a NUL at its end.
func unlinkName(dir int, name []byte, flags int) syscall.Errno {
	return unlinkat(dir, view(name), flags)
}

// saysDirectory reports whether unlink(2) has refused a directory.
func saysDirectory(errno syscall.Errno) bool { return errno == syscall.EISDIR }

// unprotect has nothing to do: what is immutable here, only root can make so.
func unprotect(int, *unix.Stat_t) bool { return false }
