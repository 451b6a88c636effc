//go:build !linux

package disk

import (
	"io/fs"
	"os"
	"syscall"
)

// openHost opens a path of the host. The file has no name.
func openHost(path string, flag int, perm fs.FileMode) (*File, syscall.Errno) {
	f, err := os.OpenFile(path, flag, perm.Perm())
	if err != nil {
		return nil, errnoOf(err)
	}
	return newHostFile(f), 0
}
