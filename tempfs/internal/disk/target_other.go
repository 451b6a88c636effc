//go:build !linux

package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// directory is a directory of the host by its path. No method follows a base, as far as the system can.
type directory struct{ path string }

func openDirectoryAt(path string) (directory, syscall.Errno) {
	if !filepath.IsAbs(path) { // the working directory may be another later
		wd, err := os.Getwd()
		if err != nil {
			return directory{}, errnoOf(err)
		}
		path = wd + string(os.PathSeparator) + path
	}
	if trimmed := strings.TrimRightFunc(path, isSeparator); trimmed != filepath.VolumeName(path) {
		path = trimmed // of a file with a separator behind it some systems say that there is none
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return directory{}, errnoOf(err)
	case !info.IsDir():
		return directory{}, syscall.ENOTDIR
	}
	return directory{path}, 0
}

// parentOf is the directory of a path without links.
func (t *portable) parentOf(path string) (directory, error) {
	return directory{filepath.Dir(filepath.Join(t.dir, filepath.FromSlash(path)))}, nil
}

func (d directory) of(base string) string { return d.path + string(os.PathSeparator) + base }

func (directory) close() {}

// lstat tells which file it is, too. Windows would find out by the path, when os.SameFile asks, and after a rename there is another there.
func (d directory) lstat(base string) (fs.FileInfo, syscall.Errno) {
	info, err := os.Lstat(d.of(base))
	if err == nil {
		_ = os.SameFile(info, info)
	}
	return info, errnoOf(err)
}

func (d directory) link(base string, to directory, toBase string) syscall.Errno {
	return errnoOf(os.Link(d.of(base), to.of(toBase)))
}

// linkFile cannot name an open file here.
func (directory) linkFile(syscall.Conn, string) syscall.Errno { return syscall.EOPNOTSUPP }

func (d directory) unlink(base string) syscall.Errno { return errnoOf(os.Remove(d.of(base))) }
func (d directory) rmdir(base string) syscall.Errno  { return errnoOf(syscall.Rmdir(d.of(base))) }

func (d directory) mkdir(base string) syscall.Errno {
	return errnoOf(os.Mkdir(d.of(base), rootPerm))
}

func (d directory) symlink(target, base string) syscall.Errno {
	return errnoOf(os.Symlink(target, d.of(base)))
}

func (d directory) lchown(base string, uid, gid int) syscall.Errno {
	return errnoOf(os.Lchown(d.of(base), uid, gid))
}

func (d directory) create(base string) (*File, syscall.Errno) {
	return openHost(d.of(base), os.O_RDWR|os.O_CREATE|os.O_EXCL|openNofollow, 0o600)
}

func (directory) openUnnamed() (*File, syscall.Errno) { return nil, syscall.EOPNOTSUPP }

func (d directory) chmod(base string, mode fs.FileMode) syscall.Errno {
	info, err := os.Lstat(d.of(base))
	switch {
	case err != nil:
		return errnoOf(err)
	case info.Mode()&fs.ModeSymlink != 0:
		return syscall.ELOOP
	}
	return errnoOf(os.Chmod(d.of(base), mode))
}

func (d directory) chtimes(_ *File, base string, atime, mtime time.Time) syscall.Errno {
	return errnoOf(os.Chtimes(d.of(base), atime, mtime))
}

// tree is the directory base as a tree.
func (d directory) tree(base string) (*Tree, syscall.Errno) {
	root, err := os.OpenRoot(d.of(base))
	if err != nil {
		return nil, errnoOf(err)
	}
	return &Tree{names: names{newPortable(&rootDir{}, root)}}, 0
}

// empty removes what is in the directory base.
func (d directory) empty(base string) ([]Failure, syscall.Errno) {
	root, err := os.OpenRoot(d.of(base))
	if err != nil {
		return nil, errnoOf(err)
	}
	defer func() { _ = root.Close() }()
	return removeTree(guard{root}, ".", true, nil), 0
}

// OpenAgain cannot open an open file once more here.
func OpenAgain(syscall.Conn) (Handle, syscall.Errno) { return nil, syscall.EBADF }
