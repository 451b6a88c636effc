package disk

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// outside is a directory of the host that nothing may change.
type outside struct{ dir string }

func newOutside(t *testing.T) outside {
	t.Helper()
	o := outside{t.TempDir()}
	require.NoError(t, os.WriteFile(filepath.Join(o.dir, "f"), []byte("theirs"), 0o640))
	require.NoError(t, os.Mkdir(filepath.Join(o.dir, "sub"), 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(o.dir, "sub", "f"), []byte("theirs"), 0o640))
	return o
}

// look tells all that a change would change.
func (o outside) look(t *testing.T) (facts []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(o.dir, func(path string, _ fs.DirEntry, err error) error {
		info, failed := os.Lstat(path)
		if err != nil || failed != nil {
			return fmt.Errorf("%w %w", err, failed)
		}
		facts = append(facts, fmt.Sprint(path, info.Mode(), info.ModTime(), info.Size()))
		return nil
	}))
	return facts
}

// swapper exchanges pairs of names in the tree until it is stopped.
func swapper(tree *Tree, pairs [][2]string) (stop func()) {
	done := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		for {
			for _, pair := range pairs {
				select {
				case <-done:
					return
				default:
				}
				a, b := filepath.Join(tree.Dir(), pair[0]), filepath.Join(tree.Dir(), pair[1])
				_ = unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
			}
		}
	})
	return func() {
		close(done)
		running.Wait()
	}
}

func pairs(t *testing.T, tree *Tree, o outside, n int) (all [][2]string) {
	t.Helper()
	for i := range n {
		dir, link := fmt.Sprintf("d%d", i), fmt.Sprintf("l%d", i)
		require.Zero(t, tree.Mkdir(dir, 0o755))
		require.Zero(t, tree.Mkdir(dir+"/sub", 0o755))
		put(t, tree, dir+"/f", "ours")
		put(t, tree, dir+"/sub/f", "ours")
		require.NoError(t, os.Symlink(o.dir, filepath.Join(tree.Dir(), link)))
		all = append(all, [2]string{dir, link})
	}
	return all
}

// TestSwapsUnderOperations has a directory of the tree and a link to one outside change places all the time. What an operation
// says may be anything; it says it of files inside.
func TestSwapsUnderOperations(t *testing.T) {
	tree, o := newTree(t), newOutside(t)
	before := o.look(t)
	stop := swapper(tree, pairs(t, tree, o, 1))
	moment := time.Unix(1, 0)
	for i := range 300 {
		for _, dir := range []string{"d0", "/d0/", "l0/../d0"} {
			name := dir + "/f"
			if h, errno := tree.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600); errno == 0 {
				p := make([]byte, 16)
				n, _ := h.Read(p)
				require.NotEqual(t, "theirs", string(p[:n]))
				_, _ = h.Write([]byte("x"))
				require.Zero(t, h.Close())
			}
			if h, errno := tree.OpenFile(dir, os.O_RDONLY, 0); errno == 0 {
				entries, _ := h.ReadDir(-1)
				for _, e := range entries {
					_, _ = e.Info()
				}
				h.Close()
			}
			if sub, errno := tree.Sub(dir); errno == 0 {
				sub.Chmod("f", 0o604|fs.ModeSetuid)
				sub.Close()
			}
			tree.Chmod(name, 0o604|fs.ModeSticky)
			tree.Chmod(name, 0o604)
			tree.Chown(name, os.Getuid(), os.Getgid(), true)
			tree.Chown(name, os.Getuid(), os.Getgid(), false)
			tree.Chtimes(name, moment, moment)
			tree.Truncate(name, 3)
			tree.Mkdir(dir+"/new", 0o755|fs.ModeSticky)
			tree.Symlink("x", dir+"/s")
			tree.Link(name, dir+"/h")
			tree.Rename(name, dir+"/g")
			tree.Rename(dir+"/g", name)
			tree.Remove(dir + "/h")
			tree.Remove(dir + "/s")
			tree.RemoveAll(dir + "/new")
			tree.RemoveAll(dir + "/sub")
			if i%10 == 0 {
				tree.RemoveAll(name)
			}
		}
	}
	stop()
	require.Equal(t, before, o.look(t))
	require.NoError(t, tree.Release(t.Context(), nil))
	require.Equal(t, before, o.look(t))
}

// TestSwapsAreNotSeen has a name lead now to a directory and now, by a link that os.Root refuses, to another of the tree. For the
// kernel there is a file at any time.
func TestSwapsAreNotSeen(t *testing.T) {
	tree := newTree(t)
	for _, dir := range []string{"d", "e"} {
		require.Zero(t, tree.Mkdir(dir, 0o755))
		put(t, tree, dir+"/f", "x")
	}
	require.Zero(t, tree.Symlink("/e", "l"))
	stop := swapper(tree, [][2]string{{"d", "l"}})
	defer stop()
	for range 3000 {
		_, errno := tree.Stat("d/f")
		require.Zero(t, errno)
	}
}

// TestSwapsUnderRelease has directories and links change places, and directories among themselves.
func TestSwapsUnderRelease(t *testing.T) {
	tree, o := newTree(t), newOutside(t)
	before := o.look(t)
	all := pairs(t, tree, o, 30)
	for i := 0; i < 30; i += 2 {
		all = append(all, [2]string{fmt.Sprintf("d%d", i), fmt.Sprintf("d%d", i+1)})
	}
	require.Zero(t, tree.Mkdir("e", 0o755))
	put(t, tree, "e/f", "x")
	require.Zero(t, tree.Mkdir("e/d", 0o755))
	put(t, tree, "e/d/f", "x")
	all = append(all, [2]string{"e/f", "e/d"})
	stop := swapper(tree, all)
	err := tree.Release(t.Context(), nil)
	stop()
	require.NoError(t, err)
	require.NoDirExists(t, tree.Dir())
	require.Equal(t, before, o.look(t))
}
