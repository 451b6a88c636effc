package tempfs

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"sync"
	"syscall"

	"github.com/spf13/afero"
)

// NamedFile is a temporary file that others can open by its name. It is removed when it is closed, unless [KeepOnClose] or [KeepFile] says otherwise.
//
// What is removed is the file that was made: when somebody has removed it before, nothing is to be done, and what has taken its name
// stays and is reported as [ErrReplaced]. Any number of goroutines may use it at once.
type NamedFile struct {
	afero.File // Name is the path in the Fs, or on the host

	file  *file
	place place
	base  string
	info  fs.FileInfo

	keepOnClose bool

	mu      sync.Mutex
	removed bool    // guarded by mu; or not to be removed
	held    fs.File // guarded by mu; see hold
}

var (
	_ io.ReaderFrom = (*NamedFile)(nil)
	_ io.WriterTo   = (*NamedFile)(nil)
	_ syscall.Conn  = (*NamedFile)(nil)
)

// NamedTemporaryFile makes a new file in the host's temp directory and opens it for reading and writing. Its Name is its path on the host; its mode is exactly 0600
// unless [Perm] says otherwise.
//
// Errors are those of [New] for a directory that cannot be used, a *fs.PathError of opening the file, and fs.ErrInvalid for a bad option. It mirrors Python's tempfile.NamedTemporaryFile.
func NamedTemporaryFile(opts ...FileOption) (*NamedFile, error) {
	return makeNamed(opts, placeOnHost)
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
	return &NamedFile{
		File: made, file: made, place: p, base: base, info: info,
		keepOnClose: c.keepOnClose, removed: c.keepFile,
	}, nil
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
		n.hold()
		return n.File.Close()
	}
	return both(n.end())
}

// Release closes the file if it is open and removes it, [KeepOnClose] or not; with [KeepFile] it stays. It does nothing when called again; after a
// failure it goes on.
func (n *NamedFile) Release() error {
	closed, removed := n.end()
	if errors.Is(closed, fs.ErrClosed) {
		closed = nil
	}
	return both(closed, removed)
}

// both leaves an error that is alone as it is, a *fs.PathError.
func both(closed, removed error) error {
	if closed == nil || removed == nil {
		return cmp.Or(closed, removed)
	}
	return errors.Join(closed, removed)
}

// hold keeps the file open between Close and Release, so that no other gets its inode number and passes for it. It is open for reading
// alone: a program that is open for writing cannot be run, see execve(2). A file that nobody may read is not held.
func (n *NamedFile) hold() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.removed || n.held != nil || !removesOpenFiles || !n.place.enter() {
		return
	}
	defer n.place.leave()
	there, errno := n.place.lstat(n.base)
	if errno != 0 || !SameFile(there, n.info) {
		n.removed = errno == syscall.ENOENT // what takes the name from now on is no concern of ours
		return
	}
	f, err := n.place.reopen(n.base)
	if err != nil {
		return
	}
	if opened, err := f.Stat(); err != nil || !SameFile(opened, n.info) {
		_ = f.Close()
		return
	}
	n.held = f
}

// end removes first where that is possible: as long as the file is open no other has its inode number.
func (n *NamedFile) end() (closed, removed error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if removesOpenFiles {
		removed = n.removeLocked()
		return n.File.Close(), removed
	}
	closed = n.File.Close()
	return closed, n.removeLocked()
}

func (n *NamedFile) removeLocked() error {
	if n.removed || !n.place.enter() { // a released Fs has nothing left
		return nil
	}
	defer n.place.leave()
	defer func() {
		if n.removed && n.held != nil {
			_ = n.held.Close()
		}
	}()
	replaced, errno := removeSame(n.place, n.base, n.info)
	n.removed = errno == 0
	if replaced {
		return pathError(opRemove, n.Name(), ErrReplaced)
	}
	return pathErrno(opRemove, n.Name(), errno)
}
