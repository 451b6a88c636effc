package tempfs

import (
	"cmp"
	"errors"
	"io"
	"syscall"

	"github.com/spf13/afero"
)

// NamedFile is a temporary file that others can open by its name. It is removed when it is closed, unless [KeepOnClose] or [KeepFile] says otherwise.
//
// What is removed is the file that was made: when somebody has removed it before, nothing is to be done, and what has taken its name
// stays and is reported as [ErrReplaced]. Any number of goroutines may use it at once.
type NamedFile struct {
	afero.File // Name is the path in the Fs, or on the host

	file        *file
	entry       *namedEntry
	keepOnClose bool
}

var (
	_ io.ReaderFrom = (*NamedFile)(nil)
	_ io.WriterTo   = (*NamedFile)(nil)
	_ syscall.Conn  = (*NamedFile)(nil)
)

// NamedTemporaryFile makes a new file in the host's temp directory and opens it for reading and writing. Its Name is its path on the host; its mode is exactly 0600
// unless [Perm] says otherwise. A file that is to go and that everybody forgot goes with the garbage, or with [ReleaseAll]; do not count on the former.
//
// Errors are those of [New] for a directory that cannot be used, a *fs.PathError of opening the file, and fs.ErrInvalid for a bad option. It mirrors Python's tempfile.NamedTemporaryFile.
func NamedTemporaryFile(opts ...FileOption) (*NamedFile, error) {
	n, err := makeNamed(opts, placeOnHost)
	if err != nil {
		return nil, err
	}
	n.entry.register(n.file)
	return n, nil
}

// NamedTemporaryFile is the function [NamedTemporaryFile] in a directory of the Fs, its root unless [In] names another. Its Name is absolute. The file ends with
// the Fs, whatever it is to outlive.
func (f *Fs) NamedTemporaryFile(opts ...FileOption) (*NamedFile, error) {
	return makeNamed(opts, f.placeIn)
}

func makeNamed(opts []FileOption, placeOf func(*fileConfig) (place, error)) (*NamedFile, error) {
	c, p, err := readOptions(opts, placeOf)
	if err != nil {
		return nil, err
	}
	made, base, info, err := newNamed(p, c)
	if err != nil {
		return nil, err
	}
	entry := &namedEntry{place: p, base: base, born: info, removed: c.keepFile}
	return &NamedFile{File: made, file: made, entry: entry, keepOnClose: c.keepOnClose}, nil
}

// ReadFrom copies r to the file until its end. [io.Copy] uses it.
func (n *NamedFile) ReadFrom(r io.Reader) (int64, error) { return n.file.ReadFrom(r) }

// WriteTo copies the rest of the file to w. [io.Copy] uses it.
func (n *NamedFile) WriteTo(w io.Writer) (int64, error) { return n.file.WriteTo(w) }

// SyscallConn returns the descriptor of the file, which whoever holds it may use until the file is closed. In an Fs in memory there is
// none: errors.ErrUnsupported by [errors.Is]. It mirrors os.File.SyscallConn.
func (n *NamedFile) SyscallConn() (syscall.RawConn, error) { return n.file.SyscallConn() }

// Close closes the file and removes it, also when closing fails. Called again it is fs.ErrClosed.
func (n *NamedFile) Close() error {
	if n.keepOnClose {
		n.entry.hold()
		return n.File.Close()
	}
	return both(n.entry.end(n.File.Close))
}

// Release closes the file if it is open and removes it, [KeepOnClose] or not; with [KeepFile] it stays. It does nothing when called again; after a
// failure it goes on.
func (n *NamedFile) Release() error { return n.entry.finish(n.File.Close) }

// both leaves an error that is alone as it is, a *fs.PathError.
func both(closed, removed error) error {
	if closed == nil || removed == nil {
		return cmp.Or(closed, removed)
	}
	return errors.Join(closed, removed)
}
