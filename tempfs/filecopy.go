package tempfs

import (
	"io"
	"math"
	"os"
	"reflect"
	"syscall"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

// What io.Copy does with an open file, without a buffer where the kernel can copy by itself.

// ReadFrom copies r to the file until its end. From a file of the host, or of an Fs on disk, the kernel copies (copy_file_range(2)). It mirrors that
// of os.File.
func (f *file) ReadFrom(r io.Reader) (n int64, err error) {
	if err = f.check(opWrite); err != nil {
		return 0, err
	}
	left, source := int64(math.MaxInt64), r
	limited, isLimited := r.(*io.LimitedReader)
	if isLimited {
		left, source = limited.N, limited.R
	}
	n, done := copyInKernel(f, source, left)
	if isLimited {
		limited.N -= n
	}
	if done {
		return n, nil
	}
	rest, err := io.Copy(struct{ io.Writer }{f}, r) // without the method it would call itself
	return n + rest, err
}

// WriteTo copies the rest of the file to w. To a file of the host, or of an Fs on disk, the kernel copies (copy_file_range(2)); to a
// connection of package net it sends (sendfile(2)). It mirrors that of os.File.
func (f *file) WriteTo(w io.Writer) (n int64, err error) {
	if err = f.check(opRead); err != nil {
		return 0, err
	}
	n, done := copyInKernel(w, f, math.MaxInt64)
	if done {
		return n, nil
	}
	var rest int64
	if _, isOnDisk := f.handle.(syscall.Conn); isOnDisk {
		rest, err = io.Copy(w, struct { // a connection asks for the descriptor
			io.Reader
			syscall.Conn
		}{f, f})
	} else {
		rest, err = io.Copy(w, struct{ io.Reader }{f})
	}
	return n + rest, err
}

// kernelStep bounds the bytes of one system call, which a Close has to wait for.
const kernelStep = 64 << 20

// copyInKernel copies at most limit bytes from the offset of one file to that of another, and moves both. What it did not copy, for whatever reason, is left
// to reading and writing, which also tell what is wrong: two files of which one is of another kind, an O_APPEND, a file of proc(5), which seems empty.
func copyInKernel(to, from any, limit int64) (n int64, done bool) {
	toConn, fromConn := connOf(to), connOf(from)
	if toConn == nil || fromConn == nil {
		return 0, false
	}
	for n < limit {
		copied, errno := disk.CopyNext(toConn, fromConn, int(min(limit-n, kernelStep)))
		switch {
		case errno != 0:
			return n, false
		case copied == 0:
			return n, n > 0
		}
		n += int64(copied)
	}
	return n, true
}

// connOf is nil for what has no descriptor. It takes no other type than these at its word: one that embeds an *os.File may read something else than that does.
func connOf(f any) syscall.Conn {
	switch f := f.(type) {
	case *file:
		conn, _ := f.handle.(syscall.Conn) // of a disk
		return conn
	case *afero.BasePathFile:
		return connOf(f.File)
	case *os.File:
		return f
	case syscall.Conn:
		if reflect.TypeOf(f).PkgPath() == "os" { // what an os.File is for an io.ReaderFrom, without its WriteTo
			return f
		}
	}
	return nil
}
