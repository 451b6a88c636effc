package memfallback

import (
	"errors"
	"io"
	"io/fs"
	"sync/atomic"
	"syscall"

	"github.com/spf13/afero"
)

// File is an open file of an [Fs]. Its methods mirror those of [os.File]; after Close they fail with an error that is
// [fs.ErrClosed] by [errors.Is]. Any number of goroutines may use it at once.
type File struct {
	opened OpenFile // has the name in any case
	dir    *openDir // not nil if it is a directory; opened is not open then
	closed atomic.Bool
}

var (
	_ afero.File     = (*File)(nil)
	_ fs.ReadDirFile = (*File)(nil)
	_ io.ReaderFrom  = (*File)(nil)
	_ io.WriterTo    = (*File)(nil)
)

// Name returns the name that was given to open it.
func (f *File) Name() string { return f.opened.name }

func (f *File) handle() Handle {
	if f.dir != nil {
		return f.dir
	}
	return &f.opened
}

// Close ends the use of the file. A second Close is an error.
func (f *File) Close() error {
	if f.closed.Swap(true) {
		return pathError(opClose, f.Name(), fs.ErrClosed)
	}
	return pathErrno(opClose, f.Name(), f.handle().Close())
}

// result is the error for errno. EBADF of a closed file is fs.ErrClosed; of an open one it is the wrong direction.
func (f *File) result(op string, errno syscall.Errno) error {
	if errno == syscall.EBADF && f.closed.Load() {
		return pathError(op, f.Name(), fs.ErrClosed)
	}
	return pathErrno(op, f.Name(), errno)
}

// check is the error of an operation that begins on a closed file.
func (f *File) check(op string) error {
	if f.closed.Load() {
		return pathError(op, f.Name(), fs.ErrClosed)
	}
	return nil
}

// Read reads from the offset of the file. At the end it returns 0 and io.EOF.
func (f *File) Read(p []byte) (int, error) {
	if err := f.check(opRead); err != nil {
		return 0, err
	}
	n, errno := f.handle().Read(p)
	if n == 0 && errno == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, f.result(opRead, errno)
}

// ReadAt reads at off and leaves the offset of the file alone. When it returns less than all of p the error says why; at the
// end that is io.EOF.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	if err := f.check(opRead); err != nil {
		return 0, err
	}
	switch {
	case off < 0:
		return 0, pathError(opReadAt, f.Name(), errNegativeOffset)
	case len(p) == 0:
		return 0, nil
	}
	n, errno := f.handle().ReadAt(p, off) // all that there is: it stops at the end alone
	if errno == 0 && n < len(p) {
		return n, io.EOF
	}
	return n, f.result(opRead, errno)
}

// Write writes at the offset of the file, or at its end if it was opened with O_APPEND.
func (f *File) Write(p []byte) (int, error) {
	if err := f.check(opWrite); err != nil {
		return 0, err
	}
	n, errno := f.handle().Write(p)
	return n, f.result(opWrite, errno)
}

// WriteString is Write of the bytes of s.
func (f *File) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

// WriteAt writes at off and leaves the offset of the file alone. A file that was opened with O_APPEND refuses.
func (f *File) WriteAt(p []byte, off int64) (int, error) {
	if err := f.check(opWrite); err != nil {
		return 0, err
	}
	switch {
	case f.opened.appends: // bare, as package os has it
		return 0, errWriteAtAppend
	case off < 0:
		return 0, pathError(opWriteAt, f.Name(), errNegativeOffset)
	case len(p) == 0:
		return 0, nil
	}
	n, errno := f.handle().WriteAt(p, off)
	return n, f.result(opWrite, errno)
}

// Seek sets the offset of the file. On a directory Seek(0, io.SeekStart) starts the listing again.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	if err := f.check(opSeek); err != nil {
		return 0, err
	}
	pos, errno := f.handle().Lseek(offset, whence)
	return pos, f.result(opSeek, errno)
}

// Truncate sets the size of the file, in bytes, and leaves its offset alone.
func (f *File) Truncate(size int64) error {
	if err := f.check(opTruncate); err != nil {
		return err
	}
	return f.result(opTruncate, f.handle().Truncate(size))
}

// Stat returns the FileInfo of the file, whatever names it has by now.
func (f *File) Stat() (fs.FileInfo, error) {
	if err := f.check(opStat); err != nil {
		return nil, err
	}
	info, errno := f.handle().Stat()
	return info, f.result(opStat, errno)
}

// Sync does nothing but check that the file is open.
func (f *File) Sync() error {
	if err := f.check(opSync); err != nil {
		return err
	}
	return f.result(opSync, f.handle().Sync())
}

// ReadFrom copies r to the file until the end of r.
func (f *File) ReadFrom(r io.Reader) (int64, error) {
	if err := f.check(opWrite); err != nil {
		return 0, err
	}
	return io.Copy(struct{ io.Writer }{f}, r) // without this method, which io.Copy would call
}

// WriteTo copies the rest of the file to w.
func (f *File) WriteTo(w io.Writer) (int64, error) {
	if err := f.check(opRead); err != nil {
		return 0, err
	}
	return io.Copy(w, struct{ io.Reader }{f}) // without this method, which io.Copy would call
}

// ReadDir returns the next n entries, by name, and io.EOF when there are none; for n <= 0 all that are left. What is removed
// or made between two calls is listed or not; all else is listed once.
func (f *File) ReadDir(n int) ([]fs.DirEntry, error) {
	if err := f.check(opReadDir); err != nil {
		return []fs.DirEntry{}, err
	}
	entries, errno := f.handle().ReadDir(n)
	if n > 0 && errno == 0 && len(entries) == 0 {
		return []fs.DirEntry{}, io.EOF
	}
	block := make([]entry, len(entries)) // one allocation for all
	for i, e := range entries {
		block[i] = entry{e, f.Name()}
		entries[i] = &block[i]
	}
	if entries == nil {
		entries = []fs.DirEntry{}
	}
	return entries, f.result(opReadDir, errno)
}

// Readdir is ReadDir with the Lstat of each entry; one that went meanwhile is left out.
func (f *File) Readdir(n int) ([]fs.FileInfo, error) {
	if err := f.check(opReadDir); err != nil {
		return []fs.FileInfo{}, err
	}
	if f.dir != nil {
		infos, errno := f.dir.ReadInfos(n)
		switch {
		case errno == syscall.EACCES: // the way through ReadDir names an entry
		case n > 0 && errno == 0 && len(infos) == 0:
			return infos, io.EOF
		default:
			return infos, f.result(opReadDir, errno)
		}
	}
	entries, err := f.ReadDir(n)
	infos, failed := infosOf(entries)
	if failed != nil {
		return infos, failed
	}
	return infos, err
}

// infosOf leaves out what has gone since it was listed.
func infosOf(entries []fs.DirEntry) ([]fs.FileInfo, error) {
	infos := make([]fs.FileInfo, 0, len(entries))
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return infos, err
		}
		infos = append(infos, info)
	}
	return infos, nil
}

// Readdirnames is ReadDir for the names alone.
func (f *File) Readdirnames(n int) ([]string, error) {
	entries, err := f.ReadDir(n)
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, err
}

// entry is an entry of a directory that was opened by the name dir.
type entry struct {
	fs.DirEntry
	dir string
}

// Info is the Lstat of the entry at the time of the call.
func (e *entry) Info() (fs.FileInfo, error) {
	info, err := e.DirEntry.Info()
	if err != nil {
		return nil, pathError(opLstat, e.dir+"/"+e.Name(), err)
	}
	return info, nil
}
