//go:build unix

package tempfs_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/aferotemp/go/tempfs"
)

// contender is one way to remove a tree.
type contender struct {
	name   string
	wall   []float64
	cpu    []float64
	remove func(b *testing.B, build func(dir string) error, times int) (wall, cpu time.Duration)
}

// ours releases, the others remove an equal tree of their own. Making the trees is not measured.
func ours(b *testing.B, build func(dir string) error, times int) (wall, cpu time.Duration) {
	b.Helper()
	all := make([]*tempfs.Fs, times)
	for i := range all {
		fsys, err := tempfs.New()
		if err != nil {
			b.Fatal(err)
		}
		host, err := fsys.RealPath("/")
		if err != nil {
			b.Fatal(err)
		}
		if err := build(host); err != nil {
			b.Fatal(err)
		}
		all[i] = fsys
	}
	return measured(b, times, func(i int) error { return all[i].Release() })
}

func theirs(remove func(dir string) error) func(b *testing.B, build func(dir string) error, times int) (wall, cpu time.Duration) {
	return func(b *testing.B, build func(dir string) error, times int) (wall, cpu time.Duration) {
		b.Helper()
		all := make([]string, times)
		for i := range all {
			dir, err := os.MkdirTemp("", "tmp") //nolint:usetesting // what is measured removes it
			if err != nil {
				b.Fatal(err)
			}
			if err := build(dir); err != nil {
				b.Fatal(err)
			}
			all[i] = dir
		}
		return measured(b, times, func(i int) error { return remove(all[i]) })
	}
}

// measured is the time of the wall and of the processors, this process's, for one of times.
func measured(b *testing.B, times int, fn func(i int) error) (wall, cpu time.Duration) {
	b.Helper()
	runtime.GC() // of what was made before
	cpu = cpuTime()
	begin := time.Now()
	for i := range times {
		if err := fn(i); err != nil {
			b.Fatal(err)
		}
	}
	wall = time.Since(begin)
	return wall / time.Duration(times), (cpuTime() - cpu) / time.Duration(times)
}

// round has each contender once, one after the other, so that what else the machine does is the same for all.
func round(b *testing.B, contenders []*contender, build func(dir string) error, times int) {
	b.Helper()
	for _, c := range contenders {
		wall, cpu := c.remove(b, build, times)
		c.wall = append(c.wall, float64(wall))
		c.cpu = append(c.cpu, float64(cpu))
	}
}

// interleaved runs rounds for the time of the benchmark, and at least as many as turns, and reports the medians.
func interleaved(b *testing.B, contenders []*contender, build func(dir string) error, times int) {
	b.Helper()
	rounds := 0
	for b.Loop() {
		round(b, contenders, build, times)
		rounds++
	}
	for ; rounds < turns; rounds++ {
		round(b, contenders, build, times)
	}
	our := contenders[0]
	wall := median(our.wall)
	b.ReportMetric(wall, "ns/op")
	for _, c := range contenders[1:] {
		b.ReportMetric(wall/median(c.wall), "wall/"+c.name)
		if c.name == "os" { // rm is another process
			b.ReportMetric(median(our.cpu)/median(c.cpu), "cpu/"+c.name)
		}
	}
}

// BenchmarkRemoval removes trees of each shape beside os.RemoveAll, and large ones beside rm(1): medians of rounds in which all have their turn.
// The temp directory is that of $TMPDIR; -short makes a tenth of the trees.
//
//	TMPDIR=/dev/shm go test -run '^$' -bench BenchmarkRemoval -benchtime 9x ./tempfs_test
func BenchmarkRemoval(b *testing.B) {
	for _, s := range shapes() {
		b.Run(s.name, func(b *testing.B) {
			n, times := s.n, 1
			contenders := []*contender{{name: "ours", remove: ours}, {name: "os", remove: theirs(os.RemoveAll)}}
			if s.n == 1 {
				times = 100
			} else {
				contenders = append(contenders, &contender{name: "rm", remove: theirs(removeByCommand)})
				if testing.Short() {
					n /= 10
				}
			}
			interleaved(b, contenders, func(dir string) error { return s.build(dir, n) }, times)
		})
	}
}

// BenchmarkNewRelease is an empty Fs from its birth to its end, beside os.MkdirTemp and os.RemoveAll.
func BenchmarkNewRelease(b *testing.B) {
	const times = 200
	cycle := func(fn func() error) func(b *testing.B, _ func(dir string) error, times int) (wall, cpu time.Duration) {
		return func(b *testing.B, _ func(dir string) error, times int) (wall, cpu time.Duration) {
			b.Helper()
			return measured(b, times, func(int) error { return fn() })
		}
	}
	interleaved(b, []*contender{
		{name: "ours", remove: cycle(newRelease)},
		{name: "os", remove: cycle(directoryOfPackageOS)},
	}, nil, times)
}

func newRelease() error {
	fsys, err := tempfs.New()
	if err != nil {
		return err
	}
	return fsys.Release()
}
