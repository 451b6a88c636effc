//go:build unix

package tempfs_test

import (
	"io"
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestReaddirByPages lists a large directory in parts, which takes no more memory however large it is. The figure of a million entries:
//
//	TEMPFS_TEST_SHAPES=full go test -v -run TestReaddirByPages ./tempfs_test
func TestReaddirByPages(t *testing.T) {
	entries := 20_000
	if os.Getenv("TEMPFS_TEST_SHAPES") == "full" {
		entries = 1_000_000
	}
	const page, most = 1000, 2 << 20
	fsys := tempfs.Test(t, tempfs.In(spacious(t)))
	for i := range entries {
		f, err := fsys.Create("/" + strconv.Itoa(i))
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}
	dir, err := fsys.Open("/")
	require.NoError(t, err)
	defer dir.Close()
	before, peak, listed := heap(), uint64(0), 0
	for err == nil {
		var infos []os.FileInfo
		infos, err = dir.Readdir(page)
		require.LessOrEqual(t, len(infos), page)
		listed += len(infos)
		if listed%(10*page) == 0 {
			peak = max(peak, heap())
			runtime.KeepAlive(infos)
		}
	}
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, entries, listed)
	t.Logf("%d entries: %d KiB more than before", entries, (int64(peak)-int64(before))>>10)
	require.Less(t, peak, before+most)
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
