package suites

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"syscall"
	"time"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/util"
	"github.com/spf13/afero"
)

// billyFs is a billy.Filesystem as an afero.Fs. It adds what billy has no method for, so that what differs is of the filesystem and not of the
// adapter: Mkdir, RemoveAll, directories that can be opened, and the infos of open files. Those are of the name, so an open file that was removed has
// none: billy has no better.
type billyFs struct{ billy.Filesystem }

var _ afero.Symlinker = billyFs{}

func (b billyFs) Name() string { return "go-billy" }

func (b billyFs) Create(name string) (afero.File, error) {
	return b.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

func (b billyFs) Open(name string) (afero.File, error) { return b.OpenFile(name, os.O_RDONLY, 0) }

func (b billyFs) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	info, err := b.Stat(name)
	if err == nil && info.IsDir() {
		switch {
		case flag&os.O_CREATE != 0 && flag&os.O_EXCL != 0:
			return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.EEXIST}
		case flag&(os.O_WRONLY|os.O_RDWR|os.O_CREATE|os.O_TRUNC) != 0:
			return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.EISDIR}
		}
		return &billyDirectory{fs: b, name: name}, nil
	}
	f, err := b.Filesystem.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &billyFile{File: f, fs: b, name: name}, nil
}

// Mkdir has the parent looked at first: billy makes parents.
func (b billyFs) Mkdir(name string, perm fs.FileMode) error {
	if _, err := b.Lstat(name); err == nil {
		return &fs.PathError{Op: "mkdir", Path: name, Err: syscall.EEXIST}
	}
	parent, err := b.Stat(path.Dir(path.Clean(name)))
	switch {
	case err != nil:
		return &fs.PathError{Op: "mkdir", Path: name, Err: syscall.ENOENT}
	case !parent.IsDir():
		return &fs.PathError{Op: "mkdir", Path: name, Err: syscall.ENOTDIR}
	}
	return b.MkdirAll(name, perm)
}

func (b billyFs) RemoveAll(name string) error { return util.RemoveAll(b.Filesystem, name) }

// Chmod adds the kind of the file: memfs takes it for a part of the mode, and a directory that loses it is a file.
func (b billyFs) Chmod(name string, mode fs.FileMode) error {
	c, ok := b.Filesystem.(billy.Chmod)
	if !ok {
		return &fs.PathError{Op: "chmod", Path: name, Err: errors.ErrUnsupported}
	}
	info, err := b.Stat(name)
	if err != nil {
		return err
	}
	return c.Chmod(name, info.Mode().Type()|mode)
}

// Chown and Chtimes are of billy.Change, which memfs is not.
func (b billyFs) Chown(name string, _, _ int) error {
	return &fs.PathError{Op: "chown", Path: name, Err: errors.ErrUnsupported}
}

func (b billyFs) Chtimes(name string, _, _ time.Time) error {
	return &fs.PathError{Op: "chtimes", Path: name, Err: errors.ErrUnsupported}
}

func (b billyFs) SymlinkIfPossible(target, name string) error { return b.Symlink(target, name) }

func (b billyFs) ReadlinkIfPossible(name string) (string, error) { return b.Readlink(name) }

func (b billyFs) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	info, err := b.Lstat(name)
	return info, true, err
}
