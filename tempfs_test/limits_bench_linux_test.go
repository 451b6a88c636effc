package tempfs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
)

// The contenders of the table of limits. Package os has the directory of the disk.
const (
	onDisk         = "disk"
	onDiskLimited  = "disk, limits"
	inMemory       = "memory"
	inMemoryLimits = "memory, limits"
)

var limitsContenders = []string{contenderOS, onDisk, onDiskLimited, inMemory, inMemoryLimits}

// writer is what a contender of them can do.
type writer struct {
	openFile func(name string, flag int, perm fs.FileMode) (afero.File, error)
	remove   func(name string) error
	close    func() error
}

func newWriter(b *testing.B, contender string) *writer {
	b.Helper()
	if contender == contenderOS {
		dir := b.TempDir()
		return &writer{
			openFile: func(name string, flag int, perm fs.FileMode) (afero.File, error) {
				return fileOf(os.OpenFile(filepath.Join(dir, name), flag, perm))
			},
			remove: func(name string) error { return os.Remove(filepath.Join(dir, name)) },
			close:  func() error { return nil },
		}
	}
	var opts []tempfs.Option
	if contender == inMemory || contender == inMemoryLimits {
		opts = append(opts, tempfs.InMemory())
	}
	if contender == onDiskLimited || contender == inMemoryLimits {
		opts = append(opts, tempfs.WithLimits(roomy))
	}
	fsys, err := tempfs.New(opts...)
	if err != nil {
		b.Fatal(err)
	}
	return &writer{openFile: fsys.OpenFile, remove: fsys.Remove, close: fsys.Release}
}

// limitsRow is what is done, so many times in a slice.
type limitsRow struct {
	name  string
	times int
	slice func(b *testing.B, w *writer, times int) (wall, cpu time.Duration)
	asked float64 // of the time with limits to that without; 0 for none
}

func limitsRows() []limitsRow {
	var rows []limitsRow
	for _, size := range []int{1, 512, 4 << 10, 64 << 10} {
		times := max(50, min(2000, (4<<20)/size))
		rows = append(
			rows,
			limitsRow{fmt.Sprintf("append %d B", size), times, growing(size), 1.15},
			limitsRow{fmt.Sprintf("overwrite %d B", size), times, overwriting(size), 1.02},
		)
	}
	return append(rows, limitsRow{"create+write 4 KiB+close+remove", 300, cycling, 1.25})
}

// growing writes at the end of a file.
func growing(size int) func(b *testing.B, w *writer, times int) (wall, cpu time.Duration) {
	return func(b *testing.B, w *writer, times int) (wall, cpu time.Duration) {
		b.Helper()
		p := make([]byte, size)
		inFile(b, w, func(f afero.File) {
			wall, cpu = measured(b, times, func(int) error { return errOf(f.Write(p)) })
		})
		return wall, cpu
	}
}

// overwriting writes over the beginning.
func overwriting(size int) func(b *testing.B, w *writer, times int) (wall, cpu time.Duration) {
	return func(b *testing.B, w *writer, times int) (wall, cpu time.Duration) {
		b.Helper()
		p := make([]byte, size)
		inFile(b, w, func(f afero.File) {
			if _, err := f.Write(p); err != nil {
				b.Fatal(err)
			}
			wall, cpu = measured(b, times, func(int) error { return errOf(f.WriteAt(p, 0)) })
		})
		return wall, cpu
	}
}

// inFile gives fn a file that is removed afterwards.
func inFile(b *testing.B, w *writer, fn func(f afero.File)) {
	b.Helper()
	f, err := w.openFile("f", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	fn(f)
	if err := errors.Join(f.Close(), w.remove("f")); err != nil {
		b.Fatal(err)
	}
}

func cycling(b *testing.B, w *writer, times int) (wall, cpu time.Duration) {
	b.Helper()
	p := make([]byte, 4<<10)
	return measured(b, times, func(int) error {
		f, err := w.openFile("f", os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		return errors.Join(errOf(f.Write(p)), f.Close(), w.remove("f"))
	})
}

// limitsLine is a row as it was measured: nanoseconds, by contender.
type limitsLine struct {
	row  limitsRow
	wall map[string]float64
}

func (l limitsLine) ratio(of, to string) float64 { return l.wall[of] / l.wall[to] }

// BenchmarkLimits has each row done with limits and without, on disk and in memory, and by package os, in turn: medians of slices. The temp
// directory is that of $TMPDIR, and TEMPFS_TEST_TABLE the file for a table of all in Markdown, or "-" for the standard output:
//
//	TMPDIR=/dev/shm TEMPFS_TEST_TABLE=- go test ./tempfs_test -run '^$' -bench BenchmarkLimits -benchtime 11x
func BenchmarkLimits(b *testing.B) {
	var lines []limitsLine
	for _, r := range limitsRows() {
		b.Run(r.name, func(b *testing.B) { lines = append(lines, measureLimits(b, r)) })
	}
	if file := os.Getenv("TEMPFS_TEST_TABLE"); file != "" {
		if err := writeLimits(file, lines); err != nil {
			b.Fatal(err)
		}
	}
}

func measureLimits(b *testing.B, r limitsRow) limitsLine {
	b.Helper()
	line := limitsLine{row: r, wall: map[string]float64{}}
	contenders := make([]*contender, 0, len(limitsContenders))
	for _, name := range limitsContenders {
		w := newWriter(b, name)
		defer func() {
			if err := w.close(); err != nil {
				b.Error(err)
			}
		}()
		contenders = append(contenders, &contender{name: name, slice: func(b *testing.B) (wall, cpu time.Duration) {
			b.Helper()
			return r.slice(b, w, r.times)
		}})
	}
	interleaved(b, contenders, slicesAtATime)
	for _, c := range contenders {
		line.wall[c.name] = median(c.wall)
	}
	b.ReportMetric(line.wall[onDiskLimited], "ns/op")
	b.ReportMetric(line.ratio(onDiskLimited, onDisk), "disk/unlimited")
	b.ReportMetric(line.ratio(onDiskLimited, contenderOS), "disk/os")
	b.ReportMetric(line.ratio(inMemoryLimits, inMemory), "memory/unlimited")
	return line
}

// writeLimits makes Markdown of it. What misses its figure, to the digits that show, is bold.
func writeLimits(file string, lines []limitsLine) error {
	var out bytes.Buffer
	out.WriteString("| operation | package os, ns | disk, ns | with limits, to disk | asked | to package os | memory, ns | with limits, to memory |\n")
	out.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, l := range lines {
		shown := func(ratio float64) string {
			s := fmt.Sprintf("%.2f", ratio)
			if math.Round(100*ratio) > math.Round(100*l.row.asked) {
				s = "**" + s + "**"
			}
			return s
		}
		fmt.Fprintf(&out, "| %s | %.0f | %.0f | %s | %.2f | %.2f | %.0f | %s |\n", l.row.name, l.wall[contenderOS], l.wall[onDisk],
			shown(l.ratio(onDiskLimited, onDisk)), l.row.asked, l.ratio(onDiskLimited, contenderOS), l.wall[inMemory],
			shown(l.ratio(inMemoryLimits, inMemory)))
	}
	if file == "-" {
		_, err := out.WriteTo(os.Stdout)
		return err
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}
