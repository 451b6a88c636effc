package tempfs

import (
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs/internal/disk"
)

// Create makes the named file with mode 0666 before umask, or empties it, and opens it for reading and writing. It
// mirrors [os.Create].
func (f *Fs) Create(name string) (afero.File, error) {
	return f.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

// Open opens the named file or directory for reading. It mirrors [os.Open].
func (f *Fs) Open(name string) (afero.File, error) {
	return f.OpenFile(name, os.O_RDONLY, 0)
}

// OpenFile opens the named file with the flags of package os; perm, before umask, is the mode of a file that it creates. It
// mirrors [os.OpenFile], but never waits for the other end of a FIFO.
//
// The file is also an io.ReaderFrom, an io.WriterTo and an fs.ReadDirFile.
func (f *Fs) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	opened, err := f.openAs(name, name, flag, perm)
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// openAs is OpenFile of a file that is called shown from the start, in errors too.
func (f *Fs) openAs(shown, name string, flag int, perm fs.FileMode) (*file, error) {
	if !f.enter() {
		return nil, pathError(opOpen, shown, fs.ErrClosed)
	}
	defer f.leave()
	perm = f.modeFor(perm)
	opened, errno := f.open(name, flag, perm)
	if flag&os.O_CREATE != 0 && f.mayMakeParents(errno, name) {
		opened, errno = f.open(name, flag, perm)
	}
	if errno != 0 {
		return nil, pathError(opOpen, shown, errno)
	}
	if !f.list(opened, shown, flag) {
		_ = bareHandle(opened.handle).Close()
		return nil, pathError(opOpen, shown, fs.ErrClosed)
	}
	return opened, nil
}

// open opens a file that knows nothing but its handle, which is in the same allocation.
func (f *Fs) open(name string, flag int, perm fs.FileMode) (*file, syscall.Errno) {
	switch tree := f.backend.(type) {
	case *disk.Tree:
		if tree.IsBound() {
			return openLimited(tree, name, flag, perm)
		}
		both := &struct {
			file
			opened disk.File
		}{}
		both.handle = &both.opened
		return &both.file, tree.OpenInto(&both.opened, name, flag, perm)
	case *memfallback.Tree:
		both := &struct {
			file
			opened memfallback.OpenFile
		}{}
		var errno syscall.Errno
		both.handle, errno = tree.OpenInto(&both.opened, name, flag, perm)
		return &both.file, errno
	}
	h, errno := f.backend.OpenFile(name, flag, perm)
	return &file{handle: h}, errno
}

func openLimited(tree *disk.Tree, name string, flag int, perm fs.FileMode) (*file, syscall.Errno) {
	both := &struct {
		file
		opened disk.LimitedFile
	}{}
	var errno syscall.Errno
	both.handle, errno = tree.OpenLimited(&both.opened, name, flag, perm)
	return &both.file, errno
}

// openHandle is OpenFile of the backend, with the parents that ImplicitParents asks for.
func (f *Fs) openHandle(name string, flag int, perm fs.FileMode) (handle, syscall.Errno) {
	h, errno := f.backend.OpenFile(name, flag, perm)
	if flag&os.O_CREATE != 0 && f.mayMakeParents(errno, name) {
		h, errno = f.backend.OpenFile(name, flag, perm)
	}
	return h, errno
}

// newFile puts an open handle on the list of open files. It is nil once that is closed.
func (f *Fs) newFile(name string, h handle, flag int) *file {
	opened := &file{handle: h}
	if !f.list(opened, name, flag) {
		return nil
	}
	return opened
}

// list is newFile for a file that has its handle already. It is false once the list of open files is closed.
func (f *Fs) list(opened *file, name string, flag int) bool {
	opened.name, opened.fs = name, f
	opened.appends, opened.writes = flag&os.O_APPEND != 0, flag&(os.O_WRONLY|os.O_RDWR) != 0
	return f.files.add(opened)
}

// Mkdir makes a directory with mode perm before umask. It mirrors [os.Mkdir].
func (f *Fs) Mkdir(name string, perm fs.FileMode) error {
	if !f.enter() {
		return pathError(opMkdir, name, fs.ErrClosed)
	}
	defer f.leave()
	return pathErrno(opMkdir, name, f.mkdir(name, f.modeFor(perm)))
}

// mkdir is Mkdir of the backend, with the parents that ImplicitParents asks for.
func (f *Fs) mkdir(name string, perm fs.FileMode) syscall.Errno {
	errno := f.backend.Mkdir(name, perm)
	if f.mayMakeParents(errno, name) {
		errno = f.backend.Mkdir(name, perm)
	}
	return errno
}

// MkdirAll makes a directory and the parents it lacks, all with mode perm before umask; a directory that is there is
// success. It mirrors [os.MkdirAll].
func (f *Fs) MkdirAll(name string, perm fs.FileMode) error {
	if !f.enter() {
		return pathError(opMkdir, name, fs.ErrClosed)
	}
	defer f.leave()
	failed, errno := f.mkdirAll(name, f.modeFor(perm))
	return pathErrno(opMkdir, failed, errno)
}

// Remove removes a file, a link or an empty directory. It mirrors [os.Remove].
func (f *Fs) Remove(name string) error {
	if !f.enter() {
		return pathError(opRemove, name, fs.ErrClosed)
	}
	defer f.leave()
	return pathErrno(opRemove, name, f.backend.Remove(name))
}

// Rename moves oldname to newname in one step, replacing a file or link there; a directory there is EEXIST. It mirrors [os.Rename].
func (f *Fs) Rename(oldname, newname string) error {
	if !f.enter() {
		return linkError(opRename, oldname, newname, fs.ErrClosed)
	}
	defer f.leave()
	errno := f.backend.Rename(oldname, newname)
	if f.mayMakeParentsFor(errno, oldname, newname) {
		errno = f.backend.Rename(oldname, newname)
	}
	return linkErrno(opRename, oldname, newname, errno)
}

// Link makes newname a hard link to the file oldname; a symbolic link is linked itself, not followed. It mirrors [os.Link].
func (f *Fs) Link(oldname, newname string) error {
	if !f.enter() {
		return linkError(opLink, oldname, newname, fs.ErrClosed)
	}
	defer f.leave()
	errno := f.backend.Link(oldname, newname)
	if f.mayMakeParentsFor(errno, oldname, newname) {
		errno = f.backend.Link(oldname, newname)
	}
	return linkErrno(opLink, oldname, newname, errno)
}

// SymlinkIfPossible makes newname a symbolic link to oldname, which is kept as it is and need not exist. An absolute
// target begins at the root of the Fs whenever the link is followed. It mirrors [os.Symlink].
func (f *Fs) SymlinkIfPossible(oldname, newname string) error {
	if !f.enter() {
		return linkError(opSymlink, oldname, newname, fs.ErrClosed)
	}
	defer f.leave()
	errno := f.backend.Symlink(oldname, newname)
	if oldname != "" && f.mayMakeParents(errno, newname) {
		errno = f.backend.Symlink(oldname, newname)
	}
	return linkErrno(opSymlink, oldname, newname, errno)
}

// ReadlinkIfPossible returns the target of a symbolic link as it was given. It mirrors [os.Readlink].
func (f *Fs) ReadlinkIfPossible(name string) (string, error) {
	if !f.enter() {
		return "", pathError(opReadlink, name, fs.ErrClosed)
	}
	defer f.leave()
	target, errno := f.backend.Readlink(name)
	return target, pathErrno(opReadlink, name, errno)
}

// Stat returns the FileInfo of what name leads to, links followed: a snapshot, with a *syscall.Stat_t in Sys() on Unix.
// [SameFile] compares two. It mirrors [os.Stat].
func (f *Fs) Stat(name string) (fs.FileInfo, error) {
	if !f.enter() {
		return nil, pathError(opStat, name, fs.ErrClosed)
	}
	defer f.leave()
	info, errno := f.backend.Stat(name)
	if errno != 0 {
		return nil, pathError(opStat, name, errno)
	}
	return info, nil
}

// LstatIfPossible is Stat but for a name that is a symbolic link, of which it gives the FileInfo; the bool is always
// true. It mirrors [os.Lstat].
func (f *Fs) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	if !f.enter() {
		return nil, true, pathError(opLstat, name, fs.ErrClosed)
	}
	defer f.leave()
	info, errno := f.backend.Lstat(name)
	if errno != 0 {
		return nil, true, pathError(opLstat, name, errno)
	}
	return info, true, nil
}

// Chmod sets the permission bits and setuid, setgid and sticky of what name leads to. It mirrors [os.Chmod]. The mode of the
// root is kept and shown, and does not bind: the Fs stays usable.
func (f *Fs) Chmod(name string, mode fs.FileMode) error {
	if !f.enter() {
		return pathError(opChmod, name, fs.ErrClosed)
	}
	defer f.leave()
	return pathErrno(opChmod, name, f.backend.Chmod(name, f.modeFor(mode)))
}

// Chown sets the owner and group of what name leads to; -1 leaves one as it is. It mirrors [os.Chown].
func (f *Fs) Chown(name string, uid, gid int) error {
	return f.chown(opChown, name, uid, gid, true)
}

// Lchown is Chown but for a name that is a symbolic link, which it changes itself. It mirrors [os.Lchown].
func (f *Fs) Lchown(name string, uid, gid int) error {
	return f.chown(opLchown, name, uid, gid, false)
}

func (f *Fs) chown(op, name string, uid, gid int, follow bool) error {
	if !f.enter() {
		return pathError(op, name, fs.ErrClosed)
	}
	defer f.leave()
	return pathErrno(op, name, f.backend.Chown(name, uid, gid, follow))
}

// Chtimes sets the access and modification times of what name leads to; a zero time leaves one as it is. It
// mirrors [os.Chtimes].
func (f *Fs) Chtimes(name string, atime, mtime time.Time) error {
	if !f.enter() {
		return pathError(opChtimes, name, fs.ErrClosed)
	}
	defer f.leave()
	return pathErrno(opChtimes, name, f.backend.Chtimes(name, atime, mtime))
}

// Truncate sets the size of the named file, in bytes; what it gains reads as zeros. It mirrors [os.Truncate].
func (f *Fs) Truncate(name string, size int64) error {
	if !f.enter() {
		return pathError(opTruncate, name, fs.ErrClosed)
	}
	defer f.leave()
	return pathErrno(opTruncate, name, f.backend.Truncate(name, size))
}
