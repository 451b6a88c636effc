package aferotest

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
)

// flags has a fault in the flags that files are opened with.
func flags(change func(m ram, name string, flag int) int) func(m ram) afero.Fs {
	return func(m ram) afero.Fs {
		return &broken{Fs: m, openFile: func(name string, flag int, perm fs.FileMode) (*memfallback.File, error) {
			return openRight(m, name, change(m, name, flag), perm)
		}}
	}
}

// files has a fault in each open file.
func files(change func(f *memfallback.File) *brokenFile) func(m ram) afero.Fs {
	return func(m ram) afero.Fs {
		return &broken{Fs: m, file: func(f *memfallback.File, _ int) afero.File { return change(f) }}
	}
}

const accessModes = os.O_RDONLY | os.O_WRONLY | os.O_RDWR

// byteFaults are of flags and of what is read and written.
var byteFaults = []fault{
	{"O_EXCL is lost", "flags/excl refuses what is there", flags(func(_ ram, _ string, flag int) int {
		return flag &^ os.O_EXCL
	})},
	{"O_EXCL follows a dangling link", "flags/excl refuses any link", flags(func(m ram, name string, flag int) int {
		if _, err := m.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return flag &^ os.O_EXCL
		}
		return flag
	})},
	{"O_TRUNC is lost", "flags/trunc empties", flags(func(_ ram, _ string, flag int) int {
		return flag &^ os.O_TRUNC
	})},
	{"O_CREATE empties", "flags/create opens what is there", flags(func(_ ram, _ string, flag int) int {
		if flag&os.O_CREATE != 0 {
			flag |= os.O_TRUNC
		}
		return flag
	})},
	{"O_RDONLY may write", "flags/rdonly does not write", flags(func(m ram, name string, flag int) int {
		if info, err := m.Stat(name); err == nil && info.Mode().IsRegular() && flag&accessModes == os.O_RDONLY {
			flag |= os.O_RDWR
		}
		return flag
	})},
	{"O_WRONLY may read", "flags/wronly does not read", flags(func(_ ram, _ string, flag int) int {
		if flag&accessModes == os.O_WRONLY {
			flag = flag&^os.O_WRONLY | os.O_RDWR
		}
		return flag
	})},
	{"a directory may be opened to write", "open/directory to write", flags(func(m ram, name string, flag int) int {
		if info, err := m.Stat(name); err == nil && info.IsDir() {
			flag &^= accessModes
		}
		return flag
	})},
	{"O_APPEND seeks once", "append/two handles in turn", func(m ram) afero.Fs {
		return &broken{Fs: m, openFile: func(name string, flag int, perm fs.FileMode) (*memfallback.File, error) {
			f, err := openRight(m, name, flag&^os.O_APPEND, perm)
			if err == nil && flag&os.O_APPEND != 0 {
				_, err = f.Seek(0, io.SeekEnd)
			}
			return f, err
		}}
	}},
	{"O_APPEND lets WriteAt write", "append/WriteAt is refused", func(m ram) afero.Fs {
		return &broken{Fs: m, file: func(f *memfallback.File, flag int) afero.File {
			return &brokenFile{File: f, writeAt: func(p []byte, off int64) (int, error) {
				if flag&os.O_APPEND != 0 && off >= 0 {
					return f.Write(p)
				}
				return f.WriteAt(p, off)
			}}
		}}
	}},

	{"a write is short without an error", "write/one after the other", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, write: func(p []byte) (int, error) { return f.Write(p[:(len(p)+1)/2]) }}
	})},
	{"a write of much loses its end", "write/much", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, write: func(p []byte) (int, error) {
			_, err := f.Write(p[:min(len(p), 1<<16)])
			return len(p), err
		}}
	})},
	{"a write shows when the file is closed", "write/is seen through other handles at once", files(func(f *memfallback.File) *brokenFile {
		var late []byte
		return &brokenFile{
			File:  f,
			write: func(p []byte) (int, error) { late = append(late, p...); return len(p), nil },
			close: func() error {
				if len(late) > 0 {
					_, _ = f.Write(late)
				}
				return f.Close()
			},
		}
	})},
	{"WriteAt cuts the tail off", "write/WriteAt keeps the tail", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, writeAt: func(p []byte, off int64) (int, error) {
			n, err := f.WriteAt(p, off)
			if err == nil && n > 0 {
				err = f.Truncate(off + int64(n))
			}
			return n, err
		}}
	})},
	{"WriteAt moves the offset", "write/WriteAt leaves the offset", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, writeAt: func(p []byte, off int64) (int, error) {
			n, err := f.WriteAt(p, off)
			if err == nil {
				_, _ = f.Seek(off+int64(n), io.SeekStart)
			}
			return n, err
		}}
	})},
	{"WriteAt before the start panics", "write/WriteAt before the start", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, writeAt: func(p []byte, off int64) (int, error) {
			if off < 0 {
				panic("slice bounds out of range")
			}
			return f.WriteAt(p, off)
		}}
	})},
	{"a write of nothing grows a file", "write/nothing beyond the end does not grow", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, writeAt: func(p []byte, off int64) (int, error) {
			if info, err := f.Stat(); err == nil && len(p) == 0 && off > info.Size() {
				return 0, f.Truncate(off)
			}
			return f.WriteAt(p, off)
		}}
	})},
	{"a hole is not zero", "holes/read as zeros", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, writeAt: func(p []byte, off int64) (int, error) {
			if info, err := f.Stat(); err == nil && off > info.Size() && off < 1<<20 {
				_, _ = f.WriteAt(make([]byte, 1), off-1)
				_, _ = f.WriteAt([]byte("dirt"), info.Size())
			}
			return f.WriteAt(p, off)
		}}
	})},
	{"truncate keeps the tail", "truncate/shrinks", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, truncate: func(size int64) error {
			if info, err := f.Stat(); err == nil && size < info.Size() && size >= 0 {
				return nil
			}
			return f.Truncate(size)
		}}
	})},
	{"truncate does not grow", "truncate/grows with zeros", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, truncate: func(size int64) error {
			if info, err := f.Stat(); err == nil && size > info.Size() {
				return nil
			}
			return f.Truncate(size)
		}}
	})},
	{"what truncate cut off comes back", "truncate/what was cut off does not come back", func(m ram) afero.Fs {
		cut := map[string][]byte{}
		return &broken{Fs: m, truncate: func(name string, size int64) error {
			if info, err := m.Stat(name); err == nil && size >= 0 && size < info.Size() {
				cut[name], _ = afero.ReadFile(m, name)
			}
			err := m.Truncate(name, size)
			if tail := cut[name]; err == nil && size <= int64(len(tail)) {
				f, _ := openRight(m, name, os.O_WRONLY, 0)
				_, _ = f.WriteAt(tail[:size], 0)
				_ = f.Close()
			}
			return err
		}}
	}},
	{"truncate moves the offset", "truncate/keeps the offset", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, truncate: func(size int64) error {
			err := f.Truncate(size)
			if err == nil {
				_, _ = f.Seek(0, io.SeekStart)
			}
			return err
		}}
	})},

	{"the end is an unexpected EOF", "read/ReadAt up to the end and over it", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, readAt: func(p []byte, off int64) (int, error) {
			n, err := f.ReadAt(p, off)
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return n, err
		}}
	})},
	{"the end comes with the last bytes", "read/a piece at a time", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, read: func(p []byte) (int, error) {
			n, err := f.Read(p)
			if err == nil && n < len(p) {
				err = io.EOF
			}
			return n, err
		}}
	})},
	{"the end of a read of nothing", "read/nothing is not the end", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, read: func(p []byte) (int, error) {
			if len(p) == 0 {
				return 0, io.EOF
			}
			return f.Read(p)
		}}
	})},
	{"ReadAt is short without an error", "read/ReadAt up to the end and over it", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, readAt: func(p []byte, off int64) (int, error) {
			n, err := f.ReadAt(p, off)
			if n > 0 {
				err = nil
			}
			return n, err
		}}
	})},
	{"ReadAt moves the offset", "read/ReadAt leaves the offset", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, readAt: func(p []byte, off int64) (int, error) {
			n, err := f.ReadAt(p, off)
			if n > 0 {
				_, _ = f.Seek(off+int64(n), io.SeekStart)
			}
			return n, err
		}}
	})},
	{"a directory reads as an empty file", "read/a directory", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, read: func(p []byte) (int, error) {
			n, err := f.Read(p)
			if errors.Is(err, syscall.EISDIR) {
				return 0, io.EOF
			}
			return n, err
		}}
	})},
}
