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

func (listing) next(h *handle, n int) ([]fs.DirEntry, syscall.Errno) {
	entries, err := h.file.ReadDir(n)
	for n > 0 && len(entries) == 0 && err == nil { // all that it met went while it looked: not the end yet
		entries, err = h.file.ReadDir(n)
	}
	for i, e := range entries {
		info, failed := e.Info()
		if failed != nil {
			info = nil
		}
		entries[i] = &dirent{dir: h, name: e.Name(), typ: e.Type(), info: info}
	}
	if errors.Is(err, io.EOF) {
		return nil, 0
	}
	return entries, errnoOf(err)
}
