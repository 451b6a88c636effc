package disk

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// listing reads a directory by getdents(2), which tells the types of entries without a look at each.
type listing struct {
	buffer *[listingBuffer]byte // nil at the beginning and the end
	rest   []byte               // of buffer; not yet returned
	unused []dirent
}

const listingBuffer = 8 << 10 // that of package os

func (l *listing) rewind() { l.rest = nil }

// ReadDir returns the next n entries in the order of the host, all for n <= 0, none at the end.
func (f *File) ReadDir(n int) ([]fs.DirEntry, syscall.Errno) {
	f.mu.Lock() // before the directory is acquired: Close waits for it
	defer f.mu.Unlock()
	if !f.acquire() {
		return nil, syscall.EBADF
	}
	defer f.release()
	return f.listing.next(f, n)
}

// infoOf asks for it by the descriptor of the directory. That may be closed by now: then by its name.
func (f *File) infoOf(d *dirent) (fs.FileInfo, syscall.Errno) {
	if !f.acquire() {
		return f.tree.Lstat(f.name + "/" + d.name)
	}
	defer f.release()
	var stat syscall.Stat_t
	if errno := fstatat(f.fd, d.name, &stat); errno != 0 {
		return nil, errno
	}
	return f.tree.infoOf(d.name, &stat), 0
}

func (l *listing) next(h *File, n int) ([]fs.DirEntry, syscall.Errno) {
	var entries []fs.DirEntry
	for n <= 0 || len(entries) < n {
		if len(l.rest) == 0 {
			if errno := l.fill(h.fd); errno != 0 || len(l.rest) == 0 {
				return entries, errno
			}
		}
		if d := l.cut(h); d != nil {
			entries = append(entries, d)
		}
	}
	return entries, 0
}

func (l *listing) fill(fd int) syscall.Errno {
	if l.buffer == nil {
		l.buffer = listingBuffers.Get().(*[listingBuffer]byte) //nolint:forcetypeassert // nothing else is in there
	}
	n, errno := transferred(func() (int, error) { return unix.Getdents(fd, l.buffer[:]) })
	l.rest = l.buffer[:n]
	if n == 0 {
		listingBuffers.Put(l.buffer)
		l.buffer = nil
	}
	return errno
}

var listingBuffers = sync.Pool{New: func() any { return new([listingBuffer]byte) }}

// entry is a new dirent. Some share an allocation.
func (l *listing) entry() *dirent {
	const together = 16
	if len(l.unused) == 0 {
		l.unused = make([]dirent, together)
	}
	d := &l.unused[0]
	l.unused = l.unused[1:]
	return d
}

// The head of a record, struct linux_dirent64: inode and offset of 8 bytes each, length of 2, type of 1, then the name.
const (
	recordLength = 16
	recordType   = 18
	recordName   = 19
)

// cut takes a record off and returns its entry, nil for "." and "..".
func (l *listing) cut(h *File) *dirent {
	record := l.rest[:binary.NativeEndian.Uint16(l.rest[recordLength:])]
	l.rest = l.rest[len(record):]
	name := record[recordName:]
	if end := bytes.IndexByte(name, 0); end >= 0 {
		name = name[:end]
	}
	if string(name) == "." || string(name) == ".." {
		return nil
	}
	d := l.entry()
	typ, known := typeOf(record[recordType])
	*d = dirent{dir: h, name: string(name), typ: typ}
	if !known { // some filesystems do not say
		if info, errno := h.infoOf(d); errno == 0 {
			d.typ = info.Mode().Type()
		}
	}
	return d
}

func typeOf(record byte) (typ fs.FileMode, known bool) {
	switch record {
	case unix.DT_REG:
		return 0, true
	case unix.DT_DIR:
		return fs.ModeDir, true
	case unix.DT_LNK:
		return fs.ModeSymlink, true
	case unix.DT_FIFO:
		return fs.ModeNamedPipe, true
	case unix.DT_SOCK:
		return fs.ModeSocket, true
	case unix.DT_BLK:
		return fs.ModeDevice, true
	case unix.DT_CHR:
		return fs.ModeDevice | fs.ModeCharDevice, true
	}
	return 0, false
}
