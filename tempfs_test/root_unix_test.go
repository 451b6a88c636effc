//go:build unix

package tempfs_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// withUmask makes an Fs under a umask. No test of this package runs in parallel with another.
func withUmask(t *testing.T, mask int, opts ...tempfs.Option) *tempfs.Fs {
	t.Helper()
	old := syscall.Umask(mask)
	defer syscall.Umask(old)
	return tempfs.Test(t, opts...)
}

func TestRootIsPrivate(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o077, 0o777} {
		t.Run(fmt.Sprintf("umask %03o", mask), func(t *testing.T) {
			fsys := withUmask(t, mask)
			info, err := os.Stat(rootOf(t, fsys))
			require.NoError(t, err)
			require.Equal(t, os.ModeDir|0o700, info.Mode())
			require.NoError(t, put(fsys, "/f", "it works"))
			require.NoError(t, has(fsys, "/f", "it works"))
		})
	}
}

// TestRootStaysPrivate gives the root other modes, which show and do not bind.
func TestRootStaysPrivate(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		for _, mode := range []os.FileMode{0, 0o777, 0o555, os.ModeSticky | 0o777} {
			require.NoError(t, fsys.Chmod("/", mode))
			info, err := fsys.Stat("/")
			require.NoError(t, err)
			require.Equal(t, os.ModeDir|mode, info.Mode())
			require.NoError(t, put(fsys, "/f", "it works"))
			require.NoError(t, has(fsys, "/f", "it works"))
			require.NoError(t, lists(fsys, "/", "f"))
			if fsys.Backend() != "disk" {
				continue
			}
			info, err = os.Stat(rootOf(t, fsys))
			require.NoError(t, err)
			require.Equal(t, os.ModeDir|0o700, info.Mode())
		}
	})
}

// TestUmaskOfFiles shows that the umask binds below the root as it binds package os.
func TestUmaskOfFiles(t *testing.T) {
	old := syscall.Umask(0o027)
	defer syscall.Umask(old)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, opened(fsys.Create("/f")))
		require.NoError(t, fsys.Mkdir("/d", 0o777))
		require.NoError(t, fsys.MkdirAll("/e/f/g", 0o777))
		for name, want := range map[string]os.FileMode{
			"/f": 0o640, "/d": os.ModeDir | 0o750, "/e": os.ModeDir | 0o750, "/e/f/g": os.ModeDir | 0o750,
		} {
			info, err := fsys.Stat(name)
			require.NoError(t, err)
			require.Equal(t, want, info.Mode(), name)
		}
	})
}
