package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// isReserved reports whether err, of an os.Root, is about a name that means something else to Windows: CON and its like, a drive or a stream with
// its colon. That it "escapes" is then true whatever is there, and no sign of somebody who swaps directories. A symbolic link may lead
// to any such name.
func isReserved(err error) bool {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return isOther(path.Path)
	case errors.As(err, &link):
		return isOther(link.New) || link.Op != "symlinkat" && isOther(link.Old)
	}
	return false
}

func isOther(name string) bool { return name != "" && !filepath.IsLocal(name) }
