package unpack

import (
	"context"
	"io"
	"io/fs"
	"time"
)

// Entry is a member of an archive, as a [Walker] tells of it. All rules of this package are applied to it.
type Entry struct {
	Name     string      // with slashes; a directory may end in one
	Mode     fs.FileMode // the type, and permissions of which 0755 are kept
	ModTime  time.Time   // zero: that of unpacking
	Linkname string      // the target of a symbolic link; a regular file that has one is a hard link to the entry of that name

	// Open opens the content of a regular file; nil: it is empty. It is called and closed before the next entry is asked for.
	Open func() (io.ReadCloser, error)

	size   int64 // that the archive claims; 0 claims nothing
	sparse bool  // zeros are holes
}

// Walker reads an archive from r and calls yield for each entry, in order. An error of yield ends the walk: the walker returns it, or an error that wraps it.
// The reader is an io.ReaderAt and an io.Seeker if that of [Into] was.
type Walker func(ctx context.Context, r io.Reader, yield func(Entry) error) error

// isFile: it has content of its own, and is not left out.
func (e *Entry) isFile() bool { return e.Mode.Type() == 0 && e.Linkname == "" }

// kindOf is what Skip calls an entry, and 0 what it cannot leave out.
func (e *Entry) kindOf() Kind {
	switch kind := e.Mode.Type(); {
	case kind == fs.ModeSymlink:
		return SymbolicLinks
	case kind == 0 && e.Linkname != "":
		return HardLinks
	case kind == 0, kind == fs.ModeDir:
		return 0
	}
	return Specials
}
