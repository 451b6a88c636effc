//go:build unix

package tempfs_test

import (
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestRemovalAllocatesNothingPerFile is case 28: a directory of three times the files takes no more memory.
func TestRemovalAllocatesNothingPerFile(t *testing.T) {
	const few, many = 500, 1500
	const buffer = 80 << 10 // for entries of a directory; the garbage collector may take it from its pool
	for how, remove := range map[string]func(*tempfs.Fs) error{
		"Release":   (*tempfs.Fs).Release,
		"RemoveAll": func(fsys *tempfs.Fs) error { return fsys.RemoveAll("/d") },
	} {
		t.Run(how, func(t *testing.T) {
			eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
				fewTimes, fewBytes := leastAllocated(t, few, remove, opts...)
				manyTimes, manyBytes := leastAllocated(t, many, remove, opts...)
				t.Logf("%d and %d allocations, %d and %d bytes", fewTimes, manyTimes, fewBytes, manyBytes)
				require.LessOrEqual(t, manyTimes, fewTimes+few/100)
				require.LessOrEqual(t, manyBytes, fewBytes+2*buffer)
			})
		})
	}
}

// leastAllocated is what the removal of that many files allocates, without what happens beside it now and then.
func leastAllocated(t *testing.T, files int, remove func(*tempfs.Fs) error, opts ...tempfs.Option) (times, bytes uint64) {
	t.Helper()
	times, bytes = math.MaxUint64, math.MaxUint64
	if len(opts) == 0 { // on disk
		opts = []tempfs.Option{tempfs.In(spacious(t))}
	}
	for range 3 {
		fsys := tempfs.Test(t, opts...)
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		for _, name := range numbered(files) {
			require.NoError(t, put(fsys, "/d/"+name, ""))
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := remove(fsys)
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		times = min(times, after.Mallocs-before.Mallocs)
		bytes = min(bytes, after.TotalAlloc-before.TotalAlloc)
	}
	return times, bytes
}

// TestRemovalAllocatesLittlePerLevel is about depth: a level is a few numbers and a name, on the way down and on the way up.
func TestRemovalAllocatesLittlePerLevel(t *testing.T) {
	const few, many, perLevel = 500, 2500, 1 << 10
	measure := func(levels int) uint64 {
		least := uint64(math.MaxUint64)
		for range 3 {
			fsys := tempfs.Test(t, tempfs.In(spacious(t)))
			require.NoError(t, buildChain(rootOf(t, fsys), levels))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := fsys.Release()
			runtime.ReadMemStats(&after)
			require.NoError(t, err)
			least = min(least, after.TotalAlloc-before.TotalAlloc)
		}
		return least
	}
	small, large := measure(few), measure(many)
	t.Logf("%d bytes for a level", (large-small)/(many-few))
	require.LessOrEqual(t, large, small+perLevel*(many-few))
}
