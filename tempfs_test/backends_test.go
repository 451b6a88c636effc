package tempfs_test

import (
	"testing"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/tempfs"
)

// backendNames are all that Fs.Backend can say. A test that runs per backend asks this list, or tempfs.Each.
var backendNames = []string{"disk", "memory", "spill"}

// spillBudget is so small that tests have content in memory and content that is spilled.
const spillBudget = 4 << 10

// optionsFor make an Fs on that backend. The disk needs none.
func optionsFor(backend string) []tempfs.Option {
	switch backend {
	case "memory":
		return []tempfs.Option{tempfs.InMemory()}
	case "spill":
		return []tempfs.Option{tempfs.SpillOver(spillBudget)}
	}
	return nil
}

// cloneOptionsFor make a clone on that backend of an Fs on any.
func cloneOptionsFor(backend string) []tempfs.Option {
	if backend == "disk" {
		return []tempfs.Option{tempfs.WithSearch(locate.Options{})}
	}
	return optionsFor(backend)
}

// optionsIn are optionsFor with all that is on the host in dir.
func optionsIn(backend, dir string) []tempfs.Option {
	if backend == "memory" {
		return optionsFor(backend)
	}
	return append(optionsFor(backend), tempfs.In(dir))
}

// eachBackend gives fn the options of each backend.
func eachBackend(t *testing.T, fn func(t *testing.T, opts ...tempfs.Option)) {
	t.Helper()
	for _, backend := range backendNames {
		t.Run(backend, func(t *testing.T) { fn(t, optionsFor(backend)...) })
	}
}
