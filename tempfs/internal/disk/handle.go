package disk

import (
	"io/fs"
	"syscall"
)

// Handle is an open file. It is an alias of a literal so that it is one type with the interface of the front.
//
// End of file is n == 0 with errno 0. After Close each method gives EBADF.
type Handle = interface {
	Read(p []byte) (int, syscall.Errno)
	ReadAt(p []byte, off int64) (int, syscall.Errno)
	Write(p []byte) (int, syscall.Errno)
	WriteAt(p []byte, off int64) (int, syscall.Errno)
	Lseek(off int64, whence int) (int64, syscall.Errno)
	Truncate(size int64) syscall.Errno
	Chmod(mode fs.FileMode) syscall.Errno
	Stat() (fs.FileInfo, syscall.Errno)
	ReadDir(n int) ([]fs.DirEntry, syscall.Errno)
	Sync() syscall.Errno
	Close() syscall.Errno
}
