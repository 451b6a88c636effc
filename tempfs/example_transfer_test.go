package tempfs_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing/fstest"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
)

// The fixture of a test may be a MapFS, an embed.FS, an archive, a directory of the host.
func ExampleFs_Import() {
	fixture := fstest.MapFS{
		"site/index.html": {Data: []byte("<h1>hello</h1>")},
		"bin/serve":       {Data: []byte("#!/bin/sh\n"), Mode: 0o755},
		"current":         {Data: []byte("site"), Mode: fs.ModeSymlink},
	}
	err := tempfs.With(func(fsys *tempfs.Fs) error {
		if err := fsys.Import(fixture, "/srv"); err != nil {
			return err
		}
		page, err := afero.ReadFile(fsys, "/srv/current/index.html")
		fmt.Printf("%s\n", page)

		again := fsys.Import(fixture, "/srv") // it overwrites nothing
		fmt.Println(errors.Is(again, fs.ErrExist))
		return err
	}, tempfs.InMemory())
	fmt.Println(err)
	// Output:
	// <h1>hello</h1>
	// true
	// <nil>
}

// A txtar archive, as golang.org/x/tools/txtar has it, is an fs.FS after txtar.FS; this one takes the little that it needs.
func ExampleFs_Import_txtar() {
	archive := "-- go.mod --\nmodule m\n-- cmd/main.go --\npackage main\n"
	files := fstest.MapFS{}
	for part := range strings.SplitSeq(archive, "-- ") {
		if name, content, ok := strings.Cut(part, " --\n"); ok {
			files[name] = &fstest.MapFile{Data: []byte(content)}
		}
	}
	err := tempfs.With(func(fsys *tempfs.Fs) error {
		if err := fsys.Import(files, "/"); err != nil {
			return err
		}
		content, err := afero.ReadFile(fsys, "/cmd/main.go")
		fmt.Printf("%s", content)
		return err
	}, tempfs.InMemory())
	fmt.Println(err)
	// Output:
	// package main
	// <nil>
}

func ExampleFs_Export() {
	fsys, err := tempfs.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fsys.Release()
	_ = afero.WriteFile(fsys, "/app", []byte("an app"), 0o755)

	// Any afero.Fs will do: a bucket, a server, afero.NewOsFs() for a directory of the host.
	bucket := afero.NewMemMapFs()
	fmt.Println(fsys.Export(bucket, "releases/v1"))
	info, err := bucket.Stat("releases/v1/app")
	fmt.Println(info.Mode(), err)
	// Output:
	// <nil>
	// -rwxr-xr-x <nil>
}

// One tree is made once and each subtest changes a copy of it.
func ExampleFs_Clone() {
	err := tempfs.With(func(fsys *tempfs.Fs) error {
		if err := afero.WriteFile(fsys, "/config", []byte("port: 80"), 0o600); err != nil {
			return err
		}
		clone, err := fsys.Clone(tempfs.InMemory())
		if err != nil {
			return err
		}
		defer clone.Release()
		if err = clone.Remove("/config"); err != nil {
			return err
		}
		here, err := afero.Exists(fsys, "/config")
		fmt.Println(here, clone.Backend())
		return err
	})
	fmt.Println(err)
	// Output:
	// true memory
	// <nil>
}

func ExampleOnProgress() {
	ctx := context.Background() // of a request, say
	pages := fstest.MapFS{"a": {Data: []byte("first")}, "b": {Data: []byte("second")}}
	err := tempfs.With(func(fsys *tempfs.Fs) error {
		return fsys.Import(pages, "/in", tempfs.Context(ctx), tempfs.OnProgress(func(p tempfs.CopyProgress) {
			fmt.Println(p.Name, p.Entries, p.Bytes)
		}))
	}, tempfs.InMemory())
	fmt.Println(err)
	// Output:
	// /in/a 1 5
	// /in/b 2 11
	// <nil>
}
