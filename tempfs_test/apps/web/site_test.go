package web

import (
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs/fixture"
	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// written is when the files of a site were, in whole seconds, as HTTP has them.
var written = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// photo is more than the budget of the backend that spills, and no two parts of it are alike.
var photo = func() string {
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "%05d\n", i)
	}
	return b.String()
}()

// site is a tree without links, which every filesystem holds.
func site() fixture.Tree {
	return fixture.Tree{
		"index.html":            fixture.File{Data: "<h1>hello</h1>\n", ModTime: written},
		"style.css":             fixture.File{Data: "h1 { color: teal }\n", ModTime: written},
		"photo.txt":             fixture.File{Data: photo, ModTime: written},
		"notes/a.txt":           "a",
		"notes/b & c.txt":       "b",
		"notes/50%#ü.txt":       "c",
		"notes/empty.txt":       "",
		"pages/base.html":       `{{define "base"}}<main>{{template "content" .}}</main>{{end}}`,
		"pages/blog/entry.html": `{{define "content"}}<p>{{.}}</p>{{end}}`,
		"deep/er/and/deeper.go": "package deeper\n",
	}
}

// build fills the ground, and is it as package io/fs sees it. The names are relative, since a MemMapFs takes "a" and "/a" for two files and io/fs knows the first alone.
func build(t *testing.T, on *trial.Ground, tree fixture.Tree) fs.FS {
	t.Helper()
	fixture.Build(t, on.Fs, tree, fixture.In("."))
	return view(on)
}

func view(on *trial.Ground) fs.FS {
	if on.Ours != nil {
		return on.Ours.IOFS()
	}
	return afero.NewIOFS(on.Fs)
}

// differ is an error if got is not what was wanted.
func differ(what string, got, want any) error {
	if reflect.DeepEqual(got, want) {
		return nil
	}
	return fmt.Errorf("%s: %q, and not %q", what, fmt.Sprint(got), fmt.Sprint(want))
}

// same compares a tree that was read with the one that was written.
func same(got, want fixture.Tree) error {
	if diff := fixture.Diff(want, got); diff != "" {
		return fmt.Errorf("what came back differs:\n%s", diff)
	}
	return nil
}
