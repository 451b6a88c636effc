package memfallback

import (
	"io/fs"
	"os"
	"syscall"
)

// Handle is an open file or directory. It is the alias of a literal, so that another package can name the same type
// without this one.
//
// Read and ReadAt return 0 and no error at the end, for a p that is not empty, and they and the writes may take less
// than all of p. ReadDir returns the next n entries by name, all that are left for n <= 0, and none at the end; the Info of an entry
// looks its name up again in that directory and fails with a bare errno. Lseek is Seek under the name of the system call, and
// of a directory it starts the listing again.
//
// Any number of goroutines may call it, beside Close too, after which its methods give EBADF.
type Handle = interface {
	Read(p []byte) (int, syscall.Errno)
	ReadAt(p []byte, off int64) (int, syscall.Errno)
	Write(p []byte) (int, syscall.Errno)
	WriteAt(p []byte, off int64) (int, syscall.Errno)
	Lseek(off int64, whence int) (int64, syscall.Errno)
	Truncate(size int64) syscall.Errno
	Chmod(mode fs.FileMode) syscall.Errno
	Stat() (fs.FileInfo, syscall.Errno)
	ReadDir(n int) ([]fs.DirEntry, syscall.Errno)
	Sync() syscall.Errno
	Close() syscall.Errno
}

// accessMask has the bits of a flag that say whether to read or to write. All of them is neither, of which Linux has a use.
const accessMask = os.O_WRONLY | os.O_RDWR

// OpenFile opens the named file with the flags of package os, and on Unix syscall.O_DIRECTORY and syscall.O_NOFOLLOW; perm, before umask,
// is the mode of a file that it creates. It mirrors [os.OpenFile].
func (t *Tree) OpenFile(name string, flag int, perm fs.FileMode) (Handle, syscall.Errno) {
	return t.OpenInto(&OpenFile{}, name, flag, perm)
}

// OpenInto is [Tree.OpenFile] that makes the open file in f, if it is a regular one: so it can be a part of something bigger. f must be zero.
func (t *Tree) OpenInto(f *OpenFile, name string, flag int, perm fs.FileMode) (Handle, syscall.Errno) {
	if hasNUL(name) || flag&os.O_CREATE != 0 && flag&openDirectory != 0 {
		return nil, syscall.EINVAL
	}
	var now timestamp
	if flag&(os.O_CREATE|os.O_TRUNC) != 0 {
		now = t.sb.now()
	}
	t.sb.files.Add(1)
	n, created, errno := t.open(name, flag, perm, now)
	if errno == 0 && flag&os.O_TRUNC != 0 && !created && n.isRegular() {
		if errno = n.truncate(t.sb, 0, now); errno != 0 {
			t.sb.unhold(n)
		}
	}
	if errno != 0 {
		t.sb.files.Add(-1)
		return nil, errno
	}
	if n.isDir() {
		t.sb.dirs.Add(1)
		t.sb.files.Add(-1)
		return newOpenDir(t.sb, n, name), 0
	}
	f.init(t.sb, n, name, flag)
	return f, 0
}

// open finds or makes the inode, checks that it may be opened, and holds it.
func (t *Tree) open(name string, flag int, perm fs.FileMode, now timestamp) (n *inode, created bool, errno syscall.Errno) {
	if flag&os.O_CREATE == 0 {
		for range maxTries {
			w, ok := t.beginWalk()
			if !ok {
				break
			}
			n, errno, ok = w.quick(name)
			if ok && errno == 0 {
				errno = t.mayOpen(n, flag, flag&openDirectory != 0)
			} else if !ok {
				n, _, errno = w.open(name, flag, perm, now)
			}
			held := errno == 0 && t.sb.hold(n)
			if w.valid() && (held || errno != 0) {
				return n, false, errno
			}
			if held {
				t.sb.unhold(n)
			}
		}
	}
	t.sb.mu.Lock()
	defer t.sb.unlock()
	w := t.lockedWalk()
	if n, created, errno = w.open(name, flag, perm, now); errno == 0 {
		t.sb.hold(n)
	}
	return n, created, errno
}

// open is that of the tree but for holding the inode. Only with O_CREATE it wants superblock.mu.
func (w *walk) open(name string, flag int, perm fs.FileMode, now timestamp) (n *inode, created bool, errno syscall.Errno) {
	creates := flag&os.O_CREATE != 0
	follows := flag&openNoFollow == 0 && (!creates || flag&os.O_EXCL == 0)
	mustBeDir := flag&openDirectory != 0
	w.links = 0 // of a look before
	at, errno := w.locate(name)
	for errno == 0 {
		slash := at.slash && at.kind == lastName
		if slash && creates {
			return nil, false, syscall.EISDIR
		}
		if slash { // and so on behind a link
			follows, mustBeDir = true, true
		}
		if n, errno = w.entry(at); errno != 0 {
			break
		}
		if !n.isLink() || !follows {
			return n, false, w.tree.mayOpen(n, flag, mustBeDir)
		}
		at, errno = w.follow(at, n)
	}
	// Without a directory it is one before the last component that is missing.
	if errno == syscall.ENOENT && creates && at.dir != nil {
		n, errno = w.tree.create(at, perm, now)
		return n, true, errno
	}
	return nil, false, errno
}

func (t *Tree) create(at location, perm fs.FileMode, now timestamp) (*inode, syscall.Errno) {
	if errno := t.mayCreate(at.dir); errno != 0 {
		return nil, errno
	}
	if errno := t.sb.takeFile(at.dir, 0); errno != 0 {
		return nil, errno
	}
	entry := t.sb.newFile(at.dir, at.last, perm, now)
	at.add(entry, now)
	return entry.node.Load(), 0
}

// mayOpen gives the error of opening n, which was there before. It is do_open and may_open of Linux.
func (t *Tree) mayOpen(n *inode, flag int, mustBeDir bool) syscall.Errno {
	want := mayRead
	switch flag & accessMask {
	case os.O_WRONLY:
		want = mayWrite
	case os.O_RDWR, accessMask:
		want = mayRead | mayWrite
	}
	if flag&os.O_TRUNC != 0 {
		want |= mayWrite
	}
	switch {
	case flag&os.O_CREATE != 0 && flag&os.O_EXCL != 0:
		return syscall.EEXIST
	case flag&os.O_CREATE != 0 && n.isDir():
		return syscall.EISDIR
	case mustBeDir && !n.isDir():
		return syscall.ENOTDIR
	case n.isLink(): // only O_NOFOLLOW leads here
		return syscall.ELOOP
	case n.isDir() && want&mayWrite != 0:
		return syscall.EISDIR
	case !t.sb.user.may(n, want):
		return syscall.EACCES
	}
	return 0
}
