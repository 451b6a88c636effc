//go:build !unix || aix || solaris

package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// anchor holds the root directory of a tree from its birth to its release: by an os.Root, and by its path. There is no lock: a directory of
// a process that died cannot be told from a live one.
type anchor struct {
	parent parent
	name   string
	root   *os.Root
	id     identity
}

// identity tells a directory from all others that exist at the same time.
type identity struct{ info fs.FileInfo }

// isOf reports whether info, of package os, is of that directory.
func (id identity) isOf(info fs.FileInfo) bool { return id.info != nil && os.SameFile(id.info, info) }

// parent is the directory of the host in which a root directory is made.
type parent struct{ dir string }

func openParent(dir string) (parent, error) { return parent{dir}, nil }

func (p parent) close() {}

func (p parent) locks() bool { return false }

func (p parent) fail(op, name string, errno syscall.Errno) error {
	return &fs.PathError{Op: op, Path: filepath.Join(p.dir, name), Err: errno}
}

// birth makes the directory name and opens it. fs.ErrExist says that the name is taken, or was taken from the new directory before it was open.
func (p parent) birth(name string, _ bool) (*anchor, error) {
	host := filepath.Join(p.dir, name)
	if err := os.Mkdir(host, rootPerm); err != nil {
		return nil, err
	}
	a := &anchor{parent: p, name: name}
	err := a.settle()
	if err != nil && !errors.Is(err, fs.ErrExist) {
		_ = syscall.Rmdir(host) // empty, and of a name that was free: ours
	}
	return a, err
}

// settle opens what birth made and proves that it is what birth made. A directory that stands there by its own name and is empty is as
// good as ours.
func (a *anchor) settle() error {
	host := filepath.Join(a.parent.dir, a.name)
	there, err := os.Lstat(host)
	if err != nil {
		return err
	}
	if there.IsDir() && there.Mode() != fs.ModeDir|rootPerm {
		if err := chmodHost(host, rootPerm); err != nil {
			return err
		}
	}
	if a.root, err = os.OpenRoot(host); err != nil {
		return err
	}
	a.id.info, err = a.root.Stat(".")
	if err == nil && a.id.isOf(there) {
		var dir *os.File
		if dir, err = a.root.Open("."); err == nil {
			_, err = dir.Readdirnames(1)
			_ = dir.Close()
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
	}
	_ = a.root.Close()
	if err == nil {
		err = a.parent.fail("mkdir", a.name, syscall.EEXIST)
	}
	return err
}

// openRoot gives the os.Root away.
func (a *anchor) openRoot() (*os.Root, error) { return a.root, nil }

// mark has nobody to tell: nothing here is swept.
func (a *anchor) mark() syscall.Errno { return 0 }

func (a *anchor) rmdir() syscall.Errno {
	return errnoOf(syscall.Rmdir(filepath.Join(a.parent.dir, a.name)))
}

// close leaves the os.Root to who has it.
func (a *anchor) close() {}
