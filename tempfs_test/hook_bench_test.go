package tempfs_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// hookRows are what a hook may cost something of.
var hookRows = []struct {
	name string
	// allocations with a hook are at most those without one, and these.
	allocations float64
	do          func(fsys *tempfs.Fs, f afero.File) error
}{
	{"stat", 0, func(fsys *tempfs.Fs, _ afero.File) error { return errOf(fsys.Stat("f")) }},
	{"mkdir and remove", 0, func(fsys *tempfs.Fs, _ afero.File) error {
		if err := fsys.Mkdir("d", 0o755); err != nil {
			return err
		}
		return fsys.Remove("d")
	}},
	{"open and close", 2, func(fsys *tempfs.Fs, _ afero.File) error { return opened(fsys.OpenFile("f", os.O_RDWR, 0)) }},
	{"read 4 KiB", 0, func(_ *tempfs.Fs, f afero.File) error { return errOf(f.ReadAt(hookBuffer, 0)) }},
	{"write 4 KiB", 0, func(_ *tempfs.Fs, f afero.File) error { return errOf(f.WriteAt(hookBuffer, 0)) }},
}

var hookBuffer = make([]byte, 4<<10)

// newHookRow makes what the rows work on.
func newHookRow(tb testing.TB, opts ...tempfs.Option) (*tempfs.Fs, afero.File) {
	tb.Helper()
	fsys := tempfs.Test(tb, opts...)
	f, err := fsys.Create("f")
	require.NoError(tb, err)
	require.NoError(tb, errOf(f.Write(hookBuffer)))
	return fsys, f
}

// TestHookAllocations are few, and none for an operation that opens nothing.
func TestHookAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector has sync.Pool drop what it is given")
	}
	const times = 100
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		measure := func(do func(*tempfs.Fs, afero.File) error, opts ...tempfs.Option) float64 {
			fsys, f := newHookRow(t, opts...)
			var err error
			allocations := testing.AllocsPerRun(times, func() {
				if err == nil {
					err = do(fsys, f)
				}
			})
			require.NoError(t, err)
			return allocations
		}
		for _, row := range hookRows {
			bare := measure(row.do, opts...)
			hooked := measure(row.do, append(opts, tempfs.WithHook(allowAll))...)
			require.LessOrEqual(t, hooked, bare+row.allocations, row.name)
			t.Logf("%s: %v without a hook, %v with", row.name, bare, hooked)
		}
	})
}

// BenchmarkHook has each row without a hook and with one that stops nothing.
func BenchmarkHook(b *testing.B) {
	for _, backend := range backendNames {
		for _, row := range hookRows {
			for _, hook := range []tempfs.Hook{nil, allowAll} {
				b.Run(fmt.Sprintf("%s/%s/hook=%t", backend, row.name, hook != nil), func(b *testing.B) {
					fsys, f := newHookRow(b, append(optionsFor(backend), tempfs.WithHook(hook))...)
					b.ReportAllocs()
					for b.Loop() {
						if err := row.do(fsys, f); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
