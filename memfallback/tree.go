package memfallback

import (
	"context"
	"io/fs"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Locks, in the order in which they are taken:
//
//  1. the mu of an open file or directory: its offset;
//  2. superblock.mu: all names of the tree, that is entries, parents and link counts; or
//     content.mu: the bytes of one file. Nobody holds both;
//  3. inode.attr: times, size, owner and mode of one inode.
//
// An operation resolves its names under the lock that it makes its change under, so nothing that it found can be
// gone when it changes it. sync.RWMutex lets no reader in while a writer waits: a reader that locks again hangs, so no method that
// locks superblock.mu calls another that does.

// Tree is a filesystem in RAM whose methods return [syscall.Errno], zero for success. They mirror the functions of package os
// that have their names; [Fs] puts the errors of package os around them.
//
// Any number of goroutines may use a Tree at once.
type Tree struct {
	sb   *superblock
	root *inode // what "/" is; of a Sub a directory below, nil once that was released
	sub  bool

	released bool // of a Sub; guarded by sb.mu
}

// superblock is what all views of a tree share. It holds no inode, so that an open file does not keep the tree.
type superblock struct {
	dev   uint64 // no two trees of a process have the same
	clock func() time.Time
	user  user
	umask uint32

	mu       sync.RWMutex
	lastIno  uint64 // guarded by mu
	inodes   int64  // guarded by mu; those that have a name
	dirs     int64  // guarded by mu; of them
	released bool   // guarded by mu
}

// devices counts the trees of the process. They begin where no device of Linux is.
var devices atomic.Uint64

const firstDevice = 0x7e000000

// NewTree makes a tree that holds an empty root directory.
func NewTree(opts ...Option) *Tree {
	c := newConfig(opts)
	sb := &superblock{
		dev:     firstDevice + devices.Add(1),
		clock:   c.clock,
		user:    c.user,
		umask:   c.umask,
		lastIno: rootIno - 1,
	}
	root := sb.newDir(nil, 0, sb.now())
	root.mode.Store(0o700) // whatever the umask
	return &Tree{sb: sb, root: root}
}

// now asks the clock, which may be the caller's: with no lock held.
func (s *superblock) now() timestamp { return newTimestamp(s.clock()) }

// Sub returns a Tree of the same files with the directory dir for its root, where ".." and absolute links end. It stays that
// directory when dir is renamed or removed; in a removed one nothing can be made (ENOENT).
//
// It fails as opening dir for reading does, and with ENOTDIR when dir is something else.
func (t *Tree) Sub(dir string) (*Tree, syscall.Errno) {
	t.sb.mu.RLock()
	defer t.sb.mu.RUnlock()
	n, errno := t.resolve(dir, true)
	switch {
	case errno != 0:
		return nil, errno
	case !n.isDir():
		return nil, syscall.ENOTDIR
	case !t.sb.user.may(n, mayRead):
		return nil, syscall.EACCES
	}
	return &Tree{sb: t.sb, root: n, sub: true}, 0
}

// Release ends the tree and lets go of all its files at once; every name is ENOENT from then on. What somebody still holds keeps
// its memory until he lets go: an open file its content, an open directory, an entry of one or a Sub what is below. Of a Sub it ends that
// view alone and removes nothing. It never fails, and ctx is not asked, since nothing takes long. progress, which may be
// nil, is told once how many files went, the directories among them, and 0 failures.
func (t *Tree) Release(_ context.Context, progress func(entries, dirs, failed int64)) error {
	entries, dirs := t.release()
	if progress != nil {
		progress(entries, dirs, 0)
	}
	return nil
}

func (t *Tree) release() (entries, dirs int64) {
	t.sb.mu.Lock()
	defer t.sb.mu.Unlock()
	if t.sub {
		t.released, t.root = true, nil
		return 0, 0
	}
	entries, dirs = t.sb.inodes, t.sb.dirs
	t.sb.inodes, t.sb.dirs, t.sb.released = 0, 0, true
	t.root.dir.clear()
	return entries, dirs
}

// Stat returns the FileInfo of what name leads to, links followed. It mirrors [os.Stat].
func (t *Tree) Stat(name string) (fs.FileInfo, syscall.Errno) { return t.stat(name, true) }

// Lstat is Stat but for a name that is a symbolic link, of which it gives the FileInfo. It mirrors [os.Lstat].
func (t *Tree) Lstat(name string) (fs.FileInfo, syscall.Errno) { return t.stat(name, false) }

func (t *Tree) stat(name string, follow bool) (fs.FileInfo, syscall.Errno) {
	t.sb.mu.RLock()
	defer t.sb.mu.RUnlock()
	n, errno := t.resolve(name, follow)
	if errno != 0 {
		return nil, errno
	}
	return t.sb.newInfo(name, n), 0
}

// Readlink returns the target of a symbolic link as it was given. It mirrors [os.Readlink].
func (t *Tree) Readlink(name string) (string, syscall.Errno) {
	t.sb.mu.RLock()
	defer t.sb.mu.RUnlock()
	n, errno := t.resolve(name, false)
	switch {
	case errno != 0:
		return "", errno
	case !n.isLink():
		return "", syscall.EINVAL
	}
	return n.target, 0
}
