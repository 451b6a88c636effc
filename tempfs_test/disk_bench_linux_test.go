package tempfs_test

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"
)

// slicesAtATime is for medians of many slices: a row takes microseconds.
const slicesAtATime = 10

// BenchmarkDisk has the rows of the table of the disk backend at each depth, done by ours and the other contenders in turn: medians of slices. It
// reports the time to that of package os, and what ours allocates. The temp directory is that of $TMPDIR, and TEMPFS_TEST_TABLE the file for a table
// of all in Markdown, or "-" for the standard output:
//
//	TMPDIR=/dev/shm TEMPFS_TEST_TABLE=- go test ./tempfs_test -run '^$' -bench BenchmarkDisk -benchtime 11x
func BenchmarkDisk(b *testing.B) {
	var table diskTable
	for _, r := range diskRows() {
		for _, depth := range diskDepths {
			b.Run(fmt.Sprintf("%s/%d", r.name, depth), func(b *testing.B) {
				table = append(table, measureRow(b, r, depth))
			})
		}
	}
	file := os.Getenv("TEMPFS_TEST_TABLE")
	if file == "" {
		return
	}
	if err := table.write(file, onTmpfs(b)); err != nil {
		b.Fatal(err)
	}
}

// measureRow lets the contenders do a row, and reports it.
func measureRow(b *testing.B, r row, depth int) (line diskLine) {
	b.Helper()
	line = diskLine{row: r, depth: depth, wall: map[string]float64{}, allocations: map[string]int{}}
	contenders := make([]*contender, 0, len(diskContenders))
	for _, name := range diskContenders {
		w, err := newWorkplace(name, depth, r.times)
		if err != nil {
			b.Fatal(err)
		}
		defer func() {
			if err := w.close(); err != nil {
				b.Error(err)
			}
		}()
		if err := w.run(r.prepare); err != nil {
			b.Fatal(err)
		}
		line.allocations[name] = w.allocations(b, r)
		contenders = append(contenders, &contender{name: name, slice: func(b *testing.B) (wall, cpu time.Duration) {
			b.Helper()
			return w.slice(b, r)
		}})
	}
	interleaved(b, contenders, slicesAtATime)
	for _, c := range contenders {
		line.wall[c.name] = median(c.wall)
	}
	b.ReportMetric(line.wall[contenderOurs], "ns/op")
	for _, c := range contenders {
		if c.name != contenderOS {
			b.ReportMetric(line.toOS(c.name), c.name+"/os")
		}
	}
	b.ReportMetric(float64(line.allocations[contenderOurs]), "allocs/op")
	return line
}

// slice does a row so many times, of which the time is taken.
func (w *workplace) slice(b *testing.B, r row) (wall, cpu time.Duration) {
	b.Helper()
	if err := w.run(r.before); err != nil {
		b.Fatal(err)
	}
	wall, cpu = measured(b, r.times, func(i int) error { return r.do(w, i) })
	if err := w.run(r.after); err != nil {
		b.Fatal(err)
	}
	return wall, cpu
}

// allocations are those of doing a row once. The division drops what a slice allocates but once, and what happens beside it.
func (w *workplace) allocations(b *testing.B, r row) int {
	b.Helper()
	var before, after runtime.MemStats
	if err := w.run(r.before); err != nil {
		b.Fatal(err)
	}
	runtime.ReadMemStats(&before)
	for i := range r.times {
		if err := r.do(w, i); err != nil {
			b.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if err := w.run(r.after); err != nil {
		b.Fatal(err)
	}
	return int(after.Mallocs-before.Mallocs) / r.times
}
