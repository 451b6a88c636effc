package memfallback

import (
	"io/fs"
	"slices"
	"strings"
	"sync/atomic"
)

const (
	dirSize   = 4096 // what stat shows for every directory
	blockSize = 512  // the unit of st_blocks
)

// directory holds the entries of a directory inode. superblock.mu guards it.
type directory struct {
	parent  *inode // what ".." is; of the root nil
	entries map[string]*inode

	// sorted is the listing until the entries change next. Readers of superblock.mu may make it, several at once: all make
	// the same.
	sorted atomic.Pointer[listing]
}

// dirent is what a listing says of an entry. It holds no inode, lest an open directory keep alive what was removed.
type dirent struct {
	name string
	kind fs.FileMode
}

// listing is a directory's entries at one moment, by name. It is not changed once it is made.
type listing []dirent

func (d *directory) list() *listing {
	if l := d.sorted.Load(); l != nil {
		return l
	}
	l := make(listing, 0, len(d.entries))
	for name, n := range d.entries {
		l = append(l, dirent{name, n.kind})
	}
	slices.SortFunc(l, func(a, b dirent) int { return strings.Compare(a.name, b.name) })
	d.sorted.Store(&l)
	return &l
}

// set gives the inode child a name in the directory n, where nothing has it. It counts no links but those of "..".
func (n *inode) set(name string, child *inode) {
	d := n.dir
	if d.entries == nil {
		d.entries = make(map[string]*inode)
	}
	d.entries[name] = child
	d.sorted.Store(nil)
	if child.isDir() {
		child.dir.parent = n
		n.nlink++
	}
}

// unset is the inverse of set. The name must be there.
func (n *inode) unset(name string) {
	d := n.dir
	if d.entries[name].isDir() {
		n.nlink--
	}
	delete(d.entries, name)
	d.sorted.Store(nil)
}

// clear forgets all entries.
func (d *directory) clear() {
	d.entries = nil
	d.sorted.Store(nil)
}

// isBelow reports whether the directory n is top or somewhere in it.
func (n *inode) isBelow(top *inode) bool {
	for ; n != nil; n = n.dir.parent {
		if n == top {
			return true
		}
	}
	return false
}
