package disk

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sync/atomic"
	"syscall"
)

// rootPerm is the mode of a root directory on the host, for life: nobody but the owner reaches the tree, or can hold a lock that keeps
// it from being swept.
const rootPerm = 0o700

// noLocks, an errno that no system has, and errNoLocks say that the filesystem has no locks. They never leave this package.
const noLocks syscall.Errno = 1<<24 + 1

var errNoLocks = errors.New("no locks on this filesystem")

// Make makes a new directory with mode 0700, whatever the umask, in the host directory dir, which is absolute, and returns it as a tree. name is
// asked for a name, and for another one while that is taken, tries times at most; then the error is fs.ErrExist. locked tells name whether the
// directory will be under a lock from now on until its release, or else must not be taken for one that has lost it.
//
// Errors are about the host and name its paths.
func Make(dir string, tries int, name func(locked bool) string) (*Tree, error) {
	p, err := openParent(dir)
	if err != nil {
		return nil, err
	}
	locked := p.locks()
	err = &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.EEXIST}
	for range tries {
		var a *anchor
		a, err = p.birth(name(locked), locked)
		if err == nil {
			return a.tree()
		}
		if errors.Is(err, errNoLocks) {
			locked = false
		} else if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	p.close()
	return nil, err
}

// tree takes the anchor.
func (a *anchor) tree() (*Tree, error) {
	t := &Tree{anchor: a}
	err := t.begin(a, rootDir{dir: filepath.Join(a.parent.dir, a.name), born: a.id, mode: new(atomic.Uint32)})
	if err != nil {
		_ = a.rmdir()
		a.close()
		return nil, err
	}
	t.mode.Store(rootPerm)
	return t, nil
}
