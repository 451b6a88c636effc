//go:build !linux

package disk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// search is not asked on other systems: what follows fails by itself, but for "." and "..".
func (g guard) search(string) error { return nil }

// own gives the directory at path the mode rootPerm.
func (g guard) own(path string) error {
	info, err := g.Lstat(path)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return syscall.ENOTDIR
	}
	return g.Chmod(path, rootPerm)
}

// mkdirSticky is Mkdir with the sticky bit, at a path without links. As package os does where mkdir(2) may not honour the
// bit, it sets that afterwards.
func (g guard) mkdirSticky(path string, perm fs.FileMode) error {
	if err := g.Mkdir(path, perm); err != nil {
		return err
	}
	info, err := g.Lstat(path)
	if err != nil {
		return err
	}
	return g.chmodPath(path, info.Mode()&(fs.ModePerm|specialBits)|fs.ModeSticky)
}

// create opens a path without links, with a mode of any bits for a new file. Only a file that is born here gets the special ones.
func (g guard) create(path string, flag int, perm fs.FileMode) (*os.File, error) {
	f, err := g.OpenFile(path, flag|os.O_EXCL, perm.Perm())
	if err != nil {
		if errors.Is(err, fs.ErrExist) && flag&os.O_EXCL == 0 {
			return g.OpenFile(path, flag, perm.Perm())
		}
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = f.Chmod(info.Mode().Perm() | perm&specialBits)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
