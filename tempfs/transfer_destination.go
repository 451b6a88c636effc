package tempfs

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/spf13/afero"
)

// destination is what a transfer copies to: any afero.Fs, asked once for what it has beyond that.
type destination struct {
	afero.Fs
	isOurs  bool
	lstater afero.Lstater
	linker  afero.Linker
	reader  afero.LinkReader
	hard    interface {
		Link(oldname, newname string) error
	}
	owner interface {
		Lchown(name string, uid, gid int) error
	}
}

func newDestination(to afero.Fs) *destination {
	d := &destination{Fs: to}
	_, d.isOurs = to.(*Fs)
	d.lstater, _ = to.(afero.Lstater)
	d.linker, _ = to.(afero.Linker)
	d.reader, _ = to.(afero.LinkReader)
	d.hard, _ = to.(interface {
		Link(oldname, newname string) error
	})
	d.owner, _ = to.(interface {
		Lchown(name string, uid, gid int) error
	})
	return d
}

func (d *destination) lstat(name string) (fs.FileInfo, error) {
	if d.lstater == nil {
		return d.Stat(name)
	}
	info, _, err := d.lstater.LstatIfPossible(name)
	return info, err
}

// mkdir makes a directory that its owner can fill, whatever the umask, or finds one.
func (d *destination) mkdir(name string, umask fs.FileMode) (isNew bool, err error) {
	if !d.isOurs { // some have no error for a directory that is there
		if there, missing := d.lstat(name); missing == nil {
			return false, mustBeDir(there)
		}
	}
	err = d.Mkdir(name, 0o700)
	if errors.Is(err, fs.ErrExist) {
		there, failed := d.lstat(name)
		if failed != nil {
			return false, failed
		}
		return false, mustBeDir(there)
	}
	if err == nil && umask&0o700 != 0 {
		if err = d.unlessUnable(d.Chmod(name, 0o700)); err != nil {
			_ = d.Remove(name)
		}
	}
	return err == nil, err
}

func mustBeDir(info fs.FileInfo) error {
	if info.IsDir() {
		return nil
	}
	return syscall.EEXIST
}

// mustBeFree is for those that do not heed O_EXCL, as ours does.
func (d *destination) mustBeFree(name string) error {
	if d.isOurs {
		return nil
	}
	if _, err := d.lstat(name); err == nil {
		return syscall.EEXIST
	}
	return nil
}

func (d *destination) create(name string, perm fs.FileMode) (afero.File, error) {
	if err := d.mustBeFree(name); err != nil {
		return nil, err
	}
	return d.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
}

// symlink makes a link with exactly that target: afero.BasePathFs makes another of it, which is taken back.
func (d *destination) symlink(target, name string) error {
	if d.linker == nil {
		return afero.ErrNoSymlink
	}
	if err := d.mustBeFree(name); err != nil {
		return err
	}
	if err := d.linker.SymlinkIfPossible(target, name); err != nil || d.isOurs {
		return err
	}
	if d.reader == nil {
		return nil
	}
	if is, err := d.reader.ReadlinkIfPossible(name); err != nil || is != target {
		return errors.Join(afero.ErrNoSymlink, d.Remove(name))
	}
	return nil
}

// link is for a destination that has hard links.
func (d *destination) link(oldname, newname string) error {
	if err := d.mustBeFree(newname); err != nil {
		return err
	}
	return d.hard.Link(oldname, newname)
}

// chmod is by the open file where that can be.
func (d *destination) chmod(name string, f afero.File, mode fs.FileMode) error {
	if ours, ok := f.(*file); ok {
		if ours.fs != nil {
			mode = ours.fs.modeFor(mode)
		}
		return d.unlessUnable(ours.result(opChmod, ours.handle.Chmod(mode)))
	}
	return d.unlessUnable(d.Chmod(name, mode))
}

func (d *destination) chtimes(name string, atime, mtime time.Time) error {
	if mtime.IsZero() {
		return nil
	}
	return d.unlessUnable(d.Chtimes(name, atime, mtime))
}

// unlessUnable lets a system have no such thing, WASI no modes, and a foreign filesystem, which may say so in words of its own: then there is no errno and no
// error of io/fs.
func (d *destination) unlessUnable(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSYS):
		return nil
	case err == nil || d.isOurs:
		return err
	}
	for _, known := range []error{fs.ErrNotExist, fs.ErrClosed, fs.ErrInvalid} {
		if errors.Is(err, known) {
			return err
		}
	}
	if !errors.As(err, new(syscall.Errno)) || isUnable(err) {
		return nil
	}
	return err
}
