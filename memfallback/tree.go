package memfallback

import (
	"context"
	"io/fs"
	"strings"
	"sync/atomic"
	"syscall"
)

// Tree is a filesystem in RAM whose methods return [syscall.Errno], zero for success. They mirror the functions of package os
// that have their names; [Fs] puts the errors of package os around them.
//
// Any number of goroutines may use a Tree at once.
type Tree struct {
	sb   *superblock
	root atomic.Pointer[inode] // what "/" is; of a Sub a directory below. Nil once this was released
	sub  bool
}

// NewTree makes a tree that holds an empty root directory.
func NewTree(opts ...Option) *Tree {
	sb := newSuperblock(newConfig(opts))
	sb.mu.Lock()
	defer sb.mu.Unlock()
	root := sb.newDir(nil, "/", 0, sb.now()).node.Load()
	root.mode.Store(typeDir | 0o700) // whatever the umask
	t := &Tree{sb: sb}
	t.root.Store(root)
	return t
}

// Sub returns a Tree of the same files with the directory dir for its root, where ".." and absolute links end. It stays that
// directory when dir is renamed or removed; in a removed one nothing can be made (ENOENT).
//
// It fails as opening dir for reading does, and with ENOTDIR when dir is something else.
func (t *Tree) Sub(dir string) (*Tree, syscall.Errno) {
	t.sb.mu.Lock()
	defer t.sb.mu.Unlock()
	w := t.lockedWalk()
	n, errno := w.resolve(dir, true)
	switch {
	case errno != 0:
		return nil, errno
	case !n.isDir():
		return nil, syscall.ENOTDIR
	case !t.sb.user.may(n, mayRead):
		return nil, syscall.EACCES
	}
	t.sb.hold(n) // its directory is open until its Release
	t.sb.dirs.Add(1)
	sub := &Tree{sb: t.sb, sub: true}
	sub.root.Store(n)
	return sub, 0
}

// Release ends the tree and lets go of all its files at once; every name is ENOENT from then on. What somebody still holds keeps
// its memory until he lets go: an open file its content, an open directory, an entry of one or a Sub what is below. What was on disk is given back and
// cannot be read any more. Of a Sub it ends that view alone and removes nothing.
//
// It never fails, and ctx is not asked, since nothing takes long. progress, which may be nil, is told once how many files went, the
// directories among them, and 0 failures.
func (t *Tree) Release(_ context.Context, progress func(entries, dirs, failed int64)) error {
	root := t.root.Swap(nil)
	var all census
	if root != nil && t.sub {
		t.sb.unhold(root)
		t.sb.dirs.Add(-1)
	} else if root != nil {
		all = t.sb.release(root, progress != nil)
	}
	if progress != nil {
		progress(all.entries, all.dirs, 0)
	}
	return nil
}

// Stat returns the FileInfo of what name leads to, links followed. It mirrors [os.Stat].
func (t *Tree) Stat(name string) (fs.FileInfo, syscall.Errno) { return t.stat(name, true) }

// Lstat is Stat but for a name that is a symbolic link, of which it gives the FileInfo. It mirrors [os.Lstat].
func (t *Tree) Lstat(name string) (fs.FileInfo, syscall.Errno) { return t.stat(name, false) }

func (t *Tree) stat(name string, follow bool) (fs.FileInfo, syscall.Errno) {
	for range maxTries {
		w, ok := t.beginWalk()
		if !ok {
			break
		}
		n, errno := w.resolveQuickly(name, follow)
		var info *fileInfo
		if errno == 0 {
			info = t.sb.newInfo(name, n)
		}
		switch {
		case !w.valid():
		case errno != 0:
			return nil, errno
		case info.nlink > 0 || n == w.root: // else it has lost its name meanwhile
			return info, 0
		}
	}
	t.sb.mu.Lock()
	defer t.sb.mu.Unlock()
	w := t.lockedWalk()
	n, errno := w.resolve(name, follow)
	if errno != 0 {
		return nil, errno
	}
	return t.sb.newInfo(name, n), 0
}

// Readlink returns the target of a symbolic link as it was given. It mirrors [os.Readlink].
func (t *Tree) Readlink(name string) (string, syscall.Errno) {
	n, errno := t.lookup(name, false)
	switch {
	case errno != 0:
		return "", errno
	case !n.isLink():
		return "", syscall.EINVAL
	}
	return strings.Clone(n.target()), 0
}

// lookup returns what name leads to. follow is for a last component that is a link; all others are followed.
//
// It takes no lock unless others move things about all the time: see sequence.
func (t *Tree) lookup(name string, follow bool) (*inode, syscall.Errno) {
	for range maxTries {
		w, ok := t.beginWalk()
		if !ok {
			break
		}
		n, errno := w.resolveQuickly(name, follow)
		if w.valid() {
			return n, errno
		}
	}
	t.sb.mu.Lock()
	defer t.sb.mu.Unlock()
	w := t.lockedWalk()
	return w.resolve(name, follow)
}
