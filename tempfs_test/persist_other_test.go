//go:build !linux

package tempfs_test

import "testing"

// byDescriptor: files and directories are known by their names, and the times of files may be cut to a second.
const byDescriptor = false

func destinations(t *testing.T) []destination {
	t.Helper()
	return []destination{sameFilesystem}
}
