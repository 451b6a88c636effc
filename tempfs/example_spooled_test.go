package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/aferotemp/go/tempfs"
)

func ExampleFs_SpooledTemporaryFile() {
	fsys, err := tempfs.New(tempfs.InMemory())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fsys.Release()

	f, err := fsys.SpooledTemporaryFile(10, tempfs.In("/spool"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = f.WriteString("0123456789")
	// It cannot move, and nothing is lost.
	_, err = f.WriteString("more")
	fmt.Println(errors.Is(err, fs.ErrNotExist), f.Rolled())
	// The next write tries again.
	_ = fsys.Mkdir("/spool", 0o700)
	_, err = f.WriteString("more")
	fmt.Println(err, f.Rolled())
	// Output:
	// true false
	// <nil> true
}
