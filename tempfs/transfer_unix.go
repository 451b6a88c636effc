//go:build unix

package tempfs

import (
	"io/fs"
	"syscall"
	"time"
)

// inode tells a file from all others, by whatever name.
type inode struct{ dev, ino uint64 }

// inodeOf is false for what cannot have another name.
func inodeOf(info fs.FileInfo) (inode, bool) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Nlink > 1 {
		return newInode(st), true
	}
	return inode{}, false
}

// namelessInode is false for what has a name.
func namelessInode(info fs.FileInfo) (inode, bool) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Nlink == 0 {
		return newInode(st), true
	}
	return inode{}, false
}

func newInode(st *syscall.Stat_t) inode {
	return inode{uint64(st.Dev), uint64(st.Ino)} //nolint:unconvert,nolintlint // of another type on other systems
}

func ownerOf(info fs.FileInfo) (uid, gid int, ok bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(st.Uid), int(st.Gid), true
}

// accessTime is the time of the last change where the last access is not known.
func accessTime(info fs.FileInfo) time.Time {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(statAccessTime(st).Unix())
	}
	return info.ModTime()
}

// mayHaveHoles is false for a file that takes as much as it is long.
func mayHaveHoles(info fs.FileInfo) bool {
	const block = 512 // bytes, whatever st_blksize is (stat(3type))
	st, ok := info.Sys().(*syscall.Stat_t)
	return !ok || st.Blocks*block < info.Size()
}
