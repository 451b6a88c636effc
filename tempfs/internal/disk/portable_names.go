package disk

import (
	"io/fs"
	"strings"
	"syscall"
)

// This file makes, moves and removes names. Each method first lets os.Root try a plain name: what that does is what the
// kernel does. Any failure is then judged by the rules of fs/namei.c for the last component.

// hasNUL is asked first of two names: package os makes C strings of both before it calls the kernel.
func hasNUL(a, b string) bool { return strings.IndexByte(a, 0) >= 0 || strings.IndexByte(b, 0) >= 0 }

// Mkdir makes a directory.
func (t *portable) Mkdir(name string, perm fs.FileMode) syscall.Errno {
	if path, ok := plain(name); ok && perm&fs.ModeSticky == 0 && t.mkdir(path, perm) == nil {
		return 0
	}
	return t.onNew(name, true, func(path string) error { return t.mkdir(path, perm) })
}

// mkdir takes a path without links if perm has the sticky bit, the one that mkdir(2) honours and os.Root does not take.
func (t *portable) mkdir(path string, perm fs.FileMode) error {
	if perm&fs.ModeSticky != 0 {
		return t.root.mkdirSticky(path, perm.Perm())
	}
	return t.root.Mkdir(path, perm.Perm())
}

// Symlink makes a symbolic link whose target is kept as given.
func (t *portable) Symlink(target, name string) syscall.Errno {
	if hasNUL(target, name) {
		return syscall.EINVAL
	}
	if errno := checkName(target); errno != 0 {
		return errno
	}
	if path, ok := plain(name); ok && t.root.Symlink(target, path) == nil {
		return 0
	}
	return t.onNew(name, false, func(path string) error { return t.root.Symlink(target, path) })
}

// Link makes a hard link, of a symbolic link itself when oldname is one.
func (t *portable) Link(oldname, newname string) syscall.Errno {
	if hasNUL(oldname, newname) {
		return syscall.EINVAL
	}
	if from, ok := plain(oldname); ok {
		if to, ok := plain(newname); ok && t.root.Link(from, to) == nil {
			return 0
		}
	}
	return retry(func() syscall.Errno {
		from, errno := t.resolve(oldname, false)
		if errno == 0 {
			errno = from.mustExist()
		}
		if errno != 0 {
			return errno
		}
		to, errno := t.free(newname, false)
		if errno != 0 {
			return errno
		}
		return attempt(t.root.Link(from.path(), to.path()))
	})
}

// onNew runs op on the path of a name that is free.
func (t *portable) onNew(name string, isDir bool, op func(path string) error) syscall.Errno {
	return retry(func() syscall.Errno {
		p, errno := t.free(name, isDir)
		if errno != 0 {
			return errno
		}
		return attempt(op(p.path()))
	})
}

// free finds the place of a new name, as filename_create of the kernel does. A link there is not followed: the name is taken.
func (t *portable) free(name string, isDir bool) (*place, syscall.Errno) {
	p, errno := t.parent(name)
	if errno == 0 {
		errno = t.look(p)
	}
	switch {
	case errno != 0:
		return nil, errno
	case p.info != nil:
		return nil, syscall.EEXIST
	case p.slash && !isDir:
		return nil, syscall.ENOENT
	}
	return p, 0
}

func (t *portable) look(p *place) syscall.Errno {
	r := resolver{root: t.root}
	defer r.close()
	return r.look(p)
}

// Rename has os.Rename's rule for a directory at newname, then those of rename(2).
func (t *portable) Rename(oldname, newname string) syscall.Errno {
	if hasNUL(oldname, newname) {
		return syscall.EINVAL
	}
	if from, ok := plain(oldname); ok {
		if to, ok := plain(newname); ok && oldname != newname && t.root.Rename(from, to) == nil {
			return 0
		}
	}
	if errno := t.ontoDirectory(oldname, newname); errno != 0 {
		return errno
	}
	return retry(func() syscall.Errno {
		from, errno := t.searchable(oldname)
		if errno != 0 {
			return errno
		}
		to, errno := t.searchable(newname)
		switch {
		case errno != 0:
			return errno
		case from.kind != lastName || to.kind != lastName:
			return syscall.EBUSY
		}
		switch errno := t.look(from); {
		case errno != 0:
			return errno
		case from.info == nil:
			return syscall.ENOENT
		}
		switch errno := t.look(to); {
		case errno != 0:
			return errno
		case !from.info.IsDir() && (from.slash || to.slash):
			return syscall.ENOTDIR
		case from.path() == to.path():
			return 0 // for os.Root a directory there is EEXIST, for the kernel nothing is to be done
		}
		return attempt(t.root.Rename(from.path(), to.path()))
	})
}

// ontoDirectory refuses what os.Rename refuses: a newname that is a directory, unless oldname is another name of it.
func (t *portable) ontoDirectory(oldname, newname string) syscall.Errno {
	to, errno := t.Lstat(newname)
	if errno != 0 || !to.IsDir() {
		return 0
	}
	from, errno := t.Lstat(oldname)
	switch {
	case errno != 0:
		return errno
	case oldname == newname || !sameFile(from, to):
		return syscall.EEXIST
	}
	return 0
}

// Remove removes a file, a link or an empty directory.
func (t *portable) Remove(name string) syscall.Errno {
	if path, ok := plain(name); ok && t.root.Remove(path) == nil {
		return 0
	}
	return retry(func() syscall.Errno {
		p, errno := t.parent(name)
		if errno == 0 {
			errno = t.look(p)
		}
		switch {
		case errno != 0:
			return errno
		case p.kind != lastName:
			return cannotRemove(p.kind)
		}
		if errno := p.mustExist(); errno != 0 {
			return errno
		}
		return attempt(t.root.Remove(p.path()))
	})
}

// cannotRemove is what rmdir(2) says of a name that is not the entry of a directory.
func cannotRemove(kind lastKind) syscall.Errno {
	switch kind {
	case lastDot:
		return syscall.EINVAL
	case lastDotDot:
		return syscall.ENOTEMPTY
	default:
		return syscall.EBUSY
	}
}
