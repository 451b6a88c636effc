//go:build unix && !aix && !solaris

package disk

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// grow makes directories, each with files, in dir, and in each of them such directories again.
func grow(t *testing.T, dir string, dirs, files, depth int) (entries int64) {
	t.Helper()
	for i := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprint("f", i)), nil, 0o600))
		entries++
	}
	if depth == 0 {
		return entries
	}
	for i := range dirs {
		sub := filepath.Join(dir, fmt.Sprint("d", i))
		require.NoError(t, os.Mkdir(sub, 0o700))
		entries += 1 + grow(t, sub, dirs, files, depth-1)
	}
	return entries
}

func openForRemoval(t *testing.T, dir string) int {
	t.Helper()
	fd, err := syscall.Open(dir, directoryFlagsToRead, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Close(fd) })
	return fd
}

// removalOf is a removal in dir with so many walkers, each of which may have limit descriptors.
func removalOf(t *testing.T, dir string, walkers int32, limit int) *removal {
	t.Helper()
	r := newRemoval(t.Context(), nil, true, openForRemoval(t, dir))
	r.maxOpen = limit
	r.crew.size = walkers - 1
	r.crew.idle.Store(walkers - 1)
	r.crew.ready.Store(true)
	return r
}

// TestWalkersDoTheSame has one, two and more of them remove equal trees, with few descriptors and with many.
func TestWalkersDoTheSame(t *testing.T) {
	for _, walkers := range []int32{1, 2, 4} {
		for _, limit := range []int{1, 4, 512} {
			dir := t.TempDir()
			entries := grow(t, dir, 3, 2, 4)
			r := removalOf(t, dir, walkers, limit)
			r.empty(r.mount.of)
			require.Empty(t, r.failures.all())
			left, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Empty(t, left)
			require.Equal(t, entries, r.progress.entries.Load(), "%d walkers, %d descriptors", walkers, limit)
			require.Equal(t, walkers-1, r.crew.idle.Load(), "nobody is at work any more")
		}
	}
}

// TestWalkersFailTheSame has names that cannot go in many directories.
func TestWalkersFailTheSame(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("nothing is refused to root")
	}
	var want []string
	for _, walkers := range []int32{1, 2, 4} {
		dir := t.TempDir()
		grow(t, dir, 3, 2, 3)
		for i := range 3 {
			require.NoError(t, os.Chmod(filepath.Join(dir, "d0", fmt.Sprint("d", i)), 0o500))
		}
		r := removalOf(t, dir, walkers, 8)
		r.repairs = false
		r.empty(r.mount.of)
		var got []string
		for _, f := range r.failures.all() {
			require.Equal(t, syscall.EACCES, f.Err)
			got = append(got, f.Path)
		}
		slices.Sort(got)
		if want == nil {
			want = got
			require.Len(t, want, 3*5)
		}
		require.Equal(t, want, got)
		for i := range 3 {
			require.NoError(t, os.Chmod(filepath.Join(dir, "d0", fmt.Sprint("d", i)), 0o700))
		}
	}
}

// TestWalkComesBackToWhatMoved moves a directory away, out of the tree even, whose ancestors are parked: ".." leads elsewhere then.
func TestWalkComesBackToWhatMoved(t *testing.T) {
	for _, at := range []int{3, 8, 15} {
		for _, outwards := range []bool{false, true} {
			dir, outside := t.TempDir(), t.TempDir()
			path, moving := dir, ""
			for i := range 20 {
				path = filepath.Join(path, fmt.Sprint("d", i))
				require.NoError(t, os.Mkdir(path, 0o700))
				require.NoError(t, os.WriteFile(filepath.Join(path, "f"), nil, 0o600))
				if i == at {
					moving = path
				}
			}
			canary := filepath.Join(outside, fmt.Sprint("d", at)) // as what was moved, for who would remove it here
			require.NoError(t, os.Mkdir(canary, 0o700))
			to := filepath.Join(dir, "moved")
			if outwards {
				to = filepath.Join(outside, "moved")
			}
			r := removalOf(t, dir, 1, 2)
			looks := 0
			r.ctx = meddler{t.Context(), func() {
				if looks++; looks == 41 { // at the bottom: two looks a level on the way down
					require.NoError(t, os.Rename(moving, to))
				}
			}}
			r.empty(r.mount.of)
			require.Greater(t, looks, 41)
			require.Empty(t, r.failures.all())
			require.DirExists(t, canary)
			left, err := os.ReadDir(dir)
			require.NoError(t, err)
			if len(left) > 0 { // it was moved to where the walk had been: who removes the root looks again
				require.Equal(t, "moved", left[0].Name())
				r.empty(r.mount.of)
				left, err = os.ReadDir(dir)
				require.NoError(t, err)
			}
			require.Empty(t, left)
		}
	}
}

// setNumber is for numbers whose types differ between systems.
func setNumber[T int64 | uint64](number *T, n uintptr) { *number = T(n) }

// TestWalkLosesItsWay has all that is parked moved away, of a removal by name.
func TestWalkLosesItsWay(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	path := dir
	for i := range 10 {
		path = filepath.Join(path, fmt.Sprint("d", i))
		require.NoError(t, os.Mkdir(path, 0o700))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f"), nil, 0o600))
	r := removalOf(t, dir, 1, 2)
	looks := 0
	r.ctx = meddler{t.Context(), func() {
		if looks++; looks == 20 {
			require.NoError(t, os.Rename(filepath.Join(dir, "d0", "d1", "d2"), filepath.Join(outside, "d2")))
			require.NoError(t, os.Rename(filepath.Join(dir, "d0"), filepath.Join(outside, "d0")))
		}
	}}
	before := openDescriptors(t)
	r.entry(r.mount.of, "d0")
	require.Equal(t, before, openDescriptors(t))
	require.Greater(t, looks, 20)
	require.Empty(t, r.failures.all())
	require.DirExists(t, filepath.Join(outside, "d0", "d1"))
	require.FileExists(t, filepath.Join(dir, "f"))
}

// TestWalkWithoutDescriptors leaves the walkers no more than they cannot do without.
func TestWalkWithoutDescriptors(t *testing.T) {
	dir := t.TempDir()
	grow(t, dir, 3, 1, 4)
	r := removalOf(t, dir, 4, 512)

	var before syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before))
	few := before
	spare, err := os.Open(os.DevNull) // its number is about that of the next
	require.NoError(t, err)
	setNumber(&few.Cur, spare.Fd()+3)
	require.NoError(t, spare.Close())
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few))
	r.empty(r.mount.of)
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before))

	require.Empty(t, r.failures.all())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

// TestEndedWalkLeavesNoDescriptor open, however many directories it was in.
func TestEndedWalkLeavesNoDescriptor(t *testing.T) {
	for _, walkers := range []int32{1, 4} {
		dir := t.TempDir()
		grow(t, dir, 3, 1, 4)
		r := removalOf(t, dir, walkers, 512)
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		looks := 0
		r.ctx = meddler{ctx, func() {
			mu.Lock()
			defer mu.Unlock()
			if looks++; looks == 30 {
				cancel()
			}
		}}
		r.ctx = both{r.ctx, ctx}
		before := openDescriptors(t)
		r.empty(r.mount.of)
		require.Equal(t, before, openDescriptors(t))
		require.ErrorIs(t, r.ctx.Err(), context.Canceled)
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.NotEmpty(t, left)
	}
}

// both asks one context, and then answers with another.
type both struct {
	context.Context
	answer context.Context
}

func (b both) Err() error {
	_ = b.Context.Err()
	return b.answer.Err()
}

func TestFramesGiveBackWhatTheyTook(t *testing.T) {
	f := new(frame)
	f.reset(nil, nil)
	for _, name := range []string{"a\x00", "bc\x00", "d\x00"} {
		f.put([]byte(name))
	}
	require.Equal(t, 3, f.waiting())
	for _, want := range []string{"d\x00", "bc\x00", "a\x00"} {
		name, ok := f.take(nil)
		require.True(t, ok)
		require.Equal(t, want, string(name))
	}
	_, ok := f.take(nil)
	require.False(t, ok)
	require.Zero(t, f.waiting())
}

// TestRemovalClimbsNowhere hands the removal names that no caller may, with a canary where they lead.
func TestRemovalClimbsNowhere(t *testing.T) {
	tree := newTree(t)
	canary := filepath.Join(filepath.Dir(tree.Dir()), "canary")
	require.NoError(t, os.WriteFile(canary, nil, 0o600))
	require.Zero(t, tree.Mkdir("d", 0o755))
	for _, base := range []string{"..", "../canary", "d/.."} {
		dir, err := os.Open(tree.Dir())
		require.NoError(t, err)
		require.NotEmpty(t, removeAt(int(dir.Fd()), base, false, nil), base)
		require.NoError(t, dir.Close())
		require.FileExists(t, canary)
	}
}
