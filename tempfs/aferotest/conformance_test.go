package aferotest_test

import (
	"testing"

	"github.com/spf13/afero"

	myfs "github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs/aferotest"
)

// The test that the documentation shows.

func TestConformance(t *testing.T) {
	aferotest.Test(t, aferotest.Suite{
		New: func() (afero.Fs, error) { return myfs.New(), nil },
	})
}
