package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Host is a directory of the host in which others may make files too, the temp directory say. It is used by its path, as everybody
// does: it need not be readable, and who may exchange it for another may do as he likes with what is in it anyway. base is a plain
// name in all methods.
type Host struct{ Dir string }

// Path is the path of base.
func (h Host) Path(base string) string { return filepath.Join(h.Dir, base) }

// Create makes and opens a file that must not be there, not even as a dangling link.
func (h Host) Create(base string, flag int, perm fs.FileMode) (Handle, syscall.Errno) {
	f, errno := openHost(h.Path(base), flag|os.O_CREATE|os.O_EXCL|openNofollow, perm)
	if errno != 0 {
		return nil, errno
	}
	f.name = base
	return f, 0
}

// Lstat does not follow base.
func (h Host) Lstat(base string) (fs.FileInfo, syscall.Errno) {
	info, err := os.Lstat(h.Path(base))
	if err != nil {
		return nil, errnoOf(err)
	}
	return (&rootDir{}).newInfo(base, info), 0
}

// Remove removes a file.
func (h Host) Remove(base string) syscall.Errno { return errnoOf(os.Remove(h.Path(base))) }
