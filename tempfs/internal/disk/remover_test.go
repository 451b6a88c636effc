package disk

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRemoverGoesOnAfterFailures(t *testing.T) {
	tree := newTree(t)
	for _, name := range []string{"a", "b"} {
		require.Zero(t, tree.Mkdir(name, 0o755))
		put(t, tree, name+"/f", "x")
	}
	r := remover{root: guardOf(t, tree), ctx: t.Context(), progress: &progress{}}
	r.deepest = &level{name: ".", root: guardOf(t, tree), opened: true}
	r.deepest.stick("a") // as if it could not go
	r.fail("a", syscall.EBUSY)
	r.fail(".", syscall.EIO)
	for r.deepest != nil {
		r.step(r.deepest)
	}
	require.Equal(t, []Failure{{"unlinkat", "/a", syscall.EBUSY}, {"unlinkat", "/", syscall.EIO}}, r.failures.all())
	_, errno := tree.Lstat("b")
	require.Equal(t, syscall.ENOENT, errno)
	_, errno = tree.Lstat("a/f")
	require.Zero(t, errno)
}

// level returns a level for a directory below the root of the tree, as the walk makes them.
func (r *remover) level(t *testing.T, name string) *level {
	t.Helper()
	info, err := r.root.Lstat(name)
	require.NoError(t, err)
	return &level{above: &level{name: ".", root: r.root, opened: true}, name: name, depth: 1, info: info}
}

func TestRemovalEntersNoDirectoryButTheOneItMet(t *testing.T) {
	tree := newTree(t)
	for _, dir := range []string{"d", "e"} {
		require.Zero(t, tree.Mkdir(dir, 0o755))
	}
	for _, other := range []string{"a directory", "a link", "a file"} {
		if other == "a link" && !hasSymlinks(t) {
			continue
		}
		r := remover{root: guardOf(t, tree), ctx: t.Context(), progress: &progress{}}
		l := r.level(t, "d")
		require.Zero(t, tree.Rename("d", "moved"))
		switch other {
		case "a directory":
			require.Zero(t, tree.Mkdir("d", 0o755))
		case "a link":
			require.Zero(t, tree.Symlink("e", "d"))
		default:
			put(t, tree, "d", "x")
		}
		require.Equal(t, raced, r.open(l), other)
		require.Zero(t, tree.Remove("d"))
		require.Zero(t, tree.Rename("moved", "d"))
	}
}

func TestRemovalThatFindsItsDirectoryMovedMeetsTheNameAgain(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	r := remover{root: guardOf(t, tree), ctx: t.Context(), progress: &progress{}}
	l := r.level(t, "d")
	require.Zero(t, r.open(l))
	require.Zero(t, tree.Rename("d", "moved"))
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "d/f", "x")
	r.finish(l)
	require.Empty(t, r.failures.all())
	require.Equal(t, 1, l.above.swaps)
	require.Same(t, l.above, r.deepest)
}

// portableRemover is a remover as systems have it that lack system calls on descriptors.
func portableRemover(t *testing.T, tree *Tree) *remover {
	t.Helper()
	return &remover{root: guardOf(t, tree), ctx: t.Context(), progress: newProgress(nil), repairs: true}
}

func TestPortableRemoval(t *testing.T) {
	tree := newTree(t)
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "f"), nil, 0o600))
	require.Zero(t, tree.Mkdir("a", 0o755))
	require.Zero(t, tree.Mkdir("a/closed", 0o755))
	require.Zero(t, tree.Mkdir("b", 0o755))
	put(t, tree, "a/f", "x")
	put(t, tree, "a/closed/f", "x")
	put(t, tree, "b/f", "x")
	if errno := tree.Symlink("../nowhere", "a/closed/l"); errno != 0 {
		t.Skipf("no symbolic links here: %v", errno)
	}
	require.NoError(t, os.Symlink(outside, filepath.Join(tree.Dir(), "b", "out")))
	require.Zero(t, tree.Chmod("a/closed", 0o500))

	r := portableRemover(t, tree)
	r.remove("a")
	require.Empty(t, r.failures.all())
	_, errno := tree.Lstat("a")
	require.Equal(t, syscall.ENOENT, errno)
	_, errno = tree.Lstat("b/f")
	require.Zero(t, errno)

	r.remove(".")
	require.Empty(t, r.failures.all())
	left, err := os.ReadDir(tree.Dir())
	require.NoError(t, err)
	require.Empty(t, left)
	require.FileExists(t, filepath.Join(outside, "f"))
	require.EqualValues(t, 8, r.progress.entries.Load())
	require.EqualValues(t, 3, r.progress.dirs.Load())
}

// TestPortableRemovalOfADeepTree is deep enough for the walk to close directories and open them again.
func TestPortableRemovalOfADeepTree(t *testing.T) {
	tree := newTree(t)
	deepen(t, tree, openLevels+2*openEvery)
	r := portableRemover(t, tree)
	r.remove(".")
	require.Empty(t, r.failures.all())
	left, err := os.ReadDir(tree.Dir())
	require.NoError(t, err)
	require.Empty(t, left)
}
