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
