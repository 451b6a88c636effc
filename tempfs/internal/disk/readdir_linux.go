package disk

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// listing reads a directory by getdents(2), for the types of entries without a look at each: package os looks when a file is of an
// os.Root, and so cannot list names that may not be searched.
type listing struct {
	buffer []byte
	rest   []byte // of buffer; not yet returned
}

const listingBuffer = 8 << 10 // that of package os

func (l *listing) rewind() { l.rest = nil }

func (l *listing) next(h *handle, n int) ([]fs.DirEntry, syscall.Errno) {
	var entries []fs.DirEntry
	for n <= 0 || len(entries) < n {
		if len(l.rest) == 0 {
			if errno := l.fill(h.file); errno != 0 || len(l.rest) == 0 {
				return entries, errno
			}
		}
		if d := l.cut(h); d != nil {
			entries = append(entries, d)
		}
	}
	return entries, 0
}

func (l *listing) fill(f *os.File) syscall.Errno {
	if l.buffer == nil {
		l.buffer = make([]byte, listingBuffer)
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return errnoOf(err)
	}
	var n int
	failed := conn.Control(func(fd uintptr) {
		for {
			n, err = unix.Getdents(int(fd), l.buffer)
			if err != unix.EINTR {
				return
			}
		}
	})
	if failed != nil { // it is closed: package poll has an error of its own for that
		return syscall.EBADF
	}
	l.rest = l.buffer[:max(n, 0)]
	return errnoOf(err)
}

// The head of a record, struct linux_dirent64: inode and offset of 8 bytes each, length of 2, type of 1, then the name.
const (
	recordLength = 16
	recordType   = 18
	recordName   = 19
)

// cut takes a record off and returns its entry, nil for "." and "..".
func (l *listing) cut(h *handle) *dirent {
	record := l.rest[:binary.NativeEndian.Uint16(l.rest[recordLength:])]
	l.rest = l.rest[len(record):]
	name := record[recordName:]
	if end := bytes.IndexByte(name, 0); end >= 0 {
		name = name[:end]
	}
	if string(name) == "." || string(name) == ".." {
		return nil
	}
	d := &dirent{dir: h, name: string(name)}
	typ, known := typeOf[record[recordType]]
	d.typ = typ
	if !known { // some filesystems do not say
		if info, err := d.Info(); err == nil {
			d.typ = info.Mode().Type()
		}
	}
	return d
}

var typeOf = map[byte]fs.FileMode{
	unix.DT_REG:  0,
	unix.DT_DIR:  fs.ModeDir,
	unix.DT_LNK:  fs.ModeSymlink,
	unix.DT_FIFO: fs.ModeNamedPipe,
	unix.DT_SOCK: fs.ModeSocket,
	unix.DT_BLK:  fs.ModeDevice,
	unix.DT_CHR:  fs.ModeDevice | fs.ModeCharDevice,
}
