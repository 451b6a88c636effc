package tempfs_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
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

// TestPersistBesideRenamesGivesBackWhatLeft and not what has its name by then: two directories change places all the while.
func TestPersistBesideRenamesGivesBackWhatLeft(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		host := t.TempDir()
		require.NoError(t, fsys.Mkdir("/a", 0o755))
		require.NoError(t, fsys.Mkdir("/b", 0o755))
		var done atomic.Bool
		require.NoError(t, parallel(2, func(i int) error {
			if i == 0 {
				for !done.Load() {
					if err := errors.Join(fsys.Rename("/a", "/c"), fsys.Rename("/b", "/a"), fsys.Rename("/c", "/b")); err != nil {
						return err
					}
				}
				return nil
			}
			defer done.Store(true)
			for n := range 500 {
				// Both are there again for the next, whatever has left.
				for _, name := range []string{"/a/f", "/b/f", "/c/f"} {
					_ = put(fsys, name, strings.Repeat("x", 1+n%7*100))
				}
				out := filepath.Join(host, strconv.Itoa(n))
				_ = fsys.Persist("/a/f", out)
				if err := os.RemoveAll(out); err != nil {
					return err
				}
			}
			return nil
		}))
		requireBooks(t, fsys)
	}, tempfs.WithLimits(roomy))
}
