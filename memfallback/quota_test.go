package memfallback

import (
	"os"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// The errnos of a test's quota, which no system has.
const (
	noRoom  syscall.Errno = 1<<20 + iota
	tooBig                // of a file
	tooDeep               // of a name
)

// purse is a Quota that keeps all it is asked.
type purse struct {
	mu           sync.Mutex
	files, bytes int64 // guarded by mu; that are left
	largest      int64
	depth        int
}

func (p *purse) Take(files, bytes int64) syscall.Errno {
	p.mu.Lock()
	defer p.mu.Unlock()
	if files > p.files || bytes > p.bytes {
		return noRoom
	}
	p.files, p.bytes = p.files-files, p.bytes-bytes
	return 0
}

func (p *purse) Give(files, bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files, p.bytes = p.files+files, p.bytes+bytes
}

func (p *purse) Grow(size, off, n int64) (int64, syscall.Errno) {
	p.mu.Lock()
	defer p.mu.Unlock()
	errno := syscall.Errno(0)
	if off+n > p.largest {
		n, errno = max(0, p.largest-off), tooBig
	}
	if n > 0 && off+n-size > p.bytes {
		n, errno = max(0, size+p.bytes-off), noRoom
	}
	if n > 0 {
		p.bytes -= max(0, off+n-size)
	}
	return n, errno
}

func (p *purse) MaxDepth() int             { return p.depth }
func (p *purse) TooDeep(int) syscall.Errno { return tooDeep }

func (p *purse) requireLeft(t *testing.T, files, bytes int64) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	require.Equal(t, [2]int64{files, bytes}, [2]int64{p.files, p.bytes})
}

// TestQuotaIsAskedAndGivenBack for small files, large ones and holes.
func TestQuotaIsAskedAndGivenBack(t *testing.T) {
	const room = 1 << 20
	for _, size := range []int64{10, pageSize - 1, pageSize + 1, 3*pageSize + 5} {
		q := &purse{files: 3, bytes: room, largest: room, depth: 2}
		tree := NewTree(WithQuota(q))
		q.requireLeft(t, 3, room)
		f := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
		n, errno := f.Write(make([]byte, size))
		require.Zero(t, errno)
		require.EqualValues(t, size, n)
		q.requireLeft(t, 2, room-size)
		_, errno = f.WriteAt([]byte("x"), size+100) // behind a hole
		require.Zero(t, errno)
		q.requireLeft(t, 2, room-size-101)
		require.Zero(t, f.Truncate(5))
		q.requireLeft(t, 2, room-5)
		require.Zero(t, tree.Link("f", "g"))
		require.Zero(t, tree.Remove("f"))
		require.Zero(t, tree.Remove("g"))
		q.requireLeft(t, 2, room-5)
		require.Zero(t, f.Truncate(size))
		q.requireLeft(t, 2, room-size)
		require.Zero(t, f.Close())
		q.requireLeft(t, 3, room)
	}
}

// TestQuotaRefusesByItsOwnErrno and what there is room for is written.
func TestQuotaRefusesByItsOwnErrno(t *testing.T) {
	q := &purse{files: 3, bytes: 10, largest: 8, depth: 2}
	tree := NewTree(WithQuota(q))
	f := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
	n, errno := f.Write(make([]byte, 20))
	require.Equal(t, 8, n)
	require.Equal(t, tooBig, errno)
	require.Zero(t, tree.Symlink("to", "l"))
	require.Equal(t, noRoom, tree.Symlink("x", "m"))
	require.Zero(t, tree.Mkdir("d", 0o755))
	require.Equal(t, noRoom, tree.Mkdir("e", 0o755))
	require.Zero(t, tree.Remove("l"))
	require.Equal(t, noRoom, tree.Symlink("too long", "d/l"))
	require.Zero(t, tree.Mkdir("d/e", 0o755))
	require.Equal(t, tooDeep, tree.Link("f", "d/e/g"))
	require.Equal(t, tooDeep, tree.Mkdir("d/e/f", 0o755))
	require.Zero(t, tree.Remove("f"))
	require.Zero(t, f.Close())
	require.Zero(t, tree.Mkdir("x", 0o755))
	require.Equal(t, tooDeep, tree.Rename("d", "x/d"))
	failed, errno := tree.RemoveAll("/")
	require.Empty(t, failed)
	require.Zero(t, errno)
	q.requireLeft(t, 3, 10)
}

// TestCloneTakesOfItsOwnQuota and nothing if that is not enough.
func TestCloneTakesOfItsOwnQuota(t *testing.T) {
	for name, opts := range map[string][]Option{
		"memory": nil,
		"spill": {SpillTo(0, func() (Handle, error) {
			h, _ := NewTree().OpenUnnamed("/", os.O_RDWR, 0o600, false)
			return h, nil
		})},
	} {
		t.Run(name, func(t *testing.T) {
			tree := NewTree(opts...)
			require.Zero(t, tree.Mkdir("d", 0o755))
			f := mustOpen(t, tree, "d/f", os.O_WRONLY|os.O_CREATE)
			_, errno := f.Write(make([]byte, pageSize+1))
			require.Zero(t, errno)
			require.Zero(t, f.Close())
			require.Zero(t, tree.Link("d/f", "d/g"))
			require.Zero(t, tree.Symlink("d", "l"))
			for _, q := range []*purse{
				{files: 2, bytes: 1 << 20, largest: 1 << 20},
				{files: 9, bytes: pageSize + 1, largest: 1 << 20},
				{files: 9, bytes: 1 << 20, largest: pageSize},
				{files: 9, bytes: 1 << 20, largest: 1 << 20, depth: 1},
			} {
				files, bytes := q.files, q.bytes
				_, refused := tree.Clone(WithQuota(q))
				require.GreaterOrEqual(t, refused, noRoom)
				q.requireLeft(t, files, bytes)
			}
			q := &purse{files: 3, bytes: pageSize + 2, largest: pageSize + 1, depth: 2}
			clone, errno := tree.Clone(WithQuota(q))
			require.Zero(t, errno)
			q.requireLeft(t, 0, 0)
			require.Zero(t, clone.Remove("d/f"))
			q.requireLeft(t, 0, 0)
			require.Zero(t, clone.Remove("d/g"))
			q.requireLeft(t, 1, pageSize+1)
			require.NoError(t, clone.Release(t.Context(), nil))
		})
	}
}
