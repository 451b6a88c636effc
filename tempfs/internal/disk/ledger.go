package disk

import (
	"io/fs"
	"strings"
	"sync"
	"syscall"
)

// ledger keeps the books of a tree with a quota, and of its Subs: what an inode takes is given back with the last of its names and handles.
//
// Of an inode that is not open and has one name all is known by a look at it. The others have a record. What others than the tree do is not
// seen: an inode that was made behind its back takes nothing, and gives back no more than there is.
//
// Locks, in the order in which they are taken: mu, record.mu, LimitedFile.cursor before record.mu too.
type ledger struct {
	quota Quota

	// mu makes one step of a change of names, with the looks before it, and its entry in the books. It is not held while something can wait: files are opened with
	// O_NONBLOCK.
	mu       sync.Mutex
	records  records            // guarded by mu
	fresh    []*LimitedFile     // guarded by mu; files that were made and of which nobody has asked which inodes they are: most are closed before
	subs     map[*Tree][]string // guarded by mu; the way from the root to each Sub, if there is a limit of depth
	hasLinks bool               // guarded by mu; a symbolic link was made some time
}

// record is of an inode that is open or has several names.
type record struct {
	names   int // in the tree; guarded by ledger.mu
	handles int // guarded by ledger.mu

	mu   sync.RWMutex // held for writing by what may change the size, for reading by what writes within it
	size int64        // guarded by mu; that it was charged for
}

// inode is what a look at one tells.
type inode struct {
	id       identity
	kind     fs.FileMode // the type bits
	size     int64
	nameless bool // its last name is gone; false where that cannot be told
}

func inodeIn(info fs.FileInfo) inode {
	return inode{identityIn(info), info.Mode().Type(), info.Size(), hasNoName(info)}
}

// bytes are what it takes, besides itself.
func (i *inode) bytes() int64 {
	if i.kind == 0 || i.kind == fs.ModeSymlink {
		return i.size
	}
	return 0
}

// find returns the record of the inode, nil if it has none. mu is held.
func (l *ledger) find(id identity) *record {
	for n := len(l.fresh); n > 0; n-- {
		f := l.fresh[n-1]
		if i, errno := f.inode(); errno == 0 {
			l.forget(f)
			f.id = i.id
			l.records.add(f.id, f.record)
		}
	}
	return l.records.find(id)
}

// note returns the record of the inode. mu is held.
func (l *ledger) note(i *inode) *record {
	r := l.find(i.id)
	if r == nil {
		r = &record{names: 1, size: i.bytes()}
		l.records.add(i.id, r)
	}
	return r
}

// settle is for a record that has a name or a handle less. mu is held.
func (l *ledger) settle(r *record, id identity) {
	if r.names > 1 || r.handles > 0 {
		return
	}
	l.records.remove(id)
	if r.names == 0 {
		l.quota.Give(1, r.size)
	}
}

// unnamed is for an inode that has a name less. mu is held.
func (l *ledger) unnamed(i *inode) {
	r := l.find(i.id)
	if r == nil {
		l.quota.Give(1, i.bytes())
		return
	}
	if r.names > 0 {
		r.names--
	}
	l.settle(r, i.id)
}

// room takes what a new name for a new inode takes. mu is held.
func (l *ledger) room(t *Tree, name string, bytes int) syscall.Errno {
	if errno := l.fitDepth(t, name); errno != 0 {
		return errno
	}
	return l.quota.Take(1, int64(bytes))
}

// make makes a directory or a link.
func (l *ledger) make(t *Tree, name string, isDir bool, bytes int, call func() syscall.Errno) syscall.Errno {
	l.mu.Lock()
	defer l.mu.Unlock()
	refused := l.room(t, name, bytes)
	if refused != 0 && cannotBe(t, name, isDir) {
		return call() // which knows why
	}
	if refused != 0 {
		return refused
	}
	errno := call()
	if errno != 0 {
		l.quota.Give(1, int64(bytes))
	} else if !isDir {
		l.hasLinks = true
	}
	return errno
}

// cannotBe reports whether a new name is impossible in any case, for reasons that a system finds before a limit: filename_create and may_create in fs/namei.c.
func cannotBe(t *Tree, name string, isDir bool) bool {
	trimmed := trimmedRight(name)
	if _, errno := t.Lstat(trimmed); errno != syscall.ENOENT || isSpecialName(trimmed) || trimmed != name && !isDir {
		return true
	}
	dir := directoryOf(trimmed)
	_, errno := t.Stat(dir)
	return errno != 0 || t.mayWriteIn(dir) != 0
}

// isSpecialName reports whether the last component of a name is one that can be neither made nor moved.
func isSpecialName(trimmed string) bool {
	switch trimmed[strings.LastIndexFunc(trimmed, isSeparator)+1:] {
	case "", ".", "..":
		return true
	}
	return false
}

func (l *ledger) link(t *Tree, oldname, newname string) syscall.Errno {
	l.mu.Lock()
	defer l.mu.Unlock()
	if refused := l.fitDepth(t, newname); refused != 0 {
		info, missing := t.Lstat(oldname)
		if missing == 0 && !info.IsDir() && !cannotBe(t, newname, false) {
			return refused
		}
	}
	if errno := t.names.Link(oldname, newname); errno != 0 {
		return errno
	}
	if i, errno := t.look(newname); errno == 0 {
		l.note(&i).names++
	}
	return 0
}

func (l *ledger) rename(t *Tree, oldname, newname string) syscall.Errno {
	l.mu.Lock()
	defer l.mu.Unlock()
	moved, missing := t.look(oldname)
	victim, isNew := t.look(newname)
	if missing == 0 {
		if refused := l.fitMove(t, &moved, oldname, newname); refused != 0 && !l.cannotMove(t, oldname, newname) {
			return refused
		}
	}
	relocate := l.relocation(t, oldname, newname)
	errno := t.names.Rename(oldname, newname)
	if errno != 0 || missing != 0 {
		return errno
	}
	if isNew == 0 && moved.id != victim.id {
		l.unnamed(&victim)
	}
	relocate()
	return 0
}

func (l *ledger) remove(t *Tree, name string) syscall.Errno {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, errno := t.removeSeen(name)
	if errno == 0 {
		l.unnamed(&i)
	}
	return errno
}

// Leaves is for what is moved out of the tree by other means than its own, with all below. leave does it, and reports whether it did. The entry is looked at and not
// its name, which may be that of something else by now.
func (t *Tree) Leaves(e *Entry, leave func() bool) {
	l := t.ledger
	if l == nil {
		leave()
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []inode
	if around, errno := t.around(e); errno == 0 {
		around.visit(e.base, func(info fs.FileInfo, _ int) { all = append(all, inodeIn(info)) })
		around.close()
	}
	if !leave() {
		return
	}
	for i := range all {
		l.unnamed(&all[i])
	}
}

// removeFrom is Remove of an os.Root, and its entry in the books. A nil ledger keeps none.
func (l *ledger) removeFrom(root guard, path string) syscall.Errno {
	if l == nil {
		return errnoOf(root.Remove(path))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	host, missing := root.Lstat(path)
	errno := errnoOf(root.Remove(path))
	if errno != 0 || missing != nil {
		return errno
	}
	i := inodeIn((&rootDir{}).newInfo(path, host))
	l.unnamed(&i)
	return 0
}
