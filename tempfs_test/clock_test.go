package tempfs_test

import (
	"io/fs"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs"
)

// mtime is when the content of name changed last.
func mtime(t *testing.T, fsys afero.Fs, name string) time.Time {
	t.Helper()
	info, err := fsys.Stat(name)
	require.NoError(t, err)
	return info.ModTime()
}

// requireTime compares moments, whatever their zones.
func requireTime(t *testing.T, want, got time.Time) {
	t.Helper()
	require.True(t, got.Equal(want), "%v, not %v", got, want)
}

func TestWithClock(t *testing.T) {
	now := time.Date(2001, 2, 3, 4, 5, 6, 7, time.UTC)
	clock := func() time.Time { return now }
	born := now
	fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.WithClock(clock))
	requireTime(t, born, mtime(t, fsys, "/"))
	now = now.Add(time.Hour)
	require.NoError(t, put(fsys, "f", "text"))
	requireTime(t, now, mtime(t, fsys, "f"))
	requireTime(t, now, mtime(t, fsys, "/"))
	require.NoError(t, fsys.Chtimes("f", born, born))
	requireTime(t, born, mtime(t, fsys, "f"))
	tmp, err := fsys.TemporaryFile()
	require.NoError(t, err)
	info, err := tmp.Stat()
	require.NoError(t, err)
	requireTime(t, now, info.ModTime())
	require.NoError(t, tmp.Close())

	sub, err := fsys.Sub("/")
	require.NoError(t, err)
	now = now.Add(time.Hour)
	require.NoError(t, put(sub, "g", "text"))
	requireTime(t, now, mtime(t, fsys, "g"))
}

func TestClockOfClones(t *testing.T) {
	now := time.Date(2001, 2, 3, 4, 5, 6, 7, time.UTC)
	fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.WithClock(func() time.Time { return now }))
	require.NoError(t, put(fsys, "f", "text"))
	copied := now
	now = now.Add(time.Hour)
	changed := func(opts ...tempfs.Option) time.Time {
		clone := requireClone(t, fsys, opts...)
		requireTime(t, copied, mtime(t, clone, "f"))
		require.NoError(t, put(clone, "f", "other"))
		return mtime(t, clone, "f")
	}
	requireTime(t, now, changed())
	later := now.Add(time.Hour)
	requireTime(t, later, changed(tempfs.WithClock(func() time.Time { return later })))
	require.True(t, changed(tempfs.WithClock(nil)).After(later), "time.Now")
	require.True(t, changed(tempfs.In(t.TempDir())).After(later), "the clock of the kernel")

	_, err := fsys.Clone(tempfs.In(t.TempDir()), tempfs.WithClock(time.Now))
	require.ErrorIs(t, err, fs.ErrInvalid)
	disk := tempfs.Test(t)
	clone := requireClone(t, disk, tempfs.InMemory(), tempfs.WithClock(func() time.Time { return now }))
	require.NoError(t, put(clone, "f", "text"))
	requireTime(t, now, mtime(t, clone, "f"))
}

// TestClockOnDisk is refused, also where memory might be taken in the end: it must not depend on the host.
func TestClockOnDisk(t *testing.T) {
	for _, opts := range [][]tempfs.Option{nil, {tempfs.In(t.TempDir())}, {tempfs.MemoryFallback()}} {
		_, err := tempfs.New(append(opts, tempfs.WithClock(time.Now))...)
		require.ErrorIs(t, err, fs.ErrInvalid)
		require.ErrorContains(t, err, "WithClock")
		require.ErrorContains(t, err, "InMemory")
		fsys, err := tempfs.New(append(opts, tempfs.WithClock(nil))...)
		require.NoError(t, err)
		require.NoError(t, fsys.Release())
	}
}

// TestTimesInABubble are those of its clock, wherever the Fs was made: a sleep moves them on by itself and nothing more.
func TestTimesInABubble(t *testing.T) {
	t.Run("tempfs", func(t *testing.T) {
		inAndOutOfABubble(t, func(t *testing.T) afero.Fs { t.Helper(); return tempfs.Test(t, tempfs.InMemory()) })
	})
	t.Run("memfallback", func(t *testing.T) {
		tree := inAndOutOfABubble(t, func(*testing.T) afero.Fs { return memfallback.New() })
		requireTimesOfTheWorld(t, tree)
	})
}

// inAndOutOfABubble has newFs make an Fs before a bubble and one in it, which it returns.
func inAndOutOfABubble(t *testing.T, newFs func(t *testing.T) afero.Fs) (inside afero.Fs) {
	t.Helper()
	outside := newFs(t)
	require.NoError(t, put(outside, "old", "text"))
	old := mtime(t, outside, "old")
	synctest.Test(t, func(t *testing.T) {
		born := time.Now()
		inside = newFs(t)
		requireTime(t, born, mtime(t, inside, "/"))
		requireTimesOfTheBubble(t, inside)
		requireTimesOfTheBubble(t, outside)
		requireTime(t, old, mtime(t, outside, "old"))
	})
	requireTimesOfTheWorld(t, outside)
	return inside
}

func requireTimesOfTheWorld(t *testing.T, fsys afero.Fs) {
	t.Helper()
	before := time.Now().Add(-time.Second) // the clock of memory need not be finer
	require.NoError(t, put(fsys, "new", "text"))
	require.True(t, mtime(t, fsys, "new").After(before), "behind the bubble time goes as ever")
}

func requireTimesOfTheBubble(t *testing.T, fsys afero.Fs) {
	t.Helper()
	require.NoError(t, fsys.Mkdir("d", 0o755))
	f, err := fsys.OpenFile("d/f", os.O_RDWR|os.O_CREATE, 0o644)
	require.NoError(t, err)
	made := time.Now()
	for range 3 {
		time.Sleep(time.Hour)
		_, err = f.WriteString("text")
		require.NoError(t, err)
		requireTime(t, time.Now(), mtime(t, fsys, "d/f"))
		requireTime(t, made, mtime(t, fsys, "d"))
	}
	// Others of the bubble have the same clock, and wait for one who uses the Fs.
	go func() {
		time.Sleep(time.Minute)
		_ = fsys.Rename("d/f", "d/g")
	}()
	time.Sleep(time.Hour)
	synctest.Wait()
	requireTime(t, made.Add(3*time.Hour+time.Minute), mtime(t, fsys, "d"))

	set := time.Date(1999, 1, 2, 3, 4, 5, 6, time.UTC)
	require.NoError(t, fsys.Chtimes("d/g", set, set))
	requireTime(t, set, mtime(t, fsys, "d/g"))
	time.Sleep(time.Nanosecond)
	require.NoError(t, f.Truncate(1))
	requireTime(t, time.Now(), mtime(t, fsys, "d/g"))
	require.NoError(t, f.Close())
}

// TestFsOutlivesItsBubble is about what is made in one and released by somebody else: by ReleaseAll at the end of the process, or by a signal.
func TestFsOutlivesItsBubble(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, outside *tempfs.Fs) {
		var inside, other *tempfs.Fs
		synctest.Test(t, func(t *testing.T) {
			var err error
			inside, err = outside.Clone()
			require.NoError(t, err)
			other, err = inside.Clone()
			require.NoError(t, err)
			require.NoError(t, put(inside, "f", "text"))
		})
		require.NoError(t, put(inside, "g", "text"))
		require.NoError(t, inside.Release())
		synctest.Test(t, func(t *testing.T) { require.NoError(t, other.Release()) })
	})
}
