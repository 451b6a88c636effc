package peers

import (
	"testing"

	"github.com/aferotemp/go/tempfs"
)

const (
	nameOfSpill = "spill"
	nameOfHost  = "package os"
	spillBudget = 32 << 20
	spillBytes  = 256 << 20
)

func init() {
	more = append(more, contender{name: nameOfSpill, open: fsOfOurs(tempfs.SpillOver(spillBudget))})
}

// BenchmarkSpill writes and reads eight times as much as the budget, beside package os in the directory that has what is spilled, and has names beside memory,
// which they should be as fast as.
func BenchmarkSpill(b *testing.B) {
	host := contender{name: nameOfHost, peer: true, open: onHost()} // where the search finds a directory, as SpillOver does
	inMemory := contender{name: nameOfMemory, peer: true, open: fsOfOurs(tempfs.InMemory())}
	spill := contender{name: nameOfSpill, open: fsOfOurs(tempfs.SpillOver(spillBudget))}
	done := 0
	t := newTable([]string{"workload", "beside", "it takes", nameOfSpill, "asked"})
	for _, r := range rowsOfSpill() {
		b.Run(r.name, func(b *testing.B) {
			beside := host
			if r.demand.of == nameOfMemory {
				beside = inMemory
			}
			results, err := measure(r, []contender{beside, spill}, scale{large: spillBytes}, rounds(b))
			if err != nil {
				b.Fatal(err)
			}
			l := newLine(r, []contender{beside, spill}, results)
			speed := l.speed(nameOfSpill, beside.name)
			b.ReportMetric(results[nameOfSpill].nanoseconds, "ns/"+nameOfSpill)
			b.ReportMetric(speed, "x/beside")
			cell := ratio(speed)
			if speed < r.demand.speed {
				cell = "**" + cell + "**"
			}
			done++
			t.add([]string{r.name, beside.name, duration(results[beside.name].nanoseconds), cell, ratio(r.demand.speed)})
		})
	}
	publish(b, "spill", t.String(), done == len(rowsOfSpill()))
}

func rowsOfSpill() []row {
	besideHost, besideMemory := demand{speed: 0.95, of: nameOfHost}, demand{speed: 1 / 1.15, of: nameOfMemory}
	write, read := writingLarge(besideHost), readingLarge(besideHost)
	write.name, read.name = "write 256 MiB in 64 KiB pieces", "read 256 MiB in 64 KiB pieces"
	return []row{
		write, read,
		creating(100, 1, besideMemory), reading(100, besideMemory), looking(4, besideMemory), missing(8, besideMemory),
		renamingAFile(besideMemory), parallelMixed(2).with(besideMemory),
	}
}

func (r row) with(d demand) row {
	r.demand = d
	return r
}
