package memfallback

import (
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// Package os empties a directory that is named by dots and then says that it failed.
func TestRemoveAllOfDotsRemovesNothing(t *testing.T) {
	tree := NewTree()
	require.Zero(t, tree.Mkdir("d", 0o755))
	require.Zero(t, tree.Mkdir("d/e", 0o755))
	for _, name := range []string{".", "./", "..", "../", "d/.", "d/./", "d/..", "d/e/..", "d/e/../", strings.Repeat("./", 2047) + "d/.."} {
		failed, errno := tree.RemoveAll(name)
		require.Equal(t, syscall.EINVAL, errno, name)
		require.Empty(t, failed, name)
	}
	_, errno := tree.Stat("d/e")
	require.Zero(t, errno)
}
