package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// target is a file that is to be in public.
type target struct {
	path   string    // in public
	newest time.Time // of what it is made of: it bears that time itself
	render func() ([]byte, error)
}

// plan is what public is to hold.
type plan struct {
	source  fs.FS
	targets []target // the list of pages is the first
	pages   []string // their names in content
	sources map[string]string
}

const (
	pageLayout  = "layout/page.html"
	indexLayout = "layout/index.html"
)

// newPlan looks at all sources, and reads none.
func newPlan(source fs.FS) (*plan, error) {
	p := &plan{source: source, sources: map[string]string{}}
	layout, err := fs.Stat(source, pageLayout)
	if err != nil {
		return nil, err
	}
	index, err := fs.Stat(source, indexLayout)
	if err != nil {
		return nil, err
	}
	if err = p.add("index.html", indexLayout, index.ModTime(), p.index); err != nil {
		return nil, err
	}
	newest := index.ModTime()
	err = p.walk("content", func(name, path string, modified time.Time) error {
		stem, isPage := strings.CutSuffix(path, ".txt")
		if !isPage {
			return fmt.Errorf("%s: a page ends in .txt", name)
		}
		newest = later(newest, modified)
		p.pages = append(p.pages, name)
		render := func() ([]byte, error) { return p.page(name, stem+".html") }
		return p.add(stem+".html", name, later(modified, layout.ModTime()), render)
	})
	if err != nil {
		return nil, err
	}
	p.targets[0].newest = newest
	err = p.walk("static", func(name, path string, modified time.Time) error {
		return p.add(path, name, modified, func() ([]byte, error) { return fs.ReadFile(source, name) })
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return p, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// add takes a target that nothing else is to be.
func (p *plan) add(path, source string, newest time.Time, render func() ([]byte, error)) error {
	if other, ok := p.sources[path]; ok {
		return fmt.Errorf("%s and %s would both be %s", other, source, path)
	}
	p.sources[path] = source
	p.targets = append(p.targets, target{path, newest, render})
	return nil
}

// walk calls take for each file below a directory, in order; path is the name from there on.
func (p *plan) walk(dir string, take func(name, path string, modified time.Time) error) error {
	return fs.WalkDir(p.source, dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			return fmt.Errorf("%s: neither a file nor a directory", name)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return take(name, strings.TrimPrefix(name, dir+"/"), info.ModTime())
	})
}

// page renders a page.
func (p *plan) page(name, path string) ([]byte, error) {
	content, err := readPage(p.source, name, path)
	if err != nil {
		return nil, err
	}
	return p.execute(pageLayout, content)
}

// index renders the list of all pages, the latest first.
func (p *plan) index() ([]byte, error) {
	var pages []page
	for _, name := range p.pages {
		path := strings.TrimPrefix(strings.TrimSuffix(name, ".txt"), "content/") + ".html"
		read, err := readPage(p.source, name, path)
		if err != nil {
			return nil, err
		}
		pages = append(pages, read)
	}
	slices.SortStableFunc(pages, func(a, b page) int { return cmp.Compare(b.Date, a.Date) })
	return p.execute(indexLayout, pages)
}

func (p *plan) execute(layout string, data any) ([]byte, error) {
	parsed, err := template.ParseFS(p.source, layout)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
