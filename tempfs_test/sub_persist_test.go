package tempfs_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestSubOfWhatLeftLeadsNowhere: a view of a directory that was persisted, or of one below, would else be one of the host.
func TestSubOfWhatLeftLeadsNowhere(t *testing.T) {
	for name, opts := range map[string][]tempfs.Option{"free": nil, "limited": {tempfs.WithLimits(tempfs.Limits{Files: 10, Depth: 9})}} {
		t.Run(name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
				require.NoError(t, fsys.MkdirAll("/stays/x", 0o755))
				require.NoError(t, put(fsys, "/d/e/f", "content"))
				d, err := fsys.Sub("/d")
				require.NoError(t, err)
				e, err := d.Sub("e")
				require.NoError(t, err)
				stays, err := fsys.Sub("/stays")
				require.NoError(t, err)

				host := filepath.Join(t.TempDir(), "out")
				require.NoError(t, fsys.Persist("/d", host))

				for _, view := range []*tempfs.Fs{d, e} {
					require.Error(t, view.Mkdir("/new", 0o755))
					require.Error(t, put(view, "/new", "x"))
					require.Error(t, view.Rename("f", "g"))
					_, err = view.Stat("f")
					require.Error(t, err)
					_, err = view.Stat("e")
					require.Error(t, err)
				}
				requireLeft(t, host, "e")
				requireLeft(t, filepath.Join(host, "e"), "f")
				require.NoError(t, stays.Mkdir("/new", 0o755))
				require.NoError(t, d.Release())
				require.NoError(t, e.Release())
				require.NoError(t, stays.RemoveAll("/"))
				require.Equal(t, int64(1), fsys.Usage().Files)
			}, opts...)
		})
	}
}

func requireLeft(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, name, entries[0].Name())
}
