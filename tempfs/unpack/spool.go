package unpack

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/afero"
)

// spooled is a zip that could be read only once, in a file of the Fs.
type spooled struct {
	*io.SectionReader
	file afero.File
}

// spoolZip copies an archive to a file, which loses its name at once where the Fs can do that with an open file.
func (x *extraction) spoolZip(from *source) (*spooled, error) {
	var file afero.File
	name, err := x.withFreeName(func(name string) (err error) {
		file, err = x.fs.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		return err
	})
	if err != nil {
		return nil, &Error{Reason: "in " + quoted(x.dir), Err: err}
	}
	s := &spooled{file: file}
	if x.fs.Remove(name) != nil {
		x.spool = name
	}
	size, err := x.spoolInto(file, from)
	if err != nil {
		return nil, joined(err, s.remove(x))
	}
	s.SectionReader = io.NewSectionReader(file, 0, size)
	return s, nil
}

// spoolInto copies as much as the source may have. Failures of the source are explained by that.
func (x *extraction) spoolInto(file afero.File, from *source) (size int64, err error) {
	for {
		n, ended := readPiece(from, x.worker.buffer)
		size += int64(n)
		if err := write(x.worker.buffer[:n], file.Write); err != nil {
			return size, &Error{Reason: "in " + quoted(x.dir), Err: err}
		}
		switch {
		case ended == io.EOF:
			return size, nil
		case ended != nil:
			return size, ended
		case x.ctx.Err() != nil:
			return size, &Error{Err: x.ctx.Err()}
		}
	}
}

// remove closes the file, and removes it if that could not be done before.
func (s *spooled) remove(x *extraction) error {
	err := s.file.Close()
	if x.spool != "" {
		removed := x.fs.Remove(x.spool)
		if removed == nil {
			x.spool = ""
		}
		err = errors.Join(err, removed)
	}
	if err != nil {
		return &Error{Reason: "the copy of the archive", Err: err}
	}
	return nil
}
