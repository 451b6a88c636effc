//go:build unix && !aix && !solaris

package tempfs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// BenchmarkSweep is a sweep that finds no orphan, on tmpfs if there is one. What is unrelated has the prefix all the same:
//
//	go test -run '^$' -bench BenchmarkSweep -count 10 ./tempfs_test
func BenchmarkSweep(b *testing.B) {
	for _, c := range []struct {
		name            string
		unrelated, live int
	}{{"empty", 0, 0}, {"10000 unrelated", 10_000, 0}, {"100 live", 0, 100}} {
		b.Run(c.name, func(b *testing.B) {
			dir := newSweptForMany(b)
			for i := range c.unrelated {
				require.NoError(b, os.WriteFile(filepath.Join(dir, fmt.Sprintf("tmp%09dabc", i)), nil, 0o600))
			}
			for range c.live {
				fsys, err := tempfs.New(tempfs.In(dir))
				require.NoError(b, err)
				b.Cleanup(func() { require.NoError(b, fsys.Release()) })
			}
			cpu := cpuTime() // of a busy machine this tells more
			for b.Loop() {
				r, err := tempfs.Sweep(tempfs.In(dir))
				if err != nil || r.Seen != c.live || r.Live != c.live {
					b.Fatal(r, err)
				}
			}
			b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N), "cpu-ns/op")
		})
	}
}
