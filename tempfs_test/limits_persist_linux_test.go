package tempfs_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestPersistGivesBack what has left, and nothing if it stays.
func TestPersistGivesBack(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			eachLimited(t, tempfs.Limits{Bytes: 100, Files: 10}, func(t *testing.T, fsys *tempfs.Fs) {
				host := where.makeDir(t)
				require.NoError(t, put(fsys, "/f", "0123456789"))
				require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
				require.NoError(t, put(fsys, "/d/e/g", "01234"))
				require.NoError(t, fsys.SymlinkIfPossible("e", "/d/l"))
				require.NoError(t, put(fsys, "/stays", "abc"))
				requireUsage(t, fsys, 19, 6)
				require.Error(t, fsys.Persist("/f", filepath.Join(host, "missing", "f")))
				requireUsage(t, fsys, 19, 6)

				require.NoError(t, fsys.Persist("/f", filepath.Join(host, "f")))
				requireUsage(t, fsys, 9, 5)
				require.NoError(t, fsys.Persist("/d", filepath.Join(host, "d")))
				requireUsage(t, fsys, 3, 1)

				require.NoError(t, put(fsys, "/f", "another"))
				require.NoError(t, fsys.Persist("/f", filepath.Join(host, "f")), "over the first")
				requireUsage(t, fsys, 3, 1)
				require.NoError(t, fsys.Mkdir("/d", 0o755))
				require.NoError(t, put(fsys, "/d/new", "another"))
				require.NoError(t, fsys.Persist("/d", filepath.Join(host, "d")), "in exchange for the first")
				requireUsage(t, fsys, 3, 1)

				require.NoError(t, put(fsys, "/f", "twice"))
				require.NoError(t, fsys.Link("/f", "/g"))
				require.NoError(t, fsys.Persist("/f", filepath.Join(host, "f")))
				requireUsage(t, fsys, 8, 2) // its other name is here
				require.NoError(t, fsys.Persist("/", filepath.Join(host, "all")))
				requireUsage(t, fsys, 0, 0)
			})
		})
	}
}

// TestPersistOfAnOpenFileGivesBack what had no name.
func TestPersistOfAnOpenFileGivesBack(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			eachLimited(t, tempfs.Limits{Bytes: 10, Files: 1}, func(t *testing.T, fsys *tempfs.Fs) {
				host := where.makeDir(t)
				f, err := fsys.TemporaryFile(tempfs.Linkable())
				require.NoError(t, err)
				require.NoError(t, errOf(f.WriteString("0123456789")))
				requireUsage(t, fsys, 10, 1)
				require.NoError(t, tempfs.PersistFile(f, filepath.Join(host, "f")))
				require.NoError(t, f.Close())
				requireUsage(t, fsys, 0, 0)
			})
		})
	}
}
