package memfallback_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

// These tests let goroutines at one tree and hold an invariant that a lost lock breaks. They fail by what they see, under -race
// also by how.

// parallel runs fn n times at once, with the number of each.
func parallel(n int, fn func(i int)) {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { fn(i) })
	}
	group.Wait()
}

// until runs fn again and again beside work, until work is done.
func until(work func(), watchers int, fn func()) {
	var done atomic.Bool
	var group sync.WaitGroup
	for range watchers {
		group.Go(func() {
			for !done.Load() {
				fn()
				runtime.Gosched() // wasm takes no goroutine off its only thread
			}
		})
	}
	work()
	done.Store(true)
	group.Wait()
}

// A name that is renamed over is never missing, and never half of one and half of the other.
func TestRenameIsAtomic(t *testing.T) {
	tree := newTree()
	mustPut(t, tree, "f", "000")
	var missing, mixed atomic.Int64
	until(func() {
		parallel(3, func(i int) {
			for n := range 500 {
				name := fmt.Sprint("new", i)
				mustPut(t, tree, name, fmt.Sprintf("%d%d%d", n%10, n%10, n%10))
				if tree.Rename(name, "f") != 0 {
					missing.Add(1)
				}
			}
		})
	}, 2, func() {
		h, errno := tree.OpenFile("f", os.O_RDONLY, 0)
		if errno != 0 {
			missing.Add(1)
			return
		}
		p := make([]byte, 4)
		if n, _ := h.Read(p); n != 3 || p[0] != p[1] || p[1] != p[2] {
			mixed.Add(1)
		}
		h.Close()
	})
	require.Zero(t, missing.Load())
	require.Zero(t, mixed.Load())
}

// A file that moves between directories is in one of them, at every moment, for one who looks at both in one operation: ".." of
// it leads there.
func TestMovedDirectoryHasOneParent(t *testing.T) {
	tree := newTree()
	mustMkdir(t, tree, "a", "b", "a/d")
	mustPut(t, tree, "a/d/f", "one")
	inode := mustStat(t, tree, "a/d/f")
	var wrong atomic.Int64
	until(func() {
		for range 3000 {
			if tree.Rename("a/d", "b/d") != 0 || tree.Rename("b/d", "a/d") != 0 {
				wrong.Add(1)
			}
		}
	}, 2, func() {
		for _, name := range []string{"a/d/../d/f", "b/d/../../b/d/f"} {
			// Resolved in one step, ".." must lead back to where the walk came from.
			info, errno := tree.Stat(name)
			if errno != syscall.ENOENT && (errno != 0 || !sameFile(info, inode)) {
				wrong.Add(1)
			}
		}
		if _, errno := tree.Stat("a/d/../../a"); errno != 0 && errno != syscall.ENOENT {
			wrong.Add(1)
		}
	})
	require.Zero(t, wrong.Load())
}

// Opposite renames neither hang nor make a circle or an orphan.
func TestCrossingRenames(t *testing.T) {
	tree := newTree()
	mustMkdir(t, tree, "a", "b", "a/x", "b/y")
	parallel(4, func(i int) {
		moves := [][2]string{{"a", "b/y/a"}, {"b", "a/x/b"}, {"b/y/a", "a"}, {"a/x/b", "b"}}
		for n := range 2000 {
			move := moves[(n+i)%4]
			tree.Rename(move[0], move[1])
		}
	})
	require.Equal(t, 4, count(t, tree, "/"), "all four directories are still reached from the root")
}

// count walks the tree below dir.
func count(t *testing.T, tree *memfallback.Tree, dir string) (n int) {
	t.Helper()
	h := mustOpen(t, tree, dir, os.O_RDONLY)
	defer h.Close()
	entries, errno := h.ReadDir(-1)
	require.Zero(t, errno)
	for _, e := range entries {
		n++
		if e.IsDir() {
			n += count(t, tree, dir+"/"+e.Name())
		}
	}
	return n
}

// Of all who create a name with O_EXCL one gets it, likewise of mkdir, link and symlink; and of all who remove it.
func TestOneWins(t *testing.T) {
	tree := newTree()
	mustPut(t, tree, "target", "one")
	for round := range 300 {
		var made, removed atomic.Int64
		parallel(8, func(i int) {
			var errno syscall.Errno
			switch i % 4 {
			case 0:
				_, errno = tree.OpenFile("x", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
			case 1:
				errno = tree.Mkdir("x", 0o755)
			case 2:
				errno = tree.Link("target", "x")
			case 3:
				errno = tree.Symlink("target", "x")
			}
			if errno == 0 {
				made.Add(1)
			}
		})
		parallel(4, func(int) {
			if tree.Remove("x") == 0 {
				removed.Add(1)
			}
		})
		require.Equal(t, int64(1), made.Load(), "round %d", round)
		require.Equal(t, int64(1), removed.Load(), "round %d", round)
	}
	_, _, nlink := memfallback.InfoOwner(mustStat(t, tree, "target"))
	require.Equal(t, 1, nlink)
}

// Openers with O_CREATE meet in one file, and each append stays whole, by whichever handle.
func TestAppendsStayWhole(t *testing.T) {
	tree := newTree()
	const writers, records, size = 6, 200, 700 // across the border of a page
	parallel(writers, func(i int) {
		h, errno := tree.OpenFile("log", os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
		if errno != 0 {
			t.Error(errno)
			return
		}
		for range records {
			if n, errno := h.Write(bytes.Repeat([]byte{byte('a' + i)}, size)); n != size || errno != 0 {
				t.Error(n, errno)
			}
		}
	})
	require.Equal(t, int64(writers*records*size), mustStat(t, tree, "log").Size())
	counts := map[byte]int{}
	p := make([]byte, size)
	for h := mustOpen(t, tree, "log", os.O_RDONLY); ; {
		n, errno := h.Read(p)
		require.Zero(t, errno)
		if n == 0 {
			break
		}
		require.Equal(t, bytes.Repeat(p[:1], size), p[:n])
		counts[p[0]]++
	}
	for i := range writers {
		require.Equal(t, records, counts[byte('a'+i)])
	}
}

// The offset of a handle is one: writers that share it lose nothing, and so do readers.
func TestSharedOffset(t *testing.T) {
	tree := newTree()
	h := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
	const goroutines, records = 4, 1000
	parallel(goroutines, func(i int) {
		for range records {
			h.Write([]byte{byte('a' + i), byte('a' + i)})
		}
	})
	require.Equal(t, int64(2*goroutines*records), mustStat(t, tree, "f").Size())
	h.Lseek(0, io.SeekStart)
	var read atomic.Int64
	parallel(goroutines, func(int) {
		p := make([]byte, 2)
		for {
			n, _ := h.Read(p)
			if n == 0 {
				return
			}
			if p[0] != p[1] {
				t.Error("torn")
			}
			read.Add(int64(n))
		}
	})
	require.Equal(t, int64(2*goroutines*records), read.Load())
}

// A write is seen whole or not at all, pages and all, and size and content agree.
func TestWritesAreSeenWhole(t *testing.T) {
	tree := newTree()
	const size = 3*65536 + 5
	w := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
	_, errno := w.WriteAt(bytes.Repeat([]byte("0"), size), 0)
	require.Zero(t, errno)
	var torn atomic.Int64
	until(func() {
		for n := range 300 {
			w.WriteAt(bytes.Repeat([]byte{byte('0' + n%10)}, size), 0)
			if n%50 == 0 {
				w.Truncate(size)
			}
		}
	}, 2, func() {
		p := make([]byte, size)
		if n, errno := w.ReadAt(p, 0); errno != 0 || n != size || !bytes.Equal(p, bytes.Repeat(p[:1], size)) {
			torn.Add(1)
		}
	})
	require.Zero(t, torn.Load())
}

// Entries that stay are listed once while others come, go and are renamed.
func TestReadDirBesideChanges(t *testing.T) {
	tree := newTree()
	mustMkdir(t, tree, "d")
	const stay = 50
	for i := range stay {
		mustPut(t, tree, fmt.Sprintf("d/stay%02d", i), "")
	}
	var wrong atomic.Int64
	until(func() {
		parallel(3, func(i int) {
			for n := range 400 {
				name := fmt.Sprintf("d/%c%d", 'a'+rune(n%26), i)
				tree.Mkdir(name, 0o755)
				tree.Rename(name, name+"x")
				tree.Remove(name + "x")
			}
		})
	}, 2, func() {
		dir, errno := tree.OpenFile("d", os.O_RDONLY, 0)
		if errno != 0 {
			wrong.Add(1)
			return
		}
		defer dir.Close()
		seen := map[string]int{}
		for {
			entries, errno := dir.ReadDir(7)
			if errno != 0 {
				wrong.Add(1)
			}
			if len(entries) == 0 {
				break
			}
			for _, e := range entries {
				seen[e.Name()]++
				if _, err := e.Info(); err != nil && err != syscall.ENOENT {
					wrong.Add(1)
				}
			}
		}
		for i := range stay {
			if seen[fmt.Sprintf("stay%02d", i)] != 1 {
				wrong.Add(1)
			}
		}
	})
	require.Zero(t, wrong.Load())
}

// Anything beside anything: nothing crashes, and what is left is a tree whose counts are right.
func TestEverythingAtOnce(t *testing.T) {
	tree := newTree()
	paths := []string{"a", "b", "a/b", "a/c", "b/a", "a/b/c", "b/a/l", "l"}
	parallel(8, func(seed int) {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		for range 1500 {
			anything(tree, r, paths[r.IntN(len(paths))], paths[r.IntN(len(paths))])
		}
	})
	links := map[string]int{}
	countLinks(t, tree, "/", links)
	for name, n := range links {
		_, _, nlink := memfallback.InfoOwner(mustLstat(t, tree, name))
		require.Equal(t, n, nlink, name)
	}
	_, errno := tree.RemoveAll("/")
	require.Zero(t, errno)
	var left int64
	require.NoError(t, tree.Release(t.Context(), func(entries, _, _ int64) { left = entries }))
	require.Zero(t, left, "inodes that were counted and have no name")
}

func mustLstat(t *testing.T, tree *memfallback.Tree, name string) fs.FileInfo {
	t.Helper()
	info, errno := tree.Lstat(name)
	require.Zero(t, errno)
	return info
}

// countLinks finds for each inode its first name and how many it has; for a directory what ".." adds.
func countLinks(t *testing.T, tree *memfallback.Tree, dir string, links map[string]int) {
	t.Helper()
	h := mustOpen(t, tree, dir, os.O_RDONLY)
	entries, errno := h.ReadDir(-1)
	require.Zero(t, errno)
	links[dir] += 2
	for _, e := range entries {
		name := dir + "/" + e.Name()
		if e.IsDir() {
			links[dir]++
			countLinks(t, tree, name, links)
			continue
		}
		info := mustLstat(t, tree, name)
		first := name
		for known := range links {
			if sameFile(info, mustLstat(t, tree, known)) {
				first = known
			}
		}
		links[first]++
	}
}

func anything(tree *memfallback.Tree, r *rand.Rand, a, b string) {
	switch r.IntN(14) {
	case 0, 1:
		tree.Mkdir(a, 0o755)
	case 2, 3:
		if h, errno := tree.OpenFile(a, os.O_RDWR|os.O_CREATE, 0o644); errno == 0 {
			h.Write([]byte(b))
			h.Stat()
			h.Close()
		}
	case 4, 5, 6:
		tree.Rename(a, b)
	case 7:
		tree.Link(a, b)
	case 8:
		tree.Symlink(a, b)
	case 9:
		tree.Remove(a)
	case 10:
		if r.IntN(4) == 0 {
			tree.RemoveAll(a)
		}
	case 11:
		tree.Chmod(a, 0o755)
		tree.Truncate(a, int64(r.IntN(100000)))
	case 12:
		if sub, errno := tree.Sub(a); errno == 0 {
			sub.Mkdir("c", 0o755)
			sub.Stat("..")
		}
	case 13:
		if h, errno := tree.OpenFile(a, os.O_RDONLY, 0); errno == 0 {
			entries, _ := h.ReadDir(-1)
			for _, e := range entries {
				_, _ = e.Info()
			}
			h.Close()
		}
	}
}

// Close may come at any time, and Release too.
func TestCloseAndReleaseBesideUse(t *testing.T) {
	for range 50 {
		tree := newTree()
		mustMkdir(t, tree, "d", "d/e")
		f := mustOpen(t, tree, "d/f", os.O_RDWR|os.O_CREATE)
		dir := mustOpen(t, tree, "d", os.O_RDONLY)
		sub, errno := tree.Sub("d")
		require.Zero(t, errno)
		parallel(8, func(i int) {
			p := make([]byte, 10)
			for range 20 {
				switch i {
				case 0:
					f.Write(p)
					f.Truncate(3)
				case 1:
					f.Read(p)
					f.Lseek(0, io.SeekEnd)
				case 2:
					dir.ReadDir(1)
					dir.Lseek(0, io.SeekStart)
				case 3:
					f.Stat()
					dir.Stat()
				case 4:
					sub.Mkdir("x", 0o755)
					sub.Remove("x")
				case 5:
					tree.Stat("d/e")
				}
			}
			switch i {
			case 6:
				f.Close()
				dir.Close()
			case 7:
				_ = tree.Release(t.Context(), nil)
			}
		})
		require.Equal(t, syscall.EBADF, f.Close())
		requireEnded(t, tree)
		requireEnded(t, sub)
	}
}
