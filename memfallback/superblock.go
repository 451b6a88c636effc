package memfallback

import (
	"sync"
	"sync/atomic"
	"time"
)

// Locks, in the order in which they are taken:
//
//  1. openDir.mu: the listing of an open directory;
//  2. superblock.mu: all changes of names, that is of entries, parents and link counts. Who looks up names takes it only when others
//     move things about (sequence);
//  3. cloner.mu: the copy of one directory of a clone;
//  4. large.mu: the bytes of one file that is not small;
//  5. inode.mu: times, owner, mode and small content of one inode, for a moment;
//  6. store.mu: the slots of the file that content is spilled to.
//
// An operation that changes names resolves them under the lock that it makes its change under, so nothing that it found can be
// gone then. No method that locks superblock.mu calls another that does.

// superblock is what all views of a tree share. An open file has it, and must not keep the tree: it holds inodes in its cache and its image alone, which the
// release drops.
type superblock struct {
	dev   uint32           // no two trees of a process have the same
	clock func() time.Time // nil: the system's
	user  user
	umask uint32
	store *store // where content goes that memory has no room for; nil: nowhere
	quota Quota  // nil: none
	// counts: the handles of each file are counted, and its content is freed with its last name and handle. Otherwise that is done when no file at
	// all is open, or by the garbage collector.
	counts bool

	released atomic.Bool
	copied   atomic.Pointer[image] // what Clone copied, while nothing has changed since
	seq      sequence
	prefixes prefixCache

	_     [cacheLine]byte // what is written all the time is not beside what is read all the time
	files atomic.Int64    // handles of files
	dirs  atomic.Int64    // handles of directories, and Subs

	mu         sync.Mutex
	lastIno    uint64   // guarded by mu
	linked     int64    // guarded by mu; files that have more than one name
	restricted int64    // guarded by mu; directories that the user may not read, search and change as he likes
	discarded  []*inode // guarded by mu; to be freed once it is not held, since that may take a while
}

const cacheLine = 128 // two of most processors, which fetch them in pairs

// devices counts the trees of the process. They begin where no device of Linux is.
var devices atomic.Uint32

const firstDevice = 0x7e000000

func newSuperblock(c *config) *superblock {
	s := &superblock{
		dev:     firstDevice + devices.Add(1),
		clock:   c.clock,
		user:    c.user,
		umask:   c.umask,
		store:   c.newStore(),
		quota:   c.quota,
		lastIno: rootIno - 1,
	}
	s.counts = s.store != nil || s.quota != nil
	return s
}

// now asks the clock, which may be the caller's: with no lock held.
func (s *superblock) now() timestamp {
	if s.clock == nil {
		return systemTime()
	}
	return newTimestamp(s.clock())
}

// changed ends a change that began with seq.begin. isPath says that it moved or removed a directory or a link, or changed who may search one.
func (s *superblock) changed(isPath bool) {
	s.seq.end(isPath)
	if isPath {
		s.prefixes.clear()
	}
}

// discard frees n, a file that has no name and, if they are counted, no handle.
func (s *superblock) discard(n *inode) {
	switch {
	case s.counts:
		s.discarded = append(s.discarded, n)
	case s.files.Load() == 0: // nobody has it open then, and nobody finds it any more
		n.free(s)
	}
}

// unlock is mu.Unlock after a change of names.
func (s *superblock) unlock() {
	discarded := s.discarded
	s.discarded = nil
	s.mu.Unlock()
	s.touched()
	for _, n := range discarded {
		n.free(s)
	}
}

// census counts what is in a tree.
type census struct{ entries, dirs int64 }

// release ends the tree of root. It counts what was in it if somebody wants to know, since that takes a walk.
func (s *superblock) release(root *inode, counts bool) (all census) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq.begin()
	s.released.Store(true)
	if counts || s.store.sharedByTrees() {
		all = s.count(root, s.store.sharedByTrees())
	}
	root.dir.clear()
	s.changed(true)
	s.touched()
	s.store.leave()
	return all
}

// count counts what is below root, which it frees if frees says so.
func (s *superblock) count(root *inode, frees bool) (all census) {
	seen := map[*inode]bool{} // files that have other names
	pending := []*inode{root}
	for len(pending) > 0 {
		dir := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		for _, e := range dir.dir.entries() {
			n := e.node.Load()
			if n.isDir() {
				all.dirs++
				pending = append(pending, n)
			} else if n.nlink.Load() > 1 {
				if seen[n] {
					continue
				}
				seen[n] = true
			}
			all.entries++
			if frees && n.isRegular() {
				n.free(s)
			}
		}
	}
	return all
}
