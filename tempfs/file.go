package tempfs

import (
	"errors"
	"io"
	"io/fs"
	"sync/atomic"
	"syscall"

	"github.com/spf13/afero"
)

// file is an open file of an Fs. Its methods mirror those of os.File and its Name is the name given to open it.
type file struct {
	name    string
	fs      *Fs // nil of a file of the host
	handle  handle
	closed  atomic.Bool
	appends bool // O_APPEND
	writes  bool // O_WRONLY or O_RDWR
	birth   birth

	prev, next *file // in fs.files, which guards them
}

var (
	_ afero.File     = (*file)(nil)
	_ fs.ReadDirFile = (*file)(nil)
	_ io.ReaderFrom  = (*file)(nil)
	_ io.WriterTo    = (*file)(nil)
	_ syscall.Conn   = (*file)(nil)
)

func (f *file) Name() string { return f.name }

// String is for prints of a file, which must not show the fields of its Fs.
func (f *file) String() string { return f.name }

func (f *file) Close() error {
	won, errno := f.shut()
	if !won {
		return pathError(opClose, f.name, fs.ErrClosed)
	}
	if f.fs != nil {
		f.fs.files.remove(f)
	}
	return pathErrno(opClose, f.name, errno)
}

// shut closes the handle; won is false for all but the first call. A call that is under way may end with EBADF,
// which result turns into fs.ErrClosed.
func (f *file) shut() (won bool, errno syscall.Errno) {
	if f.closed.Swap(true) {
		return false, 0
	}
	return true, f.handle.Close()
}

// result is the error for errno.
func (f *file) result(op string, errno syscall.Errno) error {
	switch errno {
	case syscall.EBADF:
		if f.closed.Load() {
			return pathError(op, f.name, fs.ErrClosed)
		}
	case seeCause:
		if h, ok := f.handle.(interface{ cause() error }); ok {
			return pathError(op, f.name, h.cause())
		}
	}
	return pathErrno(op, f.name, errno)
}

// check is the error of an operation that begins on a closed file.
func (f *file) check(op string) error {
	if f.closed.Load() {
		return pathError(op, f.name, fs.ErrClosed)
	}
	return nil
}

func (f *file) Read(p []byte) (int, error) {
	if err := f.check(opRead); err != nil {
		return 0, err
	}
	n, errno := f.handle.Read(p)
	if n == 0 && errno == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, f.result(opRead, errno)
}

func (f *file) ReadAt(p []byte, off int64) (n int, err error) {
	if err := f.check(opRead); err != nil {
		return 0, err
	}
	if off < 0 {
		return 0, pathError(opReadAt, f.name, errNegativeOffset)
	}
	for n < len(p) {
		m, errno := f.handle.ReadAt(p[n:], off+int64(n))
		if errno != 0 {
			return n, f.result(opRead, errno)
		}
		if m == 0 {
			return n, io.EOF
		}
		n += m
	}
	return n, nil
}

func (f *file) Write(p []byte) (int, error) {
	if err := f.check(opWrite); err != nil {
		return 0, err
	}
	n, errno := f.handle.Write(p)
	return n, f.wrote(n, len(p), errno)
}

// WriteString copies s: a backend is not trusted to leave a string alone.
func (f *file) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

func (f *file) WriteAt(p []byte, off int64) (n int, err error) {
	if err := f.check(opWrite); err != nil {
		return 0, err
	}
	switch {
	case f.appends: // bare, as package os has it
		return 0, errWriteAtAppend
	case off < 0:
		return 0, pathError(opWriteAt, f.name, errNegativeOffset)
	case len(p) == 0:
		return 0, nil
	}
	n, errno := f.handle.WriteAt(p, off)
	return n, f.wrote(n, len(p), errno)
}

// wrote is the error of a write of want bytes that took n.
func (f *file) wrote(n, want int, errno syscall.Errno) error {
	if errno == 0 && n < want {
		return io.ErrShortWrite
	}
	return f.result(opWrite, errno)
}

func (f *file) Seek(offset int64, whence int) (int64, error) {
	if err := f.check(opSeek); err != nil {
		return 0, err
	}
	pos, errno := f.handle.Lseek(offset, whence)
	if errno != 0 {
		return 0, f.result(opSeek, errno)
	}
	return pos, nil
}

func (f *file) Truncate(size int64) error {
	if err := f.check(opTruncate); err != nil {
		return err
	}
	return f.result(opTruncate, f.handle.Truncate(size))
}

func (f *file) Stat() (fs.FileInfo, error) {
	if err := f.check(opStat); err != nil {
		return nil, err
	}
	info, errno := f.handle.Stat()
	if errno != 0 {
		return nil, f.result(opStat, errno)
	}
	return info, nil
}

func (f *file) Sync() error {
	if err := f.check(opSync); err != nil {
		return err
	}
	return f.result(opSync, f.handle.Sync())
}

// SyscallConn gives the descriptor of a file on disk, which is not closed while a function of the caller uses it. A file in memory, or of an Fs with [SpillOver], has
// none: errors.ErrUnsupported by [errors.Is].
func (f *file) SyscallConn() (syscall.RawConn, error) {
	if err := f.check(opSyscallConn); err != nil {
		return nil, err
	}
	conn, err := rawConn(f.handle)
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno):
		return nil, f.result(opSyscallConn, errno)
	case err != nil:
		return nil, pathError(opSyscallConn, f.name, err)
	}
	return heldConn{conn, f}, nil
}

// heldConn keeps the file from becoming garbage, which would close it, and remove one that has a name.
type heldConn struct {
	syscall.RawConn
	file *file
}

func rawConn(h handle) (syscall.RawConn, error) {
	if c, ok := h.(syscall.Conn); ok {
		return c.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}
