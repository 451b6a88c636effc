//go:build unix

package tempfs_test

import (
	"os"
	"testing"
	"time"

	"github.com/aferotemp/go/tempfs"
)

// ours releases, the others remove an equal tree of their own. Making the trees is not measured.
func ours(build func(dir string) error, times int) func(b *testing.B) (wall, cpu time.Duration) {
	return func(b *testing.B) (wall, cpu time.Duration) {
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
}

func theirs(remove, build func(dir string) error, times int) func(b *testing.B) (wall, cpu time.Duration) {
	return func(b *testing.B) (wall, cpu time.Duration) {
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

// reportRatios reports the medians: of the first, and how it stands to each of the others.
func reportRatios(b *testing.B, contenders []*contender) {
	b.Helper()
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
			switch {
			case s.n == 1:
				times = 100
			case testing.Short():
				n /= 10
			}
			build := func(dir string) error { return s.build(dir, n) }
			contenders := []*contender{{name: "ours", slice: ours(build, times)}, {name: "os", slice: theirs(os.RemoveAll, build, times)}}
			if s.n > 1 {
				contenders = append(contenders, &contender{name: "rm", slice: theirs(removeByCommand, build, times)})
			}
			interleaved(b, contenders, 1)
			reportRatios(b, contenders)
		})
	}
}

// BenchmarkNewRelease is an empty Fs from its birth to its end, beside os.MkdirTemp and os.RemoveAll.
func BenchmarkNewRelease(b *testing.B) {
	const times = 200
	cycle := func(fn func() error) func(b *testing.B) (wall, cpu time.Duration) {
		return func(b *testing.B) (wall, cpu time.Duration) {
			b.Helper()
			return measured(b, times, func(int) error { return fn() })
		}
	}
	contenders := []*contender{{name: "ours", slice: cycle(newRelease)}, {name: "os", slice: cycle(directoryOfPackageOS)}}
	interleaved(b, contenders, 1)
	reportRatios(b, contenders)
}

func newRelease() error {
	fsys, err := tempfs.New()
	if err != nil {
		return err
	}
	return fsys.Release()
}
