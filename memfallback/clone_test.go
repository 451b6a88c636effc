package memfallback

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// snapshot is all that Lstat, Readlink and reading tell of a tree, by name.
func snapshot(t *testing.T, tree *Tree) map[string]string {
	t.Helper()
	all := map[string]string{}
	var visit func(name string)
	visit = func(name string) {
		info, errno := tree.Lstat(name)
		require.Zero(t, errno, name)
		i := *info.(*fileInfo)
		i.dev = 0
		switch {
		case info.IsDir():
			all[name] = fmt.Sprint(i)
			h := mustOpen(t, tree, name, os.O_RDONLY)
			entries, errno := h.ReadDir(-1)
			require.Zero(t, errno)
			require.Zero(t, h.Close())
			for _, e := range entries {
				visit(strings.TrimSuffix(name, "/") + "/" + e.Name())
			}
		case info.Mode().Type() == fs.ModeSymlink:
			target, errno := tree.Readlink(name)
			require.Zero(t, errno)
			all[name] = fmt.Sprint(i, target)
		default:
			h := mustOpen(t, tree, name, os.O_RDONLY)
			p := make([]byte, info.Size())
			n, errno := h.ReadAt(p, 0)
			require.Zero(t, errno)
			require.Equal(t, len(p), n)
			require.Zero(t, h.Close())
			all[name] = fmt.Sprint(i, string(p))
		}
	}
	visit("/")
	return all
}

func populate(t *testing.T, tree *Tree) {
	t.Helper()
	long := strings.Repeat("long", 60)
	for _, dir := range []string{"d", "d/e", "d/e/" + long, "empty"} {
		require.Zero(t, tree.Mkdir(dir, 0o755))
	}
	for i, size := range []int{0, 1, 100, 5000, pageSize, pageSize + 1, 3*pageSize + 5} {
		mustWrite(t, tree, fmt.Sprint("d/f", i), pattern(i, size))
		mustWrite(t, tree, fmt.Sprint("d/e/", long, "/", long, i), pattern(i, size))
	}
	for i := range 200 {
		mustWrite(t, tree, fmt.Sprint("d/e/many", i), pattern(i, i))
	}
	require.Zero(t, tree.Symlink("../d/e", "d/link"))
	require.Zero(t, tree.Link("d/f2", "linked"))
	require.Zero(t, tree.Link("d/f6", "d/e/linked"))
	require.Zero(t, tree.Link("d/link", "d/samelink"))
	require.Zero(t, tree.Truncate("d/f1", 1<<30))
	require.Zero(t, tree.Chmod("d/f3", fs.ModeSetuid|0o711))
	at := time.Unix(1e9, 5)
	require.Zero(t, tree.Chtimes("d", at, at))
}

func TestCloneIsEqual(t *testing.T) {
	for name, budget := range budgets {
		t.Run(name, func(t *testing.T) {
			tree := newSpillingTree(t, budget)
			populate(t, tree)
			require.Zero(t, tree.Truncate("d/f1", 100)) // it is read whole
			before := snapshot(t, tree)
			clone, errno := tree.Clone()
			require.Zero(t, errno)
			require.Equal(t, before, snapshot(t, clone))
			require.Equal(t, before, snapshot(t, tree))
			one, _ := tree.Stat("d/f2")
			other, _ := clone.Stat("d/f2")
			require.False(t, one.(*fileInfo).SameFile(other))
			linked, _ := clone.Stat("linked")
			require.True(t, other.(*fileInfo).SameFile(linked))
		})
	}
}

// Each of several clones is changed at random beside a model of its content. None sees what another does.
func TestClonesAreIndependent(t *testing.T) {
	for name, budget := range budgets {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 7))
			trees := []*Tree{newSpillingTree(t, budget)}
			models := []map[string]*model{{}}
			for range 600 {
				i := r.IntN(len(trees))
				tree, files := trees[i], models[i]
				file := fmt.Sprint("f", r.IntN(5))
				switch r.IntN(12) {
				case 0:
					tree.Remove(file)
					delete(files, file)
				case 1:
					if len(trees) < 5 {
						clone, errno := tree.Clone()
						require.Zero(t, errno)
						copied := map[string]*model{}
						for name, m := range files {
							copied[name] = &model{append([]byte(nil), m.data...)}
						}
						trees, models = append(trees, clone), append(models, copied)
					}
				default:
					h := mustOpen(t, tree, file, os.O_RDWR|os.O_CREATE)
					if files[file] == nil {
						files[file] = &model{}
					}
					apply(t, files[file], h, byte(r.Uint32()), r.IntN(3*pageSize), r.IntN(2*pageSize))
					require.Zero(t, h.Close())
				}
			}
			for i, tree := range trees {
				for name, m := range models[i] {
					h := mustOpen(t, tree, name, os.O_RDWR)
					requireContent(t, m, h)
					require.Zero(t, h.Close())
				}
			}
			requireNothingIsLeft(t, trees)
		})
	}
}

// requireNothingIsLeft releases trees that share a store, which counts down to nothing.
func requireNothingIsLeft(t *testing.T, trees []*Tree) {
	t.Helper()
	s := trees[0].sb.store
	for i, tree := range trees {
		if s != nil && i == len(trees)-1 { // what is left is of the last
			_, errno := tree.RemoveAll("/")
			require.Zero(t, errno)
			require.Zero(t, s.used.Load())
			require.Zero(t, s.live)
		}
		require.NoError(t, tree.Release(t.Context(), nil))
	}
}

func TestCloneOfASub(t *testing.T) {
	tree := NewTree()
	populate(t, tree)
	sub, errno := tree.Sub("d/e")
	require.Zero(t, errno)
	clone, errno := sub.Clone()
	require.Zero(t, errno)
	require.Equal(t, len(snapshot(t, sub)), len(snapshot(t, clone)))
	info, errno := clone.Lstat("linked")
	require.Zero(t, errno)
	require.Equal(t, uint32(1), info.(*fileInfo).nlink, "its other name is not in there")
	require.NoError(t, tree.Release(t.Context(), nil))
	_, errno = clone.Lstat("/many7")
	require.Zero(t, errno)
	_, errno = clone.Lstat("/../many7")
	require.Zero(t, errno, ".. of the root is the root")
	_, errno = sub.Clone()
	require.Equal(t, syscall.ENOENT, errno)
}

// An inode of a clone is made beside others. What is removed is freed all the same.
func TestContentOfAClonedFileIsFreed(t *testing.T) {
	tree := NewTree()
	for i := range 64 {
		mustWrite(t, tree, fmt.Sprint("f", i), make([]byte, 1<<20))
	}
	var clone *Tree
	left := heap(func() any {
		clone, _ = tree.Clone()
		require.NoError(t, tree.Release(t.Context(), nil))
		for i := range 63 {
			require.Zero(t, clone.Remove(fmt.Sprint("f", i)))
		}
		return clone
	})
	require.Less(t, left, int64(-50<<20))
	requireFile(t, clone, "f63", make([]byte, 1<<20))
}

// Cloning costs a few allocations for many files, and nothing for their content.
func TestCloneAllocatesLittle(t *testing.T) {
	tree := NewTree()
	for i := range 1000 {
		mustWrite(t, tree, fmt.Sprint("f", i), make([]byte, 1000))
	}
	require.Less(t, testing.AllocsPerRun(5, func() { tree.Clone() }), 60.0)
}

func BenchmarkClone(b *testing.B) {
	for _, budget := range []int64{-1, 1 << 30} {
		for _, size := range []int{100, 100_000} {
			b.Run(fmt.Sprintf("10000 files of %d bytes, spilling %v", size, budget >= 0), func(b *testing.B) {
				var opts []Option
				if budget >= 0 {
					opts = append(opts, SpillTo(budget, func() (Handle, error) { return nil, syscall.ENOSPC }))
				}
				tree := NewTree(opts...)
				p := make([]byte, size)
				for i := range 10_000 {
					if i%100 == 0 {
						tree.Mkdir(fmt.Sprint("d", i/100), 0o755)
					}
					h, _ := tree.OpenFile(fmt.Sprintf("d%d/file%d", i/100, i), os.O_RDWR|os.O_CREATE, 0o644)
					h.Write(p)
					h.Close()
				}
				b.ReportAllocs()
				for b.Loop() {
					tree.Clone()
				}
			})
		}
	}
}
