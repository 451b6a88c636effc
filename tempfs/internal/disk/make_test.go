package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// makeNamed makes a tree with one name alone.
func makeNamed(dir, name string) (*Tree, error) {
	return Make(dir, 1, func(bool) string { return name })
}

func TestMakeSaysWhenTheNameIsTaken(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "dir"), 0o700))
	for _, name := range []string{"file", "dir"} {
		_, err := makeNamed(dir, name)
		require.ErrorIs(t, err, fs.ErrExist)
		require.ErrorContains(t, err, filepath.Join(dir, name))
	}
}

func TestMakeWhereThereIsNoDirectory(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	_, err := makeNamed(filepath.Join(dir, "missing"), "x")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = makeNamed(filepath.Join(dir, "file"), "x")
	require.ErrorIs(t, err, syscall.ENOTDIR)
}

func TestTakenNameGivesTheNext(t *testing.T) {
	parent := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(parent, "taken"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(parent, "file"), nil, 0o600))
	names := []string{"taken", "file", "free"}
	if hasSymlinks(t) {
		require.NoError(t, os.Symlink("dangling", filepath.Join(parent, "link")))
		names = append([]string{"link"}, names...)
	}
	tree, err := Make(parent, len(names), func(bool) string {
		name := names[0]
		names = names[1:]
		return name
	})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(parent, "free"), tree.Dir())
	require.NoError(t, tree.Release(t.Context(), nil))
}

func TestNamesRunOut(t *testing.T) {
	parent := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(parent, "taken"), 0o700))
	tries := 0
	_, err := Make(parent, 100, func(bool) string { tries++; return "taken" })
	require.ErrorIs(t, err, fs.ErrExist)
	require.Equal(t, 100, tries)
}
