package web

import (
	"embed"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

//go:embed testdata/site
var embedded embed.FS

// TestEmbedded has a program change files that are built into it, in an Fs, and take out what became of them.
func TestEmbedded(t *testing.T) {
	files, err := fs.Sub(embedded, "testdata/site")
	require.NoError(t, err)
	built, err := fixture.FromFS(files)
	require.NoError(t, err)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Import(files, "/srv"))
		fixture.Assert(t, fsys, built, fixture.In("/srv"))
		require.NoError(t, fstest.TestFS(fsys.IOFS(), "srv/index.html", "srv/css/site.css"))
		require.NoError(t, afero.WriteFile(fsys, "/srv/index.html", []byte("<h1>changed</h1>"), 0o644))

		site, err := fsys.Sub("/srv")
		require.NoError(t, err)
		bucket := afero.NewMemMapFs()
		require.NoError(t, site.Export(bucket, "/v1"))
		fixture.Assert(t, bucket, fixture.Tree{"css/site.css": built["css/site.css"], "index.html": "<h1>changed</h1>"}, fixture.In("/v1"))
	})
}
