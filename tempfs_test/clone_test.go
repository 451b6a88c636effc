package tempfs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

func TestCloneSmoke(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/a/b", 0o755))
		require.NoError(t, put(fsys, "/a/b/f", "content"))
		require.NoError(t, fsys.Link("/a/b/f", "/g"))
		require.NoError(t, fsys.SymlinkIfPossible("../x", "/a/l"))
		for _, o := range [][]tempfs.Option{nil, {tempfs.InMemory()}, {tempfs.In(t.TempDir())}} {
			c, err := fsys.Clone(o...)
			require.NoError(t, err)
			require.NoError(t, has(c, "/g", "content"))
			require.NoError(t, has(c, "/a/b/f", "content"))
			require.NoError(t, c.Release())
		}
	})
}
