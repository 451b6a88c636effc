//go:build unix

package tempfs_test

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestFailedRelease names what is left, deletes the rest, and can be tried again.
func TestFailedRelease(t *testing.T) {
	parent := t.TempDir()
	fsys, err := tempfs.New(tempfs.In(parent))
	require.NoError(t, err)
	host := rootOf(t, fsys)
	require.NoError(t, fsys.MkdirAll("/stays/here", 0o755))
	require.NoError(t, fsys.MkdirAll("/goes/away", 0o755))
	file, dir := populate(t, fsys)
	freeIt := hold(t, parent, host, "stays")

	for range 2 {
		err = fsys.Release()
		require.ErrorIs(t, err, fs.ErrPermission)
		require.ErrorAs(t, err, new(*fs.PathError))
		require.NotContains(t, err.Error(), parent)
		require.NoFileExists(t, host+"/f")
		require.NoDirExists(t, host+"/goes")
		require.Len(t, liveIn(parent), 1)
		requireClosed(t, fsys, fsys.IOFS(), file, dir)
	}
	freeIt()
	require.NoError(t, fsys.Release())
	requireGone(t, host)
	require.Empty(t, liveIn(parent))
}

// TestConcurrentFailedReleases get one answer.
func TestConcurrentFailedReleases(t *testing.T) {
	parent := t.TempDir()
	fsys, err := tempfs.New(tempfs.In(parent))
	require.NoError(t, err)
	host := rootOf(t, fsys)
	require.NoError(t, fsys.MkdirAll("/stays", 0o755))
	freeIt := hold(t, parent, host, "stays")
	require.NoError(t, parallel(10, func(int) error { return wants(fsys.Release(), fs.ErrPermission) }))
	freeIt()
	require.NoError(t, fsys.Release())
}

// TestFailedReleaseInTest is reported by the test.
func TestFailedReleaseInTest(t *testing.T) {
	parent := t.TempDir()
	tb := &fakeTB{name: "TestX"}
	fsys := tempfs.Test(tb, tempfs.In(parent))
	host := rootOf(t, fsys)
	require.NoError(t, fsys.MkdirAll("/stays", 0o755))
	freeIt := hold(t, parent, host, "stays")
	tb.end()
	require.True(t, tb.Failed())
	require.Len(t, tb.errors, 1)
	require.Contains(t, tb.errors[0], "release")
	require.NotContains(t, tb.errors[0], parent)
	freeIt()
	require.NoError(t, fsys.Release())
}

// TestFailedReleaseInWith is joined with the error of the function.
func TestFailedReleaseInWith(t *testing.T) {
	parent := t.TempDir()
	mine := errors.New("mine")
	var fsys *tempfs.Fs
	freeIt := func() {}
	err := tempfs.With(func(f *tempfs.Fs) error {
		fsys = f
		require.NoError(t, f.MkdirAll("/stays", 0o755))
		freeIt = hold(t, parent, rootOf(t, f), "stays")
		return mine
	}, tempfs.In(parent))
	require.ErrorIs(t, err, mine)
	require.ErrorIs(t, err, fs.ErrPermission)
	freeIt()
	require.NoError(t, fsys.Release())
}

// hold makes the release of a root in parent fail until free is called. An unprivileged user cannot delete what is in
// a directory that is read-only; root cannot delete what is immutable.
func hold(t *testing.T, parent, host, name string) (free func()) {
	t.Helper()
	if os.Geteuid() == 0 {
		return makeImmutable(t, host+"/"+name)
	}
	require.NoError(t, os.Chmod(parent, 0o500))
	free = func() { require.NoError(t, os.Chmod(parent, 0o700)) }
	t.Cleanup(free)
	return free
}
