package tempfs_test

import (
	"encoding/binary"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestSpillHoldsWhatMemoryDoesNot writes 64 times the budget and reads it back, every byte of which says where it is. With TEMPFS_TEST_SPILL=full it is 4 GiB, and the most
// memory that the process ever took is logged.
func TestSpillHoldsWhatMemoryDoesNot(t *testing.T) {
	budget := int64(1 << 20)
	if os.Getenv("TEMPFS_TEST_SPILL") == "full" {
		budget = 64 << 20
	}
	fsys := tempfs.Test(t, tempfs.SpillOver(budget))
	f, err := fsys.Create("much")
	require.NoError(t, err)
	before := heapInUse()
	piece := make([]byte, 64<<10)
	fill := func(n int64) {
		for i := 0; i < len(piece); i += 8 {
			binary.LittleEndian.PutUint64(piece[i:], uint64(n)*uint64(len(piece))+uint64(i))
		}
	}
	pieces := 64 * budget / int64(len(piece))
	for n := range pieces {
		fill(n)
		_, err := f.Write(piece)
		require.NoError(t, err)
	}
	got := make([]byte, len(piece))
	for n := range pieces {
		fill(n)
		_, err := f.ReadAt(got, n*int64(len(piece)))
		require.NoError(t, err)
		if string(got) != string(piece) { // not require.Equal, which would print it
			t.Fatalf("piece %d is not what was written", n)
		}
	}
	require.Less(t, heapInUse()-before, budget+budget/4+(4<<20), "bytes of memory")
	t.Logf("%d MiB over a budget of %d MiB, at most %s", pieces>>4, budget>>20, peakMemory(t))
}

// heapInUse is in bytes.
func heapInUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// peakMemory is the most that the process had resident, with its unit.
func peakMemory(t *testing.T) string {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
