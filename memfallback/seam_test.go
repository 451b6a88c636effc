package memfallback

import (
	"context"
	"io/fs"
	"syscall"
	"time"
)

// The methods that tempfs wants of a backend, whose interface is not exported.
var _ interface {
	OpenFile(name string, flag int, perm fs.FileMode) (Handle, syscall.Errno)
	Stat(name string) (fs.FileInfo, syscall.Errno)
	Lstat(name string) (fs.FileInfo, syscall.Errno)
	Mkdir(name string, perm fs.FileMode) syscall.Errno
	Remove(name string) syscall.Errno
	RemoveAll(name string) (failed string, errno syscall.Errno)
	Rename(oldname, newname string) syscall.Errno
	Link(oldname, newname string) syscall.Errno
	Symlink(target, name string) syscall.Errno
	Readlink(name string) (string, syscall.Errno)
	Chmod(name string, mode fs.FileMode) syscall.Errno
	Chown(name string, uid, gid int, follow bool) syscall.Errno
	Chtimes(name string, atime, mtime time.Time) syscall.Errno
	Truncate(name string, size int64) syscall.Errno
	Release(ctx context.Context, progress func(entries, dirs, failed int64)) error
} = (*Tree)(nil)
