package tempfs

import (
	"io/fs"
	"os"
)

// SameFile reports whether two infos are of one file, as [os.SameFile] does, which knows only infos that package os
// made. Infos of any backend and of package os may be mixed. A FileInfo of a file that was deleted may equal
// that of a later file on disk, since the kernel uses inode numbers again.
func SameFile(a, b fs.FileInfo) bool {
	type identified interface{ SameFile(other fs.FileInfo) bool }
	if i, ok := a.(identified); ok {
		return i.SameFile(b)
	}
	if i, ok := b.(identified); ok {
		return i.SameFile(a)
	}
	return os.SameFile(a, b)
}
