package memfallback

import (
	"io/fs"
	"os"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// heap returns how much more memory is in use after fn than before it, with what fn returns kept alive.
func heap(fn func() any) int64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	kept := fn()
	runtime.GC()
	runtime.GC() // a sync.Pool lasts for one
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(kept)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}

func mustOpen(t *testing.T, tree *Tree, name string, flag int) Handle {
	t.Helper()
	h, errno := tree.OpenFile(name, flag, 0o644)
	require.Zero(t, errno, "open %q", name)
	return h
}

func TestHolesCostNothing(t *testing.T) {
	for _, off := range []int64{1 << 30, 1 << 40, maxFileSize - 1} {
		tree := NewTree()
		cost := heap(func() any {
			h := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
			n, errno := h.WriteAt([]byte("x"), off)
			require.Zero(t, errno)
			require.Equal(t, 1, n)
			return h
		})
		require.Less(t, cost, int64(200<<10), "one byte at %d", off)
		require.Zero(t, tree.Truncate("f", 0))
		require.Zero(t, tree.Truncate("f", maxFileSize))
	}
}

func TestContentIsFreed(t *testing.T) {
	const size = 8 << 20
	fill := func(tree *Tree) Handle {
		h := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
		_, errno := h.Write(make([]byte, size))
		require.Zero(t, errno)
		return h
	}
	for name, free := range map[string]func(tree *Tree, h Handle){
		"truncated": func(tree *Tree, _ Handle) { tree.Truncate("f", 0) },
		"removed and closed": func(tree *Tree, h Handle) {
			tree.Remove("f")
			h.Close()
		},
		"removed while listed": func(tree *Tree, h Handle) {
			dir := mustOpen(t, tree, "/", os.O_RDONLY)
			_, errno := dir.ReadDir(1)
			require.Zero(t, errno)
			t.Cleanup(func() { dir.Close() })
			tree.Remove("f")
			h.Close()
		},
		"released and closed": func(tree *Tree, h Handle) {
			require.NoError(t, tree.Release(t.Context(), nil))
			h.Close()
		},
	} {
		tree := NewTree()
		left := heap(func() any {
			h := fill(tree)
			free(tree, h)
			return []any{tree, h}
		})
		require.Less(t, left, int64(size/4), name)
	}
}

// Truncate keeps what is worth a copy no longer than needed.
func TestSmallRestOfBigFile(t *testing.T) {
	tree := NewTree()
	h := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
	_, errno := h.Write(make([]byte, pageSize))
	require.Zero(t, errno)
	require.Zero(t, h.Truncate(10))
	n, errno := tree.lookup("f", true)
	require.Zero(t, errno)
	require.Less(t, cap(n.small), 1000)
}

func TestAllocations(t *testing.T) {
	tree := NewTree()
	require.Zero(t, tree.Mkdir("a", 0o755))
	require.Zero(t, tree.Mkdir("a/b", 0o755))
	require.Zero(t, tree.Symlink("b/../b", "a/link"))
	h := mustOpen(t, tree, "a/b/f", os.O_RDWR|os.O_CREATE)
	p := make([]byte, 4096)
	for _, c := range []struct {
		name string
		most float64
		fn   func()
	}{
		{"stat through a link", 1, func() { tree.Stat("/a/./link/../b//f") }},
		{"stat of what is missing", 0, func() { tree.Stat("/a/b/missing") }},
		{"open and close", 1, func() {
			opened, _ := tree.OpenFile("a/b/f", os.O_RDWR, 0)
			opened.Close()
		}},
		{"write at", 0, func() { h.WriteAt(p, 0) }},
		{"read at", 0, func() { h.ReadAt(p, 0) }},
		{"seek and read", 0, func() {
			h.Lseek(0, 0)
			h.Read(p)
		}},
		{"rename there and back", 2, func() {
			tree.Rename("a/b/f", "a/g")
			tree.Rename("a/g", "a/b/f")
		}},
		{"chmod", 0, func() { tree.Chmod("a/b/f", 0o600) }},
	} {
		require.LessOrEqual(t, testing.AllocsPerRun(100, c.fn), c.most, c.name)
	}
}

// ReadDir makes one block of entries, whatever their number.
func TestAllocationsOfReadDir(t *testing.T) {
	tree := NewTree()
	for i := range 1000 {
		mustOpen(t, tree, string(rune('a'+i%26))+string(rune('0'+i/26)), os.O_CREATE|os.O_RDWR).Close()
	}
	dir := mustOpen(t, tree, "/", os.O_RDONLY)
	var entries []fs.DirEntry
	allocs := testing.AllocsPerRun(10, func() {
		dir.Lseek(0, 0)
		entries, _ = dir.ReadDir(-1)
	})
	require.Len(t, entries, 1000)
	require.LessOrEqual(t, allocs, 2.0)
}

func TestWriteAtTheBound(t *testing.T) {
	tree := NewTree()
	h := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
	n, errno := h.WriteAt([]byte("abc"), maxFileSize-1)
	require.Equal(t, 1, n)
	require.Equal(t, syscall.EFBIG, errno)
	info, errno := h.Stat()
	require.Zero(t, errno)
	require.Equal(t, int64(maxFileSize), info.Size())
	a := mustOpen(t, tree, "f", os.O_WRONLY|os.O_APPEND)
	n, errno = a.Write([]byte("abc"))
	require.Zero(t, n)
	require.Equal(t, syscall.EFBIG, errno)
}
