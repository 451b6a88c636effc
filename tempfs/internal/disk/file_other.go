//go:build !linux

package disk

import (
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// File is an open file. It wraps an *os.File, whose name and errors tell where it is on the host. The os.File counts its users: a Close
// beside a Read ends the Read and no descriptor is used after it was closed.
type File struct {
	file *os.File
	tree *names
	name string // it was opened by

	// mu keeps Close, and Lseek, out of a ReadDir.
	mu      sync.Mutex
	listing listing // guarded by mu
	closed  bool    // guarded by mu
}

func (h *File) init(tree *names, f *os.File, name string) {
	h.file, h.tree, h.name = f, tree, name
}

// newHostFile is a File in no Fs.
func newHostFile(f *os.File) *File {
	h := &File{}
	h.init(&names{&portable{rootDir: &rootDir{}}}, f, "")
	return h
}

func (h *File) Read(p []byte) (int, syscall.Errno) {
	n, err := h.file.Read(p)
	return n, readErrno(err)
}

func (h *File) ReadAt(p []byte, off int64) (int, syscall.Errno) {
	if off < 0 {
		return 0, syscall.EINVAL
	}
	n, err := h.file.ReadAt(p, off)
	return n, readErrno(err)
}

func (h *File) Write(p []byte) (int, syscall.Errno) {
	n, err := h.file.Write(p)
	return n, errnoOf(err)
}

func (h *File) WriteAt(p []byte, off int64) (int, syscall.Errno) {
	if off < 0 {
		return 0, syscall.EINVAL
	}
	n, err := h.file.WriteAt(p, off)
	return n, errnoOf(err)
}

func (h *File) Lseek(off int64, whence int) (int64, syscall.Errno) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.listing.rewind()
	pos, err := h.file.Seek(off, whence)
	return pos, errnoOf(err)
}

func (h *File) Truncate(size int64) syscall.Errno { return errnoOf(h.file.Truncate(size)) }

// Chmod is for files: the root directory keeps its mode on the host, see Tree.Chmod.
func (h *File) Chmod(mode fs.FileMode) syscall.Errno { return errnoOf(h.file.Chmod(mode)) }

// Unname makes the file one without a name in its FileInfo. It is for who opened it, before anybody else has it.
func (h *File) Unname() { h.name = "" }

// SyscallConn gives the descriptor, which is not closed while a function of the caller uses it.
func (h *File) SyscallConn() (syscall.RawConn, error) { return h.file.SyscallConn() }

func (h *File) Sync() syscall.Errno { return syncFile(h.file) }

func (h *File) Close() syscall.Errno {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	return errnoOf(h.file.Close())
}

func (h *File) Stat() (fs.FileInfo, syscall.Errno) {
	host, err := h.file.Stat()
	if err != nil {
		return nil, errnoOf(err)
	}
	return h.tree.newInfo(baseOf(h.name), host), 0
}

// Chown sets owner and group.
func (h *File) Chown(uid, gid int) syscall.Errno { return errnoOf(h.file.Chown(uid, gid)) }
