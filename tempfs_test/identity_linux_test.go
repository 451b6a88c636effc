package tempfs_test

import (
	"io"
	"io/fs"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// infoOf is that of what name is, not followed.
func infoOf(t *testing.T, fsys *tempfs.Fs, name string) fs.FileInfo {
	t.Helper()
	info, _, err := fsys.LstatIfPossible(name)
	require.NoError(t, err)
	return info
}

// TestFilesOfACloneAreOthers whatever their numbers, and the names of one file are those of one file there too.
func TestFilesOfACloneAreOthers(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("d", 0o755))
		require.NoError(t, put(fsys, "f", "text"))
		require.NoError(t, fsys.Link("f", "d/g"))
		require.NoError(t, fsys.SymlinkIfPossible("f", "s"))
		for _, name := range backendNames {
			t.Run(name, func(t *testing.T) {
				clone := requireClone(t, fsys, cloneOptionsFor(name)...)
				for _, name := range []string{"/", "d", "f", "d/g", "s"} {
					require.False(t, tempfs.SameFile(infoOf(t, fsys, name), infoOf(t, clone, name)), name)
					require.False(t, tempfs.SameFile(infoOf(t, clone, name), infoOf(t, fsys, name)), name)
				}
				require.True(t, tempfs.SameFile(infoOf(t, clone, "f"), infoOf(t, clone, "d/g")))
				require.EqualValues(t, 2, statOf(t, clone, "f").Nlink)
				require.NoError(t, clone.Rename("f", "d/h"))
				require.True(t, tempfs.SameFile(infoOf(t, clone, "d/h"), infoOf(t, clone, "d/g")))
				require.NoError(t, clone.Remove("d/g"))
				require.EqualValues(t, 1, statOf(t, clone, "d/h").Nlink)
				require.EqualValues(t, 2, statOf(t, fsys, "f").Nlink)
			})
		}
	})
}

// TestMemoryKeepsNoAccessTimes as a filesystem does that is mounted with noatime: it is that of the making, until Chtimes.
func TestMemoryKeepsNoAccessTimes(t *testing.T) {
	now := time.Unix(1e9, 0)
	fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.WithClock(func() time.Time { return now }))
	atime := func(name string) int64 {
		st := infoOf(t, fsys, name).Sys().(*syscall.Stat_t)
		return st.Atim.Sec
	}
	require.NoError(t, fsys.Mkdir("d", 0o755))
	require.NoError(t, put(fsys, "d/f", "text"))
	require.NoError(t, fsys.SymlinkIfPossible("f", "d/s"))
	names := []string{"/", "d", "d/f", "d/s"}
	use := func() {
		now = now.Add(time.Hour)
		f, err := fsys.OpenFile("d/s", os.O_RDWR, 0)
		require.NoError(t, err)
		require.NoError(t, errOf(io.Copy(io.Discard, f)))
		require.NoError(t, errOf(f.ReadAt(make([]byte, 1), 0)))
		require.NoError(t, errOf(f.WriteString("more")))
		require.NoError(t, f.Truncate(2))
		require.NoError(t, f.Close())
		require.NoError(t, errOf(afero.ReadDir(fsys, "d")))
		require.NoError(t, errOf(fsys.ReadlinkIfPossible("d/s")))
		require.NoError(t, fsys.Chmod("d/f", 0o600))
		require.NoError(t, fsys.Rename("d/f", "d/g"))
		require.NoError(t, fsys.Rename("d/g", "d/f"))
	}
	use()
	for _, name := range names {
		require.EqualValues(t, 1e9, atime(name), name)
	}
	for _, name := range names[:3] {
		require.NoError(t, fsys.Chtimes(name, time.Unix(5, 0), time.Time{}))
	}
	use()
	for _, name := range names[:3] {
		require.EqualValues(t, 5, atime(name), name)
	}
}
