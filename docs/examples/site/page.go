package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// page is what a template sees.
type page struct {
	Path       string // in public
	Title      string
	Date       string // "" or as in 2026-01-31
	Paragraphs []string
}

const fence = "---"

// readPage reads the page that is to become path.
func readPage(source fs.FS, name, path string) (page, error) {
	text, err := fs.ReadFile(source, name)
	if err != nil {
		return page{}, err
	}
	p := page{Path: path}
	if err := p.parse(string(text)); err != nil {
		return page{}, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// parse reads front matter and paragraphs.
func (p *page) parse(text string) error {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	matter, body, found := strings.Cut(text, "\n"+fence+"\n")
	matter, begun := strings.CutPrefix(matter, fence+"\n")
	if !begun || !found {
		return errors.New("it does not begin with front matter")
	}
	for line := range strings.SplitSeq(matter, "\n") {
		if err := p.set(line); err != nil {
			return err
		}
	}
	if p.Title == "" {
		return errors.New("it has no title")
	}
	for paragraph := range strings.SplitSeq(body, "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			p.Paragraphs = append(p.Paragraphs, paragraph)
		}
	}
	return nil
}

// set takes a line of the front matter.
func (p *page) set(line string) error {
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch key {
	case "title":
		p.Title = value
	case "date":
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return fmt.Errorf("%q is no date", value)
		}
		p.Date = value
	default:
		return fmt.Errorf("%q is no front matter", line)
	}
	return nil
}
