package memfallback

import (
	"io/fs"
	"path/filepath"
	"time"
)

// fileInfo is a file as it was at one moment.
type fileInfo struct {
	name     string
	dev, ino uint64
	nlink    int
	uid, gid uint32
	kind     fs.FileMode
	mode     uint32 // without the type
	size     int64
	blocks   int64

	atime, mtime, ctime timestamp
}

// baseName is the name that package os gives the FileInfo of name; that of a file without a name is "".
func baseName(name string) string {
	if name == "" {
		return ""
	}
	return filepath.Base(name)
}

// newInfo takes the FileInfo of n, which was found by name. superblock.mu is held.
func (s *superblock) newInfo(name string, n *inode) *fileInfo {
	i := &fileInfo{name: baseName(name), dev: s.dev, ino: n.ino, nlink: n.nlink, kind: n.kind}
	n.attr.Lock()
	defer n.attr.Unlock()
	i.uid, i.gid = n.owner()
	i.mode = n.mode.Load()
	i.size, i.blocks = n.attr.size, n.attr.blocks
	i.atime, i.mtime, i.ctime = n.attr.atime, n.attr.mtime, n.attr.ctime
	return i
}

func (i *fileInfo) Name() string       { return i.name }
func (i *fileInfo) Size() int64        { return i.size }
func (i *fileInfo) Mode() fs.FileMode  { return fileMode(i.kind, i.mode) }
func (i *fileInfo) ModTime() time.Time { return i.mtime.time() }
func (i *fileInfo) IsDir() bool        { return i.kind == fs.ModeDir }
func (i *fileInfo) String() string     { return fs.FormatFileInfo(i) }

// SameFile reports whether other is of the same inode: the same file by whatever name. A tree never has a number twice and no
// two trees of a process have the same device.
func (i *fileInfo) SameFile(other fs.FileInfo) bool {
	o, ok := other.(*fileInfo)
	return ok && i.dev == o.dev && i.ino == o.ino
}
