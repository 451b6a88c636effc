package disk

import (
	"io/fs"
	"os"
	"syscall"
)

// What makes, moves and removes names goes through the ledger of a tree that has one.

// OpenFile never waits for the other end of a FIFO: it opens with O_NONBLOCK.
func (t *Tree) OpenFile(name string, flag int, perm fs.FileMode) (Handle, syscall.Errno) {
	if t.IsBound() {
		return t.OpenLimited(&LimitedFile{}, name, flag, perm)
	}
	f := &File{}
	if errno := t.OpenInto(f, name, flag, perm); errno != 0 {
		return nil, errno
	}
	return f, 0
}

// OpenLimited is OpenFile with room for the file, which is used or not: so it can be a part of something bigger. f must be zero.
func (t *Tree) OpenLimited(f *LimitedFile, name string, flag int, perm fs.FileMode) (Handle, syscall.Errno) {
	if t.refusesSpecial && flag&(os.O_CREATE|os.O_EXCL) != os.O_CREATE|os.O_EXCL {
		if info, errno := t.Stat(name); errno == 0 && isSpecial(info.Mode()) {
			return nil, syscall.EACCES
		}
	}
	if t.ledger != nil {
		errno := t.ledger.openFile(t, f, name, flag, perm)
		if errno == 0 && t.refusesSpecial && !f.isRegular && !f.isDir { // it was exchanged
			_ = f.Close()
			errno = syscall.EACCES
		}
		if errno != 0 {
			return nil, errno
		}
		return f, 0
	}
	if errno := t.OpenInto(&f.File, name, flag, perm); errno != 0 {
		return nil, errno
	}
	if i, errno := f.inode(); errno != 0 || isSpecial(i.kind) {
		_ = f.File.Close()
		return nil, syscall.EACCES
	}
	return &f.File, 0
}

func isSpecial(mode fs.FileMode) bool {
	return mode&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeDevice|fs.ModeCharDevice|fs.ModeIrregular) != 0
}

// OpenUnnamed opens a new file without a name in the directory dir. Unless linkable it can never get one. EOPNOTSUPP: the
// filesystem, the kernel or the system has no O_TMPFILE.
func (t *Tree) OpenUnnamed(dir string, flag int, perm fs.FileMode, linkable bool) (Handle, syscall.Errno) {
	if t.ledger != nil {
		return t.ledger.openUnnamed(t, dir, flag, perm, linkable)
	}
	f := &File{}
	if errno := t.openUnnamed(f, dir, flag, perm, linkable); errno != 0 {
		return nil, errno
	}
	return f, 0
}

// Mkdir makes a directory.
func (t *Tree) Mkdir(name string, perm fs.FileMode) syscall.Errno {
	mkdir := func() syscall.Errno { return t.names.Mkdir(name, perm) }
	if t.ledger == nil {
		return mkdir()
	}
	return t.ledger.make(t, name, true, 0, mkdir)
}

// Symlink makes a symbolic link whose target is kept as given.
func (t *Tree) Symlink(target, name string) syscall.Errno {
	symlink := func() syscall.Errno { return t.names.Symlink(target, name) }
	if t.ledger == nil {
		return symlink()
	}
	if hasNUL(target, name) {
		return syscall.EINVAL
	}
	if errno := checkName(target); errno != 0 {
		return errno
	}
	return t.ledger.make(t, name, false, len(target), symlink)
}

// Link makes a hard link, of a symbolic link itself when oldname is one.
func (t *Tree) Link(oldname, newname string) syscall.Errno {
	if t.ledger == nil {
		return t.names.Link(oldname, newname)
	}
	return t.ledger.link(t, oldname, newname)
}

// Rename has os.Rename's rule for a directory at newname, then those of rename(2).
func (t *Tree) Rename(oldname, newname string) syscall.Errno {
	if t.ledger == nil {
		return t.names.Rename(oldname, newname)
	}
	return t.ledger.rename(t, oldname, newname)
}

// Remove removes a file, a link or an empty directory.
func (t *Tree) Remove(name string) syscall.Errno {
	if t.ledger == nil {
		return t.names.Remove(name)
	}
	return t.ledger.remove(t, name)
}

// Truncate mirrors truncate(2), which names what cannot have a size by EINVAL.
func (t *Tree) Truncate(name string, size int64) syscall.Errno {
	if t.ledger == nil {
		return t.names.Truncate(name, size)
	}
	if size < 0 {
		return syscall.EINVAL
	}
	f, errno := t.OpenFile(name, os.O_WRONLY, 0)
	if errno == syscall.ENXIO { // a FIFO that nobody reads
		return syscall.EINVAL
	}
	if errno != 0 {
		return errno
	}
	errno = f.Truncate(size)
	_ = f.Close()
	return errno
}

// Sub returns the directory name as a tree of its own. It follows the directory through renames, as its descriptor does. A
// Sub of the root directory shares that's mode with t, and every Sub its quota.
func (t *Tree) Sub(name string) (*Tree, syscall.Errno) {
	sub := &Tree{}
	var errno syscall.Errno
	if t.ledger != nil {
		errno = t.ledger.sub(t, name, sub)
	} else {
		errno = t.sub(name, &sub.names)
	}
	if errno != 0 {
		return nil, errno
	}
	sub.refusesSpecial = t.refusesSpecial
	return sub, 0
}
