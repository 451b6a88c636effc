package memfallback

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// disk is a file in memory that is full at some size, may be punched, and tells what was done to it.
type disk struct {
	Handle
	tree    *Tree
	room    int64 // bytes that may be allocated
	closed  atomic.Bool
	broken  atomic.Bool // reads fail
	opened  atomic.Int64
	mu      sync.Mutex
	punched int64 // guarded by mu; bytes
}

func newDisk(t *testing.T, room int64) *disk {
	t.Helper()
	d := &disk{tree: NewTree(), room: room}
	h, errno := d.tree.OpenUnnamed("/", os.O_RDWR, 0o600, false)
	require.Zero(t, errno)
	d.Handle = h
	return d
}

func (d *disk) open() (Handle, error) {
	d.opened.Add(1)
	return d, nil
}

// taken is what the file takes, in bytes.
func (d *disk) taken() int64 {
	info, _ := d.Stat()
	return int64(info.(*fileInfo).units) * unit
}

func (d *disk) WriteAt(p []byte, off int64) (int, syscall.Errno) {
	d.mu.Lock() // a write beyond the end comes before or after a punch there
	defer d.mu.Unlock()
	if d.room >= 0 {
		end, _ := d.Lseek(0, io.SeekEnd)
		if left := d.room - d.taken(); int64(len(p)) > left && off+int64(len(p)) > end {
			n, _ := d.Handle.WriteAt(p[:max(0, left)], off)
			return n, syscall.ENOSPC
		}
	}
	return d.Handle.WriteAt(p, off)
}

func (d *disk) ReadAt(p []byte, off int64) (int, syscall.Errno) {
	if d.broken.Load() {
		return 0, syscall.EIO
	}
	return d.Handle.ReadAt(p, off)
}

// PunchHole is exact for what ends at the end of the file. It writes over all else, which must be no less right.
func (d *disk) PunchHole(off, size int64) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.punched += size
	if end, _ := d.Lseek(0, io.SeekEnd); off+size >= end {
		return d.Truncate(off)
	}
	_, errno := d.Handle.WriteAt(bytes.Repeat([]byte{0xee}, int(size)), off)
	return errno
}

func (d *disk) Close() syscall.Errno {
	d.closed.Store(true)
	return d.Handle.Close()
}

func mustWrite(t *testing.T, tree *Tree, name string, content []byte) {
	t.Helper()
	h := mustOpen(t, tree, name, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	n, errno := h.Write(content)
	require.Zero(t, errno, name)
	require.Equal(t, len(content), n)
	require.Zero(t, h.Close())
}

func requireFile(t *testing.T, tree *Tree, name string, content []byte) {
	t.Helper()
	h := mustOpen(t, tree, name, os.O_RDONLY)
	p := make([]byte, len(content)+1)
	n, errno := h.ReadAt(p, 0)
	require.Zero(t, errno, name)
	require.True(t, bytes.Equal(content, p[:n]), "%s: the bytes differ", name)
	require.Zero(t, h.Close())
}

func pattern(seed, size int) []byte {
	p := make([]byte, size)
	for i := range p {
		p[i] = byte(i*7 + seed + i>>8)
	}
	return p
}

// Memory holds no more than the budget, and what is freed can be used again, memory and disk.
func TestBudgetIsKept(t *testing.T) {
	const budget = 3 * pageSize
	d := newDisk(t, -1)
	tree := NewTree(SpillTo(budget, d.open))
	for round := range 3 {
		for i, size := range []int{100, 5000, pageSize, 10 * pageSize, 100, 3*pageSize + 17, 40000} {
			mustWrite(t, tree, fmt.Sprint("f", i), pattern(i+round, size))
			require.LessOrEqual(t, tree.sb.store.used.Load(), int64(budget))
		}
		require.Positive(t, d.taken())
		for i, size := range []int{100, 5000, pageSize, 10 * pageSize, 100, 3*pageSize + 17, 40000} {
			requireFile(t, tree, fmt.Sprint("f", i), pattern(i+round, size))
		}
	}
	require.Equal(t, int64(1), d.opened.Load())
	_, errno := tree.RemoveAll("/")
	require.Zero(t, errno)
	require.Zero(t, tree.sb.store.used.Load())
	require.Zero(t, tree.sb.store.live)
	require.Zero(t, d.taken(), "the disk has it back")
	require.NoError(t, tree.Release(t.Context(), nil))
	require.True(t, d.closed.Load())
}

// As long as all fits in memory there is no file.
func TestNoFileUntilItIsNeeded(t *testing.T) {
	d := newDisk(t, -1)
	tree := NewTree(SpillTo(1<<20, d.open))
	mustWrite(t, tree, "f", pattern(1, 100_000))
	require.Zero(t, d.opened.Load())
	require.NoError(t, tree.Release(t.Context(), nil))
}

// A write that meets a full disk is short, says so, and nothing that was taken is lost. With room it goes on.
func TestFullDisk(t *testing.T) {
	for _, budget := range []int64{0, 10_000} {
		d := newDisk(t, 2*pageSize)
		tree := NewTree(SpillTo(budget, d.open))
		mustWrite(t, tree, "small", pattern(1, 9000))
		h := mustOpen(t, tree, "big", os.O_RDWR|os.O_CREATE)
		content := pattern(2, 4*pageSize)
		taken := 0
		var errno syscall.Errno
		for errno == 0 {
			var n int
			n, errno = h.Write(content[taken:min(taken+7000, len(content))])
			taken += n
		}
		require.Equal(t, syscall.ENOSPC, errno)
		require.Positive(t, taken)
		info, _ := h.Stat()
		require.Equal(t, int64(taken), info.Size())
		off, _ := h.Lseek(0, io.SeekCurrent)
		require.Equal(t, int64(taken), off)
		requireFile(t, tree, "big", content[:taken])
		requireFile(t, tree, "small", pattern(1, 9000))

		n, errno := h.WriteAt([]byte("over"), 3)
		require.Zero(t, errno, "what is there can be written over")
		require.Equal(t, 4, n)
		require.Zero(t, tree.Remove("small"))
		require.Zero(t, h.Truncate(pageSize/2))
		n, errno = h.WriteAt([]byte("more"), pageSize/2)
		require.Zero(t, errno)
		require.Equal(t, 4, n)
	}
}

// A small file that outgrows its memory where the disk is full stays what it was.
func TestSmallFileThatCannotMove(t *testing.T) {
	d := newDisk(t, 0)
	tree := NewTree(SpillTo(5000, d.open))
	h := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
	_, errno := h.Write(pattern(1, 4000))
	require.Zero(t, errno)
	n, errno := h.Write(pattern(2, 4000))
	require.Zero(t, n)
	require.Equal(t, syscall.ENOSPC, errno)
	requireFile(t, tree, "f", pattern(1, 4000))
	require.LessOrEqual(t, tree.sb.store.used.Load(), int64(5000))
	require.Zero(t, tree.sb.store.live)
}

// The error of open is that of the write, and it is asked again.
func TestNoFileToBeHad(t *testing.T) {
	d := newDisk(t, -1)
	failure := error(&os.PathError{Op: "open", Path: "/nowhere", Err: syscall.EROFS})
	tree := NewTree(SpillTo(0, func() (Handle, error) {
		if failure != nil {
			return nil, failure
		}
		return d, nil
	}))
	h := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
	_, errno := h.Write([]byte("x"))
	require.Equal(t, syscall.EROFS, errno)
	failure = errors.New("none")
	_, errno = h.Write([]byte("x"))
	require.Equal(t, syscall.EIO, errno)
	failure = nil
	_, errno = h.Write([]byte("x"))
	require.Zero(t, errno)
	requireFile(t, tree, "f", []byte("x"))
}

// A disk that cannot be read is EIO, with what came before it, and the offset is behind that.
func TestBrokenDisk(t *testing.T) {
	d := newDisk(t, -1)
	tree := NewTree(SpillTo(pageSize, d.open))
	h := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
	content := pattern(1, 2*pageSize)
	_, errno := h.Write(content)
	require.Zero(t, errno)
	h.Lseek(0, io.SeekStart)
	d.broken.Store(true)
	p := make([]byte, len(content))
	n, errno := h.Read(p)
	require.Equal(t, syscall.EIO, errno)
	require.Equal(t, pageSize, n)
	d.broken.Store(false)
	n, errno = h.Read(p)
	require.Zero(t, errno)
	require.True(t, bytes.Equal(content[pageSize:], p[:n]))
}

// What has no name keeps its content while it is open, and then the disk has it back.
func TestUnlinkedContentGoesWithItsLastHandle(t *testing.T) {
	d := newDisk(t, -1)
	tree := NewTree(SpillTo(0, d.open))
	mustWrite(t, tree, "f", pattern(1, 100_000))
	h, other := mustOpen(t, tree, "f", os.O_RDWR), mustOpen(t, tree, "f", os.O_RDONLY)
	require.Zero(t, tree.Remove("f"))
	p := make([]byte, 100_000)
	require.Zero(t, h.Close())
	n, errno := other.Read(p)
	require.Zero(t, errno)
	require.True(t, bytes.Equal(pattern(1, 100_000), p[:n]))
	require.Zero(t, other.Close())
	require.Zero(t, d.taken())

	mustWrite(t, tree, "a", pattern(1, 70_000))
	mustWrite(t, tree, "b", pattern(2, 70_000))
	require.Zero(t, tree.Rename("a", "b"))
	requireFile(t, tree, "b", pattern(1, 70_000))
	require.Equal(t, int64(2), tree.sb.store.live)
	unnamed, errno := tree.OpenUnnamed("/", os.O_RDWR, 0o600, false)
	require.Zero(t, errno)
	unnamed.Write(pattern(1, 10))
	require.Equal(t, int64(3), tree.sb.store.live)
	require.Zero(t, unnamed.Close())
	require.Equal(t, int64(2), tree.sb.store.live)
}

// Adjacent pages are given back together.
func TestPunchesAreFew(t *testing.T) {
	d := newDisk(t, -1)
	tree := NewTree(SpillTo(0, d.open))
	mustWrite(t, tree, "keep", []byte("x"))
	mustWrite(t, tree, "f", pattern(1, 20*pageSize))
	mustWrite(t, tree, "end", []byte("x"))
	require.Zero(t, tree.Remove("f"))
	require.Equal(t, int64(20*pageSize), d.punched)
	mustWrite(t, tree, "g", pattern(3, 20*pageSize))
	require.Equal(t, int64(22), tree.sb.store.next, "the slots are used again")
	requireFile(t, tree, "g", pattern(3, 20*pageSize))
}
