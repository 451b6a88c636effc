//go:build unix && !aix && !solaris

package tempfs

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

// orphan is the path of a tree that nobody holds any more.
func orphan(tb testing.TB, dir, prefix, suffix string) string {
	tb.Helper()
	tree, err := disk.Make(dir, 1, func(locked bool) string { return rootName(prefix, suffix, locked) })
	require.NoError(tb, err)
	require.Zero(tb, tree.Mkdir("/d", 0o755))
	path := tree.Dir()
	tree.Close()
	return path
}

// newSwept is a directory that may be swept.
func newSwept(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	if _, err := Sweep(In(dir)); errors.Is(err, ErrUnsafeFS) {
		tb.Skipf("the temp directory is on a filesystem that is not swept: %v", err)
	}
	return dir
}

// sweepsNow is SweepFirst for orphans that a test has just made, with as much time as it takes.
func sweepsNow() Option {
	return option(func(c *config) { c.sweepsFirst = firstSweep{1, time.Hour} })
}

func TestSweepFirst(t *testing.T) {
	dir := newSwept(t)
	made := func(opts ...Option) {
		fsys, err := New(append([]Option{In(dir)}, opts...)...)
		require.NoError(t, err)
		require.NoError(t, fsys.Release())
	}
	first := orphan(t, dir, "tmp", "-TestX")
	other := orphan(t, dir, "other-", "")
	made()
	require.DirExists(t, first, "swept without SweepFirst")
	made(InMemory(), In(""), sweepsNow())
	require.DirExists(t, first, "memory sweeps nothing")
	made(Suffix(".d"), sweepsNow())
	require.NoDirExists(t, first, "of any suffix")
	require.DirExists(t, other)

	second := orphan(t, dir, "tmp", "")
	made(sweepsNow())
	require.DirExists(t, second, "swept twice")
	made(sweepsNow(), Prefix("other-"))
	require.NoDirExists(t, other)
	require.DirExists(t, second)
}

// TestSweepFirstSparesNewborns of its own.
func TestSweepFirstSparesNewborns(t *testing.T) {
	dir := newSwept(t)
	path := orphan(t, dir, "tmp", "")
	fsys, err := New(In(dir), SweepFirst())
	require.NoError(t, err)
	require.NoError(t, fsys.Release())
	require.DirExists(t, path)
}

// TestSweepFirstFailsNothing: an error of New is that of New.
func TestSweepFirstFailsNothing(t *testing.T) {
	dir := newSwept(t)
	orphan(t, dir, "tmp", "")
	require.NoError(t, os.Chmod(dir, 0o300)) // it cannot be read
	fsys, err := New(In(dir), sweepsNow())
	require.NoError(t, err)
	require.NoError(t, fsys.Release())
	require.NoError(t, os.Chmod(dir, 0o700))

	missing := filepath.Join(dir, "missing")
	_, want := New(In(missing))
	_, err = New(In(missing), sweepsNow())
	require.Equal(t, want, err)
}

// TestSweepFirstIsBounded by its number.
func TestSweepFirstIsBounded(t *testing.T) {
	dir, err := os.MkdirTemp("/dev/shm", "swept") //nolint:usetesting // t.TempDir is on a disk
	if err != nil {
		dir = newSwept(t)
	}
	defer func() { require.NoError(t, os.RemoveAll(dir)) }()
	const more = 10
	for range firstMost + more {
		require.NoError(t, os.Mkdir(filepath.Join(dir, rootName("tmp", "", true)), 0o700))
	}
	left := func() int {
		entries, failed := os.ReadDir(dir)
		require.NoError(t, failed)
		return len(entries)
	}
	firstSweep{1, time.Hour}.sweep(dir, "tmp")
	require.Equal(t, more, left())
	r, err := Sweep(In(dir))
	require.NoError(t, err)
	require.NotEmpty(t, r.Removed)
	require.Zero(t, left())
}
