package memfallback

import (
	"io/fs"
	"path/filepath"
	"time"
)

// fileInfo is a file as it was at one moment.
type fileInfo struct {
	name     string
	ino      uint64
	dev      uint32
	units    uint32 // what it takes, in units of 4 KiB: of the biggest file as many as fit
	mode     uint32 // st_mode
	nlink    uint32
	uid, gid uint32
	size     int64

	atime, mtime, ctime timestamp
}

// baseName is the name that package os gives the FileInfo of name; that of a file without a name is "".
func baseName(name string) string {
	if name == "" {
		return ""
	}
	return filepath.Base(name)
}

// newInfo takes the FileInfo of n, which was found by name.
func (s *superblock) newInfo(name string, n *inode) *fileInfo {
	i := &fileInfo{}
	s.fillInfo(i, baseName(name), n)
	return i
}

// fillInfo is newInfo in place, for the last component of a name.
func (s *superblock) fillInfo(i *fileInfo, base string, n *inode) {
	yield()
	i.name, i.dev, i.ino = base, s.dev, n.ino
	i.nlink = n.nlink.Load()
	n.mu.Lock()
	i.mode = n.mode.Load()
	i.uid, i.gid = n.owner()
	i.atime, i.mtime, i.ctime = n.atime, n.mtime, n.ctime
	switch {
	case n.dir != nil:
		i.size, i.units = dirSize, dirSize/unit
	case i.mode&typeMask == typeSymlink:
		i.size = int64(len(n.small))
	default:
		if l := n.large.Load(); l != nil {
			i.size, i.units = l.size.Load(), uint32(l.units.Load())
		} else {
			i.size, i.units = int64(len(n.small)), uint32(unitsOf(len(n.small)))
		}
	}
	n.mu.Unlock()
}

func (i *fileInfo) Name() string       { return i.name }
func (i *fileInfo) Size() int64        { return i.size }
func (i *fileInfo) Mode() fs.FileMode  { return fileMode(i.mode) }
func (i *fileInfo) ModTime() time.Time { return i.mtime.time() }
func (i *fileInfo) IsDir() bool        { return i.mode&typeMask == typeDir }
func (i *fileInfo) String() string     { return fs.FormatFileInfo(i) }

// SameFile reports whether other is of the same inode: the same file by whatever name. A tree never has a number twice and no
// two trees of a process have the same device.
func (i *fileInfo) SameFile(other fs.FileInfo) bool {
	o, ok := other.(*fileInfo)
	return ok && i.dev == o.dev && i.ino == o.ino
}
