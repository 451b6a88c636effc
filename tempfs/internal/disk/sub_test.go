package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSubStaysInItsDirectory(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "d/f", "below")
	put(t, tree, "f", "above")
	names, dir := []string{"f", "/f", "../f", "../../f"}, "d"
	if symlink(t, tree, "/f", "d/l") && symlink(t, tree, "d", "ld") {
		names, dir = append(names, "l"), "ld/."
	}

	sub, errno := tree.Sub(dir)
	require.Zero(t, errno)
	defer sub.Close()
	for _, name := range names {
		info, missing := sub.Stat(name)
		require.Zero(t, missing, name)
		require.EqualValues(t, len("below"), info.Size(), name)
	}
	_, errno = sub.Stat("../d/f")
	require.Equal(t, syscall.ENOENT, errno, "there is no d in it")
	info, errno := sub.Stat("..")
	require.Zero(t, errno)
	d, errno := tree.Stat("d")
	require.Zero(t, errno)
	require.True(t, sameFile(info, d))
}

func TestSubFollowsItsDirectory(t *testing.T) {
	switch {
	case runtime.GOOS == "js":
		t.Skip("an os.Root is but a path there")
	case isWine():
		t.Skip("what is opened below a handle has there the name that this had when it was opened: after a rename it cannot be looked at")
	}
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	sub, errno := tree.Sub("d")
	require.Zero(t, errno)
	defer sub.Close()
	path, errno := sub.RealPath("f")
	require.Zero(t, errno)
	require.Equal(t, filepath.Join(tree.Dir(), "d", "f"), path)

	require.Zero(t, tree.Rename("d", "moved"))
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, sub, "f", "x")
	_, errno = tree.Stat("moved/f")
	require.Zero(t, errno)
	_, errno = sub.RealPath("f")
	require.Equal(t, syscall.ENOENT, errno, "another directory stands there")
}

func TestSubOfTheRootKeepsItPrivate(t *testing.T) {
	tree := newTree(t)
	sub, errno := tree.Sub("/")
	require.Zero(t, errno)
	defer sub.Close()
	require.Zero(t, sub.Chmod("/", 0o755))
	host, err := os.Lstat(tree.Dir())
	require.NoError(t, err)
	require.Equal(t, hostRootMode, host.Mode())
	info, errno := tree.Stat("/")
	require.Zero(t, errno)
	require.Equal(t, fs.ModeDir|0o755, info.Mode())
}

func TestSubOfWhatIsNoDirectory(t *testing.T) {
	tree := newTree(t)
	put(t, tree, "f", "x")
	hasLoop := symlink(t, tree, "loop", "loop")
	for name, want := range map[string]syscall.Errno{
		"f": syscall.ENOTDIR, "f/": syscall.ENOTDIR, "f/x": syscall.ENOTDIR, "missing": syscall.ENOENT, "": syscall.ENOENT, "loop": syscall.ELOOP,
	} {
		if name == "loop" && !hasLoop {
			continue
		}
		_, errno := tree.Sub(name)
		require.Equal(t, want, errno, name)
	}
}
