package memfallback

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// A hole must be written to the caller's buffer as zeros: it seldom is a fresh one.
func TestHolesOverwriteTheBuffer(t *testing.T) {
	for _, size := range []int64{100, pageSize, 3*pageSize + 100} {
		tree := NewTree()
		h := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
		_, errno := h.WriteAt([]byte("x"), 10)
		require.Zero(t, errno)
		require.Zero(t, h.Truncate(size))
		p := bytes.Repeat([]byte("?"), int(size))
		n, errno := h.ReadAt(p, 0)
		require.Zero(t, errno)
		require.EqualValues(t, size, n)
		want := make([]byte, size)
		want[10] = 'x'
		require.True(t, bytes.Equal(want, p), "size %d", size)
	}
}

// O_TRUNC does nothing to a file that the same open made: truncation would take its set-id bits.
func TestTruncOfANewFileKeepsItsMode(t *testing.T) {
	tree := NewTree(WithUser(5, 5), WithUmask(0))
	flag := os.O_RDWR | os.O_CREATE | os.O_TRUNC
	for _, want := range []fs.FileMode{fs.ModeSetuid | 0o755, 0o755} { // the second open finds the file
		_, errno := tree.OpenFile("f", flag, fs.ModeSetuid|0o755)
		require.Zero(t, errno)
		info, errno := tree.Stat("f")
		require.Zero(t, errno)
		require.Equal(t, want, info.Mode())
	}
}

// The offset of a directory is an int64: in 32 bits these would wrap.
func TestDirectorySeekFarOut(t *testing.T) {
	tree := NewTree()
	require.Zero(t, tree.Mkdir("a", 0o755))
	h := mustOpen(t, tree, "/", os.O_RDONLY)
	for _, off := range []int64{1, 2, 1 << 31, 1<<31 + 5, 1 << 32, 1<<32 + 1, maxFileSize} {
		_, errno := h.Lseek(off, io.SeekStart)
		require.Zero(t, errno)
		list, errno := h.ReadDir(-1)
		require.Zero(t, errno)
		require.Empty(t, list, off)
		pos, errno := h.Lseek(0, io.SeekCurrent)
		require.Zero(t, errno)
		require.Equal(t, off, pos)
	}
}

// A name that went to something else while the listing was under way is listed as what it is.
func TestReadDirTellsTheKindOfNow(t *testing.T) {
	tree := NewTree()
	for _, name := range []string{"a", "b"} {
		require.Zero(t, mustOpen(t, tree, name, os.O_RDWR|os.O_CREATE).Close())
	}
	h := mustOpen(t, tree, "/", os.O_RDONLY)
	_, errno := h.ReadDir(1)
	require.Zero(t, errno)
	require.Zero(t, tree.Remove("b"))
	require.Zero(t, tree.Mkdir("b", 0o755))
	list, errno := h.ReadDir(1)
	require.Zero(t, errno)
	require.Len(t, list, 1)
	require.Equal(t, "b", list[0].Name())
	require.True(t, list[0].IsDir())
}

// Callers of Readdir(1) look at infos[0] once the error is nil.
func TestReaddirOfOneGoesOn(t *testing.T) {
	tree := NewTree()
	for _, name := range []string{"a", "b", "c"} {
		require.Zero(t, tree.Mkdir(name, 0o755))
	}
	f, err := (&Fs{tree}).Open("/")
	require.NoError(t, err)
	infos, err := f.Readdir(1)
	require.NoError(t, err)
	require.Equal(t, "a", infos[0].Name())
	require.Zero(t, tree.Remove("b")) // it is in the listing
	infos, err = f.Readdir(1)
	require.NoError(t, err)
	require.Len(t, infos, 1)
	require.Equal(t, "c", infos[0].Name())
	infos, err = f.Readdir(1)
	require.Equal(t, io.EOF, err)
	require.Empty(t, infos)
}

func TestNilOption(t *testing.T) {
	require.NotPanics(t, func() { New(nil) })
}

// The kernel takes an id in 32 bits, where all ones say "leave it".
func TestChownToNoID(t *testing.T) {
	tree := NewTree(WithUser(0, 0))
	require.Zero(t, tree.Mkdir("a", 0o755))
	id := int64(1<<32 - 1)
	require.Zero(t, tree.Chown("a", int(id), int(id), true)) // -1 where int has 32 bits
	n, errno := tree.lookup("a", true)
	require.Zero(t, errno)
	require.Zero(t, n.ids.Load())
}

// A released Sub that is still referred to keeps nothing once its tree is released as well.
func TestReleasedSubLetsGo(t *testing.T) {
	const size = 8 << 20
	tree := NewTree()
	left := heap(func() any {
		require.Zero(t, tree.Mkdir("d", 0o755))
		h := mustOpen(t, tree, "d/f", os.O_RDWR|os.O_CREATE)
		_, errno := h.Write(make([]byte, size))
		require.Zero(t, errno)
		require.Zero(t, h.Close())
		sub, errno := tree.Sub("d")
		require.Zero(t, errno)
		require.NoError(t, sub.Release(t.Context(), nil))
		require.NoError(t, tree.Release(t.Context(), nil))
		return []any{tree, sub}
	})
	require.Less(t, left, int64(size/4))
}
