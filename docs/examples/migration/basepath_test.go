package migration

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

func TestBackupOnBasePathFs(t *testing.T) {
	fsys := afero.NewBasePathFs(afero.NewOsFs(), t.TempDir())
	require.NoError(t, fsys.MkdirAll("etc", 0o755))
	require.NoError(t, afero.WriteFile(fsys, "etc/app.conf", []byte("port = 80\n"), 0o644))

	require.NoError(t, backup(fsys, "etc/app.conf"))

	content, err := afero.ReadFile(fsys, "etc/app.conf.bak")
	require.NoError(t, err)
	require.Equal(t, "port = 80\n", string(content))
	info, err := fsys.Stat("etc/app.conf.bak")
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
}

func TestBackup(t *testing.T) {
	fsys := fixture.Build(t, tempfs.Test(t), fixture.Tree{"etc/app.conf": "port = 80\n"})

	require.NoError(t, backup(fsys, "etc/app.conf"))

	fixture.Assert(t, fsys, fixture.Tree{
		"etc/app.conf":     "port = 80\n",
		"etc/app.conf.bak": fixture.File{Data: "port = 80\n", Mode: 0o600},
	})
}

// TestLinkLeavesBasePathFs and does not leave ours.
func TestLinkLeavesBasePathFs(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o600))

	dir := t.TempDir()
	require.NoError(t, os.Symlink(secret, filepath.Join(dir, "link")))
	content, err := afero.ReadFile(afero.NewBasePathFs(afero.NewOsFs(), dir), "link")
	require.NoError(t, err)
	require.Equal(t, "secret", string(content))

	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, fixture.Tree{"link": fixture.Link(secret)})
		_, err := afero.ReadFile(fsys, "link")
		require.ErrorIs(t, err, os.ErrNotExist)
	})
}
