//go:build !unix

package tempfs

import (
	"io/fs"
	"time"
)

// inode tells a file from all others, by whatever name.
type inode struct{}

// inodeOf cannot tell here.
func inodeOf(fs.FileInfo) (inode, bool) { return inode{}, false }

// namelessInode is false: what is open has a name here, or cannot be told from what has.
func namelessInode(fs.FileInfo) (inode, bool) { return inode{}, false }

func ownerOf(fs.FileInfo) (uid, gid int, ok bool) { return 0, 0, false }

// accessTime is the time of the last change: that of the last access is not known.
func accessTime(info fs.FileInfo) time.Time { return info.ModTime() }

func mayHaveHoles(fs.FileInfo) bool { return true }
