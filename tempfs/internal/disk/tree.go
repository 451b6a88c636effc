package disk

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
)

// Tree is a directory of the host as a filesystem of its own. Any number of goroutines may use it, beside Close and Release too.
type Tree struct {
	root guard
	dir  string // on the host, absolute

	anchor *anchor  // nil for a Sub
	born   identity // of the root directory; zero for a Sub of another one

	// mode is what Chmod said of the root directory, shown and never given to the host. nil for a Sub of another directory,
	// which is one like any other.
	mode *atomic.Uint32
}

// Dir returns the directory on the host.
func (t *Tree) Dir() string { return t.dir }

// Close gives back the descriptors of the tree and deletes nothing. Operations fail from then on. It is not for use beside Release.
func (t *Tree) Close() {
	_ = t.root.Close()
	if t.anchor != nil {
		t.anchor.close()
		t.anchor = nil
	}
}

// Detach is Close with a mark on the root directory by which sweepers know that it is to stay.
func (t *Tree) Detach() syscall.Errno {
	errno := t.anchor.mark()
	t.Close()
	return errno
}

// Keep is Detach with a mark by which [RemoveKept] knows the directory, too.
func (t *Tree) Keep() syscall.Errno {
	errno := t.anchor.markKept()
	t.Close()
	return errno
}

// Sub returns the directory name as a tree of its own. It follows the directory through renames, as its descriptor does. A
// Sub of the root directory shares that's mode with t.
func (t *Tree) Sub(name string) (*Tree, syscall.Errno) {
	sub := &Tree{}
	isDir := true
	errno := t.onResolved(name, true, func(path string) (err error) {
		info, err := t.root.Lstat(path)
		isDir = err != nil || info.IsDir()
		if !isDir {
			return nil // os.Root has no errno for it
		}
		sub.root.Root, err = t.root.OpenRoot(path)
		sub.dir = filepath.Join(t.dir, filepath.FromSlash(path))
		if path == "." {
			sub.born, sub.mode = t.born, t.mode
		}
		return err
	})
	switch {
	case errno != 0:
		return nil, errno
	case !isDir:
		return nil, syscall.ENOTDIR
	}
	return sub, 0
}

// RealPath returns the path of name on the host, links resolved. The last component may be missing. It is ENOENT once the
// directory of a Sub, or that of the tree, is not where it was.
func (t *Tree) RealPath(name string) (string, syscall.Errno) {
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

func (t *Tree) stillThere() syscall.Errno {
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
