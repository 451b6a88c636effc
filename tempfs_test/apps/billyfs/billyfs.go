// Package billyfs gives an afero.Fs to what takes a billy.Filesystem of github.com/go-git/go-billy/v5: go-git, for one.
//
//	worktree := billyfs.ToBilly(fsys)
//	dot, err := worktree.Chroot(".git")
//	repository, err := git.Clone(filesystem.NewStorage(dot, cache.NewObjectLRUDefault()), worktree, options)
//
// The library cannot have this in itself: methods of a billy.Filesystem return interfaces of billy, so only what imports billy can be one.
package billyfs

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/helper/chroot"
	"github.com/go-git/go-billy/v5/util"
	"github.com/spf13/afero"
)

// ToBilly is fsys as a billy.Filesystem, which is a billy.Change and billy.Capable too. What billy wants is added: parents are made for what is created. The rest is as fsys has it: targets
// of links stay as they were written, and absolute ones lead to what is in fsys. What fsys lacks, symbolic links or Lchown, is billy.ErrNotSupported.
func ToBilly(fsys afero.Fs) billy.Filesystem {
	return &filesystem{fsys: fsys, locks: newLocks()}
}

type filesystem struct {
	fsys  afero.Fs
	locks *locks
}

var (
	_ billy.Filesystem = (*filesystem)(nil)
	_ billy.Change     = (*filesystem)(nil)
	_ billy.Capable    = (*filesystem)(nil)
)

// at is a name from the root, which is what billy means by a relative name, and by none.
func at(name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	return "/" + name
}

// parents makes those of name, as billy has it wherever something is created.
func (b *filesystem) parents(name string) error {
	return b.fsys.MkdirAll(path.Dir(at(name)), 0o777)
}

func (b *filesystem) Create(name string) (billy.File, error) {
	return b.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

func (b *filesystem) Open(name string) (billy.File, error) { return b.OpenFile(name, os.O_RDONLY, 0) }

func (b *filesystem) OpenFile(name string, flag int, perm fs.FileMode) (billy.File, error) {
	f, err := b.fsys.OpenFile(at(name), flag, perm)
	if flag&os.O_CREATE != 0 && errors.Is(err, fs.ErrNotExist) {
		if err = b.parents(name); err != nil {
			return nil, err
		}
		f, err = b.fsys.OpenFile(at(name), flag, perm)
	}
	if err != nil {
		return nil, err
	}
	return &file{File: f, name: strings.TrimLeft(name, "/"), locks: b.locks}, nil
}

func (b *filesystem) Stat(name string) (fs.FileInfo, error) { return b.fsys.Stat(at(name)) }

func (b *filesystem) Rename(oldname, newname string) error {
	if err := b.parents(newname); err != nil {
		return err
	}
	return b.fsys.Rename(at(oldname), at(newname))
}

func (b *filesystem) Remove(name string) error { return b.fsys.Remove(at(name)) }

func (b *filesystem) Join(elements ...string) string { return path.Join(elements...) }

// TempFile is in the root if there is no dir: billy's helper would look for the temp directory of the host in here.
func (b *filesystem) TempFile(dir, prefix string) (billy.File, error) {
	if dir == "" {
		dir = "/"
	}
	return util.TempFile(b, dir, prefix)
}

func (b *filesystem) ReadDir(name string) ([]fs.FileInfo, error) {
	return afero.ReadDir(b.fsys, at(name))
}

func (b *filesystem) MkdirAll(name string, perm fs.FileMode) error {
	return b.fsys.MkdirAll(at(name), perm)
}

func (b *filesystem) Lstat(name string) (fs.FileInfo, error) {
	links, ok := b.fsys.(afero.Lstater)
	if !ok {
		return b.fsys.Stat(at(name))
	}
	info, _, err := links.LstatIfPossible(at(name))
	return info, err
}

func (b *filesystem) Symlink(target, name string) error {
	links, ok := b.fsys.(afero.Linker)
	if !ok {
		return billy.ErrNotSupported
	}
	if err := b.parents(name); err != nil {
		return err
	}
	return links.SymlinkIfPossible(target, at(name))
}

func (b *filesystem) Readlink(name string) (string, error) {
	links, ok := b.fsys.(afero.LinkReader)
	if !ok {
		return "", billy.ErrNotSupported
	}
	return links.ReadlinkIfPossible(at(name))
}

// Chroot is billy's own helper, since what billy means by it is more lexical than chroot(2): a name or a link that climbs out is ErrCrossedBoundary, and not the root again; the directory may
// be missing until something is made in it; an absolute target is written with the directory in front. It is a view, and what it lets through still ends in fsys. A chroot as the kernel's, which keeps
// targets as they are, is ToBilly of the Sub of a tempfs.Fs: take that for the worktree of a repository.
func (b *filesystem) Chroot(name string) (billy.Filesystem, error) {
	return chroot.New(b, path.Join("/", name)), nil
}

func (*filesystem) Root() string { return "/" }

// Capabilities are all: an afero.Fs cannot say what it is not able to.
func (*filesystem) Capabilities() billy.Capability { return billy.AllCapabilities }

func (b *filesystem) Chmod(name string, mode fs.FileMode) error { return b.fsys.Chmod(at(name), mode) }

func (b *filesystem) Chown(name string, uid, gid int) error { return b.fsys.Chown(at(name), uid, gid) }

// Lchown is not in afero; tempfs has it.
func (b *filesystem) Lchown(name string, uid, gid int) error {
	l, ok := b.fsys.(interface {
		Lchown(name string, uid, gid int) error
	})
	if !ok {
		return billy.ErrNotSupported
	}
	return l.Lchown(at(name), uid, gid)
}

func (b *filesystem) Chtimes(name string, atime, mtime time.Time) error {
	return b.fsys.Chtimes(at(name), atime, mtime)
}
