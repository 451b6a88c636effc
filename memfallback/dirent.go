package memfallback

import (
	"strings"
	"unsafe"
)

// dirent is a name in a directory. A name that is given to another inode, or to the same one again, is another dirent.
type dirent struct {
	name string
	node pointer[inode] // nil once the entry is gone, or another dirent has its place
}

// Most inodes have one name all their lives. So both are one object, and a short name is in it as well: a million files are
// two million objects, with the content.
type (
	named struct {
		dirent
		inode
	}
	named16 struct {
		named
		buffer [16]byte
	}
	named32 struct {
		named
		buffer [32]byte
	}
)

// newNamed makes an inode with its first name, which it copies: that may be a part of something big, or not stay as it is.
func newNamed(name string) (*dirent, *inode) {
	var both *named
	switch {
	case len(name) <= 16:
		n := &named16{}
		both = &n.named
		both.name = copyName(n.buffer[:], name)
	case len(name) <= 32:
		n := &named32{}
		both = &n.named
		both.name = copyName(n.buffer[:], name)
	default:
		both = &named{}
		both.name = strings.Clone(name)
	}
	both.node.init(&both.inode)
	return &both.dirent, &both.inode
}

// copyName returns a string in buffer, which is long enough and never changes again.
func copyName(buffer []byte, name string) string {
	return unsafe.String(unsafe.SliceData(buffer), copy(buffer, name))
}

// renamed16 is a dirent alone with a short name.
type renamed16 struct {
	dirent
	buffer [16]byte
}

// newDirent is another name of n.
func newDirent(name string, n *inode) *dirent {
	var d *dirent
	if len(name) <= 16 {
		r := &renamed16{}
		d = &r.dirent
		d.name = copyName(r.buffer[:], name)
	} else {
		d = &dirent{name: strings.Clone(name)}
	}
	d.node.init(n)
	return d
}
