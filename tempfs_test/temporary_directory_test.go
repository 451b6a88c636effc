package tempfs_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestReleaseOfARootReplacedByALink refuses to follow it: what it leads to stays, and the link.
func TestReleaseOfARootReplacedByALink(t *testing.T) {
	target := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(target, "theirs"), nil, 0o600))
	fsys, err := tempfs.New(tempfs.In(t.TempDir()))
	require.NoError(t, err)
	host := rootOf(t, fsys)
	require.NoError(t, put(fsys, "/mine", "content"))
	require.NoError(t, os.Rename(host, host+".moved"))
	if err = os.Symlink(target, host); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}

	err = fsys.Release()
	require.ErrorIs(t, err, tempfs.ErrReplaced)
	require.NotContains(t, err.Error(), host)
	require.FileExists(t, filepath.Join(target, "theirs"))
	info, err := os.Lstat(host)
	require.NoError(t, err)
	require.Equal(t, os.ModeSymlink, info.Mode().Type())

	require.NoError(t, os.Remove(host))
	require.ErrorIs(t, fsys.Release(), tempfs.ErrMoved)
	require.NoError(t, os.Rename(host+".moved", host))
	require.NoError(t, fsys.Release())
	requireGone(t, host)
}

// TestReleaseOfARootThatTheUserRemoved is no error.
func TestReleaseOfARootThatTheUserRemoved(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a directory that is open cannot be removed on Windows")
	}
	fsys, err := tempfs.New()
	require.NoError(t, err)
	require.NoError(t, put(fsys, "/f", "content"))
	require.NoError(t, os.RemoveAll(rootOf(t, fsys)))
	require.NoError(t, fsys.Release())
	require.NoError(t, fsys.Release())
}

// TestReleaseUnderTheWorkingDirectory takes it away, as rmdir(2) does.
func TestReleaseUnderTheWorkingDirectory(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the working directory cannot be removed on Windows")
	}
	fsys, err := tempfs.New()
	require.NoError(t, err)
	require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
	host := rootOf(t, fsys)
	t.Chdir(filepath.Join(host, "d", "e"))
	require.NoError(t, fsys.Release())
	requireGone(t, host)
}

// TestNamesForOthersToMake is what mktemp is for: inside an Fs a name that is free stays free, since nobody else gets there.
func TestNamesForOthersToMake(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		seen := map[string]bool{}
		for range 100 {
			dir, err := fsys.MkdirTemp("", "")
			require.NoError(t, err)
			name := dir + "/socket"
			require.NoError(t, hasNot(fsys, name))
			require.False(t, seen[name])
			seen[name] = true
			info, err := fsys.Stat(dir)
			require.NoError(t, err)
			if runtime.GOOS != "windows" {
				require.Equal(t, os.ModeDir|0o700, info.Mode())
			}
		}
	})
}
