package disk

import (
	"bytes"
	"encoding/binary"
	"syscall"

	"golang.org/x/sys/unix"
)

// dirents reads directories by getdents(2) into one buffer, used for one after the other.
type dirents struct {
	buffer [direntsBuffer]byte
	rest   []byte // of buffer; not yet returned
}

// direntsBuffer is so large that a directory of some thousand entries takes one call.
const direntsBuffer = 64 << 10

// fill reads on in the directory of the descriptor; n is the number of bytes, 0 at its end.
func (d *dirents) fill(fd int) (n int, errno syscall.Errno) {
	n, err := unix.Getdents(fd, d.buffer[:])
	for err == unix.EINTR {
		n, err = unix.Getdents(fd, d.buffer[:])
	}
	d.rest = d.buffer[:max(n, 0)]
	return max(n, 0), errnoOf(err)
}

// next returns the name of an entry, with the NUL that ends it, valid until the next fill; nil after the last. "." and ".." are
// none. isDir is what the filesystem says, and may be outdated.
func (d *dirents) next() (name []byte, isDir bool) {
	for len(d.rest) > 0 {
		record := d.rest[:binary.NativeEndian.Uint16(d.rest[recordLength:])]
		d.rest = d.rest[len(record):]
		name = record[recordName:]
		name = name[:bytes.IndexByte(name, 0)+1]
		if !isDots(name) {
			return name, record[recordType] == unix.DT_DIR
		}
	}
	return nil, false
}

// isDots reports whether a name with a NUL at its end is "." or "..".
func isDots(name []byte) bool {
	return name[0] == '.' && (len(name) == 2 || len(name) == 3 && name[1] == '.')
}
