package disk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// openUnnamed is Tree.OpenUnnamed into f.
func (n *names) openUnnamed(f *File, dir string, flag int, perm fs.FileMode, linkable bool) syscall.Errno {
	errno := n.either(func() syscall.Errno {
		fd, errno := n.open(dir, unnamedFlags(flag, linkable), perm.Perm())
		if errno == 0 {
			f.init(n, fd, "")
		}
		return errno
	}, func(p *portable) syscall.Errno {
		opened, errno := p.openUnnamed(dir, unnamedFlags(flag, linkable), perm.Perm())
		if errno == 0 {
			errno = f.take(n, opened, "")
		}
		return errno
	})
	return unnamedErrno(errno)
}

func unnamedFlags(flag int, linkable bool) int {
	flag = flag&^(os.O_CREATE|os.O_EXCL) | unix.O_TMPFILE
	if !linkable {
		flag |= os.O_EXCL
	}
	return flag
}

// unnamedErrno makes one errno of those by which open(2) tells that there is no O_TMPFILE: EOPNOTSUPP of a filesystem, of a kernel
// before 3.11 EISDIR, or ENOENT and EINVAL where part of the flag was taken for another. Where ENOENT means that dir is missing,
// whatever is tried next says so too.
func unnamedErrno(errno syscall.Errno) syscall.Errno {
	switch errno {
	case unix.EISDIR, unix.ENOENT, unix.EINVAL:
		return unix.EOPNOTSUPP
	}
	return errno
}

// OpenUnnamed is Tree.OpenUnnamed in dir.
func (h Host) OpenUnnamed(flag int, perm fs.FileMode, linkable bool) (Handle, syscall.Errno) {
	f, errno := openHost(h.Dir, unnamedFlags(flag, linkable), perm)
	if errno != 0 {
		return nil, unnamedErrno(errno)
	}
	return f, 0
}

// OpenMemory opens a new file in memory that is no file of any directory, see memfd_create(2). ENOSYS: there is no such thing.
func OpenMemory(flag int) (Handle, syscall.Errno) {
	fd, err := unix.MemfdCreate("tempfs", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, errnoOf(err)
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFL, flag&os.O_APPEND); err != nil {
		return nil, errnoOf(errors.Join(err, unix.Close(fd)))
	}
	return newHostFile(fd, ""), 0
}
