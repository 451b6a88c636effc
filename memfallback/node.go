package memfallback

import (
	"io/fs"
	"sync"
	"sync/atomic"
	"time"
)

// rootIno is the number of the root directory, as on ext4.
const rootIno = 2

// inode is a file, a directory or a symbolic link, apart from its names.
type inode struct {
	ino  uint64
	kind fs.FileMode // fs.ModeDir, fs.ModeSymlink, or 0 for a regular file

	// mode has the permission and set-id bits of st_mode; ids has the uid above the gid. Both are written under attr
	// and read without it, as in the kernel: chmod changes no owner and chown no right, so any pair makes sense.
	mode atomic.Uint32
	ids  atomic.Uint64

	nlink int // guarded by superblock.mu; 0 once no name is left

	dir     *directory // of a directory
	target  string     // of a symbolic link
	content *content   // of a regular file

	attr struct {
		sync.Mutex
		atime, mtime, ctime timestamp
		size, blocks        int64 // as stat shows them; of a regular file written with content.mu held as well
	}
}

// timestamp is a time.Time without its location and monotonic clock, a third smaller.
type timestamp struct {
	sec  int64
	nsec int32
}

func newTimestamp(t time.Time) timestamp { return timestamp{t.Unix(), int32(t.Nanosecond())} }

func (t timestamp) time() time.Time { return time.Unix(t.sec, int64(t.nsec)) }

func (n *inode) isDir() bool  { return n.dir != nil }
func (n *inode) isLink() bool { return n.kind == fs.ModeSymlink }

func (n *inode) owner() (uid, gid uint32) {
	ids := n.ids.Load()
	return uint32(ids >> 32), uint32(ids)
}

func (n *inode) setOwner(uid, gid uint32) { n.ids.Store(uint64(uid)<<32 | uint64(gid)) }

// modified sets the times of a directory whose entries changed.
func (n *inode) modified(now timestamp) {
	n.attr.Lock()
	defer n.attr.Unlock()
	n.attr.mtime, n.attr.ctime = now, now
}

// changed sets the time of the last change of what is not content.
func (n *inode) changed(now timestamp) {
	n.attr.Lock()
	defer n.attr.Unlock()
	n.attr.ctime = now
}

// newInode makes an inode of the tree's user in dir, as inode(7) and open(2) have it: a set-group-id directory hands
// down its group, and to a directory the bit as well. mode is used as it is: the umask was applied.
func (s *superblock) newInode(dir *inode, kind fs.FileMode, mode uint32, now timestamp) *inode {
	s.lastIno++
	n := &inode{ino: s.lastIno, kind: kind, nlink: 1}
	gid := s.user.gid
	if dir != nil && dir.mode.Load()&modeSetgid != 0 {
		_, gid = dir.owner()
		switch {
		case kind == fs.ModeDir:
			mode |= modeSetgid
		case mode&groupExec != 0 && !s.user.inGroup(gid):
			mode &^= modeSetgid
		}
	}
	n.mode.Store(mode)
	n.setOwner(s.user.uid, gid)
	n.attr.atime, n.attr.mtime, n.attr.ctime = now, now, now
	return n
}

func (s *superblock) newFile(dir *inode, perm fs.FileMode, now timestamp) *inode {
	n := s.newInode(dir, 0, unixMode(perm)&^s.umask, now)
	n.content = &content{}
	return n
}

// newDir ignores the set-id bits of perm, as mkdir(2) does.
func (s *superblock) newDir(parent *inode, perm fs.FileMode, now timestamp) *inode {
	n := s.newInode(parent, fs.ModeDir, unixMode(perm)&(modePerm|modeSticky)&^s.umask, now)
	n.dir = &directory{parent: parent}
	n.nlink = 2
	n.attr.size, n.attr.blocks = dirSize, dirSize/blockSize
	return n
}

func (s *superblock) newSymlink(dir *inode, target string, now timestamp) *inode {
	n := s.newInode(dir, fs.ModeSymlink, modePerm, now)
	n.target = target
	n.attr.size = int64(len(target))
	return n
}
