package suites

import (
	"io"
	"io/fs"
	"sync"
	"syscall"

	"github.com/go-git/go-billy/v5"
)

// billyFile is an open file. A billy.File has no WriteAt, which is a seek and a write here, and no infos.
type billyFile struct {
	billy.File
	fs   billyFs
	name string
}

func (f *billyFile) WriteAt(p []byte, offset int64) (int, error) {
	before, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err
	}
	if _, err = f.Seek(offset, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := f.Write(p)
	if err != nil {
		return n, err
	}
	_, err = f.Seek(before, io.SeekStart)
	return n, err
}

func (f *billyFile) WriteString(s string) (int, error) { return f.Write([]byte(s)) }
func (f *billyFile) Stat() (fs.FileInfo, error)        { return f.fs.Stat(f.name) }
func (*billyFile) Sync() error                         { return nil }

func (f *billyFile) Readdir(int) ([]fs.FileInfo, error) {
	return nil, &fs.PathError{Op: "readdirent", Path: f.name, Err: syscall.ENOTDIR}
}

func (f *billyFile) Readdirnames(int) ([]string, error) {
	return nil, &fs.PathError{Op: "readdirent", Path: f.name, Err: syscall.ENOTDIR}
}

// billyDirectory is an open directory: its entries are read at the first listing.
type billyDirectory struct {
	fs   billyFs
	name string

	mu      sync.Mutex
	entries []fs.FileInfo // guarded by mu; nil before the first listing
	told    int           // guarded by mu
	closed  bool          // guarded by mu
}

func (d *billyDirectory) is(op string, err error) error {
	return &fs.PathError{Op: op, Path: d.name, Err: err}
}

func (d *billyDirectory) Name() string               { return d.name }
func (d *billyDirectory) Stat() (fs.FileInfo, error) { return d.fs.Stat(d.name) }
func (*billyDirectory) Sync() error                  { return nil }
func (d *billyDirectory) Read([]byte) (int, error)   { return 0, d.is("read", syscall.EISDIR) }

func (d *billyDirectory) ReadAt([]byte, int64) (int, error) { return 0, d.is("read", syscall.EISDIR) }

func (d *billyDirectory) Write([]byte) (int, error) { return 0, d.is("write", syscall.EBADF) }

func (d *billyDirectory) WriteAt([]byte, int64) (int, error) { return 0, d.is("write", syscall.EBADF) }

func (d *billyDirectory) WriteString(string) (int, error) { return 0, d.is("write", syscall.EBADF) }

func (d *billyDirectory) Truncate(int64) error { return d.is("truncate", syscall.EINVAL) }

func (d *billyDirectory) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return d.is("close", fs.ErrClosed)
	}
	d.closed = true
	return nil
}

// Seek to the start begins the listing anew.
func (d *billyDirectory) Seek(offset int64, whence int) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if offset != 0 || whence != io.SeekStart {
		return 0, d.is("seek", syscall.EINVAL)
	}
	d.entries, d.told = nil, 0
	return 0, nil
}

func (d *billyDirectory) Readdir(count int) ([]fs.FileInfo, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, d.is("readdirent", fs.ErrClosed)
	}
	if d.entries == nil {
		entries, err := d.fs.ReadDir(d.name)
		if err != nil {
			return nil, err
		}
		d.entries = append([]fs.FileInfo{}, entries...)
	}
	rest := d.entries[d.told:]
	if count > 0 && len(rest) == 0 {
		return nil, io.EOF
	}
	if count > 0 {
		rest = rest[:min(count, len(rest))]
	}
	d.told += len(rest)
	return rest, nil
}

func (d *billyDirectory) Readdirnames(count int) ([]string, error) {
	infos, err := d.Readdir(count)
	var names []string
	for _, info := range infos {
		names = append(names, info.Name())
	}
	return names, err
}
