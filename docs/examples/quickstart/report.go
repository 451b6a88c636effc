package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/aferotemp/go/tempfs"
)

// report is what is told in the end, when no Fs is left.
type report struct {
	archive  string
	word     string
	outcomes []*outcome // disk, memory
}

// check wants the same of both backends.
func (r *report) check() error {
	first := r.outcomes[0]
	for _, o := range r.outcomes[1:] {
		if o.tree.hash != first.tree.hash || !bytes.Equal(o.result, first.result) {
			return fmt.Errorf("%s and %s differ: trees %s and %s", first.backend, o.backend, first.tree.hash, o.tree.hash)
		}
	}
	return nil
}

// gone wants a released directory to be away, and no Fs to be left in this process.
func gone(dir string) error {
	if left := tempfs.Live(); len(left) > 0 {
		return fmt.Errorf("not released: %v", left)
	}
	if dir == "" {
		return nil
	}
	_, err := os.Lstat(dir)
	switch {
	case err == nil:
		return fmt.Errorf("%s is still there", dir)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}

// Longer lists are cut.
const (
	maxTreeLines    = 12
	maxSkippedLines = 5
	maxResultLines  = 10
)

// print writes the report, and the result to a file of that name unless it is "".
func (r *report) print(w io.Writer, output string) error {
	first := r.outcomes[0]
	var p page
	p.line("archive", "%s (%s, %d bytes)", r.archive, first.unpacked.kind, first.unpacked.size)
	for _, o := range r.outcomes {
		p.line(o.backend, "%d files, %d directories, %d bytes", o.tree.files, o.tree.directories, o.tree.bytes)
		p.line("", "sha256 %s", o.tree.hash)
	}
	list(&p, "tree", maxTreeLines, first.tree.entries)
	list(&p, "skipped", maxSkippedLines, first.unpacked.skipped)
	p.line("search", "%q is in %d lines of %d files", r.word, first.found.lines, first.found.files)
	if first.found.rewritten != "" {
		p.line("rewritten", "%s", first.found.rewritten)
	}
	if output == "" {
		p.line("result", "%s, %d bytes", path.Base(resultName), len(first.result))
		list(&p, "", maxResultLines, strings.Split(strings.TrimSuffix(string(first.result), "\n"), "\n"))
	} else {
		if err := os.WriteFile(output, first.result, 0o666); err != nil {
			return err
		}
		p.line("result", "%d bytes, in %s", len(first.result), output)
	}
	for _, o := range r.outcomes {
		where := "nothing on the host"
		if o.dir != "" {
			where = o.dir + " is gone"
		}
		p.line("released", "%s: %s", o.backend, where)
	}
	p.line("live", "%d", len(tempfs.Live()))
	_, err := io.WriteString(w, p.String())
	return err
}

// page is text in two columns.
type page struct{ strings.Builder }

func (p *page) line(what, format string, args ...any) {
	fmt.Fprintf(&p.Builder, "%-9s %s\n", what, printable(fmt.Sprintf(format, args...)))
}

// list has a line for each of items, which are cut to most.
func list[T any](p *page, what string, most int, items []T) {
	for i, item := range items {
		if i == most {
			p.line("", "... and %d more", len(items)-i)
			return
		}
		p.line(what, "%v", item)
		what = ""
	}
}

// String indents the last part of the name by its depth.
func (e entry) String() string {
	indent := strings.Repeat("  ", strings.Count(e.name, "/")-1)
	if e.isDir {
		return indent + path.Base(e.name) + "/"
	}
	return fmt.Sprintf("%s%s  %d", indent, path.Base(e.name), e.size)
}
