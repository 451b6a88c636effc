package unpack

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
)

// compressedTar is a tar in a compressed stream, which must end where that does.
func compressedTar(packed compression) walk {
	return func(x *extraction, from *source) error {
		opened, err := packed.open(from)
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return unsound(err)
		}
		defer closeDecoder(opened)
		stream := &expanding{r: opened, from: from, ratio: x.limits.Ratio}
		head := make([]byte, tarBlock)
		if n, err := readPiece(stream, head); err != nil && err != io.EOF {
			return unsound(err)
		} else if !isTar(head[:n]) {
			return refuse(ErrFormat, "what is compressed is no tar")
		}
		return walkTar(x, io.MultiReader(bytes.NewReader(head), stream))
	}
}

// closeDecoder lets a decoder go. Some of them have nothing to say then.
func closeDecoder(r io.Reader) {
	switch c := r.(type) {
	case io.Closer:
		_ = c.Close() // all that can be wrong with what was read, reading told
	case interface{ Close() }:
		c.Close()
	}
}

// expanding is a compressed stream that is expected to grow within reason.
type expanding struct {
	r     io.Reader
	from  *source
	n     int64
	ratio int64
}

// ratioFree bytes are free of the limit of the ratio: zeros may well be a thousand times smaller.
const ratioFree = 1 << 20

func (e *expanding) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.n += int64(n)
	if e.n > ratioFree && e.n/e.ratio > e.from.consumed() {
		return 0, refuse(ErrRatio, "%d bytes from %d", e.n, e.from.consumed())
	}
	return n, err
}

// walkTar hands over the entries of a tar, and wants to see its end.
func walkTar(x *extraction, r io.Reader) error {
	stream := &tarStream{ctx: x.ctx, r: r, left: x.limits.streamed()}
	archive := tar.NewReader(stream)
	for {
		stream.zeros = 0
		h, err := archive.Next()
		switch {
		case err == io.EOF:
			return stream.end()
		case err == tar.ErrInsecurePath: // GODEBUG=tarinsecurepath=0: names are judged here, and the header is whole
		case stream.err != nil:
			return unsound(stream.err)
		case err != nil:
			return unsoundHeader(err)
		}
		if h.Typeflag == tar.TypeXGlobalHeader { // a note about the archive, of git for one
			continue
		}
		e := tarEntry(h)
		e.Open = func() (io.ReadCloser, error) { return io.NopCloser(archive), nil }
		if err := x.add(&e); err != nil {
			return err
		}
		if _, err := io.CopyBuffer(io.Discard, onlyReader{archive}, x.worker.buffer); err != nil { // of entries that are left out
			return named(h.Name, unsound(err))
		}
	}
}

// unsoundHeader is what package tar says of a header. Not all of that has a name.
func unsoundHeader(err error) error {
	var e *Error
	if err = unsound(err); !errors.As(err, &e) {
		return refuse(ErrFormat, "%v", err)
	}
	return err
}

// onlyReader hides all methods but Read.
type onlyReader struct{ io.Reader }

// tarEntry goes by the type flag alone: FileInfo of package tar believes the mode, too.
func tarEntry(h *tar.Header) Entry {
	e := Entry{Name: h.Name, ModTime: h.ModTime, Mode: fs.FileMode(h.Mode) & fs.ModePerm}
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeCont, tar.TypeGNUSparse:
		e.size = h.Size
		_, named := h.PAXRecords["GNU.sparse.major"]
		_, sized := h.PAXRecords["GNU.sparse.size"]
		e.sparse = h.Typeflag == tar.TypeGNUSparse || named || sized
	case tar.TypeLink:
		if e.Linkname = h.Linkname; e.Linkname == "" {
			e.Mode |= fs.ModeIrregular
		}
	case tar.TypeSymlink:
		e.Linkname, e.Mode = h.Linkname, e.Mode|fs.ModeSymlink
	case tar.TypeDir:
		e.Mode |= fs.ModeDir
	default:
		e.Mode |= fs.ModeIrregular
	}
	return e
}

// streamed bounds the bytes of a tar: its content, and for each entry headers and padding. What is left out counts as well.
func (l *Limits) streamed() int64 {
	const perEntry = 8 << 10 // more than two headers of GNU or PAX with a name and a target of 4096 bytes
	if l.Entries > (math.MaxInt64-l.Bytes-tarRecord)/perEntry {
		return math.MaxInt64
	}
	return l.Bytes + l.Entries*perEntry + tarRecord
}

const tarRecord = 10 << 10 // a tar is padded with zeros to records of 20 blocks, tar(5)

// tarStream counts zeros, since package tar does not tell the end of the archive, which is two blocks of zeros, from that of the stream.
type tarStream struct {
	ctx   context.Context // one entry may have any number of headers
	r     io.Reader
	left  int64
	err   error // that was not the end
	zeros int   // read last, without anything else among them
}

func (s *tarStream) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		s.err = s.ctx.Err()
		return 0, s.err
	}
	n, err := s.r.Read(p)
	if s.left -= int64(n); s.left < 0 {
		n, err = 0, refuse(ErrTooLarge, "the tar is longer than all that it may hold")
	}
	if err != nil && err != io.EOF {
		s.err = err
	}
	if tail := trailingZeros(p[:n]); tail < n {
		s.zeros = tail
	} else {
		s.zeros += n
	}
	return n, err
}

func trailingZeros(p []byte) int {
	i := len(p)
	for i > 0 && p[i-1] == 0 {
		i--
	}
	return len(p) - i
}

// end wants the two blocks of zeros to have been there, and nothing but zeros behind them: what other programs might take for another archive. It
// reads to the end, where a checksum is.
func (s *tarStream) end() error {
	if s.zeros < 2*tarBlock {
		return refuse(ErrTruncated, "there are no two blocks of zeros at the end")
	}
	buffer := make([]byte, tarRecord)
	for {
		n, err := s.Read(buffer)
		switch {
		case trailingZeros(buffer[:n]) < n:
			return refuse(ErrFormat, "something is behind the end of the tar")
		case err == io.EOF:
			return nil
		case err != nil:
			return unsound(err)
		}
	}
}
