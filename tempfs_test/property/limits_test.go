package property

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/aferotest"
)

// roomy are limits that no sequence meets.
var roomy = tempfs.Limits{Bytes: 1 << 50, Files: 1 << 30, FileSize: 1 << 50, Depth: 1 << 10}

// TestOperationsUnderLimits plays each sequence with limits, on all backends, and without: that there are some changes nothing until they are met. What is used
// is then what one finds by looking, as an Fs without limits does.
func TestOperationsUnderLimits(t *testing.T) {
	steps := stepGenerator(aferotest.DefaultWords())
	rapid.Check(t, func(t *rapid.T) {
		var all players
		var filesystems []*tempfs.Fs
		for _, name := range []string{"disk", "memory", "spill"} {
			opts := map[string][]tempfs.Option{"memory": {tempfs.InMemory()}, "spill": {tempfs.SpillOver(spillBudget)}}[name]
			for _, limits := range []tempfs.Limits{{}, roomy} {
				fs := must(tempfs.New(append(opts, tempfs.WithLimits(limits))...))
				filesystems = append(filesystems, fs)
				kind := name
				if limits != (tempfs.Limits{}) {
					kind += " with limits"
				}
				all = append(all, player{kind, aferotest.NewPlayer(fs), fs.Close})
			}
		}
		defer all.close()
		for range rapid.IntRange(1, maxSteps).Draw(t, "steps") {
			all.do(t, steps.Draw(t, "step"))
			want := filesystems[0].Usage()
			for i, fs := range filesystems[1:] {
				if got := fs.Usage(); got != want {
					t.Fatalf("%s: %+v, want %+v", all[i+1].name, got, want)
				}
			}
		}
	})
}
