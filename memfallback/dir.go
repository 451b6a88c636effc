package memfallback

import (
	"sync/atomic"
)

const (
	dirSize   = 4096 // what stat shows for every directory
	blockSize = 512  // what st_blocks counts in
)

// directory holds the entries of a directory inode. superblock.mu is held by who changes it. Who looks up a name holds nothing.
type directory struct {
	parent atomic.Pointer[inode] // what ".." is; of the root nil
	table  atomic.Pointer[table] // nil: nothing was ever in it, or lazy has it; see load
	lazy   pointer[uncopied]     // of a directory of a clone that nobody has looked into yet
	count  int                   // of entries; guarded by superblock.mu, right after load

	version uint64                  // of the entries; guarded by superblock.mu
	sorted  atomic.Pointer[listing] // the listing until the entries change next, nil if nobody asked for it since
}

// load returns the table.
func (d *directory) load() *table {
	t := d.table.Load()
	if t == nil {
		if u := d.lazy.Load(); u != nil {
			return u.copyTo(d)
		}
	}
	return t
}

// find returns the inode that has the name, nil if there is none.
func (d *directory) find(name string) *inode {
	hash := hashName(name)
	for {
		t := d.load()
		if t == nil {
			return nil
		}
		yield()
		entry := t.find(name, hash)
		if entry == nil {
			return nil
		}
		yield()
		if n := entry.node.Load(); n != nil {
			return n
		}
		// It went, or another took its place: the next look tells.
	}
}

// set gives the inode of entry a name in the directory n, where nothing has it. It counts no links but those of "..". hash is that of the name.
func (n *inode) set(entry *dirent, hash uint64) {
	d := n.dir
	t := d.load()
	if t != nil && t.room > 0 {
		t.add(entry, hash)
	} else {
		if t == nil {
			t = newTable(1)
		} else {
			t = t.resized(d.count)
		}
		t.add(entry, hash)
		d.table.Store(t)
	}
	d.count++
	d.changed()
	yield()
	n.adopt(entry.node.Load())
}

// adopt makes n the parent of child, if that is a directory.
func (n *inode) adopt(child *inode) {
	if child.isDir() {
		child.dir.parent.Store(n)
		n.nlink.Add(1)
	}
}

// unset is the inverse of set. The entry must be there.
func (n *inode) unset(entry *dirent, hash uint64) {
	d := n.dir
	d.table.Load().remove(entry, hash)
	if entry.node.Swap(nil).isDir() {
		n.nlink.Add(-1)
	}
	d.count--
	d.changed()
}

// replace gives the name of old, which is no directory, to the inode of entry, in one step.
func (n *inode) replace(old, entry *dirent, hash uint64) {
	n.dir.table.Load().replace(old, entry, hash)
	old.node.Store(nil)
	n.dir.changed()
	n.adopt(entry.node.Load())
}

// changed forgets the listing.
func (d *directory) changed() {
	d.version++
	if d.sorted.Load() != nil {
		d.sorted.Store(nil)
	}
}

// clear forgets all entries.
func (d *directory) clear() {
	d.lazy.Store(nil)
	d.table.Store(nil)
	d.count = 0
	d.changed()
}

// isEmpty reports whether it has no entry. superblock.mu is held.
func (d *directory) isEmpty() bool {
	d.load()
	return d.count == 0
}

// entries returns all, in no order. superblock.mu is held.
func (d *directory) entries() []*dirent {
	t := d.load()
	all := make([]*dirent, 0, d.count)
	if t != nil {
		t.all(func(e *dirent) { all = append(all, e) })
	}
	return all
}

// isBelow reports whether the directory n is top or somewhere in it.
func (n *inode) isBelow(top *inode) bool {
	for ; n != nil; n = n.dir.parent.Load() {
		if n == top {
			return true
		}
	}
	return false
}

// isRemoved reports whether the directory n is gone, perhaps with one that it is in.
func (n *inode) isRemoved() bool {
	for ; n != nil; n = n.dir.parent.Load() {
		if n.nlink.Load() == 0 {
			return true
		}
	}
	return false
}
