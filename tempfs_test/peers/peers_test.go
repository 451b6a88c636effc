package peers

import (
	"fmt"
	"os"
	"slices"
	"testing"
)

// BenchmarkPeers has every contender do every row in turn and prints what came of it as a table. Where TEMPFS_TEST_DOCS is the directory of the
// documents, the table and its picture go there too; -benchtime is the number of rounds:
//
//	TEMPFS_TEST_DOCS=../../docs go test -C tempfs_test/peers -run '^$' -bench . -benchtime 7x -timeout 0
func BenchmarkPeers(b *testing.B) {
	var lines []line
	all := contenders()
	for _, r := range rows() {
		b.Run(r.name, func(b *testing.B) {
			measured := all
			if r.name == nameOfLarge {
				measured = append(slices.Clone(all), memcpy)
			}
			results, err := measure(r, measured, full, rounds(b))
			if err != nil {
				b.Fatal(err)
			}
			l := newLine(r, all, results)
			l.report(b)
			lines = append(lines, l)
			if r.name == nameOfLarge {
				lines = append(lines, besideMemcpy(l))
			}
		})
	}
	complete := len(lines) == len(rows())+1 // the yardstick
	publish(b, "peers", tableOfSpeeds(all, lines), complete)
	publish(b, "allocations", tableOfAllocations(all, lines), complete)
	publish(b, "faults", listOfFaults(all), true)
	if complete {
		pictureOfPeers(all, lines).draw(b, "memory-peers.svg")
	}
}

// rounds are those of a benchmark.
func rounds(b *testing.B) func(round func() error) error {
	return func(round func() error) error {
		for b.Loop() {
			if err := round(); err != nil {
				return err
			}
		}
		b.ReportMetric(0, "ns/op") // that of a round says nothing
		return nil
	}
}

// once is for what takes too long to be repeated: its benchmark has one round.
func once(b *testing.B, do func()) {
	for first := true; b.Loop(); first = false {
		if first {
			do()
		}
	}
	b.ReportMetric(0, "ns/op")
}

// line is a row as it was measured.
type line struct {
	row
	results map[string]result
	best    string // peer
}

func newLine(r row, all []contender, results map[string]result) line {
	l := line{row: r, results: results}
	for _, c := range all {
		if c.peer && results[c.name].cannot == "" && (l.best == "" || results[c.name].nanoseconds < results[l.best].nanoseconds) {
			l.best = c.name
		}
	}
	return l
}

// speed is that of a contender, to that of another: 2 is twice as fast.
func (l line) speed(name, of string) float64 {
	return l.results[of].nanoseconds / l.results[name].nanoseconds
}

// slower tells whether ours is slower than what is asked.
func (l line) slower() bool {
	of := l.demand.of
	if of == "" {
		of = l.best
	}
	return l.speed(nameOfMemory, of) < l.demand.speed
}

// wasteful tells whether ours allocates more than what is asked.
func (l line) wasteful() bool {
	return l.demand.allocations > 0 && int(l.results[nameOfMemory].allocations) > l.demand.allocations
}

func (l line) report(b *testing.B) {
	b.Helper()
	b.ReportMetric(l.results[nameOfMemory].nanoseconds, "ns/"+nameOfMemory)
	b.ReportMetric(l.results[l.best].nanoseconds, "ns/"+l.best)
	b.ReportMetric(l.speed(nameOfMemory, l.best), "x/best")
	b.ReportMetric(l.results[nameOfMemory].allocations, "allocs/op")
}

// docs is the directory of the documents, if they are to be written.
var docs = os.Getenv("TEMPFS_TEST_DOCS")

// publish prints a text, and puts it in its place in the document if it is complete: -bench may have left some of it out.
func publish(b *testing.B, name, text string, complete bool) {
	b.Helper()
	fmt.Printf("\n%s\n", text)
	if docs == "" || !complete {
		return
	}
	if err := fill(docs+"/memory.md", name, text); err != nil {
		b.Fatal(err)
	}
}
