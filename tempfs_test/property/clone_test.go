package property

import (
	"testing"

	"github.com/spf13/afero"
	"pgregory.net/rapid"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/aferotest"
)

// TestClones makes a random tree and wants the same of each way to copy it, onto each backend and back.
func TestClones(t *testing.T) {
	steps := stepGenerator(aferotest.DefaultWords())
	rapid.Check(t, func(t *rapid.T) {
		for _, opts := range [][]tempfs.Option{nil, {tempfs.InMemory()}, {tempfs.SpillOver(spillBudget)}} {
			with(t, must(tempfs.New(opts...)), func(fs *tempfs.Fs) {
				player := aferotest.NewPlayer(fs)
				defer player.Close()
				for range rapid.IntRange(1, maxSteps).Draw(t, "steps") {
					step := steps.Draw(t, "step")
					t.Logf("%v: %s", step, player.Do(step))
				}
				requireCopies(t, fs)
			})
		}
	})
}

func requireCopies(t *rapid.T, fs *tempfs.Fs) {
	want := must(aferotest.Snapshot(fs))
	same := func(how string, copied afero.Fs) {
		if got := must(aferotest.Snapshot(copied)); got != want {
			t.Fatalf("%s of\n%s\nis\n%s", how, want, got)
		}
	}
	with(t, must(fs.Clone()), func(clone *tempfs.Fs) { same("clone", clone) })
	for how, option := range map[string]tempfs.Option{
		"clone on disk": tempfs.WithSearch(locate.Options{}), "clone in memory": tempfs.InMemory(), "clone that spills": tempfs.SpillOver(spillBudget),
	} {
		with(t, must(fs.Clone(option)), func(clone *tempfs.Fs) {
			same(how, clone)
			with(t, must(clone.Clone()), func(again *tempfs.Fs) { same("clone of a "+how, again) })
		})
		with(t, must(tempfs.New(option)), func(to *tempfs.Fs) {
			if err := to.Import(fs.IOFS(), "/"); err != nil {
				t.Fatal(err)
			}
			same("import for a "+how, to)
		})
	}
	same("what was copied", fs)
}

// with releases fs.
func with(t *rapid.T, fs *tempfs.Fs, fn func(fs *tempfs.Fs)) {
	defer func() {
		if err := fs.Release(); err != nil {
			t.Error(err)
		}
	}()
	fn(fs)
}

// must panics: that is how a property fails from where there is no t.
func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}
