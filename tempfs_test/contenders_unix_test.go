//go:build unix

package tempfs_test

import (
	"runtime"
	"testing"
	"time"
)

// contender is one of those that are measured beside each other.
type contender struct {
	name  string
	slice func(b *testing.B) (wall, cpu time.Duration) // of one operation
	wall  []float64
	cpu   []float64
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

// round has each contender once, one after the other, so that what else the machine does is the same for all. Another one begins each turn.
func round(b *testing.B, contenders []*contender, turn int) {
	b.Helper()
	for i := range contenders {
		c := contenders[(turn+i)%len(contenders)]
		wall, cpu := c.slice(b)
		c.wall = append(c.wall, float64(wall))
		c.cpu = append(c.cpu, float64(cpu))
	}
}

// interleaved runs rounds for the time of the benchmark, so many at a time, and at least as many as turns.
func interleaved(b *testing.B, contenders []*contender, atATime int) {
	b.Helper()
	rounds := 0
	for b.Loop() {
		for range atATime {
			round(b, contenders, rounds)
			rounds++
		}
	}
	for ; rounds < turns; rounds++ {
		round(b, contenders, rounds)
	}
}
