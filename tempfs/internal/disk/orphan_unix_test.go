//go:build unix && !aix && !solaris

package disk

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// newSwept is a directory that may be swept.
func newSwept(t *testing.T) (dir string) {
	t.Helper()
	return mustSweep(t, t.TempDir())
}

// newSweptForMany is one for thousands of files, on tmpfs if there is one.
func newSweptForMany(t *testing.T) (dir string) {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "swept") //nolint:usetesting // t.TempDir is on a disk
	if err != nil {
		return newSwept(t)
	}
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return mustSweep(t, dir)
}

func mustSweep(t *testing.T, dir string) string {
	t.Helper()
	p, err := openParent(dir)
	require.NoError(t, err)
	defer p.close()
	if !p.locks() {
		t.Skip("the temp directory is on a filesystem that is not swept")
	}
	return dir
}

// orphan is the path of a tree that nobody holds.
func orphan(t *testing.T, dir, name string) string {
	t.Helper()
	tree, err := makeNamed(dir, name)
	require.NoError(t, err)
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "d/f", "x")
	tree.Close()
	return filepath.Join(dir, name)
}

// sweptBy is the result of a sweep of all names, changed as with says.
func sweptBy(t *testing.T, dir string, with func(o *Orphans)) Swept {
	t.Helper()
	o := Orphans{Dir: dir, IsName: func([]byte) bool { return true }}
	if with != nil {
		with(&o)
	}
	s, err := o.Sweep(t.Context())
	require.NoError(t, err)
	return s
}

// TestSweeperComesLate is case 45: a sweeper has opened the orphan, stops, and has its lock only when another one has removed it.
func TestSweeperComesLate(t *testing.T) {
	for name, then := range map[string]func(t *testing.T, dir string) (stays string){
		"nothing": func(*testing.T, string) string { return "" },
		"a live successor": func(t *testing.T, dir string) string {
			t.Helper()
			tree, err := makeNamed(dir, "root")
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, tree.Release(context.Background(), nil)) })
			return tree.Dir()
		},
		"an orphan of the same name": func(t *testing.T, dir string) string { t.Helper(); return orphan(t, dir, "root") },
		"a file": func(t *testing.T, dir string) string {
			t.Helper()
			path := filepath.Join(dir, "root")
			require.NoError(t, os.WriteFile(path, nil, 0o600))
			return path
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := newSwept(t)
			orphan(t, dir, "root")
			stays := ""
			comeBetween(t, 1, func() {
				require.Equal(t, Swept{Seen: 1, Removed: []string{"root"}}, sweptBy(t, dir, nil))
				stays = then(t, dir)
			})
			require.Equal(t, Swept{Seen: 1}, sweptBy(t, dir, nil), "it has removed something")
			if stays != "" {
				require.True(t, exists(stays))
			}
		})
	}
}

// TestOrphanMovedFromTheSweeper has somebody who may rename here move the orphan when the lock is had: it goes, what took its name stays.
func TestOrphanMovedFromTheSweeper(t *testing.T) {
	dir := newSwept(t)
	path := orphan(t, dir, "root")
	comeBetween(t, 2, func() {
		require.NoError(t, os.Rename(path, filepath.Join(dir, "moved")))
		require.NoError(t, os.Mkdir(path, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(path, "theirs"), nil, 0o600))
	})
	require.Equal(t, 1, sweptBy(t, dir, nil).Seen)
	require.FileExists(t, filepath.Join(path, "theirs"))
	require.FileExists(t, filepath.Join(dir, "moved", "d", "f"))
}

// TestNewbornSwept is case 46: a sweeper removes the newborn between the steps of its birth, or has its lock and is about to.
func TestNewbornSwept(t *testing.T) {
	for name, sweeper := range map[string]func(t *testing.T, dir string) (held int){
		"removed": func(t *testing.T, dir string) int {
			t.Helper()
			require.Equal(t, []string{"first"}, sweptBy(t, dir, nil).Removed)
			return 0
		},
		"locked": func(t *testing.T, dir string) int {
			t.Helper()
			fd, err := unix.Open(filepath.Join(dir, "first"), directoryFlagsToRead, 0)
			require.NoError(t, err)
			t.Cleanup(func() { _ = unix.Close(fd) })
			require.NoError(t, unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB))
			return 1
		},
	} {
		for _, step := range []int{1, 2} {
			t.Run(fmt.Sprint(name, " after step ", step), func(t *testing.T) {
				dir := newSwept(t)
				held := 0
				comeBetween(t, step, func() { held = sweeper(t, dir) })
				names := []string{"first", "second"}
				tree, err := Make(dir, len(names), func(bool) string {
					name := names[0]
					names = names[1:]
					return name
				})
				require.NoError(t, err)
				require.Equal(t, filepath.Join(dir, "second"), tree.Dir())
				put(t, tree, "f", "x")
				require.Equal(t, Swept{Seen: 1 + held, Live: 1 + held}, sweptBy(t, dir, nil))
				require.NoError(t, tree.Release(t.Context(), nil))
			})
		}
	}
}

// TestDryRunTouchesNothing, not even the mode of a directory that it cannot read.
func TestDryRunTouchesNothing(t *testing.T) {
	dir := newSwept(t)
	unreadable := orphan(t, dir, "unreadable")
	require.NoError(t, os.Chmod(unreadable, 0))
	orphan(t, dir, "readable")
	before, err := os.Lstat(unreadable)
	require.NoError(t, err)

	s := sweptBy(t, dir, func(o *Orphans) { o.DryRun = true })
	require.ElementsMatch(t, []string{"readable", "unreadable"}, s.Removed)
	after, err := os.Lstat(unreadable)
	require.NoError(t, err)
	require.Equal(t, before.Sys().(*syscall.Stat_t), after.Sys().(*syscall.Stat_t))
	require.FileExists(t, filepath.Join(dir, "readable", "d", "f"))
	require.ElementsMatch(t, s.Removed, sweptBy(t, dir, nil).Removed)
	require.False(t, exists(unreadable))
}

// TestAgeIsOfTheInode: the user may date the content as he likes.
func TestAgeIsOfTheInode(t *testing.T) {
	dir := newSwept(t)
	for i, mode := range []fs.FileMode{0o700, 0} {
		path := orphan(t, dir, fmt.Sprint("root", i))
		long := time.Now().Add(-time.Hour)
		require.NoError(t, os.Chtimes(path, long, long))
		require.NoError(t, os.Chmod(path, mode))
	}
	young := func(o *Orphans) { o.MinAge = time.Minute }
	require.Equal(t, Swept{Seen: 2, Young: 2}, sweptBy(t, dir, young))
	require.Len(t, sweptBy(t, dir, func(o *Orphans) { o.MinAge = 1 }).Removed, 2, "they are older than a nanosecond")
}

// TestAgeDoesNotMatterByDefault: the clock may have been set back.
func TestAgeDoesNotMatterByDefault(t *testing.T) {
	var stat unix.Stat_t
	stat.Mode, stat.Uid = unix.S_IFDIR|0o700, uint32(unix.Geteuid())
	sec := time.Now().Add(time.Hour).Unix()
	stat.Ctim.Sec = sec
	require.Equal(t, orphaned, (&Orphans{}).judge(&stat))
	require.Equal(t, young, (&Orphans{MinAge: 1}).judge(&stat))
}

// TestSweepIsBounded draws which candidates it looks at, so that each is reached once, be the first one live for ever.
func TestSweepIsBounded(t *testing.T) {
	dir := newSwept(t)
	for i := range 5 {
		orphan(t, dir, fmt.Sprint("root", i))
	}
	first := sweptBy(t, dir, func(o *Orphans) { o.DryRun = true }).Removed[0]
	fd, err := unix.Open(filepath.Join(dir, first), directoryFlagsToRead, 0)
	require.NoError(t, err)
	defer func() { require.NoError(t, unix.Close(fd)) }()
	require.NoError(t, flock(fd, unix.LOCK_SH))

	removed := 0
	for sweeps := 0; removed < 4; sweeps++ {
		s := sweptBy(t, dir, func(o *Orphans) { o.Most = 1 })
		require.Equal(t, 1, s.Seen)
		require.Equal(t, 1, s.Live+len(s.Removed))
		removed += len(s.Removed)
		require.Less(t, sweeps, 1000)
	}
	require.Equal(t, Swept{Seen: 1, Live: 1}, sweptBy(t, dir, nil))
}

// endsAfter is a context that ends when it was asked so often.
type endsAfter struct {
	context.Context
	asked, most int
}

func (c *endsAfter) Err() error {
	if c.asked++; c.asked > c.most {
		return context.Canceled
	}
	return nil
}

// TestSweepThatIsEnded ends it at any moment: what is left is an orphan as before, and no failure.
func TestSweepThatIsEnded(t *testing.T) {
	dir := newSweptForMany(t)
	const files = 300
	midway, atLast := false, false
	for most, over := 0, false; !over; most++ {
		tree, err := makeNamed(dir, "root")
		require.NoError(t, err)
		for i := range files {
			require.NoError(t, os.WriteFile(filepath.Join(tree.Dir(), strconv.Itoa(i)), nil, 0o600))
		}
		tree.Close()
		o := Orphans{Dir: dir, IsName: func([]byte) bool { return true }}
		s, err := o.Sweep(&endsAfter{Context: t.Context(), most: most})
		over = err == nil
		if !over {
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorContains(t, err, dir)
		}
		require.Empty(t, s.Failed)
		left, err := os.ReadDir(tree.Dir())
		if err != nil {
			require.Equal(t, []string{"root"}, s.Removed)
			atLast = atLast || !over
			continue
		}
		require.False(t, over)
		require.Empty(t, s.Removed)
		midway = midway || len(left) > 0 && len(left) < files
		sweptBy(t, dir, nil)
	}
	require.True(t, midway)
	require.True(t, atLast, "its end has never come when the tree was just gone")
}

// TestSweepEndsBetweenTwo orphans, of which each is removed at once.
func TestSweepEndsBetweenTwo(t *testing.T) {
	dir := newSwept(t)
	for i := range 20 {
		tree, err := makeNamed(dir, strconv.Itoa(i))
		require.NoError(t, err)
		tree.Close()
	}
	o := Orphans{Dir: dir, IsName: func([]byte) bool { return true }}
	s, err := o.Sweep(&endsAfter{Context: t.Context(), most: 5})
	require.ErrorIs(t, err, context.Canceled)
	require.NotEmpty(t, s.Removed)
	require.Less(t, len(s.Removed), 20)
	require.Len(t, s.Removed, s.Seen)
}

// TestSweepOfNothing are the errors about the directory itself.
func TestSweepOfNothing(t *testing.T) {
	dir := newSwept(t)
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for path, want := range map[string]error{file: syscall.ENOTDIR, filepath.Join(dir, "missing"): fs.ErrNotExist} {
		_, err := (&Orphans{Dir: path}).Sweep(t.Context())
		require.ErrorIs(t, err, want)
		require.ErrorContains(t, err, path)
	}
}

// TestSweepGivesDescriptorsBack takes each way that a candidate can go.
func TestSweepGivesDescriptorsBack(t *testing.T) {
	dir := newSwept(t)
	held, err := makeNamed(dir, "live")
	require.NoError(t, err)
	defer func() { require.NoError(t, held.Release(context.Background(), nil)) }()
	once := func() {
		require.NoError(t, os.Chmod(orphan(t, dir, "kept"), 0o700|fs.ModeSticky))
		require.NoError(t, os.Chmod(orphan(t, dir, "open to others"), 0o755))
		require.NoError(t, os.Chmod(orphan(t, dir, "unreadable"), 0))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
		orphan(t, dir, "orphan")
		young := sweptBy(t, dir, func(o *Orphans) { o.MinAge = time.Hour })
		require.Equal(t, Swept{Seen: 6, Kept: 1, Young: 3, Foreign: 2}, young)
		s := sweptBy(t, dir, nil)
		require.ElementsMatch(t, []string{"orphan", "unreadable"}, s.Removed)
		require.Equal(t, 1, s.Live)
		for _, name := range []string{"kept", "open to others", "file"} {
			require.NoError(t, os.RemoveAll(filepath.Join(dir, name)))
		}
	}
	once() // what is opened once and for all is open now
	before := openDescriptors(t)
	once()
	require.Equal(t, before, openDescriptors(t))
}

func openDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/dev/fd")
	require.NoError(t, err)
	return len(entries)
}
