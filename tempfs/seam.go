package tempfs

import (
	"context"
	"io/fs"
	"syscall"
	"time"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs/internal/disk"
)

// backend holds the files of an Fs. It is the whole of what the front knows of a disk or of memory.
//
// A name arrives as the caller gave it and is parsed once, by the backend: relative and absolute names
// are the same, ".." above the root is the root, "" is ENOENT and a NUL is EINVAL. Zero is success. An
// errno has no room for a host path, so none can leak; the front puts the shape of package os around it.
type backend interface {
	OpenFile(name string, flag int, perm fs.FileMode) (handle, syscall.Errno)
	Stat(name string) (fs.FileInfo, syscall.Errno)
	Lstat(name string) (fs.FileInfo, syscall.Errno)
	Mkdir(name string, perm fs.FileMode) syscall.Errno
	// Remove has the meaning of os.Remove: unlink, then rmdir, and the more telling of two failures.
	Remove(name string) syscall.Errno
	// RemoveAll removes what name is and all below it, without following it. A missing name is success.
	// Of the root it removes the content. failed is the virtual path of what could not go, "" for name.
	RemoveAll(name string) (failed string, errno syscall.Errno)
	// Rename has the meaning of os.Rename: onto a directory that is not oldname itself it is EEXIST.
	Rename(oldname, newname string) syscall.Errno
	Link(oldname, newname string) syscall.Errno
	Symlink(target, name string) syscall.Errno
	Readlink(name string) (string, syscall.Errno)
	Chmod(name string, mode fs.FileMode) syscall.Errno
	Chown(name string, uid, gid int, follow bool) syscall.Errno
	// Chtimes leaves a time that is zero as it is, as os.Chtimes does.
	Chtimes(name string, atime, mtime time.Time) syscall.Errno
	Truncate(name string, size int64) syscall.Errno
	// OpenUnnamed opens a new file that has no name in the directory dir, as open(2) does with O_TMPFILE; linkable leaves it to
	// linkat(2) to give it one. EOPNOTSUPP: there is no such thing, a file that is removed at once must do.
	OpenUnnamed(dir string, flag int, perm fs.FileMode, linkable bool) (handle, syscall.Errno)
	// Release deletes every file and frees what the backend holds. It is called once the front lets no
	// operation in any more. Its error is a *disk.Failures with virtual paths; after one it
	// may be called again. progress may be nil.
	Release(ctx context.Context, progress func(entries, dirs, failed int64)) error
}

// handle is an open file. It is an alias of a literal, hence one type with memfallback.Handle and
// disk.Handle: a backend's handle crosses the seam without an adapter.
//
// End of file is n == 0 with errno 0 and a p that is not empty. ReadDir at the end of a directory
// returns no entries and errno 0; the Info of an entry fails with a bare errno. Any number of
// goroutines may call it, beside Close too, after which its methods give EBADF.
type handle = interface {
	Read(p []byte) (int, syscall.Errno)
	ReadAt(p []byte, off int64) (int, syscall.Errno)
	Write(p []byte) (int, syscall.Errno)
	WriteAt(p []byte, off int64) (int, syscall.Errno)
	// Lseek is Seek under the name of the system call: go vet keeps Seek for io.Seeker.
	Lseek(off int64, whence int) (int64, syscall.Errno)
	Truncate(size int64) syscall.Errno
	Chmod(mode fs.FileMode) syscall.Errno
	Stat() (fs.FileInfo, syscall.Errno)
	ReadDir(n int) ([]fs.DirEntry, syscall.Errno)
	Sync() syscall.Errno
	Close() syscall.Errno
}

var (
	_ backend = (*memfallback.Tree)(nil)
	_ backend = (*disk.Tree)(nil)
)
