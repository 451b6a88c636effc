package tempfs_test

import (
	"os/exec"
	"testing"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/aferotest"
)

// TestConformance compares each kind of Fs with package os in a chroot.
func TestConformance(t *testing.T) {
	kinds := map[string]func() (afero.Fs, error){
		"memfallback": func() (afero.Fs, error) { return memfallback.New(), nil },
		"all spilled": func() (afero.Fs, error) { return tempfs.New(tempfs.SpillOver(0)) },
	}
	for _, backend := range backendNames {
		kinds[backend] = func() (afero.Fs, error) { return tempfs.New(optionsFor(backend)...) }
		kinds["sub of "+backend] = func() (afero.Fs, error) { return newSub(optionsFor(backend)...) }
	}
	for name, newFs := range kinds {
		t.Run(name, func(t *testing.T) {
			s := aferotest.Suite{New: newFs, Demand: true}
			if testing.Short() {
				s.Process = inPlace
			}
			aferotest.Test(t, s)
		})
	}
}

// inPlace is a Process for what does not end one, and is to be quick.
func inPlace() *exec.Cmd { return nil }

// subFs is a Sub that takes its Fs with it.
type subFs struct {
	*tempfs.Fs
	owner *tempfs.Fs
}

func (s subFs) Close() error { return s.owner.Close() }

func newSub(opts ...tempfs.Option) (afero.Fs, error) {
	owner, err := tempfs.New(opts...)
	if err != nil {
		return nil, err
	}
	err = owner.MkdirAll("a/root", 0o700)
	if err == nil {
		var sub *tempfs.Fs
		if sub, err = owner.Sub("a/root"); err == nil {
			return subFs{sub, owner}, nil
		}
	}
	_ = owner.Close()
	return nil, err
}
