package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
)

// rootPerm is the mode of a root directory for life: nobody but the owner reaches the tree.
const rootPerm = 0o700

// Tree is a directory of the host as a filesystem of its own. Any number of goroutines may use it, beside Close and Release too.
type Tree struct {
	root guard
	dir  string      // on the host, absolute
	born fs.FileInfo // of the root directory when it was made; nil for a Sub of another directory

	// mode is what Chmod said of the root directory, shown and never given to the host. nil for a Sub of another directory,
	// which is one like any other.
	mode *atomic.Uint32
}

// Make makes the directory name in the host directory dir, which is absolute, with mode 0700 whatever the umask, and
// returns it as a tree. A name that is taken is fs.ErrExist, also when somebody takes it from the new directory before
// that is opened; errors are about the host and name its paths.
func Make(dir, name string) (*Tree, error) {
	host := filepath.Join(dir, name)
	if err := os.Mkdir(host, rootPerm); err != nil {
		return nil, err
	}
	t, err := open(host)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		_ = syscall.Rmdir(host) // empty, and of a name that was free: ours
	}
	return t, err
}

func open(host string) (*Tree, error) {
	if err := ownMode(host); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(host)
	if err != nil {
		return nil, err
	}
	learnEscape(root)
	born, err := newborn(root, host)
	if err != nil {
		_ = root.Close()
		return nil, err
	}
	t := &Tree{root: guard{root}, dir: host, born: born, mode: new(atomic.Uint32)}
	t.mode.Store(rootPerm)
	return t, nil
}

// ownMode undoes a umask that took bits of the owner, and a setgid bit that the new directory has from its parent.
func ownMode(host string) error {
	info, err := os.Lstat(host)
	if err != nil || !info.IsDir() || info.Mode() == fs.ModeDir|rootPerm {
		return err
	}
	return chmodHost(host, rootPerm)
}

// newborn looks whether root is what Make made: where others may rename, a link to a directory of the user or that directory
// itself may have come in between, and Release would empty it. A directory that stands there by its own name and is empty
// is as good as ours.
func newborn(root *os.Root, host string) (fs.FileInfo, error) {
	born, err := root.Stat(".")
	if err != nil {
		return nil, err
	}
	there, err := os.Lstat(host)
	if err != nil {
		return nil, err
	}
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer func() { _ = dir.Close() }()
	_, err = dir.Readdirnames(1)
	if !os.SameFile(born, there) || !errors.Is(err, io.EOF) {
		return nil, &fs.PathError{Op: "mkdir", Path: host, Err: syscall.EEXIST}
	}
	return born, nil
}

// Dir returns the directory on the host.
func (t *Tree) Dir() string { return t.dir }

// Close gives back the descriptor of the root and deletes nothing. Operations fail from then on.
func (t *Tree) Close() { _ = t.root.Close() }

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
