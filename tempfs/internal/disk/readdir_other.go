//go:build !linux

package disk

import (
	"errors"
	"io"
	"io/fs"
	"syscall"
)

// listing leaves the work to package os, which looks at each entry by the descriptor of the directory.
type listing struct{}

func (listing) rewind() {}

func (listing) next(h *File, n int) ([]fs.DirEntry, syscall.Errno) {
	entries, err := h.file.ReadDir(n)
	for n > 0 && len(entries) == 0 && err == nil { // all that it met went while it looked: not the end yet
		entries, err = h.file.ReadDir(n)
	}
	for i, e := range entries {
		info, failed := e.Info()
		if failed != nil {
			info = nil
		}
		entries[i] = &listed{dirent{dir: h, name: e.Name(), typ: e.Type()}, info}
	}
	if errors.Is(err, io.EOF) {
		return nil, 0
	}
	return entries, errnoOf(err)
}

// ReadDir returns the next n entries in the order of the host, all for n <= 0, none at the end.
func (h *File) ReadDir(n int) ([]fs.DirEntry, syscall.Errno) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, syscall.EBADF
	}
	return h.listing.next(h, n)
}

// listed is an entry with what the host said of it at the time of the listing, nil for nothing.
type listed struct {
	dirent
	info fs.FileInfo
}

// Info is as old as the listing.
func (l *listed) Info() (fs.FileInfo, error) {
	if l.info == nil {
		return l.dirent.Info()
	}
	return l.dir.tree.newInfo(l.name, l.info), nil
}

// infoOf asks by the name of the directory, as package os does, but inside the root.
func (h *File) infoOf(d *dirent) (fs.FileInfo, syscall.Errno) {
	return h.tree.Lstat(h.name + "/" + d.name)
}
