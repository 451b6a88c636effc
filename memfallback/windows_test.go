package memfallback

import (
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// These tests look into windows between two steps. They find more with the tag memfallback_yield.

// beside runs fn until work is done.
func beside(work, fn func()) {
	var wg sync.WaitGroup
	var done atomic.Bool
	wg.Go(func() {
		work()
		done.Store(true)
	})
	for !done.Load() {
		fn()
		runtime.Gosched() // where there is one thread, nobody else ends the loop
	}
	wg.Wait()
}

// A file that is opened while its last name goes is whole, or not there.
func TestOpenBesideRemove(t *testing.T) {
	for name, budget := range map[string]int64{"in memory": 1 << 20, "on disk": 0} {
		tree := newSpillingTree(t, budget)
		content := pattern(1, 1000)
		var wrong atomic.Int64
		beside(func() {
			for range 3000 {
				h, errno := tree.OpenFile("f", os.O_RDWR|os.O_CREATE, 0o600)
				if errno != 0 {
					wrong.Add(1)
					return
				}
				h.Write(content)
				h.Close()
				tree.Remove("f")
			}
		}, func() {
			h, errno := tree.OpenFile("f", os.O_RDONLY, 0)
			if errno == syscall.ENOENT {
				return
			}
			p := make([]byte, len(content))
			n, errno := h.ReadAt(p, 0)
			if errno != 0 || n != 0 && n != len(p) {
				wrong.Add(1)
			}
			h.Close()
		})
		require.Zero(t, wrong.Load(), name)
		require.Zero(t, tree.sb.store.live)
		require.Zero(t, tree.sb.store.used.Load())
	}
}

// A name that others replace all the time is in each listing.
func TestReplacedNameIsListed(t *testing.T) {
	tree := NewTree()
	mustWrite(t, tree, "a", nil)
	var missing atomic.Int64
	beside(func() {
		for range 3000 {
			h, _ := tree.OpenFile("b", os.O_RDWR|os.O_CREATE, 0o600)
			h.Close()
			tree.Rename("b", "a")
		}
	}, func() {
		h, _ := tree.OpenFile("/", os.O_RDONLY, 0)
		entries, _ := h.ReadDir(-1)
		if len(entries) == 0 || entries[0].Name() != "a" {
			missing.Add(1)
		}
		h.Close()
	})
	require.Zero(t, missing.Load())
}

// Slots of the file are given to others only once they are punched.
func TestSlotsAreNobodysWhilePunched(t *testing.T) {
	d := newDisk(t, -1)
	tree := NewTree(SpillTo(0, d.open))
	mustWrite(t, tree, "keep", []byte("x"))
	var wrong atomic.Int64
	write := func(name string, seed int) {
		h, _ := tree.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
		content := pattern(seed, 3000)
		h.Write(content)
		p := make([]byte, len(content))
		if n, _ := h.ReadAt(p, 0); string(p[:n]) != string(content) {
			wrong.Add(1)
		}
		h.Close()
	}
	beside(func() {
		for i := range 1500 {
			write("a", i)
		}
	}, func() {
		write("b", 7)
		tree.Remove("b")
	})
	require.Zero(t, wrong.Load())
}

// A remembered prefix counts its links once: 40 are allowed, as symlink(7) has it.
func TestLinksOfARememberedPrefix(t *testing.T) {
	tree := NewTree()
	require.Zero(t, tree.Mkdir("d", 0o755))
	mustWrite(t, tree, "f", nil)
	require.Zero(t, tree.Symlink("d", "sd"))
	require.Zero(t, tree.Symlink("f", "s"))
	for links, want := range map[int]syscall.Errno{40: 0, 41: syscall.ELOOP} {
		name := strings.Repeat("sd/../", links-1) + "s"
		for range 3 * missesBefore {
			_, errno := tree.Stat(name)
			require.Equal(t, want, errno)
			h, errno := tree.OpenFile(name, os.O_RDONLY, 0)
			require.Equal(t, want, errno)
			if errno == 0 {
				h.Close()
			}
		}
	}
}

// A name that is found has a link count.
func TestStatBesideRemove(t *testing.T) {
	tree := NewTree()
	var wrong atomic.Int64
	beside(func() {
		for range 3000 {
			h, _ := tree.OpenFile("f", os.O_RDWR|os.O_CREATE, 0o600)
			h.Close()
			tree.Remove("f")
		}
	}, func() {
		if info, errno := tree.Stat("f"); errno == 0 && info.(*fileInfo).nlink != 1 {
			wrong.Add(1)
		}
	})
	require.Zero(t, wrong.Load())
}

// Reads by one handle share its offset: each byte is read once.
func TestReadsOfOneHandleAreDisjoint(t *testing.T) {
	for name, size := range map[string]int{"small": 50_000, "large": 5 * pageSize} {
		tree := NewTree()
		mustWrite(t, tree, "f", pattern(1, size))
		h := mustOpen(t, tree, "f", os.O_RDONLY)
		var total atomic.Int64
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				p := make([]byte, 700)
				for {
					n, errno := h.Read(p)
					if n == 0 || errno != 0 {
						return
					}
					total.Add(int64(n))
					runtime.Gosched()
				}
			})
		}
		wg.Wait()
		require.Equal(t, int64(size), total.Load(), name)
	}
}

// What is open is removed like anything else, and its file says so.
func TestRemoveAllOfWhatIsOpen(t *testing.T) {
	tree := NewTree()
	require.Zero(t, tree.Mkdir("d", 0o755))
	mustWrite(t, tree, "d/f", pattern(1, 1000))
	h := mustOpen(t, tree, "d/f", os.O_RDONLY)
	_, errno := tree.RemoveAll("d")
	require.Zero(t, errno)
	info, errno := h.Stat()
	require.Zero(t, errno)
	require.Zero(t, info.(*fileInfo).nlink)
	p := make([]byte, 1000)
	n, errno := h.ReadAt(p, 0)
	require.Zero(t, errno)
	require.Equal(t, 1000, n)
	require.Zero(t, h.Close())
}

// What is remembered of a prefix ends with the right to search a directory on the way.
func TestRememberedPrefixAsksForRights(t *testing.T) {
	tree := NewTree(WithUser(1000, 1000))
	require.Zero(t, tree.Mkdir("a", 0o755))
	require.Zero(t, tree.Mkdir("a/b", 0o755))
	mustWrite(t, tree, "a/b/f", nil)
	look := func(want syscall.Errno) {
		for range 3 * missesBefore {
			_, errno := tree.Stat("a/b/f")
			require.Equal(t, want, errno)
		}
	}
	look(0)
	require.Zero(t, tree.Chmod("a", 0))
	look(syscall.EACCES)
	require.Zero(t, tree.Chmod("a", 0o755))
	look(0)
}
