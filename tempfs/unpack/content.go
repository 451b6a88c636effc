package unpack

import (
	"context"
	"io"
	"os"

	"github.com/spf13/afero"
)

// worker fills files, one after another.
type worker struct {
	x      *extraction
	ctx    context.Context
	buffer []byte
	tell   func(name string) // that some more of a file is there
}

const bufferSize = 128 << 10

// progressBytes of one file are between two calls of the progress function.
const progressBytes = 1 << 20

// file makes a regular file and fills it. O_EXCL: nothing is written over, nor through a link.
func (w *worker) file(e *Entry, stage string) (err error) {
	if e.size > w.x.limits.FileSize {
		return refuse(ErrTooLarge, "it claims to have %d bytes, and %d are allowed", e.size, w.x.limits.FileSize)
	}
	if e.size > w.x.meter.left() {
		return refuse(ErrTooLarge, "it claims to have %d bytes, and %d are left", e.size, w.x.meter.left())
	}
	out, err := w.x.fs.OpenFile(stage, os.O_WRONLY|os.O_CREATE|os.O_EXCL, e.Mode.Perm()&fileMode)
	if err != nil {
		return err
	}
	err = w.fill(out, e)
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = w.x.setTime(stage, e.ModTime)
	}
	return err
}

// fill copies the content of an entry.
func (w *worker) fill(out afero.File, e *Entry) (err error) {
	if e.Open == nil {
		return nil
	}
	content, err := e.Open()
	if err != nil {
		return unsound(err)
	}
	err = w.copy(out, content, e)
	if closed := content.Close(); err == nil && closed != nil {
		err = unsound(closed)
	}
	return err
}

// copy writes content to out, a piece at a time. Each piece is counted before it is written.
func (w *worker) copy(out afero.File, content io.Reader, e *Entry) error {
	var size, told int64
	for {
		n, ended := readPiece(content, w.buffer)
		offset := size
		size += int64(n)
		if err := w.x.meter.content(int64(n), size); err != nil {
			return err
		}
		if err := writePiece(out, w.buffer[:n], offset, e.sparse); err != nil {
			return err
		}
		switch {
		case ended == io.EOF && e.sparse:
			return out.Truncate(size)
		case ended == io.EOF:
			return nil
		case ended != nil:
			return unsound(ended)
		case w.ctx.Err() != nil:
			return w.ctx.Err()
		}
		if size-told >= progressBytes {
			told = size
			w.tell(e.Name)
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
