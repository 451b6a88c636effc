//go:build unix

package tempfs_test

import (
	"errors"
	"fmt"
	"os"

	"github.com/aferotemp/go/tempfs"
)

// Of a test that fails for hours the last tree is left.
func ExampleKeepLast() {
	parent, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(parent)

	for range 10 {
		_ = tempfs.With(func(*tempfs.Fs) error {
			return errors.New("again")
		}, tempfs.Keep(tempfs.KeepOnFailure), tempfs.KeepLast(1), tempfs.In(parent))
	}

	kept, _ := os.ReadDir(parent)
	fmt.Println(len(kept))
	// Output: 1
}
