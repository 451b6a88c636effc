package tempfs_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestModeOfTheRootIsOne, in Mode and in the st_mode of Sys, however one asks.
func TestModeOfTheRootIsOne(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		for _, mode := range []uint32{0, 0o755, 0o1777, 0o2750} {
			fileMode := os.FileMode(mode & 0o777)
			if mode&syscall.S_ISVTX != 0 {
				fileMode |= os.ModeSticky
			}
			if mode&syscall.S_ISGID != 0 {
				fileMode |= os.ModeSetgid
			}
			require.NoError(t, fsys.Chmod("/", fileMode))
			byName, err := fsys.Stat("/")
			require.NoError(t, err)
			byLstat, _, err := fsys.LstatIfPossible("/")
			require.NoError(t, err)
			root, err := fsys.Open("/")
			require.NoError(t, err)
			byHandle, err := root.Stat()
			require.NoError(t, err)
			require.NoError(t, root.Close())
			for _, info := range []os.FileInfo{byName, byLstat, byHandle} {
				require.Equal(t, os.ModeDir|fileMode, info.Mode())
				require.Equal(t, syscall.S_IFDIR|mode, info.Sys().(*syscall.Stat_t).Mode)
			}
		}
	})
}
