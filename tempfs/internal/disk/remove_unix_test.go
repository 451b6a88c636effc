//go:build unix

package disk

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReleaseOfARootWithoutPermissions(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "d/f", "x")
	require.NoError(t, os.Chmod(tree.Dir(), 0))
	require.NoError(t, tree.Release(t.Context(), nil))
	require.NoDirExists(t, tree.Dir())
}

// meddler is a context that does something whenever the removal looks at it, which it does before each step.
type meddler struct {
	context.Context
	meddle func()
}

func (m meddler) Err() error {
	m.meddle()
	return nil
}

// TestReleaseOutlastsWriters has files made in a directory that is being removed, for a while.
func TestReleaseOutlastsWriters(t *testing.T) {
	for _, dir := range []string{".", "d", "d/e"} {
		tree := newTree(t)
		require.Zero(t, tree.Mkdir("d", 0o755))
		require.Zero(t, tree.Mkdir("d/e", 0o755))
		put(t, tree, dir+"/f", "x")
		looks, made := 0, 0
		err := tree.Release(meddler{t.Context(), func() {
			if looks++; looks < 3*minPasses && os.WriteFile(filepath.Join(tree.Dir(), dir, strconv.Itoa(looks)), nil, 0o600) == nil {
				made++
			}
		}}, nil)
		require.NoError(t, err, dir)
		require.Greater(t, made, 1)
		require.NoDirExists(t, tree.Dir())
	}
}

// TestReleaseGivesUpOnAWriterThatDoesNot also has the next release succeed, once the writer is gone.
func TestReleaseGivesUpOnAWriterThatDoesNot(t *testing.T) {
	for _, dir := range []string{"d", "d/e"} {
		tree := newTree(t)
		require.Zero(t, tree.Mkdir("d", 0o755))
		require.Zero(t, tree.Mkdir("d/e", 0o755))
		err := tree.Release(meddler{t.Context(), func() { _ = os.WriteFile(filepath.Join(tree.Dir(), dir, "f"), nil, 0o600) }}, nil)
		require.ErrorIs(t, err, syscall.ENOTEMPTY)
		var failures *Failures
		require.ErrorAs(t, err, &failures)
		require.Equal(t, []Failure{{"unlinkat", "/" + dir, syscall.ENOTEMPTY}}, failures.First, "what is above stays for that reason alone")
		require.NoError(t, tree.Release(t.Context(), nil))
	}
}

func TestReleaseOfADeepTreeTakesFewDescriptors(t *testing.T) {
	const depth, descriptors = 2000, 128
	tree := newTree(t)
	deepen(t, tree, depth)

	var before syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before))
	few := before
	few.Cur = min(few.Cur, descriptors)
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few))
	err := tree.Release(t.Context(), nil)
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before))
	require.NoError(t, err)
	require.NoDirExists(t, tree.Dir())
}

// TestFailuresAreVirtual is for those whom modes bind, and needs no release to repair what it sets.
func TestFailuresAreVirtual(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("nothing fails for root here")
	}
	tree := newTree(t)
	for _, dir := range []string{"a", "a/b", "a/c"} {
		require.Zero(t, tree.Mkdir(dir, 0o755))
		put(t, tree, dir+"/f", "x")
	}
	require.Zero(t, tree.Chmod("a/b", 0o555))
	for name, want := range map[string]string{"a/b/": "a/b/f", "/a": "/a/b/f", "a//b/f": "", "/": "/a/b/f"} {
		failed, errno := tree.RemoveAll(name)
		require.Equal(t, syscall.EACCES, errno, name)
		require.Equal(t, want, failed, name)
	}
	_, errno := tree.Lstat("a/c/f")
	require.Equal(t, syscall.ENOENT, errno, "what could go went")
	require.NoError(t, tree.Release(t.Context(), nil), "and a release repairs")
}

// TestRemoveAllClimbsNowhere has a canary where ".." of the root directory leads.
func TestRemoveAllClimbsNowhere(t *testing.T) {
	parent := t.TempDir()
	canary := filepath.Join(parent, "canary")
	require.NoError(t, os.WriteFile(canary, nil, 0o600))
	tree, err := makeNamed(parent, "root")
	require.NoError(t, err)
	t.Cleanup(func() { _ = tree.Release(context.Background(), nil) })
	for _, name := range []string{"..", "/..", "../", "./..", "../..", "d/..", "d/../..", "d/../../", "l/..", "l", "l/"} {
		require.Zero(t, tree.Mkdir("d", 0o755))
		require.Zero(t, tree.Symlink("..", "l"))
		_, errno := tree.RemoveAll(name)
		if name[0] != 'l' || len(name) > 2 {
			require.Equal(t, syscall.EINVAL, errno, name)
		}
		require.FileExists(t, canary, name)
		require.DirExists(t, tree.Dir(), name)
		_ = tree.Remove("l")
		_, errno = tree.RemoveAll("d")
		require.Zero(t, errno)
	}
}
