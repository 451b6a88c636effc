package locate

import (
	"errors"
	"io/fs"
	"os"
)

const openNofollow = 0 // CREATE_NEW does not follow

func remove(path string) error { return os.Remove(path) }

// isTaken: Windows refuses the name of a directory that is there with "access denied", as it does every name in a directory
// that cannot be written to; maxNames ends the doubt.
func isTaken(err error, dir string) bool {
	if errors.Is(err, fs.ErrExist) {
		return true
	}
	if !errors.Is(err, fs.ErrPermission) {
		return false
	}
	info, failed := os.Stat(dir)
	return failed == nil && info.IsDir()
}
