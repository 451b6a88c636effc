//go:build !unix

package disk

import (
	"io/fs"
	"os"
)

// chmodPath sets the permission bits; these systems have no others.
func (g guard) chmodPath(name string, mode fs.FileMode) error {
	return g.Chmod(name, mode.Perm())
}

func chmodHost(path string, perm uint32) error { return os.Chmod(path, fs.FileMode(perm)) }
