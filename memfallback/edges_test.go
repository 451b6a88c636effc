package memfallback

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"syscall"
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

// What pread(2), pwrite(2) and ftruncate(2) say of a negative number comes before what they say of the file.
func TestNegativeOffsets(t *testing.T) {
	tree := NewTree()
	for _, h := range []Handle{mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE), mustOpen(t, tree, "/", os.O_RDONLY)} {
		for range 2 { // open, and closed
			_, errno := h.ReadAt(make([]byte, 1), -1)
			require.Equal(t, syscall.EINVAL, errno)
			_, errno = h.WriteAt(make([]byte, 1), -1)
			require.Equal(t, syscall.EINVAL, errno)
			require.Equal(t, syscall.EINVAL, h.Truncate(-1))
			_ = h.Close()
		}
	}
}

// A mode set by a handle is that of a regular file, which the handle of a directory is not.
func TestChmodByHandle(t *testing.T) {
	tree := NewTree()
	h := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
	require.Zero(t, h.Chmod(0o640))
	info, errno := tree.Stat("f")
	require.Zero(t, errno)
	require.Equal(t, fs.FileMode(0o640), info.Mode())
	require.Equal(t, syscall.EISDIR, mustOpen(t, tree, "/", os.O_RDONLY).Chmod(0o700))
	require.Zero(t, h.Close())
	require.Equal(t, syscall.EBADF, h.Chmod(0o600))
}

// As open(2) with O_TMPFILE: for reading alone it is of no use, and it wants a directory that may be written.
func TestOpenUnnamedRefuses(t *testing.T) {
	tree := NewTree(WithUser(5, 5))
	mustWrite(t, tree, "f", nil)
	require.Zero(t, tree.Mkdir("tight", 0o555))
	for _, c := range []struct {
		dir   string
		flag  int
		errno syscall.Errno
	}{
		{"/", os.O_RDONLY, syscall.EINVAL},
		{"missing", os.O_RDWR, syscall.ENOENT},
		{"f", os.O_RDWR, syscall.ENOTDIR},
		{"tight", os.O_RDWR, syscall.EACCES},
	} {
		_, errno := tree.OpenUnnamed(c.dir, c.flag, 0o600, false)
		require.Equal(t, c.errno, errno, c.dir)
	}
}
