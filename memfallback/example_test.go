package memfallback_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
)

func ExampleNew() {
	var files afero.Fs = memfallback.New()
	if err := files.MkdirAll("/etc/app", 0o755); err != nil {
		fmt.Println(err)
	}
	if err := afero.WriteFile(files, "/etc/app/config", []byte("color = blue\n"), 0o644); err != nil {
		fmt.Println(err)
	}
	data, err := afero.ReadFile(files, "etc/app/config")
	fmt.Printf("%s%v\n", data, err)

	// It is as strict as a disk.
	_, err = files.Create("/var/log/app")
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	fmt.Println(errors.Is(files.Remove("/etc"), fs.ErrExist)) // not empty
	// Output:
	// color = blue
	// <nil>
	// true
	// true
}

func ExampleFs_Link() {
	files := memfallback.New(memfallback.WithUmask(0o022))
	if err := afero.WriteFile(files, "a", []byte("one file"), 0o644); err != nil {
		fmt.Println(err)
	}
	if err := files.Link("a", "b"); err != nil {
		fmt.Println(err)
	}
	if err := files.Remove("a"); err != nil {
		fmt.Println(err)
	}
	data, err := afero.ReadFile(files, "b")
	fmt.Println(string(data), err)
	// Output: one file <nil>
}

func ExampleWithUser() {
	// A test that runs as root in a container sees what a user would see.
	files := memfallback.New(memfallback.WithUser(1000, 1000))
	if err := afero.WriteFile(files, "secret", []byte("x"), 0o200); err != nil {
		fmt.Println(err)
	}
	_, err := files.Open("secret")
	fmt.Println(errors.Is(err, fs.ErrPermission))
	fmt.Println(errors.Is(files.Chown("secret", 0, 0), os.ErrPermission))
	// Output:
	// true
	// true
}

func ExampleWithClock() {
	now := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	files := memfallback.New(memfallback.WithClock(func() time.Time { return now }))
	if err := files.Mkdir("d", 0o755); err != nil {
		fmt.Println(err)
	}
	now = now.Add(time.Hour)
	if _, err := files.Create("d/f"); err != nil {
		fmt.Println(err)
	}
	info, err := files.Stat("d")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(info.ModTime().UTC())
	// Output: 2024-02-29 13:00:00 +0000 UTC
}

// A fixture is built once, and each test gets a copy that it may change.
func ExampleFs_Clone() {
	fixture := memfallback.New()
	if err := afero.WriteFile(fixture, "config", []byte("color = blue"), 0o644); err != nil {
		fmt.Println(err)
	}
	for _, test := range []string{"first", "second"} {
		files, err := fixture.Clone()
		if err != nil {
			fmt.Println(err)
			return
		}
		if err = afero.WriteFile(files, test, nil, 0o644); err != nil {
			fmt.Println(err)
		}
		names, err := afero.Glob(files, "*")
		fmt.Println(names, err)
	}
	// Output:
	// [config first] <nil>
	// [config second] <nil>
}

// What does not fit in 1 KiB goes to a file; here that is one of another tree, which could be full, or on a disk.
func ExampleSpillTo() {
	disk := memfallback.NewTree()
	files := memfallback.New(memfallback.SpillTo(1<<10, func() (memfallback.Handle, error) {
		fmt.Println("now there is a file")
		h, errno := disk.OpenUnnamed("/", os.O_RDWR, 0o600, false)
		if errno != 0 {
			return nil, errno
		}
		return h, nil
	}))
	for name, size := range map[string]int{"small": 100, "large": 100_000} {
		if err := afero.WriteFile(files, name, make([]byte, size), 0o644); err != nil {
			fmt.Println(err)
		}
	}
	if err := files.Release(); err != nil {
		fmt.Println(err)
	}
	// Output: now there is a file
}
