package fusefs

import (
	"context"
	"errors"
	"io"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"github.com/spf13/afero"
)

// handle is an open file of the kernel, which says of each read and write where: all of those that have the file open share what it knows of the size.
type handle struct {
	afero.File
}

var (
	_ fs.NodeOpener   = (*node)(nil)
	_ fs.FileReader   = (*handle)(nil)
	_ fs.FileWriter   = (*handle)(nil)
	_ fs.FileFlusher  = (*handle)(nil)
	_ fs.FileFsyncer  = (*handle)(nil)
	_ fs.FileReleaser = (*handle)(nil)
	_ fs.FileLseeker  = (*handle)(nil)
)

// flagsOfFs are those that the kernel leaves to the Fs. O_APPEND is not among them: the kernel knows where the end is.
const flagsOfFs = syscall.O_ACCMODE | syscall.O_CREAT | syscall.O_EXCL | syscall.O_TRUNC

func (n *node) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	file, err := n.fsys.OpenFile(n.path(), int(flags&flagsOfFs), 0)
	if err != nil {
		return nil, 0, errnoOf(err)
	}
	return &handle{file}, 0, 0
}

func (h *handle) Read(_ context.Context, p []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	n, err := h.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errnoOf(err)
	}
	return fuse.ReadResultData(p[:n]), 0
}

// Write says what was written, if something was: the error is for the next one, as write(2) has it.
func (h *handle) Write(_ context.Context, p []byte, off int64) (uint32, syscall.Errno) {
	n, err := h.WriteAt(p, off)
	if n > 0 {
		return uint32(n), 0
	}
	return 0, errnoOf(err)
}

// Flush is a close(2), and not the last one perhaps.
func (h *handle) Flush(context.Context) syscall.Errno { return 0 }

func (h *handle) Fsync(context.Context, uint32) syscall.Errno { return errnoOf(h.Sync()) }

func (h *handle) Release(context.Context) syscall.Errno { return errnoOf(h.Close()) }

// Lseek is asked for SEEK_DATA and SEEK_HOLE alone. The offset that it leaves is one that nobody uses.
func (h *handle) Lseek(_ context.Context, off uint64, whence uint32) (uint64, syscall.Errno) {
	found, err := h.Seek(int64(off), int(whence))
	return uint64(found), errnoOf(err)
}
