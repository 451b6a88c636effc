package unpack

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"hash/crc32"
	"io"
	"sync"
)

// inflater decompresses one entry after another, since a new decompressor is 40 KiB.
type inflater struct {
	raw   *bufio.Reader // of which flate takes no byte too many
	flate io.ReadCloser
}

var inflaters = sync.Pool{New: func() any {
	i := &inflater{raw: bufio.NewReaderSize(nil, 16<<10)}
	i.flate = flate.NewReader(i.raw)
	return i
}}

// content is that of a member. It fails unless it is of the size, and has the checksum, that the central directory says.
type content struct {
	member   *member
	r        io.Reader
	inflater *inflater // nil: it is not compressed
	n        uint64
	most     uint64 // by the ratio
	sum      uint32
}

// open opens the content. Package zip would do it, too, but takes a checksum of 0 for none, and leaves compressed bytes that are too many.
func (m *member) open(ratio int64) (io.ReadCloser, error) {
	raw, err := m.OpenRaw()
	if err != nil {
		return nil, err
	}
	c := &content{member: m, r: raw, most: ratioFree}
	compressed := m.CompressedSize64
	if uint64(ratio) < 1<<63/(compressed+1) {
		c.most = max(c.most, compressed*uint64(ratio))
	} else {
		c.most = 1<<64 - 1
	}
	if m.UncompressedSize64 > c.most { // it is not believed when it is less
		return nil, refuse(ErrRatio, "it claims to be %d bytes from %d", m.UncompressedSize64, compressed)
	}
	switch m.Method {
	case zip.Store:
		if m.CompressedSize64 != m.UncompressedSize64 {
			return nil, refuse(ErrFormat, "it is stored, and has two sizes")
		}
	case zip.Deflate:
		c.inflater = inflaters.Get().(*inflater)
		c.inflater.raw.Reset(raw)
		if err := c.inflater.flate.(flate.Resetter).Reset(c.inflater.raw, nil); err != nil {
			return nil, err
		}
		c.r = c.inflater.flate
	default:
		return nil, refuse(ErrFormat, "compression method %d is not known", m.Method)
	}
	return c, nil
}

func (c *content) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += uint64(n)
	c.sum = crc32.Update(c.sum, crc32.IEEETable, p[:n])
	switch {
	case c.n > c.member.UncompressedSize64:
		return 0, refuse(ErrFormat, "it is longer than the %d bytes that it claims", c.member.UncompressedSize64)
	case c.n > c.most:
		return 0, refuse(ErrRatio, "%d bytes from %d", c.n, c.member.CompressedSize64)
	case err != io.EOF:
		return n, err
	}
	return n, c.end()
}

// end is io.EOF if the content is what it claims to be.
func (c *content) end() error {
	switch {
	case c.n != c.member.UncompressedSize64:
		return refuse(ErrFormat, "it has %d bytes, and claims %d", c.n, c.member.UncompressedSize64)
	case c.sum != c.member.CRC32:
		return refuse(ErrFormat, "its checksum is wrong")
	}
	if c.inflater != nil {
		if _, err := c.inflater.raw.ReadByte(); err != io.EOF {
			return refuse(ErrFormat, "it has compressed bytes that are too many")
		}
	}
	return io.EOF
}

// Close keeps the decompressor for others.
func (c *content) Close() error {
	if c.inflater != nil {
		c.inflater.raw.Reset(nil)
		inflaters.Put(c.inflater)
		c.inflater = nil
	}
	return nil
}
