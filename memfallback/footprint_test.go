package memfallback

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// A field more makes these objects fall into the next class of sizes of the allocator.
func TestSizesOfObjects(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("sizes are those of 64-bit systems")
	}
	require.LessOrEqual(t, unsafe.Sizeof(named16{}), uintptr(144), "a file and its name")
	require.LessOrEqual(t, unsafe.Sizeof(fileInfo{}), uintptr(80))
	require.LessOrEqual(t, unsafe.Sizeof(OpenFile{}), uintptr(48))
	require.LessOrEqual(t, unsafe.Sizeof(File{}), uintptr(64))
	require.LessOrEqual(t, unsafe.Sizeof(block{}), uintptr(48))
}

func TestFootprintOfSmallFiles(t *testing.T) {
	const files = 100_000
	tree := NewTree()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&before)
	content := make([]byte, 100)
	for i := range files {
		if i%1000 == 0 {
			require.Zero(t, tree.Mkdir(fmt.Sprint("d", i/1000), 0o755))
		}
		h, errno := tree.OpenFile(fmt.Sprintf("d%d/f%d", i/1000, i), os.O_RDWR|os.O_CREATE, 0o644)
		require.Zero(t, errno)
		_, errno = h.Write(content)
		require.Zero(t, errno)
		require.Zero(t, h.Close())
	}
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(tree)
	require.LessOrEqual(t, float64(after.HeapAlloc-before.HeapAlloc)/files, 280.0, "bytes")
	require.LessOrEqual(t, float64(after.HeapObjects-before.HeapObjects)/files, 2.05, "objects")
}
