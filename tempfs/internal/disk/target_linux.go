package disk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// directory is a directory of the host by a descriptor, opened with O_PATH: it need not be readable. No method follows a base.
type directory struct{ fd int }

const directoryFlags = unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC

func openDirectoryAt(path string) (directory, syscall.Errno) {
	fd, err := unix.Open(path, directoryFlags, 0)
	return directory{fd}, errnoOf(err)
}

func (d directory) close() { _ = unix.Close(d.fd) }

func (d directory) open(base string, flags int) (fd int, errno syscall.Errno) {
	errno = uninterrupted(func() (err error) {
		fd, err = unix.Openat(d.fd, base, flags|unix.O_NOFOLLOW|unix.O_CLOEXEC|unix.O_LARGEFILE, 0o600)
		return err
	})
	return fd, errno
}

func (d directory) lstat(base string) (fs.FileInfo, syscall.Errno) {
	var stat syscall.Stat_t
	if errno := fstatat(d.fd, base, &stat); errno != 0 {
		return nil, errno
	}
	return (&rootDir{}).infoOf(base, &stat), 0
}

// sync needs the right to read the directory.
func (d directory) sync() syscall.Errno {
	fd, errno := d.open(".", unix.O_RDONLY|unix.O_DIRECTORY)
	if errno != 0 {
		return errno
	}
	errno = uninterrupted(func() error { return unix.Fsync(fd) })
	_ = unix.Close(fd)
	return errno
}

func (d directory) rename(base string, to directory, toBase string) syscall.Errno {
	return errnoOf(unix.Renameat(d.fd, base, to.fd, toBase))
}

func (d directory) renameExclusive(base string, to directory, toBase string) syscall.Errno {
	return errnoOf(unix.Renameat2(d.fd, base, to.fd, toBase, unix.RENAME_NOREPLACE))
}

func (d directory) exchange(base string, to directory, toBase string) syscall.Errno {
	return errnoOf(unix.Renameat2(d.fd, base, to.fd, toBase, unix.RENAME_EXCHANGE))
}

func (d directory) link(base string, to directory, toBase string) syscall.Errno {
	return errnoOf(unix.Linkat(d.fd, base, to.fd, toBase, 0))
}

// linkFile goes through /proc. Where there is none, linkat(2) takes the descriptor itself, from whom it trusts.
func (d directory) linkFile(file syscall.Conn, base string) syscall.Errno {
	conn, err := file.SyscallConn()
	if err != nil {
		return errnoOf(err)
	}
	var linked error
	err = conn.Control(func(fd uintptr) {
		linked = unix.Linkat(unix.AT_FDCWD, procPath(int(fd)), d.fd, base, unix.AT_SYMLINK_FOLLOW)
		if errors.Is(linked, unix.ENOENT) {
			linked = unix.Linkat(int(fd), "", d.fd, base, unix.AT_EMPTY_PATH)
		}
	})
	return errnoOf(errors.Join(err, linked))
}

func (d directory) unlink(base string) syscall.Errno { return errnoOf(unix.Unlinkat(d.fd, base, 0)) }

func (d directory) rmdir(base string) syscall.Errno {
	return errnoOf(unix.Unlinkat(d.fd, base, unix.AT_REMOVEDIR))
}

func (d directory) mkdir(base string) syscall.Errno {
	return errnoOf(unix.Mkdirat(d.fd, base, rootPerm))
}

func (d directory) symlink(target, base string) syscall.Errno {
	return errnoOf(unix.Symlinkat(target, d.fd, base))
}

func (d directory) lchown(base string, uid, gid int) syscall.Errno {
	return errnoOf(unix.Fchownat(d.fd, base, uid, gid, unix.AT_SYMLINK_NOFOLLOW))
}

func (d directory) create(base string) (*File, syscall.Errno) {
	fd, errno := d.open(base, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL)
	if errno != 0 {
		return nil, errno
	}
	return newHostFile(fd, ""), 0
}

// openUnnamed leaves out O_EXCL, with which the file could never get a name.
func (d directory) openUnnamed() (*File, syscall.Errno) {
	fd, errno := d.open(".", unix.O_RDWR|unix.O_TMPFILE)
	if errno != 0 {
		return nil, unnamedErrno(errno)
	}
	return newHostFile(fd, ""), 0
}

func (d directory) chmod(base string, mode fs.FileMode) syscall.Errno {
	return chmodAt(d.fd, base, modeBits(mode))
}

// chtimes is by the descriptor: the file may have no name.
func (directory) chtimes(file *File, _ string, atime, mtime time.Time) syscall.Errno {
	return file.do(func(fd int) error {
		return unix.UtimesNanoAt(unix.AT_FDCWD, procPath(fd), []unix.Timespec{timespec(atime), timespec(mtime)}, 0)
	})
}

// tree is the directory base as a tree: the one that stands here, whatever happens to the path.
func (d directory) tree(base string) (*Tree, syscall.Errno) {
	fd, errno := d.open(base, unix.O_PATH|unix.O_DIRECTORY)
	if errno != 0 {
		return nil, errno
	}
	return &Tree{names: names{root: &descriptor{fd: fd}, files: &openFiles{}}}, 0
}

// empty removes what is in the directory base.
func (d directory) empty(base string) ([]Failure, syscall.Errno) {
	fd, errno := d.open(base, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK)
	if errno != 0 {
		return nil, errno
	}
	defer func() { _ = unix.Close(fd) }()
	return removeAt(fd, ".", true, nil), 0
}

// OpenAgain opens an open file once more, for reading, with an offset of its own.
func OpenAgain(file syscall.Conn) (Handle, syscall.Errno) {
	conn, err := file.SyscallConn()
	if err != nil {
		return nil, errnoOf(err)
	}
	var again *File
	errno := syscall.EBADF
	if err = conn.Control(func(fd uintptr) { again, errno = openHost(procPath(int(fd)), os.O_RDONLY, 0) }); err != nil {
		return nil, errnoOf(err)
	}
	if errno != 0 {
		return nil, errno
	}
	return again, 0
}
