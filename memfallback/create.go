package memfallback

import (
	"io/fs"
	"syscall"
)

// Mkdir makes a directory with mode perm before umask. It mirrors [os.Mkdir].
func (t *Tree) Mkdir(name string, perm fs.FileMode) syscall.Errno {
	now := t.sb.now()
	t.sb.mu.Lock()
	defer t.sb.mu.Unlock()
	w := walk{tree: t}
	at, errno := w.vacancy(name, true)
	if errno != 0 {
		return errno
	}
	t.sb.add(at, t.sb.newDir(at.dir, perm, now), now)
	return 0
}

// Symlink makes name a symbolic link to target, which is kept as it is and need not exist. An absolute target begins at the
// root of the Tree that the link is followed in. It mirrors [os.Symlink].
func (t *Tree) Symlink(target, name string) syscall.Errno {
	if hasNUL(name) {
		return syscall.EINVAL
	}
	if errno := checkName(target); errno != 0 {
		return errno
	}
	now := t.sb.now()
	t.sb.mu.Lock()
	defer t.sb.mu.Unlock()
	w := walk{tree: t}
	at, errno := w.vacancy(name, false)
	if errno != 0 {
		return errno
	}
	t.sb.add(at, t.sb.newSymlink(at.dir, target, now), now)
	return 0
}

// Link makes newname a hard link to the file oldname; a symbolic link is linked itself, not followed. It mirrors [os.Link].
func (t *Tree) Link(oldname, newname string) syscall.Errno {
	if hasNUL(oldname) || hasNUL(newname) {
		return syscall.EINVAL
	}
	now := t.sb.now()
	t.sb.mu.Lock()
	defer t.sb.mu.Unlock()
	n, errno := t.resolve(oldname, false)
	if errno != 0 {
		return errno
	}
	w := walk{tree: t}
	at, errno := w.vacancy(newname, false)
	if errno != 0 {
		return errno
	}
	if n.isDir() {
		return syscall.EPERM
	}
	n.nlink++
	n.changed(now)
	at.dir.set(at.last, n)
	at.dir.modified(now)
	return 0
}

// add gives the new inode n its first name.
func (s *superblock) add(at location, n *inode, now timestamp) {
	s.inodes++
	if n.isDir() {
		s.dirs++
	}
	at.dir.set(at.last, n)
	at.dir.modified(now)
}
