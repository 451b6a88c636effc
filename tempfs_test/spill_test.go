package tempfs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/tempfs"
)

// numberedContent is size bytes that no other seed has.
func numberedContent(seed, size int) string {
	line := fmt.Sprintf("%d,", seed)
	return strings.Repeat(line, size/len(line)+1)[:size]
}

// writeOnce makes a file by one write, which may be short.
func writeOnce(fsys *tempfs.Fs, name, content string) (n int, err error) {
	f, err := fsys.Create(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return f.WriteString(content)
}

func TestSpillOverRefusesABudgetBelowZero(t *testing.T) {
	for _, opts := range [][]tempfs.Option{nil, {tempfs.MemoryFallback()}, {tempfs.In(t.TempDir())}} {
		fsys, err := tempfs.New(append(opts, tempfs.SpillOver(-1))...)
		require.ErrorIs(t, err, fs.ErrInvalid)
		require.ErrorContains(t, err, "SpillOver(-1)")
		require.Nil(t, fsys)
	}
	fsys := tempfs.Test(t, tempfs.SpillOver(-1), tempfs.SpillOver(1)) // the last wins
	require.Equal(t, "spill", fsys.Backend())
}

func TestInMemoryAndSpillOverExcludeEachOther(t *testing.T) {
	for _, opts := range [][]tempfs.Option{
		{tempfs.InMemory(), tempfs.SpillOver(1)},
		{tempfs.SpillOver(0), tempfs.InMemory()},
		{tempfs.SpillOver(1), tempfs.InMemory(), tempfs.MemoryFallback()},
	} {
		fsys, err := tempfs.New(opts...)
		require.ErrorContains(t, err, "InMemory")
		require.ErrorContains(t, err, "SpillOver")
		require.Nil(t, fsys)
	}
}

// TestSpillOverWhereNothingCanBe fails as the disk does, and is memory with a fallback.
func TestSpillOverWhereNothingCanBe(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	places := []tempfs.Option{tempfs.In(filepath.Join(dir, "missing")), tempfs.In(file)}
	if _, err := locate.Search(nowhere); err != nil {
		places = append(places, tempfs.WithSearch(nowhere))
	}
	for _, place := range places {
		_, onDisk := tempfs.New(place)
		require.Error(t, onDisk)
		_, err := tempfs.New(place, tempfs.SpillOver(0))
		require.Equal(t, causeIn(onDisk), causeIn(err))
		fsys := tempfs.Test(t, place, tempfs.SpillOver(0), tempfs.MemoryFallback())
		require.Equal(t, "memory", fsys.Backend())
		require.NoError(t, put(fsys, "/f", "content"))

		clone := requireClone(t, fsys)
		require.Equal(t, "memory", clone.Backend())
		require.NoError(t, has(clone, "/f", "content"))
	}
	require.NoError(t, os.Remove(file))
	requireEmpty(t, dir)
}

// causeIn is the type of an error and what a *fs.PathError wraps.
func causeIn(err error) string {
	if named, ok := err.(*fs.PathError); ok { //nolint:errorlint // New wraps nothing around it
		err = named.Err
	}
	return fmt.Sprintf("%T %v", err, err)
}

// TestSpillHasNoPlaceOnTheHost that anybody could be told.
func TestSpillHasNoPlaceOnTheHost(t *testing.T) {
	dir := t.TempDir()
	fsys := tempfs.Test(t, tempfs.In(dir), tempfs.SpillOver(0))
	require.NoError(t, put(fsys, "/f", "content"))
	require.Empty(t, newest(t).Dir)
	require.ErrorIs(t, errOf(fsys.RealPath("/f")), tempfs.ErrNoRealPath)
	require.ErrorIs(t, errOf(fsys.Detach()), tempfs.ErrNoRealPath)
	require.NoError(t, has(fsys, "/f", "content"), "it goes on")
	require.NoError(t, fsys.Release())
	requireEmpty(t, dir)
}

// TestSpilledContentIsKept whatever is done to it, under budgets that have some of it in memory, or nothing.
func TestSpilledContentIsKept(t *testing.T) {
	const large = 300_000 // several pages of memory, and a part of one
	for _, budget := range []int64{0, 1, spillBudget, large, 10 * large} {
		t.Run(strconv.FormatInt(budget, 10), func(t *testing.T) {
			fsys := tempfs.Test(t, tempfs.In(t.TempDir()), tempfs.SpillOver(budget))
			want := map[string]string{}
			for i, size := range []int{0, 1, 100, spillBudget, 65_536, large, 7, large, 50} {
				name := fmt.Sprintf("/f%d", i)
				want[name] = numberedContent(i, size)
				require.NoError(t, put(fsys, name, want[name]))
			}
			change := func(name string, at int64, content string) {
				f, err := fsys.OpenFile(name, os.O_RDWR, 0)
				require.NoError(t, with(f, err, func(f afero.File) error { return errOf(f.WriteAt([]byte(content), at)) }))
			}
			change("/f5", 100_000, "changed")
			want["/f5"] = want["/f5"][:100_000] + "changed" + want["/f5"][100_007:]
			change("/f6", 200_000, "after a hole")
			want["/f6"] += strings.Repeat("\x00", 200_000-7) + "after a hole"
			require.NoError(t, fsys.Truncate("/f7", 70_000))
			want["/f7"] = want["/f7"][:70_000]
			require.NoError(t, fsys.Remove("/f4"))
			delete(want, "/f4")
			require.NoError(t, put(fsys, "/again", want["/f5"]))
			want["/again"] = want["/f5"]
			for name, content := range want {
				require.NoError(t, has(fsys, name, content))
			}
		})
	}
}

// TestCloneSharesWhatIsSpilled until one side changes it; with a budget given again it shares nothing.
func TestCloneSharesWhatIsSpilled(t *testing.T) {
	const size = 300_000
	for how, opts := range map[string][]tempfs.Option{"shared": nil, "of its own": {tempfs.SpillOver(spillBudget)}} {
		t.Run(how, func(t *testing.T) {
			dir := t.TempDir()
			fsys := tempfs.Test(t, tempfs.In(dir), tempfs.SpillOver(spillBudget))
			old, other := numberedContent(1, size), numberedContent(2, size)
			require.NoError(t, put(fsys, "/f", old))
			require.NoError(t, put(fsys, "/g", old))
			clone := requireClone(t, fsys, opts...)
			require.Equal(t, "spill", clone.Backend())
			require.NoError(t, put(clone, "/f", other))
			require.NoError(t, put(fsys, "/g", other))
			require.NoError(t, has(fsys, "/f", old))
			require.NoError(t, has(clone, "/g", old))
			require.NoError(t, fsys.Release())
			require.NoError(t, has(clone, "/f", other))
			require.NoError(t, has(clone, "/g", old))
			require.NoError(t, put(clone, "/h", other))
			require.NoError(t, has(clone, "/h", other))
			require.NoError(t, clone.Release())
			requireEmpty(t, dir)
		})
	}
}

// TestCloneChoosesWhatSpills by the options that are given.
func TestCloneChoosesWhatSpills(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys := tempfs.Test(t, opts...)
		for _, c := range []struct {
			opts []tempfs.Option
			want string
		}{
			{nil, fsys.Backend()},
			{[]tempfs.Option{tempfs.SpillOver(1)}, "spill"},
			{[]tempfs.Option{tempfs.SpillOver(1), tempfs.In(elsewhere)}, "spill"},
			{[]tempfs.Option{tempfs.In(dir)}, "disk"},
			{[]tempfs.Option{tempfs.InMemory()}, "memory"},
		} {
			clone := requireClone(t, fsys, c.opts...)
			require.Equal(t, c.want, clone.Backend())
			require.Equal(t, c.want, requireClone(t, clone).Backend())
		}
		require.ErrorContains(t, errOf(fsys.Clone(tempfs.InMemory(), tempfs.SpillOver(1))), "exclude each other")
		require.ErrorIs(t, errOf(fsys.Clone(tempfs.SpillOver(-1))), fs.ErrInvalid)
	})
}
