// Package trial is what the tests of real programs share: the filesystems that a program is tried on, the programs of the host, and the table in docs/programs.md,
// which is held to what the tests find.
package trial

import (
	"testing"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
)

// Ground is a filesystem that a program is tried on.
type Ground struct {
	Name string // its column in the table
	Fs   afero.Fs
	// Ours is the same as Fs, or nil for those of afero, which are here for comparison: what fails there fails no test.
	Ours *tempfs.Fs
}

// Each tries a program on each of our backends, and on the two filesystems that one would use without us, each in a subtest and empty.
func Each(t *testing.T, try func(t *testing.T, on *Ground), opts ...tempfs.Option) {
	t.Helper()
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		t.Helper()
		try(t, &Ground{Name: fsys.Backend(), Fs: fsys, Ours: fsys})
	}, opts...)
	t.Run("BasePathFs", func(t *testing.T) {
		try(t, &Ground{Name: "BasePathFs", Fs: afero.NewBasePathFs(afero.NewOsFs(), t.TempDir())})
	})
	t.Run("MemMapFs", func(t *testing.T) {
		if raceDetector {
			t.Skip("the race detector finds races of its own in MemMapFs, one between two ReadAt, and would fail the test for them")
		}
		try(t, &Ground{Name: "MemMapFs", Fs: afero.NewMemMapFs()})
	})
}
