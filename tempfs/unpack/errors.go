package unpack

import (
	"archive/tar"
	"archive/zip"
	"compress/bzip2"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
)

// What an archive is refused for. Each is found by [errors.Is] in the [*Error] that [Into] returns.
var (
	ErrFormat     = errors.New("not a sound archive")                       // unknown, or it contradicts itself: a checksum, a size, parts that overlap, something behind its end
	ErrTruncated  = errors.New("archive cut short")                         // it ends before its end
	ErrEncrypted  = errors.New("encrypted")                                 // an entry of a zip
	ErrUnsafePath = errors.New("unsafe name")                               // absolute, climbing, of a drive, with a backslash or a NUL, empty, or below what is no directory
	ErrUnsafeLink = errors.New("unsafe link")                               // a symbolic link that leads outside, or a hard link to no file of the archive
	ErrSpecial    = errors.New("neither file nor directory nor link")       // a device, a FIFO, a socket, or a kind that is not known
	ErrDuplicate  = errors.New("duplicate name")                            // an entry of that name was there already, or of one that differs only by case
	ErrTooLarge   = errors.New("too large")                                 // more bytes than Limits allow: all together, of one file, or of the archive
	ErrTooMany    = errors.New("too many entries")                          // more than Limits.Entries
	ErrTooDeep    = errors.New("name too long")                             // more components, or bytes, than Limits allow
	ErrRatio      = fmt.Errorf("%w: compressed beyond belief", ErrTooLarge) // more bytes for each compressed one than Limits.Ratio; it is ErrTooLarge, too
)

// Error is a failure with the entry that it came with.
type Error struct {
	Name   string // of the entry, as the archive has it; "" where it was none
	Reason string // what is wrong with it, beyond what Err says; may be empty
	Err    error  // one of the errors of this package, or that of the Fs, the reader or the context
}

// Error quotes the name, so that it is safe to print, and cuts it if it is long. It shows no name that is ours alone, such as that of the directory in which unpacking is done.
func (e *Error) Error() string {
	text := "unpack: "
	if e.Name != "" {
		text += "entry " + quoted(e.Name) + ": "
	}
	text += cause(e.Err)
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// cause is the text of err without the names that package os puts around it.
func cause(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Op + ": " + path.Err.Error()
	case errors.As(err, &link):
		return link.Op + ": " + link.Err.Error()
	}
	return err.Error()
}

// quoted is s as a Go string of a bearable length.
func quoted(s string) string {
	const most = 200
	if len(s) > most {
		return strconv.Quote(s[:most]) + "..."
	}
	return strconv.Quote(s)
}

// refuse is an error about the archive, or about an entry whose name is added later.
func refuse(err error, format string, args ...any) error {
	return &Error{Reason: fmt.Sprintf(format, args...), Err: err}
}

// named says that err came with the entry of that name.
func named(name string, err error) error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &e):
		return &Error{Name: name, Err: err}
	case e.Name == "":
		return &Error{Name: name, Reason: e.Reason, Err: e.Err}
	}
	return err
}

// unsound says what an error of a decoder means here: the archive is cut short or broken. Other errors stay.
func unsound(err error) error {
	var e *Error
	var corrupt flate.CorruptInputError
	var structural bzip2.StructuralError
	switch {
	case errors.As(err, &e):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Err: ErrTruncated}
	case errors.Is(err, tar.ErrHeader), errors.Is(err, tar.ErrFieldTooLong), errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrAlgorithm),
		errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt), errors.As(err, &structural):
		return &Error{Reason: err.Error(), Err: ErrFormat}
	}
	return err
}
