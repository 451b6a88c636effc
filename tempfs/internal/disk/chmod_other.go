//go:build !unix

package disk

import "io/fs"

// chmodPath sets the permission bits; these systems have no others.
func (t *Tree) chmodPath(name string, mode fs.FileMode) error {
	return t.root.Chmod(name, mode.Perm())
}
