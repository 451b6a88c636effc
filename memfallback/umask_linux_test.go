package memfallback

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseUmask(t *testing.T) {
	require.Equal(t, uint32(0o027), parseUmask("Name:\tx\nUmask:\t0027\nState:\tR\n"))
	require.Equal(t, uint32(0), parseUmask("Umask:\t0000\n"))
	require.Equal(t, uint32(defaultUmask), parseUmask("Name:\tx\n"))
	require.Equal(t, uint32(defaultUmask), parseUmask("Umask:\tx\n"))
}

// The umask of the process binds, and is as it was afterwards.
func TestProcessUmask(t *testing.T) {
	old := syscall.Umask(0o071)
	defer syscall.Umask(old)
	tree := NewTree(WithUser(0, 0))
	require.Zero(t, tree.Mkdir("d", 0o777))
	info, errno := tree.Stat("d")
	require.Zero(t, errno)
	require.Equal(t, uint32(0o706), uint32(info.Mode().Perm()))
	require.Equal(t, 0o071, syscall.Umask(0o071))
}
