package memfallback

import (
	"io/fs"
	"os"
	"syscall"
)

// OpenUnnamed makes a regular file in the directory dir that has no name there and never gets one, with mode perm before umask, and opens it
// with flag, of which os.O_WRONLY, os.O_RDWR and os.O_APPEND count. It goes when it is closed. It mirrors open(2) with O_TMPFILE; linkable
// is for filesystems that could name the file later.
func (t *Tree) OpenUnnamed(dir string, flag int, perm fs.FileMode, _ bool) (Handle, syscall.Errno) {
	if flag&accessMask == os.O_RDONLY {
		return nil, syscall.EINVAL
	}
	now := t.sb.now()
	t.sb.mu.Lock()
	defer t.sb.unlock()
	w := t.lockedWalk()
	parent, errno := w.resolve(dir, true)
	switch {
	case errno != 0:
		return nil, errno
	case !parent.isDir():
		return nil, syscall.ENOTDIR
	}
	if errno := t.mayCreate(parent); errno != 0 {
		return nil, errno
	}
	if t.sb.quota != nil {
		if errno := t.sb.quota.Take(1, 0); errno != 0 {
			return nil, errno
		}
	}
	n := t.sb.newFile(parent, "", perm, now).node.Load()
	t.sb.hold(n)
	n.nlink.Store(0)
	t.sb.files.Add(1)
	f := &OpenFile{}
	f.init(t.sb, n, "", flag)
	return f, 0
}
