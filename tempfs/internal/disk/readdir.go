package disk

import (
	"io/fs"
	"syscall"
)

// dirent is an entry of an open directory. It hides those of package os, which know where on the host the directory is.
type dirent struct {
	dir  *handle
	name string
	typ  fs.FileMode
	info fs.FileInfo // of the host at the time of the listing; nil where it need not be known
}

func (d *dirent) Name() string      { return d.name }
func (d *dirent) IsDir() bool       { return d.typ.IsDir() }
func (d *dirent) Type() fs.FileMode { return d.typ }
func (d *dirent) String() string    { return fs.FormatDirEntry(d) }

// Info fails with a bare errno. Without an info of its own it asks for one by the name of the directory, as package
// os does, but inside the root.
func (d *dirent) Info() (fs.FileInfo, error) {
	if d.info != nil {
		return d.dir.tree.newInfo(d.name, d.info), nil
	}
	info, errno := d.dir.tree.Lstat(d.dir.name + "/" + d.name)
	if errno != 0 {
		return nil, errno
	}
	return info, nil
}

// ReadDir returns the next n entries in the order of the host, all for n <= 0, none at the end.
func (h *handle) ReadDir(n int) ([]fs.DirEntry, syscall.Errno) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, syscall.EBADF
	}
	return h.listing.next(h, n)
}
