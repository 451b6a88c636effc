package tempfs

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

const (
	// maxListed bounds the lines of a listing, maxCounted the entries that it looks at.
	maxListed  = 100
	maxCounted = 10_000
)

// listing has a line for each entry below the root of the Fs, sorted by name, directories before what is in them: mode, size of a file, name, and what a
// link leads to.
func listing(f *Fs) string {
	var (
		from    = virtualSource{Fs: f}
		lines   []string
		entries = -1 // the root is none
		pending = []string{"/"}
	)
	for len(pending) > 0 && entries < maxCounted {
		name := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		info, err := from.lstat(name, nil)
		var inside []fs.DirEntry
		if err == nil && info.IsDir() {
			inside, err = from.readDir(name, info)
		}
		for _, e := range slices.Backward(inside) {
			pending = append(pending, childName(name, e.Name()))
		}
		if entries++; entries > 0 && entries <= maxListed || name == "/" && err != nil {
			lines = append(lines, from.line(name, info, err))
		}
	}
	switch {
	case len(pending) > 0:
		lines = append(lines, fmt.Sprintf("  ... and more than %d more", entries-maxListed))
	case entries > maxListed:
		lines = append(lines, fmt.Sprintf("  ... and %d more", entries-maxListed))
	}
	return strings.Join(lines, "\n")
}

// line is that of a listing for an entry. info may be nil if there was an error.
func (s virtualSource) line(name string, info fs.FileInfo, err error) string {
	mode, size, note := "?", "", ""
	if info != nil {
		mode = info.Mode().String()
		switch {
		case info.Mode().IsRegular():
			size = strconv.FormatInt(info.Size(), 10)
		case info.Mode().Type() == fs.ModeSymlink:
			var target string
			target, err = s.readLink(name, info)
			note = " -> " + printable(target)
		}
	}
	if err != nil {
		note = ": " + causeOf(err).Error()
	}
	return fmt.Sprintf("  %-11s%10s %s%s", mode, size, printable(name), note)
}

// printable quotes a name that would not be one line, or not be read as it is.
func printable(name string) string {
	if quoted := strconv.Quote(name); quoted[1:len(quoted)-1] != name {
		return quoted
	}
	return name
}
