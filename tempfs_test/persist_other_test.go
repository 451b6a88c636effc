//go:build !linux

package tempfs_test

import "testing"

func destinations(t *testing.T) []destination {
	t.Helper()
	return []destination{sameFilesystem}
}
