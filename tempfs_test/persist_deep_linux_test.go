package tempfs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// deepLevels of deepName are more than a path can tell: PATH_MAX is 4096.
const deepLevels = 20

var deepName = strings.Repeat("deep", 60)

// makeDeep makes a chain of directories with a setuid file in the last one.
func makeDeep(t *testing.T, fsys *tempfs.Fs, name string) {
	t.Helper()
	require.NoError(t, fsys.Mkdir(name, 0o755))
	at, err := fsys.Sub(name)
	require.NoError(t, err)
	for range deepLevels {
		require.NoError(t, at.Mkdir(deepName, 0o755))
		next, err := at.Sub(deepName)
		require.NoError(t, err)
		require.NoError(t, at.Release())
		at = next
	}
	require.NoError(t, put(at, "/f", "at the bottom"))
	require.NoError(t, at.Chmod("/f", fs.ModeSetuid|0o644))
	require.NoError(t, at.Release())
}

// bottomOf opens the file that makeDeep made.
func bottomOf(t *testing.T, dir string) *os.File {
	t.Helper()
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_CLOEXEC, 0)
	require.NoError(t, err)
	for range deepLevels {
		next, failed := unix.Openat(fd, deepName, unix.O_PATH|unix.O_CLOEXEC, 0)
		require.NoError(t, failed)
		require.NoError(t, unix.Close(fd))
		fd = next
	}
	f, err := unix.Openat(fd, "f", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	require.NoError(t, err)
	require.NoError(t, unix.Close(fd))
	return os.NewFile(uintptr(f), "f")
}

// TestPersistDeepTree is of one that is deeper than a path can tell.
func TestPersistDeepTree(t *testing.T) {
	for _, where := range destinations(t) {
		if where.name == "bind mount" {
			continue // it is as the other
		}
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				makeDeep(t, fsys, "/s")
				dir := where.makeDir(t)
				host := filepath.Join(dir, "host")
				require.Empty(t, opening(t, func() {
					require.NoError(t, fsys.Persist("/s", host, tempfs.Durable()))
				}), "descriptors are left")
				f := bottomOf(t, host)
				info, err := f.Stat()
				require.NoError(t, err)
				require.Equal(t, fs.FileMode(0o644), info.Mode())
				require.NoError(t, f.Close())
				requireMissing(t, fsys, "/s")
				requireHolds(t, dir, "host")
				require.NoError(t, fsys.Mkdir("/empty", 0o755))
				require.NoError(t, fsys.Persist("/empty", host), "and is gone where it is replaced")
				requireHolds(t, host)
			})
		})
	}
}
