package main

import (
	"os"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

// source is the site of testdata.
func source(tb testing.TB) fixture.Tree {
	tb.Helper()
	text, err := os.ReadFile("testdata/site.txtar")
	require.NoError(tb, err)
	tree, _, err := fixture.ParseTxtar(text)
	require.NoError(tb, err)
	return tree
}

// publicOf is what a site has built.
func publicOf(tb testing.TB, fsys afero.Fs) fixture.Tree {
	tb.Helper()
	tree, err := fixture.Read(fsys, fixture.In(public), fixture.WithModes())
	require.NoError(tb, err)
	return tree
}

// clone is a copy of a site, for a test of its own.
func clone(tb testing.TB, built *tempfs.Fs, opts ...tempfs.Option) *tempfs.Fs {
	tb.Helper()
	fsys, err := built.Clone(opts...)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, fsys.Release()) })
	return fsys
}

// edited is when the changes below are made: after all that is there, whatever the clock says.
var edited = time.Date(2100, 1, 2, 3, 4, 5, 0, time.UTC)

// edit gives a source another content.
func edit(t *testing.T, fsys afero.Fs, name, content string) {
	t.Helper()
	fixture.Build(t, fsys, fixture.Tree{name: fixture.File{Data: content, ModTime: edited}}, fixture.Overwrite())
}

// change is something that happens to a site that was built, and what the next build has to do.
type change struct {
	do      func(t *testing.T, fsys afero.Fs)
	written []string
	removed []string
}

const newPage = "---\ntitle: New\ndate: 2026-03-04\n---\nNews.\n"

var changes = map[string]change{
	"nothing": {do: func(*testing.T, afero.Fs) {}},
	"a page": {
		do:      func(t *testing.T, fsys afero.Fs) { edit(t, fsys, "content/about.txt", newPage) },
		written: []string{"index.html", "about.html"},
	},
	"a page more": {
		do:      func(t *testing.T, fsys afero.Fs) { edit(t, fsys, "content/a/b/c.txt", newPage) },
		written: []string{"index.html", "a/b/c.html"},
	},
	"a page less": {
		do:      func(t *testing.T, fsys afero.Fs) { require.NoError(t, fsys.Remove("content/about.txt")) },
		written: []string{"index.html"}, removed: []string{"public/about.html"},
	},
	"a directory less": {
		do:      func(t *testing.T, fsys afero.Fs) { require.NoError(t, fsys.RemoveAll("content/blog")) },
		written: []string{"index.html"}, removed: []string{"public/blog"},
	},
	"a page that moves": {
		do: func(t *testing.T, fsys afero.Fs) {
			require.NoError(t, fsys.Rename("content/about.txt", "content/we.txt"))
		},
		written: []string{"index.html", "we.html"}, removed: []string{"public/about.html"},
	},
	"the template of pages": {
		do:      func(t *testing.T, fsys afero.Fs) { edit(t, fsys, pageLayout, "{{ .Title }}") },
		written: []string{"index.html", "about.html", "blog/first.html", "blog/second.html"},
	},
	"the template of the list": {
		do:      func(t *testing.T, fsys afero.Fs) { edit(t, fsys, indexLayout, "{{ len . }}") },
		written: []string{"index.html"},
	},
	"what is static": {
		do:      func(t *testing.T, fsys afero.Fs) { edit(t, fsys, "static/css/main.css", "h1 { color: blue }") },
		written: []string{"index.html", "css/main.css"},
	},
	"a file where a directory was": {
		do: func(t *testing.T, fsys afero.Fs) {
			require.NoError(t, fsys.RemoveAll("static/css"))
			edit(t, fsys, "static/css", "none")
		},
		written: []string{"index.html", "css"}, removed: []string{"public/css"},
	},
	"what is built, by somebody": {
		do:      func(t *testing.T, fsys afero.Fs) { edit(t, fsys, "public/about.html", "defaced") },
		written: []string{"index.html", "about.html"},
	},
	"strangers in public": {
		do: func(t *testing.T, fsys afero.Fs) {
			fixture.Build(t, fsys, fixture.Tree{"public/.site-1": "half a p", "public/old/": nil, "public/link": fixture.Link("../content")})
		},
		written: []string{"index.html"}, removed: []string{"public/.site-1", "public/link", "public/old"},
	},
	"public is gone": {
		do:      func(t *testing.T, fsys afero.Fs) { require.NoError(t, fsys.RemoveAll(public)) },
		written: []string{"index.html", "about.html", "blog/first.html", "blog/second.html", "css/main.css"},
	},
}

// TestBuildAfterAChange writes what has changed alone, and leaves what a build of everything leaves.
func TestBuildAfterAChange(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, built *tempfs.Fs) {
		fixture.Build(t, built, source(t))
		_, err := build(built, false)
		require.NoError(t, err)
		for name, c := range changes {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				fsys := clone(t, built)
				c.do(t, fsys)
				done, err := build(fsys, false)
				require.NoError(t, err)
				require.Equal(t, c.written, done.written)
				require.Equal(t, c.removed, done.removed)
				fixture.Assert(t, fsys, fromScratch(t, fsys), fixture.In(public))
			})
		}
	})
}

// fromScratch is what public would be if everything were built.
func fromScratch(tb testing.TB, fsys *tempfs.Fs) fixture.Tree {
	tb.Helper()
	other := clone(tb, fsys)
	_, err := build(other, true)
	require.NoError(tb, err)
	return publicOf(tb, other)
}

// TestWrongSourcesBuildNothing, and are named.
func TestWrongSourcesBuildNothing(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, built *tempfs.Fs) {
		fixture.Build(t, built, source(t))
		_, err := build(built, false)
		require.NoError(t, err)
		for name, c := range map[string]struct {
			wrong fixture.Tree
			says  []string
		}{
			"no front matter":   {fixture.Tree{"content/a.txt": "Hello.\n"}, []string{"content/a.txt", "front matter"}},
			"without an end":    {fixture.Tree{"content/a.txt": "---\ntitle: A\nHello.\n"}, []string{"content/a.txt", "front matter"}},
			"no title":          {fixture.Tree{"content/a.txt": "---\ndate: 2026-01-02\n---\n"}, []string{"content/a.txt", "no title"}},
			"no date":           {fixture.Tree{"content/a.txt": "---\ntitle: A\ndate: soon\n---\n"}, []string{"content/a.txt", `"soon"`}},
			"unknown matter":    {fixture.Tree{"content/a.txt": "---\ntitle: A\ncolour: red\n---\n"}, []string{"content/a.txt", "colour"}},
			"no page":           {fixture.Tree{"content/a.png": "\x89PNG"}, []string{"content/a.png", ".txt"}},
			"two for one":       {fixture.Tree{"static/about.html": "x"}, []string{"content/about.txt", "static/about.html"}},
			"one for the list":  {fixture.Tree{"content/index.txt": newPage}, []string{"layout/index.html", "content/index.txt"}},
			"a link":            {fixture.Tree{"static/passwords": fixture.Link("/etc/passwd")}, []string{"static/passwords"}},
			"a broken template": {fixture.Tree{pageLayout: fixture.File{Data: "{{ .Title", ModTime: edited}}, []string{"page.html"}},
			"a template that asks for what is not there": {fixture.Tree{indexLayout: fixture.File{Data: "{{ .Colour }}", ModTime: edited}}, []string{"index.html", "Colour"}},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				fsys := clone(t, built)
				fixture.Build(t, fsys, c.wrong, fixture.Overwrite())
				_, err := build(fsys, false)
				require.Error(t, err)
				for _, part := range c.says {
					require.ErrorContains(t, err, part)
				}
				if name != "a broken template" { // the list does not need it
					fixture.Assert(t, fsys, publicOf(t, built), fixture.In(public))
				}
			})
		}
	})
}
