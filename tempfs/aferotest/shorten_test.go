package aferotest

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

// noRemoval is a filesystem whose Remove does nothing, and says that it did.
func noRemoval() (afero.Fs, error) {
	return &broken{Fs: newRight(), remove: func(name string) error { return nil }}, nil
}

// TestRandomFailuresAreShort finds a fault by chance and shows it in the few steps that it takes: to make something, to remove it, and to look.
func TestRandomFailuresAreShort(t *testing.T) {
	s := Suite{New: noRemoval}
	shown := 0
	for _, one := range randomTests(randomCases()) {
		r := s.run(one, model{})
		var d *Difference
		if !errors.As(r.Err, &d) {
			continue
		}
		shown++
		require.LessOrEqual(t, d.Number, 4, "%v", r.Err)
		require.ErrorContains(t, r.Err, strings.TrimPrefix(one.name, "random/")+", ")
		require.ErrorContains(t, r.Err, " shortened to ")
		require.Len(t, d.Before, d.Number-1, "all are shown")
		again := Case{Steps: d.Script[:d.Number]}
		fsys, err := noRemoval()
		require.NoError(t, err)
		_, err = again.run(fsys, model{}, nil)
		require.Error(t, err, "what is shown fails when it is played")
	}
	require.NotZero(t, shown)
}

// TestRandomFailuresWithoutAnOracle shows the whole script: nobody knows what is right for a part of it.
func TestRandomFailuresWithoutAnOracle(t *testing.T) {
	mkdir := func(string, fs.FileMode) error { return nil }
	s := Suite{New: func() (afero.Fs, error) { return &broken{Fs: memfallback.New(), mkdir: mkdir}, nil }}
	failed := 0
	for _, one := range randomTests(randomCases()) {
		r := s.run(one, recorded{})
		var d *Difference
		if errors.As(r.Err, &d) {
			failed++
			require.Equal(t, one.script.Steps[d.Number-1], d.Step)
		}
	}
	require.NotZero(t, failed)
}

// TestSeeds adds scripts by seed, and none twice.
func TestSeeds(t *testing.T) {
	s := Suite{Groups: []string{"random"}, Seeds: []uint64{3, 4711}}
	tests := s.tests()
	require.Len(t, tests, randomScripts+1)
	last := tests[len(tests)-1]
	require.Equal(t, "random/seed 4711", last.name)
	s.New = func() (afero.Fs, error) { return newRight(), nil }
	requirePassed(t, s.run(last, model{}))
}
