package memfallback

import (
	"io/fs"
	"syscall"
)

// Mkdir makes a directory with mode perm before umask. It mirrors [os.Mkdir].
func (t *Tree) Mkdir(name string, perm fs.FileMode) syscall.Errno {
	now := t.sb.now()
	t.sb.mu.Lock()
	defer t.sb.unlock()
	w := t.lockedWalk()
	at, errno := w.vacancy(name, true)
	if errno != 0 {
		return errno
	}
	if errno := t.sb.takeFile(at.dir, 0); errno != 0 {
		return errno
	}
	t.sb.seq.begin() // the parent shows how many directories are in it
	defer t.sb.changed(false)
	at.add(t.sb.newDir(at.dir, at.last, perm, now), now)
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
	defer t.sb.unlock()
	w := t.lockedWalk()
	at, errno := w.vacancy(name, false)
	if errno != 0 {
		return errno
	}
	if errno := t.sb.takeFile(at.dir, len(target)); errno != 0 {
		return errno
	}
	at.add(t.sb.newSymlink(at.dir, at.last, target, now), now)
	return 0
}

// Link makes newname a hard link to the file oldname; a symbolic link is linked itself, not followed. It mirrors [os.Link].
func (t *Tree) Link(oldname, newname string) syscall.Errno {
	if hasNUL(oldname) || hasNUL(newname) {
		return syscall.EINVAL
	}
	now := t.sb.now()
	t.sb.mu.Lock()
	defer t.sb.unlock()
	w := t.lockedWalk()
	n, errno := w.resolve(oldname, false)
	if errno != 0 {
		return errno
	}
	w = t.lockedWalk()
	at, errno := w.vacancy(newname, false)
	if errno != 0 {
		return errno
	}
	if n.isDir() {
		return syscall.EPERM
	}
	if errno := t.sb.mayLink(at.dir); errno != 0 {
		return errno
	}
	t.sb.seq.begin() // other names of it show how many there are
	defer t.sb.changed(false)
	t.sb.countLink(n, +1)
	n.changed(now)
	at.add(newDirent(at.last, n), now)
	return 0
}

// countLink counts names of a file that is not new.
func (s *superblock) countLink(n *inode, more int32) {
	links := n.nlink.Add(more)
	switch {
	case more > 0 && links == 2:
		s.linked++
	case more < 0 && links == 1:
		s.linked--
	}
}

// add makes the entry in the directory of at, where nothing has its name.
func (at *location) add(entry *dirent, now timestamp) {
	at.dir.set(entry, hashName(entry.name))
	at.dir.modified(now)
}

func (s *superblock) newFile(dir *inode, name string, perm fs.FileMode, now timestamp) *dirent {
	entry, n := newNamed(name)
	s.initInode(n, dir, typeRegular, unixMode(perm)&^s.umask, now)
	return entry
}

// newDir ignores the set-id bits of perm, as mkdir(2) does.
func (s *superblock) newDir(parent *inode, name string, perm fs.FileMode, now timestamp) *dirent {
	entry, n := newNamed(name)
	n.dir = &directory{}
	s.initInode(n, parent, typeDir, unixMode(perm)&(modePerm|modeSticky)&^s.umask, now)
	n.nlink.init(2)
	s.restrict(n, +1)
	return entry
}

func (s *superblock) newSymlink(dir *inode, name, target string, now timestamp) *dirent {
	entry, n := newNamed(name)
	s.initInode(n, dir, typeSymlink, modePerm, now)
	n.small = []byte(target)
	return entry
}

// restrict counts a directory that binds the user.
func (s *superblock) restrict(dir *inode, by int64) {
	if s.user.super {
		return
	}
	if dir.mode.Load()&modeSticky != 0 || !s.user.may(dir, mayRead|mayWrite|mayExec) {
		s.restricted += by
	}
}
