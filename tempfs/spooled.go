package tempfs

import (
	"io"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/spf13/afero"
)

// SpooledFile is a temporary file without a name that is in memory as long as it is small, and then on disk. It behaves as one
// file: flags, offset, holes, mode and errors are the same before and after it moves. What tells is [SpooledFile.Rolled], and a FileInfo: of a file that
// has moved it has other times and is not [SameFile] with one from before.
//
// It moves before it would hold more than it may, so nothing that is larger is ever in memory. When it cannot move, because there is no temp directory or no space in it, the
// write, or whatever else made it move, fails and changes nothing: all that was accepted stays, and the next write tries again. The error is
// then a *fs.PathError of that operation, in which [errors.Is] and [errors.As] find the cause: ENOSPC, fs.ErrNotExist, a *locate.NotFoundError.
//
// Any number of goroutines may use it at once, also while it moves.
type SpooledFile struct {
	afero.File // Name is ""

	file  *file
	spool *spool
}

var (
	_ io.ReaderFrom = (*SpooledFile)(nil)
	_ io.WriterTo   = (*SpooledFile)(nil)
	_ syscall.Conn  = (*SpooledFile)(nil)
)

// SpooledTemporaryFile opens a new file that has no name, for reading and writing, and holds at most maxSize bytes of it in memory. A write or
// a Truncate that makes it larger first moves it to an unnamed file as [TemporaryFile] makes one, in the host's temp directory. With maxSize 0
// it moves only when it is told to, by [SpooledFile.Roll]; with a negative one it is on disk at once. Its mode is exactly 0600 unless [Perm] says otherwise.
//
// The directory is searched when the file moves. Errors are fs.ErrInvalid for a bad option and, for a negative maxSize, those of
// [New] for a directory that cannot be used. It mirrors Python's tempfile.SpooledTemporaryFile.
func SpooledTemporaryFile(maxSize int64, opts ...FileOption) (*SpooledFile, error) {
	c, err := newFileConfig(opts)
	if err != nil {
		return nil, err
	}
	if c.dir != "" { // as it is now: the working directory may be another when the file moves
		if c.dir, err = filepath.Abs(c.dir); err != nil {
			return nil, err
		}
	}
	return newSpooled(maxSize, c, hostPlace{}, func() (place, error) { return placeOnHost(c) })
}

// SpooledTemporaryFile is the function [SpooledTemporaryFile] for the Fs: the file moves to a directory of it, its root unless [In] names another, and
// ends with the Fs. The directory is looked at when the file moves. A file of an Fs in memory moves within memory.
func (f *Fs) SpooledTemporaryFile(maxSize int64, opts ...FileOption) (*SpooledFile, error) {
	c, p, err := readOptions(opts, f.placeIn)
	if err != nil {
		return nil, err
	}
	return newSpooled(maxSize, c, p, func() (place, error) { return p, nil })
}

// newSpooled makes a file of home that moves to the place which placeOf gives then.
func newSpooled(maxSize int64, c *fileConfig, home place, placeOf func() (place, error)) (*SpooledFile, error) {
	s, errno := newSpool(max(maxSize, 0), c.flag, c.perm, func() (handle, error) {
		p, err := placeOf()
		if err != nil {
			return nil, err
		}
		if !p.enter() {
			return nil, pathError(opOpen, p.path(""), fs.ErrClosed)
		}
		defer p.leave()
		h, err := openUnnamed(p, c)
		if err != nil {
			return nil, err
		}
		return bareHandle(h), nil // the hook is asked about the spooled file
	})
	if errno != 0 {
		return nil, pathError(opOpen, "", errno)
	}
	if maxSize < 0 {
		if err := s.begin(); err != nil {
			return nil, err
		}
	}
	made := home.newFile("", withHookOf(home, s, c.flag), c.flag)
	if made == nil {
		_ = s.Close()
		return nil, pathError(opOpen, home.path(""), fs.ErrClosed)
	}
	made.birth = newBirth(c, unnamed)
	return &SpooledFile{File: made, file: made, spool: s}, nil
}

// Roll moves the file to disk now, whatever its size; when it is there already it does nothing. It fails as a write does that makes the
// file move. It is Python's rollover.
func (s *SpooledFile) Roll() error {
	if err := s.file.check(opRoll); err != nil {
		return err
	}
	return s.file.result(opRoll, s.spool.roll())
}

// Rolled reports whether the file has moved to disk. It tells of a closed file how it was.
func (s *SpooledFile) Rolled() bool { return s.spool.isRolled() }

// ReadFrom copies r to the file until its end. [io.Copy] uses it.
func (s *SpooledFile) ReadFrom(r io.Reader) (int64, error) { return s.file.ReadFrom(r) }

// WriteTo copies the rest of the file to w. [io.Copy] uses it.
func (s *SpooledFile) WriteTo(w io.Writer) (int64, error) { return s.file.WriteTo(w) }

// SyscallConn moves the file to disk, as [SpooledFile.Roll] does, and returns its descriptor there, which whoever holds it may use
// until the file is closed. In an Fs in memory there is none: errors.ErrUnsupported by [errors.Is]. It is Python's fileno.
func (s *SpooledFile) SyscallConn() (syscall.RawConn, error) { return s.file.SyscallConn() }
