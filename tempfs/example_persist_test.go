package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
)

// A report is built in a place of its own and then appears at once: whoever looks for it finds nothing, or all of it.
func ExampleFs_Persist() {
	published, err := os.MkdirTemp("", "published")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(published)
	report := filepath.Join(published, "report")

	err = tempfs.With(func(fsys *tempfs.Fs) error {
		return errors.Join(
			fsys.MkdirAll("/report/data", 0o755),
			afero.WriteFile(fsys, "/report/index.html", []byte("complete"), 0o644),
			fsys.Persist("/report", report, tempfs.Durable()),
		)
	})
	fmt.Println(err)
	index, err := os.ReadFile(filepath.Join(report, "index.html"))
	fmt.Println(string(index), err)
	// Output:
	// <nil>
	// complete <nil>
}

// What is there already can be left alone. The error tells whether anything has changed.
func ExampleNoReplace() {
	published, err := os.MkdirTemp("", "published")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(published)
	host := filepath.Join(published, "settings")

	err = tempfs.With(func(fsys *tempfs.Fs) error {
		for _, content := range []string{"first", "second"} {
			made := afero.WriteFile(fsys, "/settings", []byte(content), 0o644)
			result := fsys.Persist("/settings", host, tempfs.NoReplace())
			var failed *tempfs.PersistError
			if errors.As(result, &failed) {
				fmt.Println(failed.Step, errors.Is(failed, fs.ErrExist), failed.Published)
			}
			if made != nil {
				return made
			}
		}
		return nil
	}, tempfs.InMemory())
	content, _ := os.ReadFile(host)
	fmt.Println(string(content), err)
	// Output:
	// open true false
	// first <nil>
}

// A file has no name while it is written, so nothing is left of it if that fails, and then gets its name with the mode of a new file.
func ExamplePersistFile() {
	published, err := os.MkdirTemp("", "published")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(published)

	f, err := tempfs.TemporaryFile(tempfs.In(published), tempfs.Linkable())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	_, err = f.WriteString("complete")
	fmt.Println(err)

	host := filepath.Join(published, "result.txt")
	fmt.Println(tempfs.PersistFile(f, host))
	content, err := os.ReadFile(host)
	fmt.Println(string(content), err)
	// Output:
	// <nil>
	// <nil>
	// complete <nil>
}
