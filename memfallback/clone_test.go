package memfallback

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
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
	require.Zero(t, tree.Truncate("d/f1", 1<<20))
	require.Zero(t, tree.Chmod("d/f3", fs.ModeSetuid|0o711))
	at := time.Unix(1e9, 5)
	require.Zero(t, tree.Chtimes("d", at, at))
}

func TestCloneIsEqual(t *testing.T) {
	for name, budget := range budgets {
		t.Run(name, func(t *testing.T) {
			tree := newSpillingTree(t, budget)
			populate(t, tree)
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
	clone := func() (*Tree, syscall.Errno) {
		tree.Chmod("f0", 0o644) // or it would be copied once for all
		return tree.Clone()
	}
	require.Less(t, testing.AllocsPerRun(5, func() { clone() }), 60.0)
}

// Whatever changes a tree, the next clone has it, and the one before has it not.
func TestCloneSeesEachChange(t *testing.T) {
	at := time.Unix(5, 0)
	for name, change := range map[string]func(tree *Tree) syscall.Errno{
		"create": func(tree *Tree) syscall.Errno {
			h, errno := tree.OpenFile("d/new", os.O_RDWR|os.O_CREATE, 0o600)
			h.Close()
			return errno
		},
		"truncate by open": func(tree *Tree) syscall.Errno {
			h, errno := tree.OpenFile("d/f2", os.O_RDWR|os.O_TRUNC, 0)
			h.Close()
			return errno
		},
		"mkdir":              func(tree *Tree) syscall.Errno { return tree.Mkdir("d/e/new", 0o700) },
		"symlink":            func(tree *Tree) syscall.Errno { return tree.Symlink("x", "d/new") },
		"link":               func(tree *Tree) syscall.Errno { return tree.Link("d/f3", "new") },
		"remove":             func(tree *Tree) syscall.Errno { return tree.Remove("d/e/many7") },
		"rmdir":              func(tree *Tree) syscall.Errno { return tree.Remove("empty") },
		"rename":             func(tree *Tree) syscall.Errno { return tree.Rename("d/f1", "d/f3") },
		"rename a directory": func(tree *Tree) syscall.Errno { return tree.Rename("d/e", "e") },
		"remove all": func(tree *Tree) syscall.Errno {
			_, errno := tree.RemoveAll("d/e")
			return errno
		},
		"chmod":                func(tree *Tree) syscall.Errno { return tree.Chmod("d/f1", 0o400) },
		"chmod of a directory": func(tree *Tree) syscall.Errno { return tree.Chmod("d", 0o750) },
		"chown":                func(tree *Tree) syscall.Errno { return tree.Chown("d/f1", -1, -1, true) },
		"chtimes":              func(tree *Tree) syscall.Errno { return tree.Chtimes("d/f1", at, at) },
		"truncate":             func(tree *Tree) syscall.Errno { return tree.Truncate("d/f3", 7) },
		"truncate, large":      func(tree *Tree) syscall.Errno { return tree.Truncate("d/f6", 70_000) },
		"through a handle": func(tree *Tree) syscall.Errno {
			for _, name := range []string{"d/f2", "d/f6"} {
				h, _ := tree.OpenFile(name, os.O_RDWR, 0)
				tree.Clone()
				h.Write([]byte("changed"))
				before, _ := tree.Clone()
				now := snapshot(t, tree)
				h.WriteAt([]byte("changed"), 50)
				require.Equal(t, now, snapshot(t, before))
				h.Truncate(60)
				tree.Clone()
				h.Chmod(0o640)
				h.Close()
			}
			return 0
		},
	} {
		t.Run(name, func(t *testing.T) {
			tree := NewTree()
			populate(t, tree)
			old := snapshot(t, tree)
			before, errno := tree.Clone()
			require.Zero(t, errno)
			require.Zero(t, change(tree))
			after, errno := tree.Clone()
			require.Zero(t, errno)
			require.NotEqual(t, old, snapshot(t, tree))
			require.Equal(t, snapshot(t, tree), snapshot(t, after))
			require.Equal(t, old, snapshot(t, before))
			again, errno := before.Clone()
			require.Zero(t, errno)
			require.Zero(t, change(before))
			require.Equal(t, old, snapshot(t, again))
		})
	}
}

// A clone that nobody has looked into yet is one all the same.
func TestUntouchedClone(t *testing.T) {
	tree := NewTree()
	populate(t, tree)
	use := map[string]func(clone *Tree){
		"rmdir of what is not empty": func(clone *Tree) { require.Equal(t, syscall.ENOTEMPTY, clone.Remove("d")) },
		"create in it": func(clone *Tree) {
			mustWrite(t, clone, "d/e/new", nil)
			require.Len(t, snapshot(t, clone), len(snapshot(t, tree))+1)
		},
		"remove all": func(clone *Tree) {
			_, errno := clone.RemoveAll("d")
			require.Zero(t, errno)
			info, errno := clone.Lstat("linked")
			require.Zero(t, errno)
			require.Equal(t, uint32(1), info.(*fileInfo).nlink)
		},
		"rename a directory": func(clone *Tree) {
			require.Zero(t, clone.Rename("d/e", "moved"))
			requireFile(t, clone, "moved/many7", pattern(7, 7))
		},
		"count": func(clone *Tree) {
			var all int64
			require.NoError(t, clone.Release(t.Context(), func(entries, _, _ int64) { all = entries }))
			require.Equal(t, int64(len(snapshot(t, tree))-1-3), all) // without the root and second names
		},
	}
	for name, fn := range use {
		clone, errno := tree.Clone()
		require.Zero(t, errno, name)
		fn(clone)
	}
}

// Goroutines that look into a clone at once see the same files, and their changes of it are theirs.
func TestCloneIsCopiedOnce(t *testing.T) {
	tree := NewTree()
	populate(t, tree)
	for range 50 {
		clone, errno := tree.Clone()
		require.Zero(t, errno)
		var wg sync.WaitGroup
		infos := make([]fs.FileInfo, 4)
		for i := range infos {
			wg.Go(func() {
				infos[i], _ = clone.Stat("d/e/many7")
				clone.Mkdir(fmt.Sprint("d/e/", i), 0o755)
			})
		}
		wg.Wait()
		for i, info := range infos {
			require.True(t, info.(*fileInfo).SameFile(infos[0]))
			_, errno := clone.Stat(fmt.Sprint("d/e/", i))
			require.Zero(t, errno)
		}
	}
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
