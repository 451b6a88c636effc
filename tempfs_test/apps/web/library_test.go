package web

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs/fixture"
	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// TestLibrary has the packages of the standard library that take an fs.FS do what they do.
func TestLibrary(t *testing.T) {
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		fsys := build(t, on, site())
		checks := on.Checks(t)
		checks.Check("fstest.TestFS", func() error {
			return fstest.TestFS(fsys, "index.html", "notes/50%#ü.txt", "deep/er/and/deeper.go")
		})
		checks.Check("fs.WalkDir, fs.Glob and fs.Sub", func() error { return lookAround(fsys) })
		checks.Check("http.FileServerFS", func() error { return get(fsys, "/photo.txt", photo) })
		checks.Check("template.ParseFS", func() error { return render(fsys) })
		checks.Check("zip.AddFS and back", func() error { return throughZip(fsys, site()) })
		checks.Check("tar.AddFS and back", func() error { return throughTar(fsys, site()) })
		checks.Check("os.CopyFS and back", func() error { return throughHost(t.TempDir(), fsys, site()) })
		checks.Record("fstest, http.FileServer, template, zip.AddFS, CopyFS")
	})
}

// TestLibraryKeepsLinks with what copies a tree: a link is copied as it is, whatever it leads to. zip.AddFS refuses them, on every fs.FS.
func TestLibraryKeepsLinks(t *testing.T) {
	links := map[string]string{
		"current":         "releases/v1",
		"releases/latest": "v1/run",
		"dangling":        "no/where",
		"climbs":          "../../etc/passwd",
		"absolute":        "/releases/v1",
	}
	files := fixture.Tree{"releases/v1/run": "1"}
	want := maps.Clone(files)
	for name, target := range links {
		want[name] = fixture.Link(target)
	}
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		fsys := build(t, on, files)
		checks := on.Checks(t)
		checks.Check("making them", func() error {
			var failed error
			for name, target := range links {
				failed = errors.Join(failed, symlink(on.Fs, target, name))
			}
			return failed
		})
		checks.Check("fs.ReadFile through one", func() error {
			content, err := fs.ReadFile(fsys, "current/run")
			return errors.Join(err, differ("content", string(content), "1"))
		})
		checks.Check("fs.ReadLink", func() error {
			target, err := fs.ReadLink(fsys, "climbs")
			return errors.Join(err, differ("target", target, "../../etc/passwd"))
		})
		checks.Check("tar.AddFS and back", func() error { return throughTar(fsys, want) })
		checks.Check("os.CopyFS and back", func() error { return throughHost(t.TempDir(), fsys, want) })
		checks.Record("links: fs.ReadLink, tar.AddFS, CopyFS")
		if on.Ours != nil {
			if err := zip.NewWriter(io.Discard).AddFS(fsys); err == nil {
				t.Error("zip.AddFS takes links now: it belongs among the checks")
			}
		}
	})
}

func lookAround(fsys fs.FS) error {
	var walked []string
	err := fs.WalkDir(fsys, "deep", func(name string, _ fs.DirEntry, err error) error {
		walked = append(walked, name)
		return err
	})
	names, failed := fs.Glob(fsys, "pages/*/*.html")
	sub, noSub := fs.Sub(fsys, "deep/er")
	if err = errors.Join(err, failed, noSub); err != nil {
		return err
	}
	content, err := fs.ReadFile(sub, "and/deeper.go")
	return errors.Join(err,
		differ("walked", walked, []string{"deep", "deep/er", "deep/er/and", "deep/er/and/deeper.go"}),
		differ("found", names, []string{"pages/blog/entry.html"}),
		differ("content", string(content), "package deeper\n"))
}

func render(fsys fs.FS) error {
	pages, err := template.ParseFS(fsys, "pages/*.html", "pages/*/*.html")
	if err != nil {
		return err
	}
	var out strings.Builder
	err = pages.ExecuteTemplate(&out, "base", "1 < 2")
	return errors.Join(err, differ("rendered", out.String(), "<main><p>1 &lt; 2</p></main>"))
}

// throughZip reads what was written as an fs.FS, which a *zip.Reader is.
func throughZip(fsys fs.FS, want fixture.Tree) error {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	if err := errors.Join(w.AddFS(fsys), w.Close()); err != nil {
		return err
	}
	r, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	if err != nil {
		return err
	}
	got, err := fixture.FromFS(r)
	info, missing := fs.Stat(r, "index.html")
	if err = errors.Join(err, missing); err != nil {
		return err
	}
	return errors.Join(same(got, withoutTimes(want)), differ("modified", info.ModTime().UTC(), written))
}

func throughTar(fsys fs.FS, want fixture.Tree) error {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	if err := errors.Join(w.AddFS(fsys), w.Close()); err != nil {
		return err
	}
	got := fixture.Tree{}
	for r := tar.NewReader(&archive); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return same(got, want)
		}
		if err != nil {
			return err
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		switch header.Typeflag {
		case tar.TypeDir:
			got[header.Name] = nil
		case tar.TypeSymlink:
			got[header.Name] = fixture.Link(header.Linkname)
		default:
			got[header.Name] = fixture.File{Data: content, ModTime: header.ModTime}
		}
	}
}

func throughHost(dir string, fsys fs.FS, want fixture.Tree) error {
	if err := os.CopyFS(dir, fsys); err != nil {
		return err
	}
	got, err := fixture.FromFS(os.DirFS(dir))
	return errors.Join(err, same(got, withoutTimes(want))) // which CopyFS does not copy
}

func withoutTimes(tree fixture.Tree) fixture.Tree {
	for name, entry := range tree {
		if file, isFile := entry.(fixture.File); isFile {
			file.ModTime = time.Time{}
			tree[name] = file
		}
	}
	return tree
}

func symlink(fsys afero.Fs, target, name string) error {
	linker, isLinker := fsys.(afero.Linker)
	if !isLinker {
		return afero.ErrNoSymlink
	}
	return linker.SymlinkIfPossible(target, name)
}
