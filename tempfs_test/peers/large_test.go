package peers

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
)

// largeContenders are ours in memory, through the front.
func largeContenders() []contender {
	return slices.DeleteFunc(ours(), func(c contender) bool { return c.name == "memfallback" || c.cannot[inHeap] != "" })
}

// eachLarge has a subtest for each of ours.
func eachLarge(t *testing.T, test func(t *testing.T, w *workplace)) {
	for _, c := range largeContenders() {
		t.Run(c.name, func(t *testing.T) {
			w, err := newWorkplace(c, full)
			require.NoError(t, err)
			defer func() { require.NoError(t, w.close()) }()
			test(t, w)
		})
	}
}

func TestOneDirectoryHoldsAMillionEntries(t *testing.T) {
	const entries = 1_000_000
	eachLarge(t, func(t *testing.T, w *workplace) {
		require.NoError(t, w.Mkdir("/d"))
		for i := range entries {
			if err := w.put(fmt.Sprintf("/d/%07d", i), nil); err != nil {
				t.Fatal(err)
			}
		}
		for i := 0; i < entries; i += 2 {
			if err := w.Remove(fmt.Sprintf("/d/%07d", i)); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 1000 {
			require.Equal(t, i%2 == 1, exists(t, w, fmt.Sprintf("/d/%07d", i*997)), i)
		}
		l, err := w.List("/d")
		require.NoError(t, err)
		require.Equal(t, entries/2, l.len())
		for i, info := range l.infos {
			if want := fmt.Sprintf("%07d", 2*i+1); info.Name() != want {
				t.Fatalf("%s, not %s", info.Name(), want)
			}
		}
		require.NoError(t, w.RemoveAll("/d"))
		require.False(t, exists(t, w, "/d"))
	})
}

func exists(t *testing.T, w *workplace, name string) bool {
	t.Helper()
	exists, err := afero.Exists(w.system.(aferoSystem).Fs, name)
	require.NoError(t, err)
	return exists
}

// TestTenThousandGoroutinesShareATree lets them all begin at once. Each makes, writes, reads, renames and reads again a file of its own among those of
// others, and every second one removes it.
func TestTenThousandGoroutinesShareATree(t *testing.T) {
	const goroutines, directories = atOnce, 100
	eachLarge(t, func(t *testing.T, w *workplace) {
		for d := range directories {
			require.NoError(t, w.Mkdir(directoryOfGoroutine(d)))
		}
		errs := make([]error, goroutines)
		var begin, end sync.WaitGroup
		begin.Add(goroutines)
		for g := range goroutines {
			end.Go(func() {
				begin.Done()
				begin.Wait()
				errs[g] = w.liveOn(g, directories)
			})
		}
		end.Wait()
		for g, err := range errs {
			require.NoError(t, err, g)
		}
		for d := range directories {
			l, err := w.List(directoryOfGoroutine(d))
			require.NoError(t, err)
			require.Equal(t, goroutines/directories/2, l.len())
		}
		for g := range goroutines {
			if stays(g, directories) {
				require.NoError(t, w.checkContent(fileOfGoroutine(g, (g+1)%directories), contentOfGoroutine(g)))
			}
		}
	})
}

func directoryOfGoroutine(d int) string { return fmt.Sprintf("/d%d", d) }
func fileOfGoroutine(g, d int) string   { return fmt.Sprintf("/d%d/f%d", d, g) }
func contentOfGoroutine(g int) []byte   { return bytes.Repeat([]byte{byte(g), byte(g >> 8)}, 500) }

// stays is said of every second file of each directory.
func stays(g, directories int) bool { return g/directories%2 == 1 }

// liveOn is what one goroutine does, in its directory and the next.
func (w *workplace) liveOn(g, directories int) error {
	before, after := fileOfGoroutine(g, g%directories), fileOfGoroutine(g, (g+1)%directories)
	content := contentOfGoroutine(g)
	for _, step := range []func() error{
		func() error { return w.put(before, content) },
		func() error { return w.checkContent(before, content) },
		func() error { return w.Rename(before, after) },
		func() error { return w.checkContent(after, content) },
		func() error { return w.checkGone(before) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	if !stays(g, directories) {
		return w.Remove(after)
	}
	return nil
}

// TestASparseFileTakesNoMemory writes at both ends and in the middle of 16 GiB.
func TestASparseFileTakesNoMemory(t *testing.T) {
	const size = 16 << 30
	eachLarge(t, func(t *testing.T, w *workplace) {
		before, _ := live()
		require.NoError(t, w.put("/sparse", nil))
		f, err := w.Update("/sparse")
		require.NoError(t, err)
		written := map[int64]byte{0: 1, size / 2: 2, size - 1: 3}
		for offset, value := range written {
			_, err = f.WriteAt([]byte{value}, offset)
			require.NoError(t, err)
		}
		after, _ := live()
		require.Less(t, after-before, float64(1<<20))
		info, err := w.Stat("/sparse")
		require.NoError(t, err)
		require.Equal(t, int64(size), info.Size())
		for _, offset := range []int64{0, 1, size / 4, size/2 - 1, size / 2, size/2 + 1, size - 2, size - 1} {
			got := []byte{255}
			_, err = f.ReadAt(got, offset)
			require.NoError(t, err)
			require.Equal(t, written[offset], got[0], offset)
		}
		require.NoError(t, f.Close())
	})
}
