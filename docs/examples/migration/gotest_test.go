package migration

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/fs"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

func TestBackupOnHostWithGotestTools(t *testing.T) {
	dir := fs.NewDir(t, "app", fs.WithDir("etc", fs.WithFile("app.conf", "port = 80\n", fs.WithMode(0o640))))
	defer dir.Remove()

	assert.NilError(t, backupOnHost(dir.Join("etc", "app.conf")))

	expected := fs.Expected(t, fs.MatchAnyFileMode, fs.WithDir("etc", fs.MatchAnyFileMode,
		fs.WithFile("app.conf", "port = 80\n", fs.WithMode(0o640)),
		fs.WithFile("app.conf.bak", "port = 80\n", fs.WithMode(0o600)),
	))
	assert.Assert(t, fs.Equal(dir.Path(), expected))
}

func TestBackupOnHost(t *testing.T) {
	fsys := fixture.Build(t, tempfs.Test(t), fixture.Tree{"etc/app.conf": fixture.File{Data: "port = 80\n", Mode: 0o640}})
	path, err := fsys.RealPath("etc/app.conf") // the code takes a path of the host
	require.NoError(t, err)

	require.NoError(t, backupOnHost(path))

	fixture.Assert(t, fsys, fixture.Tree{
		"etc/app.conf":     fixture.File{Data: "port = 80\n", Mode: 0o640},
		"etc/app.conf.bak": fixture.File{Data: "port = 80\n", Mode: 0o600},
	})
}

// TestTreesOfTestdata are brought in.
func TestTreesOfTestdata(t *testing.T) {
	fsys := tempfs.Test(t)
	require.NoError(t, fsys.Import(os.DirFS("testdata/app"), "/srv"))
	fixture.Assert(t, fsys, fixture.Tree{"srv/etc/app.conf": "port = 80\n"})
}
