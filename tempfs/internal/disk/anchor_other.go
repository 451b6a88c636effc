//go:build (!unix || aix || solaris) && !windows

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
	a := &anchor{parent: p, name: name}
	if err := os.Mkdir(a.host(), rootPerm); err != nil {
		return nil, err
	}
	err := a.settle()
	if err != nil && !errors.Is(err, fs.ErrExist) {
		_ = a.rmdir() // empty, and of a name that was free: ours
	}
	return a, err
}

// settle opens what birth made and proves that it is what birth made. A directory that stands there by its own name and is empty is as
// good as ours.
func (a *anchor) settle() error {
	host := a.host()
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

func (a *anchor) host() string { return filepath.Join(a.parent.dir, a.name) }

// openRoot gives the os.Root away.
func (a *anchor) openRoot() (*os.Root, error) { return a.root, nil }

// enter proves the directory. Where an os.Root is but a path, under js, a stranger that took the name would be emptied.
func (a *anchor) enter() error {
	if here, err := a.root.Stat("."); err == nil && !a.id.isOf(here) {
		return ErrReplaced
	}
	a.own()
	return nil
}

// own gives the root directory its mode back, without which nothing below can be reached.
func (a *anchor) own() {
	info, err := os.Lstat(a.host())
	if err == nil && a.id.isOf(info) && info.Mode().Perm() != rootPerm {
		_ = chmodHost(a.host(), rootPerm) // what follows tells
	}
}

// removeRoot removes the directory, which is empty, if it is still the one under its name.
func (a *anchor) removeRoot() error {
	now, err := os.Lstat(a.host())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return errnoOf(err)
	case !a.id.isOf(now):
		return ErrReplaced
	}
	// Not os.Remove, which would delete a file that takes the name right now.
	if errno := a.rmdir(); errno != 0 && errno != syscall.ENOENT {
		return errno
	}
	return nil
}

// mark has nobody to tell: nothing here is swept.
func (a *anchor) mark() syscall.Errno { return 0 }

func (a *anchor) rmdir() syscall.Errno {
	return errnoOf(syscall.Rmdir(a.host()))
}

// close leaves the os.Root to who has it.
func (a *anchor) close() {}
