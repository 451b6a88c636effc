//go:build unix && !aix && !solaris

package tempfs_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/tempfs"
)

// newSwept is a directory that may be swept.
func newSwept(tb testing.TB) string {
	tb.Helper()
	return mustSweep(tb, tb.TempDir())
}

// newSweptForMany is one for thousands of entries, on tmpfs if there is one.
func newSweptForMany(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "swept") //nolint:usetesting // TempDir is on a disk
	if err != nil {
		return newSwept(tb)
	}
	tb.Cleanup(func() { require.NoError(tb, os.RemoveAll(dir)) })
	return mustSweep(tb, dir)
}

func mustSweep(tb testing.TB, dir string) string {
	tb.Helper()
	if _, err := tempfs.Sweep(tempfs.In(dir), tempfs.DryRun()); errors.Is(err, tempfs.ErrUnsafeFS) {
		tb.Skipf("the temp directory is on a filesystem that is not swept: %v", err)
	}
	return dir
}

// orphan is the path of a tree like that of a process that was killed: it has no lock any more, and no mark either.
func orphan(tb testing.TB, dir string, opts ...tempfs.Option) string {
	tb.Helper()
	fsys, err := tempfs.New(append([]tempfs.Option{tempfs.In(dir)}, opts...)...)
	require.NoError(tb, err)
	require.NoError(tb, errors.Join(fsys.MkdirAll("/d/e", 0o755), put(fsys, "/d/f", "content")))
	path, err := fsys.Detach()
	require.NoError(tb, err)
	require.NoError(tb, os.Chmod(path, 0o700))
	return path
}

// lively is the path of a tree that is released with the test, which fails if it is not whole then.
func lively(t *testing.T, dir string, opts ...tempfs.Option) string {
	t.Helper()
	fsys, err := tempfs.New(append([]tempfs.Option{tempfs.In(dir)}, opts...)...)
	require.NoError(t, err)
	require.NoError(t, put(fsys, "/f", "content"))
	path := hostOf(t, fsys)
	t.Cleanup(func() {
		require.NoError(t, has(fsys, "/f", "content"))
		content, err := os.ReadFile(filepath.Join(path, "f"))
		require.NoError(t, err)
		require.Equal(t, "content", string(content))
		require.NoError(t, fsys.Release())
	})
	return path
}

func TestSweep(t *testing.T) {
	dir := newSwept(t)
	lively(t, dir)
	first, second := orphan(t, dir), orphan(t, dir, tempfs.Suffix("-TestX"))
	others := orphan(t, dir, tempfs.Prefix("other-"))
	kept, err := tempfs.New(tempfs.In(dir))
	require.NoError(t, err)
	detached, err := kept.Detach()
	require.NoError(t, err)

	r, err := tempfs.Sweep(tempfs.In(dir), tempfs.DryRun())
	require.NoError(t, err)
	slices.Sort(r.Removed)
	orphans := []string{first, second}
	slices.Sort(orphans)
	want := tempfs.SweepReport{Dir: dir, Seen: 4, Live: 1, Kept: 1, Removed: orphans}
	require.Equal(t, want, r)
	require.FileExists(t, filepath.Join(first, "d", "f"))

	r, err = tempfs.Sweep(tempfs.In(dir), tempfs.MinAge(time.Hour))
	require.NoError(t, err)
	require.Equal(t, tempfs.SweepReport{Dir: dir, Seen: 4, Live: 0, Kept: 1, Young: 3}, r, "the age is looked at before the lock")

	r, err = tempfs.Sweep(tempfs.In(dir))
	require.NoError(t, err)
	slices.Sort(r.Removed)
	require.Equal(t, want, r)
	require.NoDirExists(t, first)
	require.NoDirExists(t, second)
	require.DirExists(t, others)
	require.DirExists(t, detached)

	r, err = tempfs.Sweep(tempfs.In(dir))
	require.NoError(t, err)
	require.Equal(t, tempfs.SweepReport{Dir: dir, Seen: 2, Live: 1, Kept: 1}, r)
}

// TestSweepFindsTheTempDirectory as New does.
func TestSweepFindsTheTempDirectory(t *testing.T) {
	newSwept(t)
	fsys, err := tempfs.New()
	require.NoError(t, err)
	path, err := fsys.Detach()
	require.NoError(t, err)
	require.NoError(t, os.Chmod(path, 0o700))
	r, err := tempfs.Sweep()
	require.NoError(t, err)
	require.Equal(t, filepath.Dir(path), r.Dir)
	require.Contains(t, r.Removed, path)
	require.NoDirExists(t, path)
}

func TestSweepOfOneAffix(t *testing.T) {
	dir := newSwept(t)
	d, e := orphan(t, dir, tempfs.Prefix("job-"), tempfs.Suffix(".d")), orphan(t, dir, tempfs.Prefix("job-"), tempfs.Suffix(".e"))
	r, err := tempfs.Sweep(tempfs.In(dir), tempfs.Prefix("job-"), tempfs.Suffix(".d"))
	require.NoError(t, err)
	require.Equal(t, tempfs.SweepReport{Dir: dir, Seen: 1, Removed: []string{d}}, r)
	r, err = tempfs.Sweep(tempfs.In(dir), tempfs.Prefix("job-"))
	require.NoError(t, err)
	require.Equal(t, []string{e}, r.Removed)

	for _, opt := range []tempfs.SharedOption{tempfs.Prefix("../"), tempfs.Suffix("/")} {
		_, err := tempfs.Sweep(tempfs.In(dir), opt)
		require.ErrorIs(t, err, fs.ErrInvalid)
	}
}

func TestSweepWithoutADirectory(t *testing.T) {
	missing := filepath.Join(newSwept(t), "missing")
	r, err := tempfs.Sweep(tempfs.In(missing))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, missing)
	require.Equal(t, tempfs.SweepReport{Dir: missing}, r)

	_, err = tempfs.Sweep(tempfs.WithSearch(locate.Options{MinFree: math.MaxUint64}))
	require.ErrorAs(t, err, new(*locate.NotFoundError))
}

func TestSweepEndsWithItsContext(t *testing.T) {
	dir := newSwept(t)
	path := orphan(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := tempfs.Sweep(tempfs.In(dir), tempfs.Context(ctx))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, tempfs.SweepReport{Dir: dir}, r)
	require.DirExists(t, path)
}

// TestTwoSweepersOfMany is case 44: each orphan is removed once.
func TestTwoSweepersOfMany(t *testing.T) {
	dir := newSweptForMany(t)
	var orphans []string
	for range 500 {
		orphans = append(orphans, orphan(t, dir))
	}
	var reports [2]tempfs.SweepReport
	var errs [2]error
	var both sync.WaitGroup
	for i := range reports {
		both.Go(func() { reports[i], errs[i] = tempfs.Sweep(tempfs.In(dir)) })
	}
	both.Wait()
	require.NoError(t, errors.Join(errs[:]...))
	require.ElementsMatch(t, orphans, append(reports[0].Removed, reports[1].Removed...))
	for _, r := range reports {
		require.Empty(t, r.Failed)
		require.Zero(t, r.Kept+r.Young+r.Foreign)
	}
	t.Logf("%d and %d", len(reports[0].Removed), len(reports[1].Removed))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

// planted are things that a sweep must leave alone, each made of the name of an orphan that is gone.
var planted = map[string]func(t *testing.T, path, outside string){
	"a file":            func(t *testing.T, path, _ string) { t.Helper(); require.NoError(t, os.WriteFile(path, nil, 0o600)) },
	"a link":            func(t *testing.T, path, outside string) { t.Helper(); require.NoError(t, os.Symlink(outside, path)) },
	"a dangling link":   func(t *testing.T, path, _ string) { t.Helper(); require.NoError(t, os.Symlink("nowhere", path)) },
	"a FIFO":            func(t *testing.T, path, _ string) { t.Helper(); require.NoError(t, syscall.Mkfifo(path, 0o600)) },
	"open to others":    plantDirectory(0o755),
	"open to the group": plantDirectory(0o710),
	"of others to list": plantDirectory(0o701),
	"sticky":            plantDirectory(0o700 | fs.ModeSticky),
	"another user's": func(t *testing.T, path, _ string) {
		t.Helper()
		plantDirectory(0o700)(t, path, "")
		if os.Geteuid() != 0 {
			require.NoError(t, os.RemoveAll(path))
			t.Skip("only root gives directories away")
		}
		require.NoError(t, os.Lchown(path, 65534, 65534))
	},
}

func plantDirectory(mode fs.FileMode) func(t *testing.T, path, outside string) {
	return func(t *testing.T, path, _ string) {
		t.Helper()
		require.NoError(t, os.Mkdir(path, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(path, "theirs"), nil, 0o600))
		require.NoError(t, os.Chmod(path, mode))
	}
}

// TestSweepLeavesAloneWhatIsPlanted is case 47; mount points are with the disk backend.
func TestSweepLeavesAloneWhatIsPlanted(t *testing.T) {
	for name, plant := range planted {
		t.Run(name, func(t *testing.T) {
			dir := newSwept(t)
			outside := newOutside(t, filepath.Join(t.TempDir(), "outside"))
			path := orphan(t, dir)
			require.NoError(t, os.RemoveAll(path))
			plant(t, path, outside.dir)
			before, err := os.Lstat(path)
			require.NoError(t, err)

			for _, opts := range [][]tempfs.SweepOption{{tempfs.In(dir), tempfs.DryRun()}, {tempfs.In(dir)}} {
				r, failed := tempfs.Sweep(opts...)
				require.NoError(t, failed)
				require.Equal(t, 1, r.Foreign+r.Kept)
				require.Empty(t, r.Removed)
			}
			after, err := os.Lstat(path)
			require.NoError(t, err)
			require.True(t, os.SameFile(before, after))
			require.Equal(t, before.Mode(), after.Mode())
			if before.IsDir() {
				require.FileExists(t, filepath.Join(path, "theirs"))
			}
			require.NoError(t, outside.changed())
		})
	}
}

// TestSweepKnowsItsNames changes the name of an orphan: by its check characters it is no tree of ours then.
func TestSweepKnowsItsNames(t *testing.T) {
	dir := newSwept(t)
	path := orphan(t, dir)
	base := filepath.Base(path)
	for _, other := range []string{"tmp", "tmpdir", base + "x", base[:len(base)-1], strings.ToUpper(base), "." + base, base[1:]} {
		moved := filepath.Join(dir, other)
		require.NoError(t, os.Rename(path, moved))
		r, err := tempfs.Sweep(tempfs.In(dir))
		require.NoError(t, err)
		require.Zero(t, r.Seen, other)
		require.NoError(t, os.Rename(moved, path))
	}
	r, err := tempfs.Sweep(tempfs.In(dir))
	require.NoError(t, err)
	require.Equal(t, []string{path}, r.Removed)
}

// TestSweepOfUnreadableOrphans is case 49, with other modes that keep their owner out.
func TestSweepOfUnreadableOrphans(t *testing.T) {
	for _, mode := range []fs.FileMode{0, 0o100, 0o200, 0o300, 0o400, 0o500, 0o600} {
		t.Run(fmt.Sprintf("%04o", mode), func(t *testing.T) {
			dir := newSwept(t)
			path := orphan(t, dir)
			require.NoError(t, os.Chmod(filepath.Join(path, "d"), mode))
			require.NoError(t, os.Chmod(path, mode))
			r, err := tempfs.Sweep(tempfs.In(dir))
			require.NoError(t, err)
			require.Equal(t, tempfs.SweepReport{Dir: dir, Seen: 1, Removed: []string{path}}, r)
			require.NoDirExists(t, path)
		})
	}
}

// TestSweepTellsWhatStays, by host paths, and goes on.
func TestSweepTellsWhatStays(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root makes what its owner cannot remove")
	}
	dir := newSwept(t)
	first, stuck, last := orphan(t, dir), orphan(t, dir), orphan(t, dir)
	free := makeImmutable(t, filepath.Join(stuck, "d", "e"))
	r, err := tempfs.Sweep(tempfs.In(dir))
	require.ErrorIs(t, err, syscall.EPERM)
	require.ErrorContains(t, err, stuck)
	var failed *tempfs.ReleaseError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, stuck, failed.Dir)
	require.Equal(t, 1, failed.Count)
	require.ErrorContains(t, failed.Causes[0], " /d/e:")
	require.Equal(t, []string{stuck}, r.Failed)
	require.ElementsMatch(t, []string{first, last}, r.Removed)
	require.NoFileExists(t, filepath.Join(stuck, "d", "f"), "all else goes")

	free()
	r, err = tempfs.Sweep(tempfs.In(dir))
	require.NoError(t, err)
	require.Equal(t, []string{stuck}, r.Removed)
}
