package unpack

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"io"
	"strconv"
	"strings"
)

type compression struct {
	magic string
	open  func(io.Reader) (io.Reader, error)
}

type format struct {
	magic string
	walk  Walker
}

// builtin are the compressions of the standard library that have a magic.
var builtin = []compression{
	{"\x1f\x8b", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{"BZh", func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }},
}

// walk hands each entry of an archive to an extraction.
type walk func(x *extraction, from *source) error

// walkerFor goes by the first bytes.
func (c *config) walkerFor(from *source) (walk, error) {
	head, err := from.begins(tarBlock)
	if err != nil {
		return nil, named("", unsound(err))
	}
	for _, f := range c.formats {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return foreign(f.walk), nil
		}
	}
	for _, packed := range append(c.compressions[:len(c.compressions):len(c.compressions)], builtin...) {
		if bytes.HasPrefix(head, []byte(packed.magic)) {
			return compressedTar(packed), nil
		}
	}
	switch {
	case strings.HasPrefix(string(head), "PK\x03\x04"), strings.HasPrefix(string(head), "PK\x05\x06"): // the second begins a zip without entries
		return walkZip, nil
	case isTar(head):
		return func(x *extraction, from *source) error { return walkTar(x, from) }, nil
	}
	return nil, refuse(ErrFormat, "neither zip nor tar")
}

// foreign has a walker of the user read the archive.
func foreign(walker Walker) walk {
	return func(x *extraction, from *source) error {
		var r io.Reader = from
		if from.at != nil {
			r = from.at
		}
		return walker(x.ctx, r, func(e Entry) error {
			e.size, e.sparse = 0, false
			return x.add(&e)
		})
	}
}

const tarBlock = 512

// isTar goes by the checksum of the first header, which the oldest tar has already: bytes 148 to 155 are its sum in octal, and count as spaces in it.
// Two blocks of zeros are a tar without entries.
func isTar(head []byte) bool {
	if len(head) < tarBlock {
		return false
	}
	unsigned, signed, zero := int64(8*' '), int64(8*' '), true
	for i, b := range head[:tarBlock] {
		zero = zero && b == 0
		if i < 148 || i >= 156 {
			unsigned += int64(b)
			signed += int64(int8(b))
		}
	}
	sum, err := strconv.ParseInt(strings.Trim(string(head[148:156]), " \x00"), 8, 64)
	return zero || err == nil && (sum == unsigned || sum == signed) // old tars had signed characters
}
