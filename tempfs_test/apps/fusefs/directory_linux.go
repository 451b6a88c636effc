package fusefs

import (
	"context"
	"io"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"github.com/spf13/afero"
)

// directory is an open directory. A place in it is how many entries were before, of those that there were at the beginning: one that is read stays as it was, and is listed again from its start.
type directory struct {
	afero.File
	entries []fuse.DirEntry // nil until they are read
	next    int
}

var (
	_ fs.NodeOpendirHandler = (*node)(nil)
	_ fs.FileReaddirenter   = (*directory)(nil)
	_ fs.FileSeekdirer      = (*directory)(nil)
	_ fs.FileFsyncdirer     = (*directory)(nil)
	_ fs.FileReleasedirer   = (*directory)(nil)
)

func (n *node) OpendirHandle(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	file, err := n.fsys.Open(n.path())
	if err != nil {
		return nil, 0, errnoOf(err)
	}
	return &directory{File: file}, 0, 0
}

func (d *directory) Readdirent(context.Context) (*fuse.DirEntry, syscall.Errno) {
	if d.entries == nil {
		if err := d.list(); err != nil {
			return nil, errnoOf(err)
		}
	}
	if d.next == len(d.entries) {
		return nil, 0
	}
	d.next++
	return &d.entries[d.next-1], 0
}

func (d *directory) list() error {
	if _, err := d.Seek(0, io.SeekStart); err != nil {
		return err
	}
	infos, err := d.Readdir(-1)
	if err != nil {
		return err
	}
	d.entries = []fuse.DirEntry{{Name: ".", Mode: syscall.S_IFDIR, Off: 1}, {Name: "..", Mode: syscall.S_IFDIR, Off: 2}}
	for _, info := range infos {
		stat := statOf(info)
		d.entries = append(d.entries, fuse.DirEntry{Name: info.Name(), Mode: stat.Mode, Ino: stat.Ino, Off: uint64(len(d.entries) + 1)})
	}
	return nil
}

func (d *directory) Seekdir(_ context.Context, place uint64) syscall.Errno {
	if place > uint64(len(d.entries)) {
		return syscall.EINVAL
	}
	d.next = int(place)
	if place == 0 {
		d.entries = nil
	}
	return 0
}

func (d *directory) Fsyncdir(context.Context, uint32) syscall.Errno { return errnoOf(d.Sync()) }

func (d *directory) Releasedir(context.Context, uint32) { _ = d.Close() }
