package disk

import (
	"io/fs"
	"syscall"
)

// Entry is a name in a directory of the host that was found once: on Linux it stays in that directory whatever happens to the path. The name is
// not followed.
type Entry struct {
	dir  directory
	base string
}

// Entry is the place of base, for a file of the host.
func (h Host) Entry(base string) (*Entry, syscall.Errno) {
	dir, errno := openDirectoryAt(h.Dir)
	if errno != 0 {
		return nil, errno
	}
	return &Entry{dir, base}, 0
}

// Close gives the directory back.
func (e *Entry) Close() { e.dir.close() }

// Lstat tells what has the name now.
func (e *Entry) Lstat() (fs.FileInfo, syscall.Errno) { return e.dir.lstat(e.base) }

// Chmod sets the mode of what is no link.
func (e *Entry) Chmod(mode fs.FileMode) syscall.Errno { return e.dir.chmod(e.base, mode) }

// Remove removes what has the name, a directory with all that is in it. It gives back permissions that directories in there lack, as Release
// does.
func (e *Entry) Remove() syscall.Errno {
	info, errno := e.Lstat()
	switch {
	case errno == syscall.ENOENT:
		return 0
	case errno != 0:
		return errno
	case !info.IsDir():
		return e.dir.unlink(e.base)
	}
	if errno := e.dir.rmdir(e.base); errno == 0 {
		return 0
	}
	if errno := e.removeContent(); errno != 0 {
		return errno
	}
	return e.dir.rmdir(e.base)
}

func (e *Entry) removeContent() syscall.Errno {
	if info, errno := e.Lstat(); errno == 0 && info.Mode()&rootPerm != rootPerm {
		_ = e.Chmod(rootPerm) // what follows tells
	}
	failures, errno := e.dir.empty(e.base)
	if errno == 0 && len(failures) > 0 {
		errno = errnoOf(failures[0].Err)
	}
	return errno
}
