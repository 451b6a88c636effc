package memfallback

import (
	"io/fs"
	"time"
)

// What tests want to know where Sys has nothing to say.

func InfoOwner(info fs.FileInfo) (uid, gid uint32, nlink int) {
	i := info.(*fileInfo)
	return i.uid, i.gid, int(i.nlink)
}

func InfoCtime(info fs.FileInfo) time.Time { return info.(*fileInfo).ctime.time() }
