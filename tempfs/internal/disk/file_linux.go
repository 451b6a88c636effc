package disk

import (
	"io/fs"
	"os"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// File is an open file, by its descriptor alone: an os.File of a regular file asks the kernel several things that mean nothing for one.
//
// It was opened with O_NONBLOCK, which regular files and directories ignore. What would wait, as a FIFO does, is left to the poller of package os.
type File struct {
	descriptor
	tree *names
	name string // it was opened by

	writing sync.Mutex // makes one of the system calls of a Write
	waits   waiter

	mu      sync.Mutex // keeps Lseek, and Close, out of a ReadDir
	listing listing    // guarded by mu

	forgotten runtime.Cleanup // closes a file that is in no Fs
}

func (f *File) init(tree *names, fd int, name string) {
	f.fd, f.tree, f.name = fd, tree, name
	if tree.files != nil {
		f.list = tree.files
		tree.files.add(fd)
	}
}

// take is init with an os.File, which it closes.
func (f *File) take(tree *names, opened *os.File, name string) (errno syscall.Errno) {
	defer func() { _ = opened.Close() }()
	conn, err := opened.SyscallConn()
	if err != nil {
		return errnoOf(err)
	}
	err = conn.Control(func(fd uintptr) {
		var duplicate int
		duplicate, errno = duplicateOf(int(fd))
		f.init(tree, duplicate, name)
	})
	if err != nil {
		return errnoOf(err)
	}
	return errno
}

// newHostFile is a File in no Fs. Nobody closes such files at the end of one, so the garbage collector does, as with those of package os.
func newHostFile(fd int, name string) *File {
	f := &File{}
	f.init(&names{}, fd, name)
	f.forgotten = runtime.AddCleanup(f, func(fd int) { _ = unix.Close(fd) }, fd)
	return f
}

// Close ends what waits in the file, too. A ReadDir comes to its end before: the directory may be removed next.
func (f *File) Close() syscall.Errno {
	f.forgotten.Stop()
	f.mu.Lock()
	errno := f.close()
	f.mu.Unlock()
	f.waits.close()
	return errno
}

// Read reads at most len(p) bytes.
func (f *File) Read(p []byte) (n int, errno syscall.Errno) {
	if !f.acquire() {
		return 0, syscall.EBADF
	}
	defer f.release()
	if len(p) == 0 {
		return 0, 0
	}
	n, errno = transferred(func() (int, error) { return unix.Read(f.fd, p) })
	if errno == syscall.EAGAIN {
		return f.waits.read(f.fd, p)
	}
	return n, errno
}

// ReadAt reads at most len(p) bytes at off.
func (f *File) ReadAt(p []byte, off int64) (int, syscall.Errno) {
	if off < 0 {
		return 0, syscall.EINVAL
	}
	if !f.acquire() {
		return 0, syscall.EBADF
	}
	defer f.release()
	return transferred(func() (int, error) { return unix.Pread(f.fd, p, off) })
}

// Write writes all of p, unless there is an error.
func (f *File) Write(p []byte) (written int, errno syscall.Errno) {
	if !f.acquire() {
		return 0, syscall.EBADF
	}
	defer f.release()
	f.writing.Lock()
	defer f.writing.Unlock()
	for {
		n, errno := transferred(func() (int, error) { return unix.Write(f.fd, p[written:]) })
		written += n
		switch {
		case errno == syscall.EAGAIN:
			n, errno = f.waits.write(f.fd, p[written:])
			return written + n, errno
		case errno != 0 || written == len(p) || n == 0:
			return written, errno
		}
	}
}

// WriteAt writes all of p, unless there is an error.
func (f *File) WriteAt(p []byte, off int64) (written int, errno syscall.Errno) {
	if off < 0 {
		return 0, syscall.EINVAL
	}
	if !f.acquire() {
		return 0, syscall.EBADF
	}
	defer f.release()
	for {
		n, errno := transferred(func() (int, error) { return unix.Pwrite(f.fd, p[written:], off+int64(written)) })
		written += n
		if errno != 0 || written == len(p) || n == 0 {
			return written, errno
		}
	}
}

// transferred calls op until no signal interrupts it, and takes a failure for 0 bytes.
func transferred(op func() (int, error)) (n int, errno syscall.Errno) {
	errno = uninterrupted(func() (err error) {
		n, err = op()
		return err
	})
	return max(n, 0), errno
}

// Lseek sets the offset; of a directory it begins the listing anew.
func (f *File) Lseek(off int64, whence int) (pos int64, errno syscall.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	errno = f.do(func(fd int) (err error) {
		pos, err = unix.Seek(fd, off, whence)
		return err
	})
	f.listing.rewind()
	return pos, errno
}

// Truncate sets the size.
func (f *File) Truncate(size int64) syscall.Errno {
	return f.do(func(fd int) error { return unix.Ftruncate(fd, size) })
}

// Chmod is for files: the root directory keeps its mode on the host, see Tree.Chmod.
func (f *File) Chmod(mode fs.FileMode) syscall.Errno {
	return f.do(func(fd int) error { return unix.Fchmod(fd, modeBits(mode)) })
}

// Chown sets owner and group.
func (f *File) Chown(uid, gid int) syscall.Errno {
	return f.do(func(fd int) error { return unix.Fchown(fd, uid, gid) })
}

// Sync makes content and attributes durable.
func (f *File) Sync() syscall.Errno { return f.do(unix.Fsync) }

// Stat tells of the file under the name that it was opened by.
func (f *File) Stat() (fs.FileInfo, syscall.Errno) {
	var stat syscall.Stat_t
	if errno := f.do(func(fd int) error { return syscall.Fstat(fd, &stat) }); errno != 0 {
		return nil, errno
	}
	return f.tree.infoOf(baseOf(f.name), &stat), 0
}

// do calls op, again after a signal, with the descriptor.
func (f *File) do(op func(fd int) error) syscall.Errno {
	if !f.acquire() {
		return syscall.EBADF
	}
	defer f.release()
	return uninterrupted(func() error { return op(f.fd) })
}

// Unname makes the file one without a name in its FileInfo. It is for who opened it, before anybody else has it.
func (f *File) Unname() { f.name = "" }

// SyscallConn gives the descriptor, which is not closed while a function of the caller uses it.
func (f *File) SyscallConn() (syscall.RawConn, error) {
	if !f.acquire() {
		return nil, syscall.EBADF
	}
	f.release()
	return rawConn{f}, nil
}
