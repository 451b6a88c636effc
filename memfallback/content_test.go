package memfallback

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// model is a file as a plain slice.
type model struct{ data []byte }

func (m *model) writeAt(p []byte, off int) {
	if end := off + len(p); end > len(m.data) {
		m.truncate(end)
	}
	copy(m.data[off:], p)
}

func (m *model) truncate(size int) {
	for len(m.data) < size {
		m.data = append(m.data, 0)
	}
	m.data = m.data[:size]
}

// The places of content: memory alone, a disk alone, and both.
var budgets = map[string]int64{"memory": -1, "disk": 0, "both": 2*pageSize + 5000}

// newFile opens a file of a new tree. A budget below 0 is none. What it spills goes to a file of another tree.
func newFile(t *testing.T, budget int64) Handle {
	t.Helper()
	return mustOpen(t, newSpillingTree(t, budget), "f", os.O_RDWR|os.O_CREATE)
}

func newSpillingTree(t *testing.T, budget int64, opts ...Option) *Tree {
	t.Helper()
	if budget >= 0 {
		opts = append(opts, SpillTo(budget, func() (Handle, error) {
			h, errno := NewTree().OpenUnnamed("/", os.O_RDWR, 0o600, false)
			require.Zero(t, errno)
			return h, nil
		}))
	}
	return NewTree(opts...)
}

// requireContent compares all that can be seen of the content with the model.
func requireContent(t *testing.T, m *model, h Handle) {
	t.Helper()
	info, errno := h.Stat()
	require.Zero(t, errno)
	require.Equal(t, int64(len(m.data)), info.Size())
	p := make([]byte, len(m.data)+10)
	n, errno := h.ReadAt(p, 0)
	require.Zero(t, errno)
	require.Equal(t, len(m.data), n)
	require.True(t, bytes.Equal(m.data, p[:len(m.data)]), "the bytes differ")
	requireSeekable(t, m, h)
}

// requireSeekable walks the data and holes: outside data all is zeros, and the walk ends. What is data takes blocks, and nothing else does.
func requireSeekable(t *testing.T, m *model, h Handle) {
	t.Helper()
	off, size, units := int64(0), int64(len(m.data)), int64(0)
	for off < size {
		data, errno := h.Lseek(off, SeekData)
		hole := size
		if errno == 0 {
			require.Less(t, data, size)
			hole = data
		} else {
			require.Equal(t, syscall.ENXIO, errno)
		}
		require.Empty(t, bytes.Trim(m.data[off:hole], "\x00"), "bytes in a hole at %d", off)
		if errno != 0 {
			break
		}
		off, errno = h.Lseek(data, SeekHole)
		require.Zero(t, errno)
		require.Greater(t, off, data)
		require.LessOrEqual(t, off, size)
		units += unitsOf(int(off - data))
	}
	info, errno := h.Stat()
	require.Zero(t, errno)
	require.Equal(t, units, int64(info.(*fileInfo).units))
}

// apply does one operation on both. kind chooses it; off and size are bounded so that the model stays small.
func apply(t *testing.T, m *model, h Handle, kind byte, off, size int) {
	t.Helper()
	const limit = 5 * pageSize
	off, size = off%limit, size%(2*pageSize)
	switch kind % 4 {
	case 0, 1:
		p := make([]byte, size)
		for i := range p {
			p[i] = byte(i*7) + kind | 1
		}
		if size > 0 { // writing nothing makes no file longer
			m.writeAt(p, off)
		}
		n, errno := h.WriteAt(p, int64(off))
		require.Zero(t, errno)
		require.Equal(t, size, n)
	case 2:
		m.truncate(off)
		require.Zero(t, h.Truncate(int64(off)))
	case 3:
		if n := len(m.data); n > 0 {
			m.truncate(off % n)
			require.Zero(t, h.Truncate(int64(off%n)))
		}
	}
}

func TestContentAgainstSlice(t *testing.T) {
	borders := []int{0, 1, 4095, 4096, pageSize - 1, pageSize, pageSize + 1, 2*pageSize - 1, 2 * pageSize, 3 * pageSize}
	for name, budget := range budgets {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(30) {
				r := rand.New(rand.NewPCG(seed, 0))
				m, h := &model{}, newFile(t, budget)
				for range 30 {
					off := borders[r.IntN(len(borders))] + r.IntN(3)
					size := borders[r.IntN(len(borders))] + r.IntN(3)
					apply(t, m, h, byte(r.Uint32()), off, size)
					requireContent(t, m, h)
				}
			}
		})
	}
}

func FuzzContent(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0, 2, 0, 1, 0, 0, 0, 255, 255, 2, 0})
	f.Add([]byte{1, 255, 255, 9, 0, 3, 7, 0, 0, 0, 1, 0, 0, 1, 1})
	f.Fuzz(func(t *testing.T, ops []byte) {
		for _, budget := range budgets {
			m, h := &model{}, newFile(t, budget)
			for rest := ops; len(rest) >= 5; rest = rest[5:] {
				// Offsets in steps of a byte near the borders of pages, sizes likewise.
				off := int(rest[1])*pageSize/16 + int(rest[2]) - 128
				size := int(rest[3])*pageSize/64 + int(rest[4])
				apply(t, m, h, rest[0], max(off, 0), size)
			}
			requireContent(t, m, h)
		}
	})
}

// What was cut off must not come back when the file grows, neither from a page nor from behind the end of a small file.
func TestContentIsZeroedWhenCut(t *testing.T) {
	for name, budget := range budgets {
		for _, size := range []int64{10, pageSize + 10, 5*pageSize + 10} {
			h := newFile(t, budget)
			read := func() string {
				p := make([]byte, 10)
				n, errno := h.ReadAt(p, size-10)
				require.Zero(t, errno)
				require.Equal(t, 10, n)
				return string(p)
			}
			h.WriteAt(bytes.Repeat([]byte("x"), int(size)), 0)
			h.Truncate(size - 5)
			h.Truncate(size)
			require.Equal(t, "xxxxx\x00\x00\x00\x00\x00", read(), name)
			h.Truncate(size - 5)
			h.WriteAt([]byte("y"), size-1)
			require.Equal(t, "xxxxx\x00\x00\x00\x00y", read(), name)
		}
	}
}

func TestPageTree(t *testing.T) {
	var tree pageTree
	numbers := []int64{1, 63, 64, 65, 4095, 4096, 262143, 262144, maxFileSize / pageSize}
	for i, n := range numbers {
		require.Nil(t, tree.get(n))
		page := tree.ensure(n)
		require.Nil(t, *page)
		*page = &block{valid: i}
		require.Same(t, page, tree.ensure(n))
	}
	for i, n := range numbers {
		require.Equal(t, i, tree.get(n).valid)
		require.Equal(t, n, tree.next(n))
		if i > 0 && numbers[i-1]+1 < n {
			require.Equal(t, n, tree.next(numbers[i-1]+1))
			require.Nil(t, tree.get(n-1))
		}
	}
	require.Equal(t, int64(-1), tree.next(numbers[len(numbers)-1]+1))
	require.Equal(t, int64(-1), tree.next(1<<40))
	for i := len(numbers) - 1; i >= 0; i-- {
		var dropped []int
		drop := func(b *block) { dropped = append(dropped, b.valid) }
		tree.cut(numbers[i]+1, drop)
		require.Empty(t, dropped)
		tree.cut(numbers[i], drop)
		require.Equal(t, []int{i}, dropped)
		require.Nil(t, tree.get(numbers[i]))
	}
	require.Equal(t, pageTree{}, tree)
}

// A cut drops the nodes too, or a file would keep what it was for ever.
func TestPageTreeCutDropsNodes(t *testing.T) {
	var tree pageTree
	for i := range int64(5000) {
		*tree.ensure(i) = &block{}
	}
	dropped := 0
	tree.cut(70, func(*block) { dropped++ })
	require.Equal(t, 5000-70, dropped)
	nodes := 0
	for _, child := range tree.root.children {
		if child != nil {
			nodes++
		}
	}
	require.Equal(t, 1, nodes)
}

func TestBlocks(t *testing.T) {
	h := newFile(t, -1)
	blocks := func() int64 {
		info, errno := h.Stat()
		require.Zero(t, errno)
		return int64(info.(*fileInfo).units) * unit / blockSize
	}
	require.Zero(t, blocks())
	h.Truncate(1 << 40)
	require.Zero(t, blocks(), "a hole takes nothing")
	h.WriteAt([]byte("x"), 0)
	require.Equal(t, int64(8), blocks())
	h.WriteAt([]byte("x"), 1<<30)
	require.Equal(t, int64(16), blocks())
	h.Truncate(0)
	require.Zero(t, blocks())
}

// An offset moves with a read that gets less than it was promised.
func TestSeekEnd(t *testing.T) {
	for name, budget := range budgets {
		h := newFile(t, budget)
		h.WriteAt([]byte("abc"), 3*pageSize)
		end, errno := h.Lseek(-2, io.SeekEnd)
		require.Zero(t, errno)
		require.Equal(t, int64(3*pageSize+1), end)
		p := make([]byte, 10)
		n, errno := h.Read(p)
		require.Zero(t, errno)
		require.Equal(t, "bc", string(p[:n]), name)
		off, _ := h.Lseek(0, io.SeekCurrent)
		require.Equal(t, int64(3*pageSize+3), off)
	}
}
