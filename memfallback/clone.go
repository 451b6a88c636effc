package memfallback

import "syscall"

// Clone returns an independent tree with a copy of all that t shows. It takes a moment for each file, whatever its size: both have its content
// until one of them writes to it. The clone has the clock, the user and the umask of t, or those of opts, and shares the file and the budget of
// [SpillTo]. What is open but has no name is not in it.
//
// No name changes meanwhile. A file that is being written to is copied before or after a write. It fails with ENOENT after the release of t.
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
	k := &cloner{sb: newSuperblock(c), linked: map[*inode]*inode{}}
	k.sb.lastIno = from.lastIno
	k.sb.counts = true // the garbage collector takes no single inode of a slab
	_, copied := newNamed("/")
	k.copyInode(copied, root)
	copied.ino = rootIno
	k.copyAll(root, copied)
	clone := &Tree{sb: k.sb}
	clone.root.Store(copied)
	return clone, 0
}

// cloner copies a tree. The superblock.mu of the one that is copied is held; the copy is nobody else's yet.
type cloner struct {
	sb     *superblock
	linked map[*inode]*inode // copies of files that have more than one name
}

// copyAll fills the directory to, which is a copy of from, and those below. It keeps its own stack: a tree may be deeper than a goroutine's.
func (k *cloner) copyAll(from, to *inode) {
	pending := [][2]*inode{{from, to}}
	for len(pending) > 0 {
		from, to := pending[len(pending)-1][0], pending[len(pending)-1][1]
		pending = pending[:len(pending)-1]
		k.copyEntries(from.dir, to, func(from, to *inode) { pending = append(pending, [2]*inode{from, to}) })
	}
}

// slabSize is how many files of a directory are made at once. One that lives keeps the memory of the others' inodes, not of their content.
const slabSize = 64

// copyEntries copies the table of a directory as it is, slot by slot. It calls fn with the directories in it.
func (k *cloner) copyEntries(from *directory, to *inode, fn func(from, to *inode)) {
	t := from.table.Load()
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
		k.sb.countLink(known, +1)
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
	if to.isDir() {
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
