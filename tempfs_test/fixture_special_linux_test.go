package tempfs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

func TestFixtureOpensNoSpecialFile(t *testing.T) {
	fsys := tempfs.Test(t)
	plantSpecialFiles(t, fsys)
	fixture.Assert(t, fsys, fixture.Tree{"fifo": fixture.Special(fs.ModeNamedPipe), "fifo-link": fixture.Link("/fifo")}, fixture.Only("fifo", "fifo-link"))
	_, err := fixture.Read(fsys)
	require.NoError(t, err)
}

func TestFixtureFollowsNoPlantedLink(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(outside, []byte("secret"), 0o600))
	fsys := tempfs.Test(t)
	host := hostOf(t, fsys)
	require.NoError(t, os.Symlink(outside, filepath.Join(host, "file")))
	require.NoError(t, os.Symlink(filepath.Dir(outside), filepath.Join(host, "dir")))
	fixture.Assert(t, fsys, fixture.Tree{"file": fixture.Link(outside), "dir": fixture.Link(filepath.Dir(outside))})

	require.ErrorIs(t, fixture.Write(fsys, fixture.Tree{"file": "x"}), fs.ErrExist)
	require.Error(t, fixture.Write(fsys, fixture.Tree{"dir/secret": "x"}, fixture.Overwrite()))
	require.NoError(t, fixture.Write(fsys, fixture.Tree{"file": "x"}, fixture.Overwrite()))
	content, err := os.ReadFile(outside)
	require.NoError(t, err)
	require.Equal(t, "secret", string(content))
}
