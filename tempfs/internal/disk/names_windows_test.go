package disk

import (
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNamesThatWindowsReserves are refused at once, as names that cannot be.
func TestNamesThatWindowsReserves(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "f", "x")
	for _, name := range []string{
		"CON", "nul", "d/NUL", "com1.txt", "LPT¹", "CONIN$", "aux.tar.gz", "nul ", // devices
		"f:stream", "d::$DATA", "d:x", `C:\x`, "C:", // streams and drives
		"a*", "a?", "a|b", "a<b", "a\x01", `\\?\C:\x`,
	} {
		_, errno := tree.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		require.Equal(t, syscall.EINVAL, errno, name)
		_, errno = tree.Stat(name)
		require.Equal(t, syscall.EINVAL, errno, name)
		require.Equal(t, syscall.EINVAL, tree.Mkdir(name, 0o755), name)
		require.Equal(t, syscall.EINVAL, tree.Remove(name), name)
		require.Equal(t, syscall.EINVAL, tree.Rename("f", name), name)
		require.Equal(t, syscall.EINVAL, tree.Link("f", name), name)
		_, errno = tree.Sub(name)
		require.Equal(t, syscall.EINVAL, errno, name)
	}
	require.Equal(t, []string{"d", "f"}, namesIn(t, tree.Dir()))
}

// TestNamesThatAreOne has all of them lead to one file, and none of them out.
func TestNamesThatAreOne(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "d/f", "x")
	want, errno := tree.Stat("d/f")
	require.Zero(t, errno)
	for _, name := range []string{"D/F", "d/f.", "d/f ", "d/f. .", `d\f`, `\d\f`, `..\d\f`, `d\..\..\..\d/f`, "d/./f"} {
		info, errno := tree.Stat(name)
		require.Zero(t, errno, name)
		require.True(t, sameFile(want, info), name)
	}
	for _, name := range []string{"... /d/f", ".. /x", "d/.. /.. /x"} {
		_, errno := tree.Stat(name)
		require.Equal(t, syscall.ENOENT, errno, name)
	}
}
