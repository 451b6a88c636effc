package memfallback

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// rootIno is the number of the root directory, as on ext4.
const rootIno = 2

// inode is a file, a directory or a symbolic link, apart from its names.
//
// With its first name (see dirent.go) it is one object of 144 bytes: a field more costs every file 16.
type inode struct {
	ino uint64

	// mode is st_mode, type and all; ids has the uid above the gid. Both are written under mu and read without it, as in the
	// kernel: chmod changes no owner and chown no right, so any pair makes sense.
	mode  word32
	nlink word32 // written under superblock.mu; 0 once no name is left
	ids   word64

	dir *directory // of a directory; not changed

	refs atomic.Int32 // handles that have it open, if the superblock counts them

	mu                  sync.Mutex // guards all below, but that large is read without it
	shared              bool       // another tree has small as well: it is copied before it is written to
	dead                bool       // no name and no handle is left: it gets no content any more
	atime, mtime, ctime timestamp

	// small is the content of a regular file that is short and has no holes, as long as the file; of a symbolic link the target, not
	// changed. All other content is in large, and small nil.
	small []byte
	large pointer[large] // written under mu
}

// Types of st_mode, the same on every system. Package syscall has them on Unix only.
const (
	typeMask    = 0o170000
	typeDir     = 0o040000
	typeRegular = 0o100000
	typeSymlink = 0o120000
)

func (n *inode) isDir() bool     { return n.dir != nil }
func (n *inode) isLink() bool    { return n.mode.Load()&typeMask == typeSymlink }
func (n *inode) isRegular() bool { return n.mode.Load()&typeMask == typeRegular }

// target is where a symbolic link leads.
func (n *inode) target() string { return unsafe.String(unsafe.SliceData(n.small), len(n.small)) }

func (n *inode) owner() (uid, gid uint32) {
	ids := n.ids.Load()
	return uint32(ids >> 32), uint32(ids)
}

func (n *inode) setOwner(uid, gid uint32) { n.ids.Store(idsOf(uid, gid)) }

func idsOf(uid, gid uint32) uint64 { return uint64(uid)<<32 | uint64(gid) }

// setPerm sets all of the mode but the type. mu is held.
func (n *inode) setPerm(perm uint32) { n.mode.Store(n.mode.Load()&typeMask | perm) }

// modified sets the times of a directory whose entries changed.
func (n *inode) modified(now timestamp) {
	n.mu.Lock()
	n.mtime, n.ctime = now, now
	n.mu.Unlock()
}

// changed sets the time of the last change of what is not content.
func (n *inode) changed(now timestamp) {
	n.mu.Lock()
	n.ctime = now
	n.mu.Unlock()
}

// hold counts a handle of the file. It is false for one that has no name any more: what was found by its name is gone.
//
// A file is freed once it has neither name nor handle. The order counts: here the handle is counted before the names are asked
// for, there the name goes before the handles are asked for, so one of the two sees the other.
func (s *superblock) hold(n *inode) bool {
	if !s.counts {
		return true
	}
	n.refs.Add(1)
	yield()
	if n.nlink.Load() > 0 || n.isDir() { // a directory has nothing to free
		return true
	}
	s.unhold(n)
	return false
}

// unhold is the inverse of hold.
func (s *superblock) unhold(n *inode) {
	if s.counts && n.refs.Add(-1) == 0 && n.nlink.Load() == 0 {
		n.free(s)
	}
}

// initInode makes n, which has its type alone, an inode of the tree's user in dir, as inode(7) and open(2) have it: a set-group-id
// directory hands down its group, and to a directory the bit as well. perm is used as it is: the umask was applied. superblock.mu is held.
func (s *superblock) initInode(n, dir *inode, kind, perm uint32, now timestamp) {
	s.lastIno++
	n.ino = s.lastIno
	gid := s.user.gid
	if dir != nil && dir.mode.Load()&modeSetgid != 0 {
		_, gid = dir.owner()
		switch {
		case kind == typeDir:
			perm |= modeSetgid
		case perm&groupExec != 0 && !s.user.inGroup(gid):
			perm &^= modeSetgid
		}
	}
	n.nlink.init(1)
	n.mode.init(kind | perm)
	n.ids.init(idsOf(s.user.uid, gid))
	n.atime, n.mtime, n.ctime = now, now, now
}
