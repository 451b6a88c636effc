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

// parentOf opens the directory of a path without links.
func (t *Tree) parentOf(path string) (d directory, err error) {
	err = t.root.at(path, func(dir int, _ string) error {
		fd, failed := unix.FcntlInt(uintptr(dir), unix.F_DUPFD_CLOEXEC, 0)
		d = directory{fd}
		return failed
	})
	return d, err
}

func (d directory) close() { _ = unix.Close(d.fd) }

func (d directory) open(base string, flags int) (*os.File, syscall.Errno) {
	fd, err := unix.Openat(d.fd, base, flags|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	for errors.Is(err, unix.EINTR) {
		fd, err = unix.Openat(d.fd, base, flags|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	}
	if err != nil {
		return nil, errnoOf(err)
	}
	return os.NewFile(uintptr(fd), base), 0
}

func (d directory) lstat(base string) (fs.FileInfo, syscall.Errno) {
	f, errno := d.open(base, unix.O_PATH)
	if errno != 0 {
		return nil, errno
	}
	info, err := f.Stat()
	return info, errnoOf(errors.Join(err, f.Close()))
}

// sync needs the right to read the directory.
func (d directory) sync() syscall.Errno {
	f, errno := d.open(".", unix.O_RDONLY|unix.O_DIRECTORY)
	if errno != 0 {
		return errno
	}
	return errnoOf(errors.Join(f.Sync(), f.Close()))
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

func (d directory) create(base string) (*os.File, syscall.Errno) {
	return d.open(base, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL)
}

// openUnnamed leaves out O_EXCL, with which the file could never get a name.
func (d directory) openUnnamed() (*os.File, syscall.Errno) {
	f, errno := d.open(".", unix.O_RDWR|unix.O_TMPFILE)
	return f, unnamedErrno(errno)
}

func (d directory) chmod(base string, mode fs.FileMode) syscall.Errno {
	return errnoOf(chmodAt(d.fd, base, modeBits(mode)))
}

// chtimes is by the descriptor: the file may have no name.
func (d directory) chtimes(file *os.File, _ string, atime, mtime time.Time) syscall.Errno {
	conn, err := file.SyscallConn()
	if err != nil {
		return errnoOf(err)
	}
	times := []unix.Timespec{timespec(atime), timespec(mtime)}
	var set error
	err = conn.Control(func(fd uintptr) { set = unix.UtimesNanoAt(unix.AT_FDCWD, procPath(int(fd)), times, 0) })
	return errnoOf(errors.Join(err, set))
}

// openRoot opens the directory base, by /proc: it is the one that stands here, whatever happens to the path.
func (d directory) openRoot(base string) (guard, syscall.Errno) {
	f, errno := d.open(base, unix.O_PATH|unix.O_DIRECTORY)
	if errno != 0 {
		return guard{}, errno
	}
	defer func() { _ = f.Close() }()
	root, err := os.OpenRoot(procPath(int(f.Fd())))
	return guard{root}, errnoOf(err)
}

// OpenAgain opens an open file once more, for reading, with an offset of its own.
func OpenAgain(file syscall.Conn) (Handle, syscall.Errno) {
	conn, err := file.SyscallConn()
	if err != nil {
		return nil, errnoOf(err)
	}
	var again *os.File
	var opened error
	err = conn.Control(func(fd uintptr) { again, opened = os.Open(procPath(int(fd))) })
	if err != nil || opened != nil {
		return nil, errnoOf(errors.Join(err, opened))
	}
	return (&Tree{}).newHandle(again, ""), 0
}
