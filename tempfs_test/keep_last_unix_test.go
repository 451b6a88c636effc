//go:build unix && !aix && !solaris

package tempfs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// keptMode is that of a tree that was kept.
const keptMode = fs.ModeDir | fs.ModeSticky | fs.ModeSetuid | 0o700

func requireHostMode(t *testing.T, host string, want fs.FileMode) {
	t.Helper()
	info, err := os.Lstat(host)
	require.NoError(t, err)
	require.Equal(t, want, info.Mode())
}

// keepOne runs a test of that name and returns what was kept of it. Whatever is kept after that is younger by the clock of the filesystem, too.
func keepOne(t *testing.T, dir, name string, opts ...tempfs.Option) string {
	t.Helper()
	before := keptIn(t, dir)
	tb := newTB(name)
	fill(t, tempfs.Test(tb, append(opts, tempfs.Keep(tempfs.KeepAlways))...))
	tb.end()
	require.Empty(t, tb.errors)
	after := slices.DeleteFunc(keptIn(t, dir), func(name string) bool { return slices.Contains(before, name) })
	require.Len(t, after, 1)
	host := filepath.Join(dir, after[0])
	requireFilled(t, host)
	requireHostMode(t, host, keptMode)
	awaitClock(t, dir, host)
	return after[0]
}

// eachSwept is eachIn, where kept trees are removed for newer ones.
func eachSwept(t *testing.T, fn func(t *testing.T, dir string, opts ...tempfs.Option)) {
	t.Helper()
	eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) { fn(t, mustSweep(t, dir), opts...) })
}

// awaitClock returns when an inode that is changed now gets another time than that of host.
func awaitClock(t *testing.T, dir, host string) {
	t.Helper()
	probe := filepath.Join(filepath.Dir(dir), "clock")
	defer func() { require.NoError(t, os.Remove(probe)) }()
	for {
		require.NoError(t, os.WriteFile(probe, nil, 0o600))
		if changed(t, probe) > changed(t, host) {
			return
		}
		require.NoError(t, os.Remove(probe))
	}
}

// changed is when the inode was changed last, in nanoseconds.
func changed(t *testing.T, host string) int64 {
	t.Helper()
	var stat unix.Stat_t
	require.NoError(t, unix.Lstat(host, &stat))
	return stat.Ctim.Nano()
}

// TestKeepLast keeps the newest of each test.
func TestKeepLast(t *testing.T) {
	for _, c := range []struct {
		n    []tempfs.Option
		left int
	}{
		{nil, 3},
		{[]tempfs.Option{tempfs.KeepLast(3)}, 3},
		{[]tempfs.Option{tempfs.KeepLast(1)}, 1},
		{[]tempfs.Option{tempfs.KeepLast(0)}, 5},
		{[]tempfs.Option{tempfs.KeepLast(-1)}, 5},
		{[]tempfs.Option{tempfs.KeepLast(7)}, 5},
	} {
		eachSwept(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
			var all []string
			for range 5 {
				all = append(all, keepOne(t, dir, "TestX", append(opts, c.n...)...))
			}
			require.ElementsMatch(t, all[5-c.left:], keptIn(t, dir))
		})
	}
}

// TestKeepLastOfOthers leaves the trees of other tests, prefixes and suffixes.
func TestKeepLastOfOthers(t *testing.T) {
	eachSwept(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		opts = append(opts, tempfs.KeepLast(1))
		want := []string{
			keepOne(t, dir, "TestX2", opts...),
			keepOne(t, dir, "TestX", append(opts, tempfs.Prefix("other"))...),
			keepOne(t, dir, "TestX", append(opts, tempfs.Suffix(""))...),
			keepOne(t, dir, "TestX", append(opts, tempfs.Suffix(".mine"))...),
		}
		require.NotEqual(t, keepOne(t, dir, "TestX", opts...), "") // goes
		want = append(want, keepOne(t, dir, "TestX", opts...))
		require.ElementsMatch(t, want, keptIn(t, dir))
		for range 2 { // "" is a suffix like others
			require.NoError(t, os.RemoveAll(filepath.Join(dir, keepOne(t, dir, "TestX", append(opts, tempfs.Suffix(""))...))))
		}
		require.Len(t, keptIn(t, dir), len(want)-1)
	})
}

// TestKeepLastIsOfTheKept leaves what only looks like it: handed over, alive, marked by somebody himself, opened to others, no directory.
func TestKeepLastIsOfTheKept(t *testing.T) {
	eachSwept(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		opts = append(opts, tempfs.KeepLast(1), tempfs.Suffix("-TestX"))
		var want []string
		detached, err := tempfs.New(tempfs.In(dir), tempfs.Suffix("-TestX"), tempfs.Keep(tempfs.KeepAlways))
		require.NoError(t, err)
		fill(t, detached)
		host, err := detached.Detach()
		require.NoError(t, err)
		requireHostMode(t, host, fs.ModeDir|fs.ModeSticky|0o700)
		want = append(want, filepath.Base(host))

		alive, err := tempfs.New(tempfs.In(dir), tempfs.Suffix("-TestX"))
		require.NoError(t, err)
		fill(t, alive)
		want = append(want, filepath.Base(rootOf(t, alive)))

		for _, mode := range []fs.FileMode{fs.ModeSticky | 0o700, 0o700, 0o755, fs.ModeSticky | fs.ModeSetuid | 0o755} {
			name := keepOne(t, dir, "TestX", opts...)
			require.NoError(t, os.Chmod(filepath.Join(dir, name), mode))
			want = append(want, name)
		}
		file := keepOne(t, dir, "TestX", opts...)
		require.NoError(t, os.Rename(filepath.Join(dir, file), filepath.Join(dir, "aside")))
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte("theirs"), 0o600))
		require.NoError(t, os.Chmod(filepath.Join(dir, file), fs.ModeSticky|fs.ModeSetuid|0o700))
		link := keepOne(t, dir, "TestX", opts...)
		target := filepath.Join(dir, "target")
		require.NoError(t, os.Rename(filepath.Join(dir, link), target))
		require.NoError(t, os.Symlink("target", filepath.Join(dir, link)))
		wrong := "tmpaaaaaaaabbbb-TestX" // the check characters
		require.NoError(t, os.Mkdir(filepath.Join(dir, wrong), 0o700))
		require.NoError(t, os.Chmod(filepath.Join(dir, wrong), keptMode))
		want = append(want, file, "aside", link, "target", wrong)

		goes := keepOne(t, dir, "TestX", opts...)
		want = append(want, keepOne(t, dir, "TestX", opts...))
		require.NotContains(t, keptIn(t, dir), goes)
		require.ElementsMatch(t, want, keptIn(t, dir))
		requireFilled(t, target)
		requireFilled(t, host)
		require.NoError(t, alive.Release())
	})
}

// TestKeepLastLeavesOtherUsers theirs: root, too, removes its own alone.
func TestKeepLastLeavesOtherUsers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("gives a directory away")
	}
	eachSwept(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		opts = append(opts, tempfs.KeepLast(1))
		theirs := keepOne(t, dir, "TestX", opts...)
		require.NoError(t, os.Chown(filepath.Join(dir, theirs), 65534, 65534))
		require.NoError(t, os.Chmod(filepath.Join(dir, theirs), keptMode)) // chown(2) takes the set-user-ID bit
		want := []string{theirs, keepOne(t, dir, "TestX", opts...)}
		require.ElementsMatch(t, want, keptIn(t, dir))
	})
}

// TestKeepLastWaitsForNobody leaves a tree whose lock somebody has; the next one removes it.
func TestKeepLastWaitsForNobody(t *testing.T) {
	eachSwept(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		opts = append(opts, tempfs.KeepLast(1))
		held := keepOne(t, dir, "TestX", opts...)
		lock, err := os.Open(filepath.Join(dir, held))
		require.NoError(t, err)
		require.NoError(t, syscall.Flock(int(lock.Fd()), syscall.LOCK_SH))
		next := keepOne(t, dir, "TestX", opts...)
		require.ElementsMatch(t, []string{held, next}, keptIn(t, dir))
		require.NoError(t, lock.Close())
		require.Equal(t, []string{keepOne(t, dir, "TestX", opts...)}, keptIn(t, dir))
	})
}

// TestSweepSparesTheKept and what was handed over.
func TestSweepSparesTheKept(t *testing.T) {
	eachSwept(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		want := []string{keepOne(t, dir, "TestX", opts...)}
		fsys, err := tempfs.New(tempfs.In(dir))
		require.NoError(t, err)
		fill(t, fsys)
		host, err := fsys.Detach()
		require.NoError(t, err)
		want = append(want, filepath.Base(host))
		report, err := tempfs.Sweep(tempfs.In(dir))
		require.NoError(t, err)
		require.Equal(t, 2, report.Kept)
		require.Empty(t, report.Removed)
		require.ElementsMatch(t, want, keptIn(t, dir))
		requireFilled(t, host)
		for _, name := range want { // no lock is left, and only the mark spares them
			require.NoError(t, os.Chmod(filepath.Join(dir, name), 0o700))
		}
		report, err = tempfs.Sweep(tempfs.In(dir))
		require.NoError(t, err)
		require.Len(t, report.Removed, 2)
		require.Empty(t, keptIn(t, dir))
	})
}

// TestKeepOfASpecialFile has it in the tree on disk, and not in the copy.
func TestKeepOfASpecialFile(t *testing.T) {
	dir, artifacts := t.TempDir(), t.TempDir()
	tb := &artifactTB{newTB("TestX"), artifacts}
	fsys := tempfs.Test(tb, tempfs.In(dir), tempfs.Keep(tempfs.KeepAlways), tempfs.KeepArtifacts())
	fill(t, fsys)
	require.NoError(t, syscall.Mkfifo(filepath.Join(rootOf(t, fsys), "d", "fifo"), 0o600))
	deep := strings.Repeat("/x", 50) // the copy goes on from a new root on the way
	require.NoError(t, fsys.MkdirAll(deep, 0o755))
	require.NoError(t, syscall.Mkfifo(filepath.Join(rootOf(t, fsys), deep, "fifo"), 0o600))
	tb.end()
	require.Empty(t, tb.errors)
	require.Contains(t, tb.logs[0], "\n  prw-------            /d/fifo\n")
	host := requireKept(t, dir)
	requireHostMode(t, filepath.Join(host, "d", "fifo"), fs.ModeNamedPipe|0o600)
	copied := requireKept(t, artifacts)
	for _, dir := range []string{"d", deep} {
		entries, err := os.ReadDir(filepath.Join(copied, dir))
		require.NoError(t, err)
		for _, e := range entries {
			require.NotEqual(t, "fifo", e.Name())
		}
	}
}

// TestKeepOfWhatCannotBeRead has the rest: on disk nothing is read, and from memory what can be.
func TestKeepOfWhatCannotBeRead(t *testing.T) {
	notAsRoot(t)
	eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		tb := newTB("TestX")
		fsys := tempfs.Test(tb, append(opts, tempfs.Keep(tempfs.KeepAlways))...)
		isInMemory := fsys.Backend() != "disk"
		fill(t, fsys)
		require.NoError(t, fsys.Mkdir("/shut", 0o755))
		require.NoError(t, put(fsys, "/shut/f", "content"))
		require.NoError(t, fsys.Chmod("/shut", 0))
		require.NoError(t, put(fsys, "/secret", "content"))
		require.NoError(t, fsys.Chmod("/secret", 0))
		tb.end()
		require.Empty(t, tb.errors)
		require.Contains(t, tb.logs[0], "\n  ----------          7 /secret\n")
		require.Contains(t, tb.logs[0], "\n  d---------            /shut: permission denied")
		host := requireKept(t, dir)
		for _, name := range []string{"secret", "shut"} {
			_, err := os.Lstat(filepath.Join(host, name))
			require.Equal(t, isInMemory, err != nil, name)
		}
		if !isInMemory {
			require.NoError(t, os.Chmod(filepath.Join(host, "shut"), 0o700)) // for whoever tidies up
		}
	})
}

// TestKeepOfManyTestProcesses leaves the last three of each.
func TestKeepOfManyTestProcesses(t *testing.T) {
	dir := mustSweep(t, t.TempDir())
	var out string
	for range 5 {
		out = runOfAProcess(t, dir, "always", false)
	}
	names := keptIn(t, dir)
	require.Len(t, names, 3*len(backendNames))
	for _, name := range names {
		requireFilled(t, filepath.Join(dir, name))
	}
	disk, err := filepath.Glob(filepath.Join(dir, "*_disk"))
	require.NoError(t, err)
	require.Len(t, disk, 3)
	require.Equal(t, len(backendNames), strings.Count(out, "tempfs.Test: kept "+dir))
}
