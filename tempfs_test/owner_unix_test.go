//go:build unix

package tempfs_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// ownerOf is the owner and group of what name is, not followed.
func ownerOf(t *testing.T, fsys *tempfs.Fs, name string) (uid, gid int) {
	t.Helper()
	info, _, err := fsys.LstatIfPossible(name)
	require.NoError(t, err)
	st, ok := info.Sys().(*syscall.Stat_t)
	require.True(t, ok, "Sys() is a %T", info.Sys())
	return int(st.Uid), int(st.Gid)
}

// TestOwner is the user of the process at first.
func TestOwner(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/f", ""))
		uid, gid := ownerOf(t, fsys, "/f")
		require.Equal(t, os.Geteuid(), uid)
		require.Equal(t, os.Getegid(), gid)
		require.NoError(t, fsys.Chown("/f", -1, -1))
		require.NoError(t, fsys.Chown("/f", uid, gid))
	})
}

func TestChownAndLchown(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/f", ""))
		require.NoError(t, fsys.SymlinkIfPossible("/f", "/link"))
		require.NoError(t, fsys.Chown("/link", 1, 2))
		require.NoError(t, fsys.Lchown("/link", 3, -1))
		uid, gid := ownerOf(t, fsys, "/f")
		require.Equal(t, [2]int{1, 2}, [2]int{uid, gid})
		uid, _ = ownerOf(t, fsys, "/link")
		require.Equal(t, 3, uid)
	})
}

func TestNobodyGivesFilesAway(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root does")
	}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/f", ""))
		require.ErrorIs(t, fsys.Chown("/f", 0, -1), syscall.EPERM)
		require.ErrorIs(t, fsys.Lchown("/f", 0, -1), syscall.EPERM)
	})
}
