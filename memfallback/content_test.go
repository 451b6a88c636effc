package memfallback

import (
	"bytes"
	"math/rand/v2"
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

// requireContent compares all that can be seen of the content with the model.
func requireContent(t *testing.T, m *model, c *content) {
	t.Helper()
	require.Equal(t, int64(len(m.data)), c.size)
	p := make([]byte, len(m.data)+10)
	require.Equal(t, len(m.data), c.readAt(p, 0))
	require.True(t, bytes.Equal(m.data, p[:len(m.data)]), "the bytes differ")
	require.LessOrEqual(t, len(c.head), min(pageSize, len(m.data)))
	require.Equal(t, int64(-1), c.pages.next((c.size+pageSize-1)>>pageBits), "a page beyond the end")
	requireSeekable(t, m, c)
}

// requireSeekable walks the data and holes: outside data all is zeros, and the walk ends.
func requireSeekable(t *testing.T, m *model, c *content) {
	t.Helper()
	off := int64(0)
	for off < c.size {
		data := c.nextDataLocked(off)
		hole := c.size
		if data >= 0 {
			require.Less(t, data, c.size)
			hole = data
		}
		require.Empty(t, bytes.Trim(m.data[off:hole], "\x00"), "bytes in a hole at %d", off)
		if data < 0 {
			break
		}
		off = c.nextHoleLocked(data)
		require.Greater(t, off, data)
		require.LessOrEqual(t, off, c.size)
	}
}

// apply does one operation on both. kind chooses it; off and size are bounded so that the model stays small.
func apply(m *model, c *content, kind byte, off, size int) {
	const limit = 5 * pageSize
	off, size = off%limit, size%(2*pageSize)
	switch kind % 4 {
	case 0, 1:
		p := make([]byte, size)
		for i := range p {
			p[i] = byte(i*7) + kind | 1
		}
		if size > 0 { // writing nothing is handled by the caller
			m.writeAt(p, off)
			c.writeAtLocked(p, int64(off))
		}
	case 2:
		m.truncate(off)
		c.truncateLocked(int64(off))
	case 3:
		if n := len(m.data); n > 0 {
			m.truncate(off % n)
			c.truncateLocked(int64(off % n))
		}
	}
}

func TestContentAgainstSlice(t *testing.T) {
	borders := []int{0, 1, 4095, 4096, pageSize - 1, pageSize, pageSize + 1, 2*pageSize - 1, 2 * pageSize, 3 * pageSize}
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 0))
		m, c := &model{}, &content{}
		for range 30 {
			off := borders[r.IntN(len(borders))] + r.IntN(3)
			size := borders[r.IntN(len(borders))] + r.IntN(3)
			apply(m, c, byte(r.Uint32()), off, size)
			requireContent(t, m, c)
		}
	}
}

func FuzzContent(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0, 2, 0, 1, 0, 0, 0, 255, 255, 2, 0})
	f.Add([]byte{1, 255, 255, 9, 0, 3, 7, 0, 0, 0, 1, 0, 0, 1, 1})
	f.Fuzz(func(t *testing.T, ops []byte) {
		m, c := &model{}, &content{}
		for len(ops) >= 5 {
			// Offsets in steps of a byte near the borders of pages, sizes likewise.
			off := int(ops[1])*pageSize/16 + int(ops[2]) - 128
			size := int(ops[3])*pageSize/64 + int(ops[4])
			apply(m, c, ops[0], max(off, 0), size)
			ops = ops[5:]
		}
		requireContent(t, m, c)
	})
}

// What was cut off must not come back when the file grows, neither from a page nor from behind the end of the head.
func TestContentIsZeroedWhenCut(t *testing.T) {
	for _, size := range []int64{10, pageSize + 10, 5*pageSize + 10} {
		c := &content{}
		c.writeAtLocked(bytes.Repeat([]byte("x"), int(size)), 0)
		c.truncateLocked(size - 5)
		c.truncateLocked(size)
		p := make([]byte, 10)
		require.Equal(t, 10, c.readAt(p, size-10))
		require.Equal(t, "xxxxx\x00\x00\x00\x00\x00", string(p))
		c.truncateLocked(size - 5)
		c.writeAtLocked([]byte("y"), size-1)
		c.readAt(p, size-10)
		require.Equal(t, "xxxxx\x00\x00\x00\x00y", string(p))
	}
}

func TestPageTree(t *testing.T) {
	var tree pageTree
	numbers := []int64{0, 1, 63, 64, 65, 4095, 4096, 262143, 262144, maxFileSize / pageSize}
	for i, n := range numbers {
		require.Nil(t, tree.get(n))
		p := tree.ensure(n)
		p[0] = byte(i)
		require.Same(t, p, tree.ensure(n))
		require.Equal(t, int64(i+1), tree.count)
	}
	for i, n := range numbers {
		require.Equal(t, byte(i), tree.get(n)[0])
		require.Equal(t, n, tree.next(n))
		if i > 0 && numbers[i-1]+1 < n {
			require.Equal(t, n, tree.next(numbers[i-1]+1))
			require.Nil(t, tree.get(n-1))
		}
	}
	require.Equal(t, int64(-1), tree.next(numbers[len(numbers)-1]+1))
	require.Equal(t, int64(-1), tree.next(1<<40))
	for i := len(numbers) - 1; i >= 0; i-- {
		tree.cut(numbers[i] + 1) // nothing is there
		require.Equal(t, int64(i+1), tree.count)
		tree.cut(numbers[i])
		require.Equal(t, int64(i), tree.count)
		require.Nil(t, tree.get(numbers[i]))
	}
	require.Equal(t, pageTree{}, tree)
}

// A cut drops the nodes too, or a file would keep what it was for ever.
func TestPageTreeCutDropsNodes(t *testing.T) {
	var tree pageTree
	for i := range int64(5000) {
		tree.ensure(i)
	}
	tree.cut(70)
	require.Equal(t, int64(70), tree.count)
	nodes := 0
	for _, child := range tree.root.children {
		if child != nil {
			nodes++
		}
	}
	require.Equal(t, 1, nodes)
}

func TestBlocks(t *testing.T) {
	c := &content{}
	require.Zero(t, c.blocksLocked())
	c.truncateLocked(1 << 40)
	require.Zero(t, c.blocksLocked(), "a hole takes nothing")
	c.writeAtLocked([]byte("x"), 0)
	require.Equal(t, int64(8), c.blocksLocked())
	c.writeAtLocked([]byte("x"), 1<<30)
	require.Equal(t, int64(8+pageSize/512), c.blocksLocked())
}
