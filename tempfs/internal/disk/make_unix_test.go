//go:build unix && !aix && !solaris

package disk

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMakeLeavesWhatTookTheName plays somebody who renames in the parent directory between mkdir and open, or between open and the proof.
func TestMakeLeavesWhatTookTheName(t *testing.T) {
	for _, step := range []int{1, 2} {
		for name, take := range map[string]func(t *testing.T, path, theirs string){
			"a directory": func(t *testing.T, path, theirs string) { require.NoError(t, os.Rename(theirs, path)) },
			"a link":      func(t *testing.T, path, theirs string) { require.NoError(t, os.Symlink(theirs, path)) },
			"a file":      func(t *testing.T, path, _ string) { require.NoError(t, os.WriteFile(path, nil, 0o600)) },
			"nothing":     func(*testing.T, string, string) {},
		} {
			t.Run(fmt.Sprint(name, " after step ", step), func(t *testing.T) {
				dir := t.TempDir()
				theirs := filepath.Join(dir, "theirs")
				require.NoError(t, os.Mkdir(theirs, 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(theirs, "f"), nil, 0o600))
				comeBetween(t, step, func() {
					require.NoError(t, os.Rename(filepath.Join(dir, "root"), filepath.Join(dir, "moved")))
					take(t, filepath.Join(dir, "root"), theirs)
				})
				_, err := makeNamed(dir, "root")
				require.ErrorIs(t, err, fs.ErrExist)
				require.True(t, exists(filepath.Join(theirs, "f")) || exists(filepath.Join(dir, "root", "f")))
			})
		}
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// comeBetween runs fn after a step of the next birth.
func comeBetween(t *testing.T, step int, fn func()) {
	t.Helper()
	steps := 0
	between = func() {
		if steps++; steps == step {
			fn()
		}
	}
	t.Cleanup(func() { between = func() {} })
}

func TestRootIsPrivateInASetgidDirectory(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755|fs.ModeSetgid))
	tree, err := makeNamed(dir, "root")
	require.NoError(t, err)
	host, err := os.Lstat(tree.Dir())
	require.NoError(t, err)
	require.Equal(t, fs.ModeDir|0o700, host.Mode())
	require.NoError(t, tree.Release(t.Context(), nil))
}
