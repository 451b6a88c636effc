package disk

import (
	"os"
	"path/filepath"
	"syscall"
)

// portable reaches names through an os.Root, which refuses whatever would leave the directory. It is what all systems have; Linux
// uses it where there is no openat2(2).
//
// os.Root alone does not have the outcome that Linux gives a process in a chroot: it refuses absolute links and ".." above the root, follows 8 links
// instead of 40 and keeps trailing slashes in its own way. So a plain name is handed to os.Root as it is,
// and what it does not accept is resolved here, component by component and again through the os.Root, to a path without
// links, on which the operation is tried once more.
type portable struct {
	*rootDir
	root guard
}

func newPortable(dir *rootDir, root *os.Root) *portable {
	learnEscape(root)
	return &portable{dir, guard{root}}
}

// realPath is Tree.RealPath.
func (t *portable) realPath(name string) (string, syscall.Errno) {
	host := ""
	errno := retry(func() syscall.Errno {
		p, errno := t.resolve(name, true)
		if errno == 0 && p.info == nil && p.slash {
			return syscall.ENOENT
		}
		if errno == 0 {
			host = filepath.Join(t.dir, filepath.FromSlash(p.path()))
		}
		return errno
	})
	if errno == 0 {
		errno = t.stillThere()
	}
	if errno != 0 {
		return "", errno
	}
	return host, 0
}

func (t *portable) stillThere() syscall.Errno {
	root, err := t.root.Stat(".")
	if err != nil {
		return errnoOf(err)
	}
	there, err := os.Lstat(t.dir)
	if err != nil {
		return errnoOf(err)
	}
	if !os.SameFile(root, there) {
		return syscall.ENOENT
	}
	return 0
}

// entry is Tree.Entry.
func (t *portable) entry(name string) (*Entry, syscall.Errno) {
	var e *Entry
	errno := retry(func() syscall.Errno {
		p, errno := t.searchable(name)
		if errno == 0 && p.kind != lastName {
			errno = syscall.EBUSY
		}
		if errno == 0 {
			errno = t.look(p)
		}
		if errno == 0 {
			errno = p.mustExist()
		}
		if errno != 0 {
			return errno
		}
		dir, err := t.parentOf(p.path())
		if err == nil {
			e = &Entry{dir, p.base}
		}
		return attempt(err)
	})
	return e, errno
}

// removeIn is RemoveAll of base in the directory dir, which has to be readable; without a base of what is in dir.
func (t *portable) removeIn(dir, base string) (failed string, errno syscall.Errno) {
	opened, errno := t.openFile(dir, os.O_RDONLY, 0)
	if errno != 0 {
		return "", errno
	}
	_ = opened.Close()
	p, errno := t.resolve(dir, true)
	switch {
	case errno != 0:
		return "", errno
	case hasNUL(base, ""):
		return "", syscall.EINVAL
	case p.info != nil && !p.info.IsDir():
		return "", syscall.ENOTDIR
	case base == "." || base == "..":
		return "", syscall.EINVAL
	}
	path := p.path()
	switch {
	case path == "." && base != "":
		path = base
	case base != "":
		path += "/" + base
	}
	return firstFailure(removeTree(t.root, path, false, t.ledger), path)
}
