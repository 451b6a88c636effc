package aferotest

import (
	"io/fs"
	"os"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
)

// broken is the memory backend with other methods in place of some.
type broken struct {
	*memfallback.Fs
	openFile  func(name string, flag int, perm fs.FileMode) (*memfallback.File, error)
	file      func(f *memfallback.File, flag int) afero.File
	mkdir     func(name string, perm fs.FileMode) error
	mkdirAll  func(name string, perm fs.FileMode) error
	remove    func(name string) error
	removeAll func(name string) error
	rename    func(oldname, newname string) error
	link      func(oldname, newname string) error
	symlink   func(target, name string) error
	readlink  func(name string) (string, error)
	stat      func(name string) (fs.FileInfo, error)
	lstat     func(name string) (fs.FileInfo, error)
	chmod     func(name string, mode fs.FileMode) error
	chtimes   func(name string, atime, mtime time.Time) error
	truncate  func(name string, size int64) error
}

func (b *broken) Create(name string) (afero.File, error) {
	return b.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

func (b *broken) Open(name string) (afero.File, error) { return b.OpenFile(name, os.O_RDONLY, 0) }

func (b *broken) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	var f *memfallback.File
	var err error
	if b.openFile != nil {
		f, err = b.openFile(name, flag, perm)
	} else {
		f, err = openRight(b.Fs, name, flag, perm)
	}
	switch {
	case err != nil:
		return nil, err
	case b.file != nil:
		return b.file(f, flag), nil
	}
	return f, nil
}

func openRight(right *memfallback.Fs, name string, flag int, perm fs.FileMode) (*memfallback.File, error) {
	f, err := right.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return f.(*memfallback.File), nil
}

// instead returns the first of two functions that is there.
func instead[F any](wrong, right F, isThere bool) F {
	if isThere {
		return wrong
	}
	return right
}

func (b *broken) Mkdir(name string, perm fs.FileMode) error {
	return instead(b.mkdir, b.Fs.Mkdir, b.mkdir != nil)(name, perm)
}

func (b *broken) MkdirAll(name string, perm fs.FileMode) error {
	return instead(b.mkdirAll, b.Fs.MkdirAll, b.mkdirAll != nil)(name, perm)
}

func (b *broken) Remove(name string) error {
	return instead(b.remove, b.Fs.Remove, b.remove != nil)(name)
}

func (b *broken) RemoveAll(name string) error {
	return instead(b.removeAll, b.Fs.RemoveAll, b.removeAll != nil)(name)
}

func (b *broken) Rename(oldname, newname string) error {
	return instead(b.rename, b.Fs.Rename, b.rename != nil)(oldname, newname)
}

func (b *broken) Link(oldname, newname string) error {
	return instead(b.link, b.Fs.Link, b.link != nil)(oldname, newname)
}

func (b *broken) SymlinkIfPossible(target, name string) error {
	return instead(b.symlink, b.Fs.SymlinkIfPossible, b.symlink != nil)(target, name)
}

func (b *broken) ReadlinkIfPossible(name string) (string, error) {
	return instead(b.readlink, b.Fs.ReadlinkIfPossible, b.readlink != nil)(name)
}

func (b *broken) Stat(name string) (fs.FileInfo, error) {
	return instead(b.stat, b.Fs.Stat, b.stat != nil)(name)
}

func (b *broken) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	if b.lstat == nil {
		return b.Fs.LstatIfPossible(name)
	}
	info, err := b.lstat(name)
	return info, true, err
}

func (b *broken) Chmod(name string, mode fs.FileMode) error {
	return instead(b.chmod, b.Fs.Chmod, b.chmod != nil)(name, mode)
}

func (b *broken) Chtimes(name string, atime, mtime time.Time) error {
	return instead(b.chtimes, b.Fs.Chtimes, b.chtimes != nil)(name, atime, mtime)
}

func (b *broken) Truncate(name string, size int64) error {
	return instead(b.truncate, b.Fs.Truncate, b.truncate != nil)(name, size)
}

// brokenFile is a file of the memory backend with other methods in place of some.
type brokenFile struct {
	*memfallback.File
	name         func() string
	read         func(p []byte) (int, error)
	readAt       func(p []byte, off int64) (int, error)
	write        func(p []byte) (int, error)
	writeAt      func(p []byte, off int64) (int, error)
	seek         func(offset int64, whence int) (int64, error)
	truncate     func(size int64) error
	stat         func() (fs.FileInfo, error)
	readdir      func(n int) ([]fs.FileInfo, error)
	readdirnames func(n int) ([]string, error)
	close        func() error
}

func (f *brokenFile) Name() string { return instead(f.name, f.File.Name, f.name != nil)() }

func (f *brokenFile) Read(p []byte) (int, error) {
	return instead(f.read, f.File.Read, f.read != nil)(p)
}

func (f *brokenFile) ReadAt(p []byte, off int64) (int, error) {
	return instead(f.readAt, f.File.ReadAt, f.readAt != nil)(p, off)
}

func (f *brokenFile) Write(p []byte) (int, error) {
	return instead(f.write, f.File.Write, f.write != nil)(p)
}

func (f *brokenFile) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

func (f *brokenFile) WriteAt(p []byte, off int64) (int, error) {
	return instead(f.writeAt, f.File.WriteAt, f.writeAt != nil)(p, off)
}

func (f *brokenFile) Seek(offset int64, whence int) (int64, error) {
	return instead(f.seek, f.File.Seek, f.seek != nil)(offset, whence)
}

func (f *brokenFile) Truncate(size int64) error {
	return instead(f.truncate, f.File.Truncate, f.truncate != nil)(size)
}

func (f *brokenFile) Stat() (fs.FileInfo, error) {
	return instead(f.stat, f.File.Stat, f.stat != nil)()
}

func (f *brokenFile) Readdir(n int) ([]fs.FileInfo, error) {
	return instead(f.readdir, f.File.Readdir, f.readdir != nil)(n)
}

func (f *brokenFile) Readdirnames(n int) ([]string, error) {
	return instead(f.readdirnames, f.File.Readdirnames, f.readdirnames != nil)(n)
}

func (f *brokenFile) Close() error { return instead(f.close, f.File.Close, f.close != nil)() }
