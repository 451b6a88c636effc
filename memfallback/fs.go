package memfallback

import (
	"context"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/spf13/afero"
)

// Fs is a filesystem in RAM, an [afero.Fs] and an [afero.Symlinker]. Its methods mirror the functions of package os: the
// same results, the same *fs.PathError and *os.LinkError, and in them the name as it was given.
//
// Its memory is free once nothing refers to it; [Fs.Release] is for one that has a file by [SpillTo]. Any number of goroutines may use an Fs at once. The zero value is of no use:
// [New] makes an Fs.
type Fs struct{ tree *Tree }

var (
	_ afero.Fs        = (*Fs)(nil)
	_ afero.Symlinker = (*Fs)(nil)
)

// New makes a filesystem that holds an empty root directory.
func New(opts ...Option) *Fs { return &Fs{NewTree(opts...)} }

// Clone returns an independent copy of all that f holds, with its options unless opts say otherwise: see [Tree.Clone]. It fails with ENOENT
// after the release of f.
func (f *Fs) Clone(opts ...Option) (*Fs, error) {
	tree, errno := f.tree.Clone(opts...)
	if errno != 0 {
		return nil, pathError(opClone, "/", errno)
	}
	return &Fs{tree}, nil
}

// Release ends f, as [Tree.Release] does: all names are ENOENT, and what [SpillTo] put on disk is given back. It always returns nil.
func (f *Fs) Release() error { return f.tree.Release(context.Background(), nil) }

// Name returns "memfallback".
func (f *Fs) Name() string { return "memfallback" }

// Create makes the named file with mode 0666 before umask, or empties it, and opens it for reading and writing. It
// mirrors [os.Create].
func (f *Fs) Create(name string) (afero.File, error) {
	return f.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

// Open opens the named file or directory for reading. It mirrors [os.Open].
func (f *Fs) Open(name string) (afero.File, error) {
	return f.OpenFile(name, os.O_RDONLY, 0)
}

// OpenFile opens the named file with the flags of package os, and on Unix syscall.O_DIRECTORY and syscall.O_NOFOLLOW; perm, before
// umask, is the mode of a file that it creates. The result is a [*File]. It mirrors [os.OpenFile].
func (f *Fs) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	opened := &File{}
	h, errno := f.tree.OpenInto(&opened.opened, name, flag, perm)
	if errno != 0 {
		return nil, pathError(opOpen, name, errno)
	}
	if dir, ok := h.(*openDir); ok {
		opened.dir, opened.opened.name = dir, name
	}
	return opened, nil
}

// Mkdir makes a directory with mode perm before umask. It mirrors [os.Mkdir].
func (f *Fs) Mkdir(name string, perm fs.FileMode) error {
	return pathErrno(opMkdir, name, f.tree.Mkdir(name, perm))
}

// MkdirAll makes a directory and the parents it lacks, all with mode perm before umask; a directory that is there is
// success. It mirrors [os.MkdirAll].
func (f *Fs) MkdirAll(name string, perm fs.FileMode) error {
	if info, errno := f.tree.Stat(name); errno == 0 {
		if info.IsDir() {
			return nil
		}
		return pathError(opMkdir, name, syscall.ENOTDIR)
	}
	if parent := parentOf(name); parent != "" {
		if err := f.MkdirAll(parent, perm); err != nil {
			return err
		}
	}
	errno := f.tree.Mkdir(name, perm)
	if errno != 0 {
		// "a/." is made already, as is what another goroutine made meanwhile.
		if info, failed := f.tree.Lstat(name); failed == 0 && info.IsDir() {
			return nil
		}
	}
	return pathErrno(opMkdir, name, errno)
}

// parentOf cuts the last component off name, and separators behind it, and one before it.
func parentOf(name string) string {
	end := len(name)
	for end > 0 && os.IsPathSeparator(name[end-1]) {
		end--
	}
	for end > 0 && !os.IsPathSeparator(name[end-1]) {
		end--
	}
	return name[:max(0, end-1)]
}

// Remove removes a file, a link or an empty directory. It mirrors [os.Remove].
func (f *Fs) Remove(name string) error {
	return pathErrno(opRemove, name, f.tree.Remove(name))
}

// RemoveAll removes what name is and everything below it, links not followed. A missing name, and "", are success; a name
// that ends in "." or ".." is EINVAL; of "/" it removes the content. Others see it happen in one step. It mirrors [os.RemoveAll].
func (f *Fs) RemoveAll(name string) error {
	if endsWithDot(name) {
		return pathError("RemoveAll", name, syscall.EINVAL)
	}
	failed, errno := f.tree.RemoveAll(name)
	if failed == "" {
		failed = name
	}
	return pathErrno(opUnlinkat, failed, errno)
}

// Rename moves oldname to newname in one step, replacing a file or link there; a directory there is EEXIST. It mirrors [os.Rename].
func (f *Fs) Rename(oldname, newname string) error {
	return linkErrno(opRename, oldname, newname, f.tree.Rename(oldname, newname))
}

// Link makes newname a hard link to the file oldname; a symbolic link is linked itself, not followed. It mirrors [os.Link].
func (f *Fs) Link(oldname, newname string) error {
	return linkErrno(opLink, oldname, newname, f.tree.Link(oldname, newname))
}

// SymlinkIfPossible makes newname a symbolic link to oldname, which is kept as it is and need not exist. An absolute
// target begins at the root. It mirrors [os.Symlink].
func (f *Fs) SymlinkIfPossible(oldname, newname string) error {
	return linkErrno(opSymlink, oldname, newname, f.tree.Symlink(oldname, newname))
}

// ReadlinkIfPossible returns the target of a symbolic link as it was given. It mirrors [os.Readlink].
func (f *Fs) ReadlinkIfPossible(name string) (string, error) {
	target, errno := f.tree.Readlink(name)
	return target, pathErrno(opReadlink, name, errno)
}

// Stat returns the FileInfo of what name leads to, links followed: a snapshot, with a *syscall.Stat_t in Sys() on Unix
// and a method SameFile(fs.FileInfo) bool that does what [os.SameFile] cannot. It mirrors [os.Stat].
func (f *Fs) Stat(name string) (fs.FileInfo, error) {
	info, errno := f.tree.Stat(name)
	return info, pathErrno(opStat, name, errno)
}

// LstatIfPossible is Stat but for a name that is a symbolic link, of which it gives the FileInfo; the bool is always
// true. It mirrors [os.Lstat].
func (f *Fs) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	info, errno := f.tree.Lstat(name)
	return info, true, pathErrno(opLstat, name, errno)
}

// Chmod sets the permission bits and setuid, setgid and sticky of what name leads to. It mirrors [os.Chmod].
func (f *Fs) Chmod(name string, mode fs.FileMode) error {
	return pathErrno(opChmod, name, f.tree.Chmod(name, mode))
}

// Chown sets the owner and group of what name leads to; -1 leaves one as it is. It mirrors [os.Chown].
func (f *Fs) Chown(name string, uid, gid int) error {
	return pathErrno(opChown, name, f.tree.Chown(name, uid, gid, true))
}

// Lchown is Chown but for a name that is a symbolic link, which it changes itself. It mirrors [os.Lchown].
func (f *Fs) Lchown(name string, uid, gid int) error {
	return pathErrno(opLchown, name, f.tree.Chown(name, uid, gid, false))
}

// Chtimes sets the access and modification times of what name leads to; a zero time leaves one as it is. It
// mirrors [os.Chtimes].
func (f *Fs) Chtimes(name string, atime, mtime time.Time) error {
	return pathErrno(opChtimes, name, f.tree.Chtimes(name, atime, mtime))
}

// Truncate sets the size of the named file, in bytes; what it gains reads as zeros. It mirrors [os.Truncate].
func (f *Fs) Truncate(name string, size int64) error {
	return pathErrno(opTruncate, name, f.tree.Truncate(name, size))
}
