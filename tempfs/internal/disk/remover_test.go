package disk

import (
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
	r := remover{root: tree.root, ctx: t.Context(), progress: &progress{}}
	r.deepest = &level{name: ".", root: tree.root, opened: true}
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
		r := remover{root: tree.root, ctx: t.Context(), progress: &progress{}}
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
	r := remover{root: tree.root, ctx: t.Context(), progress: &progress{}}
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
