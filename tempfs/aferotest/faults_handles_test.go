package aferotest

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"syscall"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
)

// handleFaults are of offsets and of the life of an open file.
var handleFaults = []fault{
	{"a seek before the start is the start", "seek/before the start", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, seek: func(offset int64, whence int) (int64, error) {
			pos, err := f.Seek(offset, whence)
			if errors.Is(err, syscall.EINVAL) && offset < 0 {
				return f.Seek(0, io.SeekStart)
			}
			return pos, err
		}}
	})},
	{"a seek stops at the end", "seek/beyond the end does not grow", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, seek: func(offset int64, whence int) (int64, error) {
			pos, err := f.Seek(offset, whence)
			if info, failed := f.Stat(); err == nil && failed == nil && !info.IsDir() && pos > info.Size() {
				return f.Seek(0, io.SeekEnd)
			}
			return pos, err
		}}
	})},
	{"a seek from nowhere is one from the start", "seek/from nowhere", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, seek: func(offset int64, whence int) (int64, error) {
			if whence > io.SeekEnd {
				whence = io.SeekStart
			}
			return f.Seek(offset, whence)
		}}
	})},
	{"a second close is success", "handles/close", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, close: func() error { _ = f.Close(); return nil }}
	})},
	{"a closed file still reads", "handles/use after close", files(func(f *memfallback.File) *brokenFile {
		isClosed := false
		return &brokenFile{File: f, close: func() error {
			if isClosed {
				return f.Close()
			}
			isClosed = true
			return nil
		}}
	})},
	{"a closed file has an error of its own", "handles/use after close", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, read: func(p []byte) (int, error) {
			n, err := f.Read(p)
			if errors.Is(err, fs.ErrClosed) {
				return 0, afero.ErrFileClosed
			}
			return n, err
		}}
	})},
	{"a closed file can be stat'ed", "handles/use after close", files(func(f *memfallback.File) *brokenFile {
		var last fs.FileInfo
		return &brokenFile{File: f, stat: func() (fs.FileInfo, error) {
			info, err := f.Stat()
			if errors.Is(err, fs.ErrClosed) && last != nil {
				return last, nil
			}
			return info, err
		}, close: func() error { last, _ = f.Stat(); return f.Close() }}
	})},
	{"Name tells another name", "names/File.Name is the name given", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, name: func() string { return "/" + f.Name() }}
	})},
	{"an open file dies with its name", "remove/an open file", func(m ram) afero.Fs {
		return &broken{Fs: m, file: func(f *memfallback.File, _ int) afero.File {
			return &brokenFile{File: f, read: func(p []byte) (int, error) {
				if _, err := m.Stat(f.Name()); err != nil {
					return 0, pathError("read", f.Name(), syscall.ENOENT)
				}
				return f.Read(p)
			}}
		}}
	}},
	{"files of one name share an offset", "read/two handles at their own offsets", func(m ram) afero.Fs {
		var last *memfallback.File
		return &broken{Fs: m, file: func(f *memfallback.File, flag int) afero.File {
			if last == nil || last.Name() != f.Name() || flag&accessModes != os.O_RDONLY {
				last = f
			}
			first := last
			return &brokenFile{File: f, read: first.Read, seek: first.Seek}
		}}
	}},
}

// listingFaults are of open directories.
var listingFaults = []fault{
	{"a page loses an entry", "readdir/every page size tells each name once", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, readdirnames: func(n int) ([]string, error) {
			if n <= 0 {
				return f.Readdirnames(n)
			}
			names, err := f.Readdirnames(n + 1)
			return names[:min(len(names), n)], err
		}}
	})},
	{"a page comes twice after a removal", "readdir/removing one at a time", func(m ram) afero.Fs {
		return &broken{Fs: m, file: func(f *memfallback.File, _ int) afero.File {
			offset := 0
			return &brokenFile{File: f, readdirnames: func(n int) ([]string, error) {
				if n <= 0 {
					return f.Readdirnames(n)
				}
				infos, err := afero.ReadDir(m, f.Name())
				if err != nil || offset >= len(infos) {
					return nil, io.EOF
				}
				var names []string
				for _, info := range infos[offset:min(len(infos), offset+n)] {
					names = append(names, info.Name())
				}
				offset += n
				return names, nil
			}}
		}}
	}},
	{"the end comes with the last page", "readdir/pages of names and entries", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, readdirnames: func(n int) ([]string, error) {
			names, err := f.Readdirnames(n)
			if n > 0 && len(names) < n {
				err = io.EOF
			}
			return names, err
		}}
	})},
	{"an empty directory has no end", "readdir/an empty directory", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, readdir: func(n int) ([]fs.FileInfo, error) {
			infos, err := f.Readdir(n)
			if err == io.EOF {
				err = nil
			}
			return infos, err
		}}
	})},
	{"a count of 0 lists nothing", "readdir/zero is all", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, readdir: func(n int) ([]fs.FileInfo, error) {
			if n == 0 {
				return nil, nil
			}
			return f.Readdir(n)
		}}
	})},
	{"a listing follows links", "readdir/infos are of the links", func(m ram) afero.Fs {
		return &broken{Fs: m, file: func(f *memfallback.File, _ int) afero.File {
			return &brokenFile{File: f, readdir: func(n int) ([]fs.FileInfo, error) {
				infos, err := f.Readdir(n)
				for i, info := range infos {
					if target, dangling := m.Stat(f.Name() + "/" + info.Name()); dangling == nil {
						infos[i] = namedInfo{target, info.Name()}
					}
				}
				return infos, err
			}}
		}}
	}},
	{"a listing of a file is empty", "readdir/a file", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, readdir: func(n int) ([]fs.FileInfo, error) {
			infos, err := f.Readdir(n)
			if errors.Is(err, syscall.ENOTDIR) {
				return nil, nil
			}
			return infos, err
		}}
	})},
	{"a seek does not rewind a listing", "seek/rewinds a listing", files(func(f *memfallback.File) *brokenFile {
		return &brokenFile{File: f, seek: func(offset int64, whence int) (int64, error) {
			if info, err := f.Stat(); err == nil && info.IsDir() {
				return 0, nil
			}
			return f.Seek(offset, whence)
		}}
	})},
}

// yield lets others in between a look and the deed.
func yield() {
	for range 10 {
		runtime.Gosched()
	}
}

// raceFaults are right as long as one goroutine is at work.
var raceFaults = []fault{
	{"O_EXCL looks first and creates then", "concurrent/exclusive create has one winner", func(m ram) afero.Fs {
		return &broken{Fs: m, openFile: func(name string, flag int, perm fs.FileMode) (*memfallback.File, error) {
			if flag&os.O_EXCL == 0 || flag&os.O_CREATE == 0 {
				return openRight(m, name, flag, perm)
			}
			if _, err := lstat(m, name); err == nil {
				return openRight(m, name, flag, perm)
			}
			yield()
			return openRight(m, name, flag&^os.O_EXCL, perm)
		}}
	}},
	{"O_APPEND looks for the end and writes then", "concurrent/appends lose nothing", func(m ram) afero.Fs {
		return &broken{Fs: m, openFile: func(name string, flag int, perm fs.FileMode) (*memfallback.File, error) {
			return openRight(m, name, flag&^os.O_APPEND, perm)
		}, file: func(f *memfallback.File, flag int) afero.File {
			if flag&os.O_APPEND == 0 {
				return f
			}
			return &brokenFile{File: f, write: func(p []byte) (int, error) {
				_, _ = f.Seek(0, io.SeekEnd)
				yield()
				return f.Write(p)
			}}
		}}
	}},
	{"rename removes first and moves then", "concurrent/rename is never half done", func(m ram) afero.Fs {
		return &broken{Fs: m, rename: func(oldname, newname string) error {
			info, err := lstat(m, newname)
			if _, missing := lstat(m, oldname); err == nil && missing == nil && !info.IsDir() && oldname != newname {
				_ = m.Remove(newname)
				yield()
			}
			return m.Rename(oldname, newname)
		}}
	}},
	{"O_CREATE looks first and replaces then", "concurrent/open with create makes one file", func(m ram) afero.Fs {
		return &broken{Fs: m, openFile: func(name string, flag int, perm fs.FileMode) (*memfallback.File, error) {
			if _, err := m.Stat(name); err == nil || flag&os.O_CREATE == 0 {
				return openRight(m, name, flag, perm)
			}
			yield()
			return openRight(m, name, flag|os.O_TRUNC, perm)
		}}
	}},
	{"mkdirall looks first and makes then", "concurrent/mkdirall of one path", func(m ram) afero.Fs {
		return &broken{Fs: m, mkdirAll: func(name string, perm fs.FileMode) error {
			if _, err := m.Stat(name); err == nil {
				return m.MkdirAll(name, perm)
			}
			yield()
			for i := range len(name) + 1 {
				if i != len(name) && name[i] != '/' || i == 0 {
					continue
				}
				if _, err := m.Stat(name[:i]); err == nil {
					continue
				}
				yield()
				if err := m.Mkdir(name[:i], perm); err != nil {
					return err
				}
			}
			return nil
		}}
	}},
	{"two removals of one name succeed", "concurrent/one removal succeeds", func(m ram) afero.Fs {
		return &broken{Fs: m, remove: func(name string) error {
			if _, err := lstat(m, name); err != nil {
				return m.Remove(name)
			}
			yield()
			if err := m.Remove(name); !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return nil
		}}
	}},
}
