package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/spf13/afero"
)

// limits bound what an archive may come to. Its own numbers are not believed: entries and bytes are counted as they come.
type limits struct{ entries, bytes int64 }

var defaultLimits = limits{entries: 100_000, bytes: 256 << 20}

var errTooMany, errTooLarge = errors.New("too many entries"), errors.New("too many bytes")

// unpacked tells what became of an archive.
type unpacked struct {
	kind    kind
	size    int64    // of the archive
	skipped []string // links and special files, each with what it is
}

// unpackFile unpacks the archive at path, on the host, into an empty fsys. A name that is absolute or climbs, a name that comes twice and whatever
// is broken are errors; links, devices and the like are skipped.
func unpackFile(fsys afero.Fs, path string, l limits) (unpacked, error) {
	f, size, err := openArchive(path)
	if err != nil {
		return unpacked{}, err
	}
	defer func() { _ = f.Close() }() // it was read only
	k, err := kindOf(f)
	if err != nil {
		return unpacked{}, err
	}
	x := &extraction{fs: fsys, left: l}
	if k == kindZip {
		err = x.zip(f, size)
	} else {
		err = x.tarGz(f, l)
	}
	return unpacked{kind: k, size: size, skipped: x.skipped}, err
}

// extraction is under way.
type extraction struct {
	fs      afero.Fs
	left    limits
	skipped []string
}

func (x *extraction) zip(f io.ReaderAt, size int64) error {
	r, err := zip.NewReader(f, size)
	if err != nil {
		return err
	}
	for _, entry := range r.File {
		err := x.entry(entry.Name, entry.Mode(), func() (io.ReadCloser, error) { return entry.Open() })
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *extraction) tarGz(f io.Reader, l limits) error {
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return broken(err)
	}
	// What is skipped has bytes to read too, hence a limit on the stream. Sparse files unfold, hence the one on what is written.
	stream := &limited{unzipped, &l.bytes}
	r := tar.NewReader(stream)
	content := func() (io.ReadCloser, error) { return io.NopCloser(r), nil }
	var h *tar.Header
	for h, err = r.Next(); err == nil; h, err = r.Next() {
		if h.Typeflag == tar.TypeXGlobalHeader { // a note about the archive, of git for one
			continue
		}
		if err = x.entry(h.Name, tarMode(h), content); err != nil {
			return err
		}
	}
	if err == io.EOF {
		_, err = io.Copy(io.Discard, stream) // to the checksum, which comes last
	}
	return broken(err)
}

// tarMode marks what a FileInfo of package tar takes for a regular file: hard links, and kinds that nobody knows.
func tarMode(h *tar.Header) fs.FileMode {
	mode := h.FileInfo().Mode()
	if mode.IsRegular() && h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeGNUSparse {
		mode |= fs.ModeIrregular
	}
	return mode
}

// entry makes one file or directory.
func (x *extraction) entry(name string, mode fs.FileMode, open func() (io.ReadCloser, error)) error {
	if x.left.entries--; x.left.entries < 0 {
		return errTooMany
	}
	clean, err := safeName(name)
	if err != nil {
		return err
	}
	switch {
	case mode.IsDir():
		err = x.fs.MkdirAll(clean, 0o755)
	case mode.IsRegular():
		err = x.file(clean, mode, open)
	default:
		x.skipped = append(x.skipped, fmt.Sprintf("%s (%s)", name, typeName(mode)))
		return nil
	}
	if err != nil {
		return fmt.Errorf("entry %q: %w", name, broken(reason(err)))
	}
	return nil
}

func (x *extraction) file(name string, mode fs.FileMode, open func() (io.ReadCloser, error)) (err error) {
	if err = x.fs.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	content, err := open()
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	// O_EXCL: an entry never writes over another one. Of the mode, the permission to run it is kept.
	out, err := x.fs.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644|mode&0o111)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, &limited{content, &x.left.bytes})
	if closed := out.Close(); err == nil {
		err = closed
	}
	return err
}

// safeName returns the name as a path in the Fs, or an error for one that does not say plainly where it belongs. The Fs would keep it inside
// anyhow; a file that was meant for elsewhere should not turn up here either.
func safeName(name string) (string, error) {
	refuse := func(why string) (string, error) { return "", fmt.Errorf("entry %q: %s", name, why) }
	switch {
	case name == "":
		return refuse("no name")
	case strings.HasPrefix(name, "/"):
		return refuse("absolute name")
	case strings.Contains(name, `\`):
		return refuse("backslash in the name")
	case len(name) > 1 && name[1] == ':':
		return refuse("drive in the name")
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return refuse("name with ..")
		}
	}
	return path.Clean(name), nil
}

// limited reads until left is used up, and fails then: an io.LimitReader would cut.
type limited struct {
	r    io.Reader
	left *int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if *l.left -= int64(n); *l.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// broken says what an unexpected end means here.
func broken(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
		return errors.New("the archive is cut short")
	}
	return err
}

func typeName(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeIrregular != 0:
		return "a hard link, or a kind unknown"
	}
	return "a special file"
}
