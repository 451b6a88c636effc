package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// Handle is an open file. It is an alias of a literal so that it is one type with the interface of the front.
//
// End of file is n == 0 with errno 0. After Close each method gives EBADF.
type Handle = interface {
	Read(p []byte) (int, syscall.Errno)
	ReadAt(p []byte, off int64) (int, syscall.Errno)
	Write(p []byte) (int, syscall.Errno)
	WriteAt(p []byte, off int64) (int, syscall.Errno)
	Lseek(off int64, whence int) (int64, syscall.Errno)
	Truncate(size int64) syscall.Errno
	Chmod(mode fs.FileMode) syscall.Errno
	Stat() (fs.FileInfo, syscall.Errno)
	ReadDir(n int) ([]fs.DirEntry, syscall.Errno)
	Sync() syscall.Errno
	Close() syscall.Errno
}

// handle wraps an *os.File, whose name and errors tell where it is on the host. The os.File counts its users: a Close
// beside a Read ends the Read and no descriptor is used after it was closed.
type handle struct {
	file *os.File
	tree *Tree
	name string // it was opened by

	// mu keeps Close, and Lseek, out of a ReadDir.
	mu      sync.Mutex
	listing listing // guarded by mu
	closed  bool    // guarded by mu
}

func (t *Tree) newHandle(f *os.File, name string) *handle {
	return &handle{file: f, tree: t, name: name}
}

func (h *handle) Read(p []byte) (int, syscall.Errno) {
	n, err := h.file.Read(p)
	return n, readErrno(err)
}

func (h *handle) ReadAt(p []byte, off int64) (int, syscall.Errno) {
	if off < 0 {
		return 0, syscall.EINVAL
	}
	n, err := h.file.ReadAt(p, off)
	return n, readErrno(err)
}

// readErrno takes the end of a file for what it is to read(2): no error.
func readErrno(err error) syscall.Errno {
	if errors.Is(err, io.EOF) {
		return 0
	}
	return errnoOf(err)
}

func (h *handle) Write(p []byte) (int, syscall.Errno) {
	n, err := h.file.Write(p)
	return n, errnoOf(err)
}

func (h *handle) WriteAt(p []byte, off int64) (int, syscall.Errno) {
	if off < 0 {
		return 0, syscall.EINVAL
	}
	n, err := h.file.WriteAt(p, off)
	return n, errnoOf(err)
}

func (h *handle) Lseek(off int64, whence int) (int64, syscall.Errno) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.listing.rewind()
	pos, err := h.file.Seek(off, whence)
	return pos, errnoOf(err)
}

func (h *handle) Truncate(size int64) syscall.Errno { return errnoOf(h.file.Truncate(size)) }

// Chmod is for files: the root directory keeps its mode on the host, see Tree.Chmod.
func (h *handle) Chmod(mode fs.FileMode) syscall.Errno { return errnoOf(h.file.Chmod(mode)) }

// Unname makes the file one without a name in its FileInfo. It is for who opened it, before anybody else has it.
func (h *handle) Unname() { h.name = "" }

// SyscallConn gives the descriptor, which is not closed while a function of the caller uses it.
func (h *handle) SyscallConn() (syscall.RawConn, error) { return h.file.SyscallConn() }

func (h *handle) Sync() syscall.Errno { return errnoOf(h.file.Sync()) }

func (h *handle) Close() syscall.Errno {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	return errnoOf(h.file.Close())
}

func (h *handle) Stat() (fs.FileInfo, syscall.Errno) {
	host, err := h.file.Stat()
	if err != nil {
		return nil, errnoOf(err)
	}
	return h.tree.newInfo(baseOf(h.name), host), 0
}
