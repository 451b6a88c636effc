// Package app_test is the first test of README.md, which stands there as it is here.
package app_test

import (
	"testing"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

// rotate is what is tested. It takes any afero.Fs.
func rotate(fsys afero.Fs) error { return fsys.Rename("app.log", "app.log.1") }

func TestRotate(t *testing.T) {
	fsys := tempfs.Test(t) // a fresh temp directory, gone when the test is over
	fixture.Build(t, fsys, fixture.Tree{"app.log": "one\n", "app.log.1": "old\n"})

	if err := rotate(fsys); err != nil {
		t.Fatal(err)
	}
	fixture.Assert(t, fsys, fixture.Tree{"app.log.1": "one\n"})
}
