package unpack

import (
	"bufio"
	"errors"
	"io"
)

// source is the archive as it is read: bounded, and counted.
type source struct {
	*bufio.Reader
	raw bounded
	at  *io.SectionReader // all of it, from its start, if it can be read anywhere
}

const sourceBuffer = 64 << 10

// newSource reads r from its current offset, at most that many bytes.
func newSource(r io.Reader, most int64) (*source, error) {
	s := &source{}
	at, err := section(r)
	switch {
	case err != nil:
		return nil, &Error{Err: err}
	case at != nil && at.Size() > most:
		return nil, refuse(ErrTooLarge, "the archive has more than %d bytes", most)
	case at != nil:
		s.at, r = at, io.NewSectionReader(at, 0, at.Size())
	}
	s.raw = bounded{r: r, left: most}
	s.Reader = bufio.NewReaderSize(&s.raw, sourceBuffer)
	return s, nil
}

// section is what r has from its current offset, or nil if that can be read only once. A pipe is an *os.File that cannot seek.
func section(r io.Reader) (*io.SectionReader, error) {
	anywhere, ok := r.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok {
		return nil, nil
	}
	offset, err := anywhere.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, nil //nolint:nilerr // it is read as a stream then, which says what is wrong
	}
	end, err := anywhere.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	if _, err := anywhere.Seek(offset, io.SeekStart); err != nil {
		return nil, err
	}
	return io.NewSectionReader(anywhere, offset, max(end-offset, 0)), nil
}

// begins returns the first bytes, at most n, and leaves them to be read.
func (s *source) begins(n int) ([]byte, error) {
	head, err := s.Peek(n)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return head, nil
}

// consumed counts the bytes that were taken: what is only buffered is not.
func (s *source) consumed() int64 { return s.raw.n - int64(s.Buffered()) }

// explain prefers the failure of the reader to what a decoder made of it.
func (s *source) explain(err error) error {
	if s.raw.err != nil && !errors.Is(err, s.raw.err) {
		return named("", s.raw.err)
	}
	return err
}

// bounded reads as many bytes as are left, and then fails: an io.LimitReader would cut.
type bounded struct {
	r    io.Reader
	n    int64
	left int64
	err  error // the first that was not the end
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.r.Read(p)
	b.n += int64(n)
	if b.left -= int64(n); b.left < 0 {
		n, err = 0, refuse(ErrTooLarge, "the archive has more than %d bytes", b.n+b.left)
	}
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}
