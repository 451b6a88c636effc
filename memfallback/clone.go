package memfallback

import (
	"math"
	"sync"
	"syscall"
)

// Clone returns an independent tree with a copy of all that t shows. It takes a moment for each file, whatever its size: both have its content
// until one of them writes to it. The clone has the clock, the user and the umask of t, or those of opts, and shares the file and the budget of
// [SpillTo]. What is open but has no name is not in it.
//
// No name changes meanwhile. A file that is being written to is copied before or after a write. It fails with ENOENT after the release of t, and with the errno of
// the quota that opts give it.
func (t *Tree) Clone(opts ...Option) (*Tree, syscall.Errno) {
	from := t.sb
	c := &config{
		clock: from.clock, user: from.user, umask: from.umask, hasUser: true, hasUmask: true,
		store: from.store,
	}
	c.apply(opts)
	from.mu.Lock()
	defer from.mu.Unlock()
	root := t.root.Load()
	if root == nil || from.released.Load() {
		return nil, syscall.ENOENT
	}
	sb := newSuperblock(c)
	sb.counts = true // the garbage collector takes no single inode of a slab
	clone := &Tree{sb: sb}
	if sb.store != nil { // whose content is counted: it is copied where it can be given back
		k := newCloner(sb)
		copied := k.copyTree(root, from.lastIno)
		clone.root.Store(copied)
		errno := k.takeFrom(sb.quota)
		if errno != 0 {
			sb.quota = nil // it has taken nothing
			sb.release(copied, false)
		}
		return clone, errno
	}
	i := from.imageOf(root)
	if errno := i.takeFrom(sb.quota); errno != 0 {
		return nil, errno
	}
	sb.linked, sb.restricted = i.sb.linked, i.sb.restricted
	if !sb.user.is(&from.user) {
		sb.restricted = math.MaxInt32 // nobody knows, so nothing is done that asks for none
	}
	k := newCloner(sb)
	k.isLazy = true
	clone.root.Store(k.copyTree(i.root, from.lastIno))
	return clone, 0
}

// image is a copy of a tree that nothing changes. Clones of it copy its directories when somebody looks into them: so a tree that
// is cloned again and again is copied once.
type image struct {
	of   *inode // the root that was copied
	sb   *superblock
	root *inode
	holdings
}

// imageOf returns one of what is below root as it is now. mu is held, so no names change. Who changes something else calls touched
// afterwards: then what is being copied is not kept.
func (s *superblock) imageOf(root *inode) *image {
	if known := s.copied.Load(); known != nil && known.of == root && known.root != nil {
		return known
	}
	begun := &image{of: root}
	s.copied.Store(begun)
	yield()
	sb := &superblock{user: s.user}
	k := newCloner(sb)
	done := &image{of: root, sb: sb, root: k.copyTree(root, s.lastIno)}
	done.holdings = k.holdings
	s.copied.CompareAndSwap(begun, done)
	return done
}

// touched comes after every change of a tree.
func (s *superblock) touched() {
	if s.copied.Load() != nil {
		s.copied.Store(nil)
	}
}

// cloner copies a tree that does not change its names. The copy is nobody else's yet.
type cloner struct {
	sb       *superblock // of the copy
	isLazy   bool        // directories are copied when somebody looks into them
	holdings             // of what was copied, but for a lazy one

	mu     sync.Mutex        // of a lazy one; below superblock.mu
	linked map[*inode]*inode // guarded by mu; copies of files that have more than one name
}

func newCloner(sb *superblock) *cloner { return &cloner{sb: sb, linked: map[*inode]*inode{}} }

// uncopied is a directory of a clone that is to be copied.
type uncopied struct {
	from   *inode // of an image
	to     *inode
	cloner *cloner
}

// copyTo fills d, the directory of to, and returns its table.
func (u *uncopied) copyTo(d *directory) *table {
	k := u.cloner
	k.mu.Lock()
	defer k.mu.Unlock()
	if d.lazy.Load() == u { // else it was cleared, or copied by another
		k.copyEntries(u.from.dir, u.to, func(from, to *inode) { to.dir.lazy.init(&uncopied{from, to, k}) })
		yield()
		d.lazy.Store(nil)
	}
	return d.table.Load()
}

// copyTree returns a copy of the directory root with all that is below, or if it is lazy will be. It keeps its own stack: a tree may be deeper than
// a goroutine's.
func (k *cloner) copyTree(root *inode, lastIno uint64) *inode {
	_, copied := newNamed("/")
	k.copyInode(copied, root)
	copied.ino = rootIno
	k.holdings = holdings{} // the root does not count
	k.sb.lastIno = lastIno
	if k.isLazy {
		copied.dir.lazy.init(&uncopied{root, copied, k})
		return copied
	}
	type directory struct {
		from, to *inode
		depth    int // of what is in it
	}
	pending := []directory{{root, copied, 1}}
	for len(pending) > 0 {
		d := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		k.copyEntries(d.from.dir, d.to, func(from, to *inode) { pending = append(pending, directory{from, to, d.depth + 1}) })
		if d.from.dir.count > 0 {
			k.depth = max(k.depth, d.depth)
		}
	}
	return copied
}

// slabSize is how many files of a directory are made at once. One that lives keeps the memory of the others' inodes, not of their content.
const slabSize = 64

// copyEntries copies the table of a directory as it is, slot by slot. It calls fn with the directories in it.
func (k *cloner) copyEntries(from *directory, to *inode, fn func(from, to *inode)) {
	t := from.load()
	if t == nil {
		return
	}
	copied := &table{groups: make([]group, len(t.groups)), room: t.room}
	var slab []named16
	left := from.count
	for i := range t.groups {
		g := &t.groups[i]
		copied.groups[i].control.Store(g.control.Load())
		for m := g.control.Load() & eachHigh; m != 0; m &= m - 1 {
			s := slotOf(m)
			if len(slab) == 0 {
				slab = make([]named16, min(slabSize, left))
			}
			entry := g.slots[s].Load()
			copied.groups[i].slots[s].Store(k.copyEntry(entry, to, &slab, fn))
			left--
		}
	}
	to.dir.count = from.count
	to.dir.table.Store(copied)
}

// copyEntry copies a name and, unless another name of it was copied before, the inode.
func (k *cloner) copyEntry(e *dirent, dir *inode, slab *[]named16, fn func(from, to *inode)) *dirent {
	n := e.node.Load()
	isLinked := !n.isDir() && n.nlink.Load() > 1
	if known := k.linked[n]; isLinked && known != nil {
		if !k.isLazy {
			k.sb.countLink(known, +1)
		}
		return newDirent(e.name, known)
	}
	var entry *dirent
	var copied *inode
	if len(e.name) <= len(named16{}.buffer) {
		both := &(*slab)[0]
		*slab = (*slab)[1:]
		entry, copied = &both.dirent, &both.inode
		entry.name = copyName(both.buffer[:], e.name)
		entry.node.init(copied)
	} else {
		entry, copied = newNamed(e.name)
	}
	k.copyInode(copied, n)
	switch {
	case n.isDir():
		copied.dir.parent.Store(dir)
		fn(n, copied)
	case isLinked:
		k.linked[n] = copied
	}
	return entry
}

// copyInode makes to a copy of from, with one name, and shares its content.
func (k *cloner) copyInode(to, from *inode) {
	to.ino = from.ino
	to.nlink.init(1)
	if from.isDir() {
		to.dir = &directory{}
	}
	if from.isDir() || k.isLazy { // all names of a file in an image are in it
		to.nlink.init(from.nlink.Load())
	}
	for {
		from.mu.Lock()
		to.mode.init(from.mode.Load())
		to.ids.init(from.ids.Load())
		to.atime, to.mtime, to.ctime = from.atime, from.mtime, from.ctime
		l := from.large.Load()
		if l == nil && from.isRegular() && !k.sb.store.charge(cap(from.small)) {
			l = from.enlargeLocked() // what it was charged for is shared in there
		}
		if l == nil {
			to.small = from.small
			to.shared = from.isRegular()
			from.shared = to.shared
		}
		from.mu.Unlock()
		if l == nil || l.shareWith(from, to) {
			break
		}
	}
	if !k.isLazy {
		k.add(to)
	}
	if to.isDir() && !k.isLazy {
		k.sb.restrict(to, +1)
	}
}

// shareWith makes it the content of to, a new inode, as well. It is false if it is not that of from any more.
func (l *large) shareWith(from, to *inode) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if from.large.Load() != l {
		return false
	}
	l.owners.Add(1)
	to.large.init(l)
	return true
}
