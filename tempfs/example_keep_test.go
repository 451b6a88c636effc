package tempfs_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
)

// The error says where the tree is.
func ExampleKeep() {
	parent, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(parent)

	err := tempfs.With(func(fsys *tempfs.Fs) error {
		_ = afero.WriteFile(fsys, "/report", []byte("half of it"), 0o600)
		return errors.New("out of ink")
	}, tempfs.Keep(tempfs.KeepOnFailure), tempfs.In(parent))

	kept, _ := filepath.Glob(filepath.Join(parent, "*"))
	fmt.Println(err.Error() == "out of ink (kept in "+kept[0]+")")
	report, _ := os.ReadFile(filepath.Join(kept[0], "report"))
	fmt.Printf("%s\n", report)
	// Output:
	// true
	// half of it
}

// In a test the log says where it is, and what is in it.
func ExampleKeep_test() {
	// In a test file this is TestReport. TEMPFS_KEEP=always go test -v keeps the tree of a test that passes, too.
	_ = func(t *testing.T) {
		fsys := tempfs.Test(t, tempfs.Keep(tempfs.KeepOnFailure))
		if err := afero.WriteFile(fsys, "/report", nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Output:
}

func ExampleKeepArtifacts() {
	// In a test file this is TestReport. After go test -artifacts a copy of the tree is in the directory _artifacts.
	_ = func(t *testing.T) {
		fsys := tempfs.Test(t, tempfs.Keep(tempfs.KeepOnFailure), tempfs.KeepArtifacts())
		if err := afero.WriteFile(fsys, "/report", nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Output:
}
