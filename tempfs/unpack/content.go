package unpack

import (
	"io"

	"github.com/spf13/afero"
)

// progressBytes of one file are between two calls of the progress function.
const progressBytes = 1 << 20

// copy writes content to out, a piece at a time. Each piece is counted before it is written.
func (x *extraction) copy(out afero.File, content io.Reader, e *Entry) error {
	var size, told int64
	for {
		n, ended := readPiece(content, x.buffer)
		offset := size
		size += int64(n)
		if err := x.meter.content(int64(n), size); err != nil {
			return err
		}
		if err := writePiece(out, x.buffer[:n], offset, e.sparse); err != nil {
			return err
		}
		switch {
		case ended == io.EOF && e.sparse:
			return out.Truncate(size)
		case ended == io.EOF:
			return nil
		case ended != nil:
			return unsound(ended)
		case x.ctx.Err() != nil:
			return x.ctx.Err()
		}
		if size-told >= progressBytes {
			told = size
			x.progress(e.Name)
		}
	}
}

// readPiece fills p, unless the content ends or fails before. Unlike io.ReadFull it leaves the error as it is: for a decoder io.ErrUnexpectedEOF is one.
func readPiece(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	return n, err
}

// holeSize is the least run of zeros that becomes a hole, on multiples of itself: the block of most filesystems.
const holeSize = 4 << 10

// writePiece writes p, which belongs at that offset. In a sparse file it passes over zeros.
func writePiece(out afero.File, p []byte, offset int64, sparse bool) error {
	if !sparse {
		return write(p, out.Write)
	}
	for len(p) > 0 {
		size := min(holeSize, len(p))
		for size < len(p) && (trailingZeros(p[:size]) == size) == (trailingZeros(p[size:min(size+holeSize, len(p))]) == min(holeSize, len(p)-size)) {
			size += min(holeSize, len(p)-size)
		}
		if trailingZeros(p[:size]) < size {
			if err := write(p[:size], func(p []byte) (int, error) { return out.WriteAt(p, offset) }); err != nil {
				return err
			}
		}
		p, offset = p[size:], offset+int64(size)
	}
	return nil
}

// write is an io.Writer that keeps to its contract.
func write(p []byte, with func([]byte) (int, error)) error {
	if len(p) == 0 {
		return nil
	}
	n, err := with(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return err
}
