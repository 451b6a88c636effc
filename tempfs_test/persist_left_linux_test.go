package tempfs_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestPersistOfReadOnlyDirectory: rename(2) refuses to move a directory that its user may not write to another parent.
func TestPersistOfReadOnlyDirectory(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				host := filepath.Join(where.makeDir(t), "host")
				for range 2 { // the second time one has to go that may not be written
					require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
					require.NoError(t, put(fsys, "/d/e/f", "content"))
					require.NoError(t, fsys.Chmod("/d/e/f", 0o644))
					require.NoError(t, fsys.Chmod("/d/e", 0o555))
					require.NoError(t, fsys.Chmod("/d", 0o555))
					require.NoError(t, fsys.Persist("/d", host))
					require.Equal(t, ". dr-xr-xr-x\ne dr-xr-xr-x\ne/f -rw-r--r-- \"content\"\n", describeHost(t, host))
					require.NoError(t, lists(fsys, "/"))
				}
				require.NoError(t, fsys.Mkdir("/d", 0o755))
				require.NoError(t, fsys.Persist("/d", host, tempfs.Mode(0o500)))
				require.Equal(t, ". dr-x------\n", describeHost(t, host))
				requireHolds(t, filepath.Dir(host), "host")
			})
		})
	}
}

// TestPersistLeavesWhatCannotGo and says so: it is no failure.
func TestPersistLeavesWhatCannotGo(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root makes a directory immutable")
	}
	for _, where := range destinations(t) {
		if where.name == "other filesystem" {
			continue // one in memory may have no such flag
		}
		t.Run(where.name, func(t *testing.T) {
			fsys := tempfs.Test(t)
			host := filepath.Join(where.makeDir(t), "host")
			require.NoError(t, os.MkdirAll(filepath.Join(host, "old"), 0o755))
			makeTree(t, fsys, "/d")
			free := makeImmutable(t, filepath.Join(host, "old"))
			var result tempfs.PersistResult
			require.NoError(t, fsys.Persist("/d", host, tempfs.WithResult(&result)))
			free()
			require.Equal(t, tempfs.PersistResult{Published: true, Exchanged: true, Copied: where.isAcross, OldLeft: true}, result)
			require.Equal(t, subjects["directory"].want, describeHost(t, host))
		})
	}
	t.Run("source", func(t *testing.T) {
		fsys := tempfs.Test(t)
		makeTree(t, fsys, "/d")
		free := makeImmutable(t, filepath.Join(rootOf(t, fsys), "d", "empty"))
		host := filepath.Join(dirOnOther(t), "host")
		var result tempfs.PersistResult
		require.NoError(t, fsys.Persist("/d", host, tempfs.WithResult(&result)))
		free()
		require.Equal(t, tempfs.PersistResult{Published: true, Copied: true, SourceLeft: true}, result)
		require.Equal(t, subjects["directory"].want, describeHost(t, host))
		require.NoError(t, lists(fsys, "/d", "empty"))
	})
}
