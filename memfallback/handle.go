package memfallback

import (
	"io"
	"io/fs"
	"math"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

// openFile is an open regular file.
type openFile struct {
	sb       *superblock
	node     atomic.Pointer[inode] // nil once closed: then the file may be freed
	name     string                // as it was opened
	readable bool
	writable bool
	appends  bool

	mu  sync.Mutex // held by what uses the offset, from end to end
	off int64      // guarded by mu
}

func newOpenFile(sb *superblock, n *inode, name string, flag int) *openFile {
	mode := flag & accessMask
	f := &openFile{
		sb:       sb,
		name:     name,
		readable: mode == os.O_RDONLY || mode == os.O_RDWR,
		writable: mode == os.O_WRONLY || mode == os.O_RDWR,
		appends:  flag&os.O_APPEND != 0,
	}
	f.node.Store(n)
	return f
}

// use returns the inode if the file is open and ok.
func (f *openFile) use(ok bool) (*inode, syscall.Errno) {
	n := f.node.Load()
	if n == nil || !ok {
		return nil, syscall.EBADF
	}
	return n, 0
}

func (f *openFile) Read(p []byte) (int, syscall.Errno) {
	n, errno := f.use(f.readable || len(p) == 0)
	if errno != 0 {
		return 0, errno
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if overflows(f.off, p) {
		return 0, syscall.EINVAL
	}
	read := n.content.readAt(p, f.off)
	f.off += int64(read)
	return read, 0
}

func (f *openFile) ReadAt(p []byte, off int64) (int, syscall.Errno) {
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
	return n.content.readAt(p, off), 0
}

func (f *openFile) Write(p []byte) (int, syscall.Errno) {
	n, errno := f.use(f.writable)
	if errno != 0 {
		return 0, errno
	}
	now := f.sb.now()
	f.mu.Lock()
	defer f.mu.Unlock()
	if overflows(f.off, p) {
		return 0, syscall.EINVAL
	}
	taken, end, errno := n.write(p, f.off, f.appends, &f.sb.user, now)
	if taken > 0 {
		f.off = end
	}
	return taken, errno
}

// WriteAt appends if the file was opened with O_APPEND, whatever off is, as pwrite(2) does on Linux.
func (f *openFile) WriteAt(p []byte, off int64) (int, syscall.Errno) {
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
	taken, _, errno := n.write(p, off, f.appends, &f.sb.user, f.sb.now())
	return taken, errno
}

// overflows reports whether p at off would end where no offset can be.
func overflows(off int64, p []byte) bool { return off > math.MaxInt64-int64(len(p)) }

func (f *openFile) Lseek(off int64, whence int) (int64, syscall.Errno) {
	n, errno := f.use(true)
	if errno != 0 {
		return 0, errno
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		off += f.off
	case io.SeekEnd:
		off += n.size()
	case SeekData, SeekHole:
		if off, errno = n.seekData(off, whence == SeekData); errno != 0 {
			return 0, errno
		}
	default:
		return 0, syscall.EINVAL
	}
	if off < 0 || off > maxFileSize { // a sum that overflowed is negative
		return 0, syscall.EINVAL
	}
	f.off = off
	return off, 0
}

func (f *openFile) Truncate(size int64) syscall.Errno {
	n, errno := f.use(true)
	switch {
	case size < 0:
		return syscall.EINVAL
	case errno != 0:
		return errno
	case !f.writable:
		return syscall.EINVAL
	}
	return n.truncate(size, &f.sb.user, f.sb.now())
}

func (f *openFile) Chmod(mode fs.FileMode) syscall.Errno {
	n, errno := f.use(true)
	if errno != 0 {
		return errno
	}
	return n.chmod(&f.sb.user, mode, f.sb.now())
}

func (f *openFile) Stat() (fs.FileInfo, syscall.Errno) {
	n, errno := f.use(true)
	if errno != 0 {
		return nil, errno
	}
	f.sb.mu.RLock()
	defer f.sb.mu.RUnlock()
	return f.sb.newInfo(f.name, n), 0
}

func (f *openFile) ReadDir(int) ([]fs.DirEntry, syscall.Errno) {
	if _, errno := f.use(true); errno != 0 {
		return nil, errno
	}
	return nil, syscall.ENOTDIR
}

func (f *openFile) Sync() syscall.Errno {
	_, errno := f.use(true)
	return errno
}

func (f *openFile) Close() syscall.Errno {
	if f.node.Swap(nil) == nil {
		return syscall.EBADF
	}
	return 0
}
