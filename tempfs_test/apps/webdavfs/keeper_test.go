package webdavfs

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/webdav"

	"github.com/aferotemp/go/tempfs"
)

// TestKeeperKeepsWhatIsNeeded: of files without properties it knows those that are open, or each PROPFIND would have it grow.
func TestKeeperKeepsWhatIsNeeded(t *testing.T) {
	fsys, ctx := tempfs.Test(t), t.Context()
	files := DeadProps(New(fsys)).(*keeper)
	first, err := files.OpenFile(ctx, "/file", os.O_RDWR|os.O_CREATE, 0o600)
	require.NoError(t, err)
	second, err := files.OpenFile(ctx, "file", os.O_RDONLY, 0)
	require.NoError(t, err)
	require.Len(t, files.of, 1) // by either name
	require.NoError(t, second.Close())
	property := webdav.Property{XMLName: struct{ Space, Local string }{"urn:test", "a"}}
	_, err = first.(*file).Patch([]webdav.Proppatch{{Props: []webdav.Property{property}}})
	require.NoError(t, err)
	require.NoError(t, files.Rename(ctx, "/file", "/moved"))
	require.NoError(t, first.Close())
	require.Len(t, files.of, 1) // since it has a property
	third, err := files.OpenFile(ctx, "/moved", os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = third.(*file).Patch([]webdav.Proppatch{{Remove: true, Props: []webdav.Property{property}}})
	require.NoError(t, err)
	require.NoError(t, third.Close())
	require.Empty(t, files.of)
	_, err = files.OpenFile(ctx, "/missing", os.O_RDONLY, 0)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Empty(t, files.of)
}
