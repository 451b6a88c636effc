//go:build race

package aferotest

import (
	"io/fs"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

// TestDataRaceFailsItsCase has a filesystem race with itself in another process, and this one tell of it. Nothing else goes wrong there.
func TestDataRaceFailsItsCase(t *testing.T) {
	needsProcesses(t)
	r := Suite{
		New: func() (afero.Fs, error) {
			calls := 0
			right := memfallback.New()
			return &broken{Fs: right, mkdirAll: func(name string, perm fs.FileMode) error {
				calls++
				return right.MkdirAll(name, perm)
			}}, nil
		},
		Match:   only1("concurrent/mkdirall of one path"),
		Process: TestProcess(t.Name()),
	}.Run()
	require.Len(t, r.Failed(), 1)
	require.ErrorContains(t, r.Failed()[0].Err, "WARNING: DATA RACE")
}
