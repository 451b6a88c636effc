//go:build unix && !aix && !solaris

package disk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// keepNamed makes a tree with a file and keeps it.
func keepNamed(t *testing.T, dir, name string) string {
	t.Helper()
	tree, err := makeNamed(dir, name)
	require.NoError(t, err)
	host := tree.Dir()
	require.NoError(t, os.WriteFile(filepath.Join(host, "f"), nil, 0o600))
	require.Zero(t, tree.Keep())
	return host
}

func isOld(name []byte) bool { return strings.HasPrefix(string(name), "old") }

// TestRemoveKeptIsRacedTo has somebody come between the look and the lock, and between the lock and the proof.
func TestRemoveKeptIsRacedTo(t *testing.T) {
	for name, come := range map[string]func(t *testing.T, host string) (stays string){
		"he takes it": func(t *testing.T, host string) string {
			require.NoError(t, os.Chmod(host, 0o700))
			return host
		},
		"another has its name": func(t *testing.T, host string) string {
			require.NoError(t, os.Rename(host, host+"-aside"))
			require.NoError(t, os.Mkdir(host, 0o700))
			require.NoError(t, os.Chmod(host, 0o700|os.ModeSticky|os.ModeSetuid))
			require.NoError(t, os.WriteFile(filepath.Join(host, "f"), nil, 0o600))
			return host + "-aside"
		},
		"it has gone": func(t *testing.T, host string) string {
			require.NoError(t, os.RemoveAll(host))
			return ""
		},
	} {
		for step := 1; step <= 2; step++ {
			t.Run(name, func(t *testing.T) {
				dir := t.TempDir()
				host, stays := keepNamed(t, dir, "old"), ""
				comeBetween(t, step, func() { stays = come(t, host) })
				RemoveKept(dir, isOld, 0)
				if stays != "" {
					require.FileExists(t, filepath.Join(stays, "f"))
					require.FileExists(t, filepath.Join(host, "f"))
				}
			})
		}
	}
}

// TestRemoveKeptTakesTheLock so that no other removes the same, and comes by whoever has it.
func TestRemoveKeptTakesTheLock(t *testing.T) {
	dir := t.TempDir()
	host := keepNamed(t, dir, "old")
	comeBetween(t, 2, func() { // it is had
		fd, err := unix.Open(host, directoryFlagsToRead, 0)
		require.NoError(t, err)
		defer func() { _ = unix.Close(fd) }()
		require.Equal(t, unix.EWOULDBLOCK, flock(fd, unix.LOCK_SH|unix.LOCK_NB))
	})
	RemoveKept(dir, isOld, 0)
	require.NoDirExists(t, host)
}

// TestRemoveKeptWhereThereIsNothing is no trouble.
func TestRemoveKeptWhereThereIsNothing(t *testing.T) {
	dir := t.TempDir()
	RemoveKept(filepath.Join(dir, "missing"), isOld, 0)
	RemoveKept(dir, isOld, 0)
	host := keepNamed(t, dir, "other")
	RemoveKept(dir, isOld, 0)
	require.DirExists(t, host)
}

// TestDetachLeavesNoMarkOfKeep, which would let another one that is kept remove the directory.
func TestDetachLeavesNoMarkOfKeep(t *testing.T) {
	dir := t.TempDir()
	tree, err := makeNamed(dir, "old")
	require.NoError(t, err)
	require.Zero(t, tree.Detach())
	RemoveKept(dir, isOld, 0)
	info, err := os.Stat(tree.Dir())
	require.NoError(t, err)
	require.Equal(t, os.ModeDir|os.ModeSticky|0o700, info.Mode())
}
