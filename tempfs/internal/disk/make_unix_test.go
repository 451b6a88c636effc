//go:build unix

package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMakeLeavesWhatTookTheName plays somebody who renames in the parent directory between mkdir and open.
func TestMakeLeavesWhatTookTheName(t *testing.T) {
	dir := t.TempDir()
	theirs := filepath.Join(dir, "theirs")
	require.NoError(t, os.Mkdir(theirs, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(theirs, "f"), nil, 0o600))
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("theirs", link))
	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.Mkdir(empty, 0o755))
	emptyLink := filepath.Join(dir, "link to empty")
	require.NoError(t, os.Symlink("empty", emptyLink))

	for _, path := range []string{link, theirs, emptyLink} {
		_, err := open(path)
		require.ErrorIs(t, err, fs.ErrExist, path)
	}
	info, err := os.Lstat(empty)
	require.NoError(t, err)
	require.Equal(t, fs.ModeDir|0o755, info.Mode(), "through a link nothing is changed")
}

func TestRootIsPrivateInASetgidDirectory(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755|fs.ModeSetgid))
	tree, err := Make(dir, "root")
	require.NoError(t, err)
	host, err := os.Lstat(tree.Dir())
	require.NoError(t, err)
	require.Equal(t, fs.ModeDir|0o700, host.Mode())
	require.NoError(t, tree.Release(t.Context(), nil))
}
