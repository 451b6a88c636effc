//go:build unix && !aix && !solaris

package tempfs_test

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/aferotemp/go/tempfs"
)

// leftBehind makes in dir what a process leaves that is killed.
func leftBehind(dir string) string {
	fsys, err := tempfs.New(tempfs.In(dir))
	if err != nil {
		log.Fatal(err)
	}
	tree, err := fsys.Detach()
	if err != nil {
		log.Fatal(err)
	}
	if err := os.Chmod(tree, 0o700); err != nil { // Detach has marked it
		log.Fatal(err)
	}
	return tree
}

func ExampleSweep() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	orphan := leftBehind(dir)
	fsys, _ := tempfs.New(tempfs.In(dir))
	defer fsys.Release()

	report, err := tempfs.Sweep(tempfs.In(dir))
	if errors.Is(err, tempfs.ErrUnsafeFS) {
		fmt.Println("on a filesystem of the net nobody can tell")
	}
	fmt.Println(len(report.Removed) == 1 && report.Removed[0] == orphan)
	fmt.Println("live:", report.Live)
	// Output:
	// true
	// live: 1
}

func ExampleSweepFirst() {
	// What an earlier run of this program has left, because it was killed, goes before a new directory is made.
	fsys, err := tempfs.New(tempfs.Prefix("thumbnails-"), tempfs.SweepFirst())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fsys.Release()
	// Output:
}

func ExampleMinAge() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	leftBehind(dir)

	report, err := tempfs.Sweep(tempfs.In(dir), tempfs.MinAge(24*time.Hour))
	fmt.Println(len(report.Removed), report.Young, err)
	// Output: 0 1 <nil>
}

func ExampleDryRun() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	orphan := leftBehind(dir)

	report, err := tempfs.Sweep(tempfs.In(dir), tempfs.DryRun())
	for _, tree := range report.Removed {
		fmt.Println("would remove", filepath.Base(tree) == filepath.Base(orphan), err)
	}
	_, err = os.Stat(orphan)
	fmt.Println(err)
	// Output:
	// would remove true <nil>
	// <nil>
}
