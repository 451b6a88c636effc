package memfallback

import (
	"io/fs"
	"math"
	"os"
	"syscall"
)

// OpenFile is an open regular file, a [Handle]. [Tree.OpenInto] makes one.
type OpenFile struct {
	sb       *superblock
	node     pointer[inode] // nil once closed
	name     string         // as it was opened
	off      offset         // a read and a write are one step with the move of it
	readable bool
	writable bool
	appends  bool
}

var _ Handle = (*OpenFile)(nil)

func (f *OpenFile) init(sb *superblock, n *inode, name string, flag int) {
	mode := flag & accessMask
	f.sb, f.name = sb, name
	f.readable = mode == os.O_RDONLY || mode == os.O_RDWR
	f.writable = mode == os.O_WRONLY || mode == os.O_RDWR
	f.appends = flag&os.O_APPEND != 0
	f.node.init(n)
}

// use returns the inode if the file is open and ok.
func (f *OpenFile) use(ok bool) (*inode, syscall.Errno) {
	n := f.node.Load()
	if n == nil || !ok {
		return nil, syscall.EBADF
	}
	return n, 0
}

// Read reads at the offset of the file.
func (f *OpenFile) Read(p []byte) (int, syscall.Errno) {
	n, errno := f.use(f.readable || len(p) == 0)
	if errno != 0 {
		return 0, errno
	}
	return n.read(f.sb.store, p, 0, &f.off)
}

// ReadAt reads at off. A negative one is EINVAL.
func (f *OpenFile) ReadAt(p []byte, off int64) (int, syscall.Errno) {
	if off < 0 {
		return 0, syscall.EINVAL
	}
	n, errno := f.use(f.readable)
	if errno != 0 {
		return 0, errno
	}
	if overflows(off, p) {
		return 0, syscall.EINVAL
	}
	return n.read(f.sb.store, p, off, nil)
}

// Write writes at the offset of the file, or at its end if it was opened with O_APPEND.
func (f *OpenFile) Write(p []byte) (int, syscall.Errno) {
	n, errno := f.use(f.writable)
	if errno != 0 {
		return 0, errno
	}
	return n.write(f.sb, p, place{cursor: &f.off, atEnd: f.appends}, f.sb.now())
}

// WriteAt appends if the file was opened with O_APPEND, whatever off is, as pwrite(2) does on Linux.
func (f *OpenFile) WriteAt(p []byte, off int64) (int, syscall.Errno) {
	if off < 0 {
		return 0, syscall.EINVAL
	}
	n, errno := f.use(f.writable)
	if errno != 0 {
		return 0, errno
	}
	if overflows(off, p) {
		return 0, syscall.EINVAL
	}
	return n.write(f.sb, p, place{off: off, atEnd: f.appends}, f.sb.now())
}

// overflows reports whether p at off would end where no offset can be.
func overflows(off int64, p []byte) bool { return off > math.MaxInt64-int64(len(p)) }

// Lseek sets the offset. It knows [SeekData] and [SeekHole].
func (f *OpenFile) Lseek(off int64, whence int) (int64, syscall.Errno) {
	n, errno := f.use(true)
	if errno != 0 {
		return 0, errno
	}
	for {
		l := n.large.Load()
		if l == nil {
			n.mu.Lock()
			if l = n.large.Load(); l == nil {
				target, errno := n.seekSmallLocked(f.off.v, off, whence)
				if errno == 0 {
					f.off.v = target
				}
				n.mu.Unlock()
				return target, errno
			}
			n.mu.Unlock()
		}
		if target, errno, ok := l.seek(n, &f.off, off, whence); ok {
			return target, errno
		}
	}
}

// Truncate sets the size. A file that is not open for writing is EINVAL.
func (f *OpenFile) Truncate(size int64) syscall.Errno {
	n, errno := f.use(true)
	switch {
	case size < 0:
		return syscall.EINVAL
	case errno != 0:
		return errno
	case !f.writable:
		return syscall.EINVAL
	}
	return n.truncate(f.sb, size, f.sb.now())
}

// Chmod sets the mode of the file.
func (f *OpenFile) Chmod(mode fs.FileMode) syscall.Errno {
	n, errno := f.use(true)
	if errno != 0 {
		return errno
	}
	errno = n.chmod(&f.sb.user, mode, f.sb.now())
	f.sb.touched()
	return errno
}

// Stat returns the FileInfo of the file, whatever names it has by now.
func (f *OpenFile) Stat() (fs.FileInfo, syscall.Errno) {
	n, errno := f.use(true)
	if errno != 0 {
		return nil, errno
	}
	return f.sb.newInfo(f.name, n), 0
}

// ReadDir is ENOTDIR.
func (f *OpenFile) ReadDir(int) ([]fs.DirEntry, syscall.Errno) {
	if _, errno := f.use(true); errno != 0 {
		return nil, errno
	}
	return nil, syscall.ENOTDIR
}

// Sync does nothing but say whether the file is open.
func (f *OpenFile) Sync() syscall.Errno {
	_, errno := f.use(true)
	return errno
}

// Close ends the use of the file. A second time it is EBADF.
func (f *OpenFile) Close() syscall.Errno {
	n := f.node.Swap(nil)
	if n == nil {
		return syscall.EBADF
	}
	f.sb.unhold(n)
	if f.sb.files.Add(-1) == 0 && n.nlink.Load() == 0 {
		n.free(f.sb)
	}
	return 0
}
