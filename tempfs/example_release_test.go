package tempfs_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
)

func ExampleFs_ReleaseContext() {
	fsys, _ := tempfs.New()
	_ = fsys.MkdirAll("/a/b/c", 0o755)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	err := fsys.ReleaseContext(ctx, func(p tempfs.Progress) {
		fmt.Println(p.Entries, "entries are gone,", p.Failed, "cannot go")
	})
	fmt.Println(err)
	// Output:
	// 3 entries are gone, 0 cannot go
	// <nil>
}

// What was begun is finished by the next call.
func ExampleReleaseError() {
	fsys, _ := tempfs.New()
	_ = afero.WriteFile(fsys, "/f", nil, 0o600)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()

	err := fsys.ReleaseContext(ctx, nil)
	var failed *tempfs.ReleaseError
	fmt.Println(errors.As(err, &failed), failed.Count, failed.Ended)
	fmt.Println(fsys.Release())
	// Output:
	// true 0 context canceled
	// <nil>
}
