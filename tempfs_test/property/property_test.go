package property

import (
	"os"
	"testing"

	"github.com/spf13/afero"
	"pgregory.net/rapid"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/aferotest"
)

// maxSteps is the length of a sequence. Most differences show in a handful; files that stay open across renames and removals need
// more.
const maxSteps = 30

// TestOperations plays each sequence on all three in lockstep and compares what comes of each step, and the whole tree after it.
//
//	go test ./... -rapid.checks=20000
func TestOperations(t *testing.T) {
	steps := stepGenerator(aferotest.DefaultWords())
	rapid.Check(t, func(t *rapid.T) {
		players := newPlayers(t)
		defer players.close()
		for range rapid.IntRange(1, maxSteps).Draw(t, "steps") {
			players.do(t, steps.Draw(t, "step"))
		}
	})
}

// TestOperationsOfAUser does the same with the memory backend acting as a user for whom permissions bind, beside the kernel acting for
// that user.
func TestOperationsOfAUser(t *testing.T) {
	const nobody = 65534
	words := aferotest.DefaultWords()
	words.Targets = []string{"a", "b", "/a", "/b/a", "../a", "c/", "missing", "a/b"} // not the root, which chmod cannot lock here
	steps := stepGenerator(words)
	if oracle, err := aferotest.NewOracleFor(nobody, nobody); err != nil {
		t.Skip(err) // here: a check that skips each sequence fails
	} else if err := oracle.Close(); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		oracle, err := aferotest.NewOracleFor(nobody, nobody)
		if err != nil {
			t.Fatal(err)
		}
		players := players{
			{"package os", aferotest.NewPlayer(oracle), oracle.Close},
			{"memory", aferotest.NewPlayer(memfallback.New(memfallback.WithUser(nobody, nobody))), nil},
		}
		defer players.close()
		for range rapid.IntRange(1, maxSteps).Draw(t, "steps") {
			players.do(t, steps.Draw(t, "step"))
		}
	})
}

// stepGenerator draws from aferotest's vocabulary, which is small so that names meet. A verb is drawn as often as its
// weight says.
func stepGenerator(words aferotest.Words) *rapid.Generator[aferotest.Step] {
	var bag []aferotest.Shape
	for _, shape := range aferotest.Shapes() {
		for range shape.Weight {
			bag = append(bag, shape)
		}
	}
	words.Modes = append(words.Modes, "0000", "0311", "0444", "0555", "01777", "02755", "04755")
	words.Names = append(words.Names, "c", "c/a", "a/./b", "a//b", "c/..", ".", "..", "")
	return rapid.Custom(func(t *rapid.T) aferotest.Step {
		shape := rapid.SampledFrom(bag).Draw(t, "verb")
		return shape.Fill(words, func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "word") })
	})
}

type player struct {
	name   string
	player *aferotest.Player
	end    func() error
}

// players do the same steps. The first is the one to follow.
type players []player

func newPlayers(t *rapid.T) players {
	var all players
	add := func(name string, fs afero.Fs, end func() error) {
		all = append(all, player{name, aferotest.NewPlayer(fs), end})
	}
	oracle, err := aferotest.NewOracle()
	switch {
	case err == nil:
		add("package os", oracle, oracle.Close)
	case os.Geteuid() == 0:
		t.Skip(err) // no Linux
	}
	for name, opts := range map[string][]tempfs.Option{"disk": nil, "memory": {tempfs.InMemory()}, "spill": {tempfs.SpillOver(spillBudget)}} {
		fs, err := tempfs.New(opts...)
		if err != nil {
			t.Fatal(err)
		}
		add(name, fs, fs.Close)
	}
	return all
}

// spillBudget has some of the content of a sequence in memory, and some on disk.
const spillBudget = 16

func (all players) close() {
	for _, p := range all {
		p.player.Close()
		if p.end != nil {
			_ = p.end()
		}
	}
}

func (all players) do(t *rapid.T, step aferotest.Step) {
	for _, s := range []aferotest.Step{step, {Verb: "tree"}} {
		want := all[0].player.Do(s)
		t.Logf("%v: %s", s, want)
		for _, p := range all[1:] {
			if got := p.player.Do(s); got != want {
				t.Fatalf("%v\n%s: %s\n%s: %s", s, all[0].name, want, p.name, got)
			}
		}
	}
}
