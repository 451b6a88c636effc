package webdavfs_test

import (
	"os"
	"testing"
)

// alone is the environment of a program that finds neither a configuration nor a proxy.
func alone(t *testing.T) []string {
	t.Helper()
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C.UTF-8"}
}
