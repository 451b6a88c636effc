//go:build !linux

package disk

import (
	"io/fs"
	"os"
	"syscall"
)

// isDirect is not known.
func (t *Tree) isDirect(string) bool { return false }

// mayWriteIn is not known before it is tried.
func (t *Tree) mayWriteIn(string) syscall.Errno { return 0 }

// look tells of what has the name, which is not followed. Where the system does not tell the length of a link's target it is asked for.
func (t *Tree) look(name string) (inode, syscall.Errno) {
	info, errno := t.Lstat(name)
	if errno != 0 {
		return inode{}, errno
	}
	i := inodeIn(info)
	if i.kind == fs.ModeSymlink && i.size == 0 {
		target, _ := t.Readlink(name)
		i.size = int64(len(target))
	}
	return i, 0
}

// removeSeen is Remove that tells what went.
func (t *Tree) removeSeen(name string) (inode, syscall.Errno) {
	i, _ := t.look(name)
	return i, t.names.Remove(name)
}

// inode tells which one is open.
func (h *File) inode() (inode, syscall.Errno) {
	info, errno := h.Stat()
	if errno != 0 {
		return inode{}, errno
	}
	return inodeIn(info), 0
}

// around is the directory that the entry is in.
func (t *Tree) around(e *Entry) (*names, syscall.Errno) {
	root, err := os.OpenRoot(e.dir.path)
	if err != nil {
		return nil, errnoOf(err)
	}
	return &names{newPortable(&rootDir{dir: e.dir.path}, root)}, 0
}
