package aferotest

import (
	"io/fs"
	"os"
	"path"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
)

// timesKept runs fn and sets the mtime of name back to what it was.
func timesKept(m ram, name string, fn func()) {
	info, err := m.Stat(name)
	fn()
	if err == nil {
		_ = m.Chtimes(name, time.Time{}, info.ModTime())
	}
}

var metadataFaults = []fault{
	{"the umask is not asked", "umask/files", func(m ram) afero.Fs {
		return &broken{Fs: m, openFile: func(name string, flag int, perm fs.FileMode) (*memfallback.File, error) {
			_, missing := m.Stat(name)
			f, err := openRight(m, name, flag, perm)
			if err == nil && missing != nil {
				_ = m.Chmod(name, perm)
			}
			return f, err
		}}
	}},
	{"mkdir drops the mode", "mkdir/modes", func(m ram) afero.Fs {
		return &broken{Fs: m, mkdir: func(name string, _ fs.FileMode) error { return m.Mkdir(name, 0o755) }}
	}},
	{"opening sets the mode of what is there", "flags/mode of open is for what it makes", func(m ram) afero.Fs {
		return &broken{Fs: m, openFile: func(name string, flag int, perm fs.FileMode) (*memfallback.File, error) {
			f, err := openRight(m, name, flag, perm)
			if err == nil && flag&os.O_CREATE != 0 {
				_ = m.Chmod(name, perm)
			}
			return f, err
		}}
	}},
	{"chmod drops setuid, setgid and sticky", "mode/setuid, setgid and sticky", func(m ram) afero.Fs {
		return &broken{Fs: m, chmod: func(name string, mode fs.FileMode) error { return m.Chmod(name, mode.Perm()) }}
	}},
	{"chmod asks the umask", "mode/umask is not asked by chmod", func(m ram) afero.Fs {
		return &broken{Fs: m, chmod: func(name string, mode fs.FileMode) error { return m.Chmod(name, mode&^0o022) }}
	}},
	{"setuid survives a write", "mode/writing takes setuid away", func(m ram) afero.Fs {
		return &broken{Fs: m, file: func(f *memfallback.File, _ int) afero.File {
			return &brokenFile{File: f, write: func(p []byte) (int, error) {
				info, _ := f.Stat()
				n, err := f.Write(p)
				_ = m.Chmod(f.Name(), info.Mode())
				return n, err
			}}
		}}
	}},
	{"a write does not move the mtime", "times/a write moves it", func(m ram) afero.Fs {
		return &broken{Fs: m, file: func(f *memfallback.File, _ int) afero.File {
			return &brokenFile{File: f, write: func(p []byte) (n int, err error) {
				timesKept(m, f.Name(), func() { n, err = f.Write(p) })
				return n, err
			}}
		}}
	}},
	{"close moves the mtime", "times/opening does not", func(m ram) afero.Fs {
		return &broken{Fs: m, file: func(f *memfallback.File, flag int) afero.File {
			return &brokenFile{File: f, close: func() error {
				if flag&(os.O_RDWR|os.O_WRONLY) != 0 {
					_ = m.Chtimes(f.Name(), time.Time{}, time.Now())
				}
				return f.Close()
			}}
		}}
	}},
	{"a directory's mtime stays when a name comes", "times/a directory's moves when entries come", func(m ram) afero.Fs {
		return &broken{Fs: m, mkdir: func(name string, perm fs.FileMode) (err error) {
			timesKept(m, path.Dir(name), func() { err = m.Mkdir(name, perm) })
			return err
		}}
	}},
	{"a directory's mtime stays when a name goes", "times/a directory's moves when entries go", func(m ram) afero.Fs {
		return &broken{Fs: m, remove: func(name string) (err error) {
			timesKept(m, path.Dir(name), func() { err = m.Remove(name) })
			return err
		}}
	}},
	{"rename moves the file's mtime", "rename/keeps mode and time", func(m ram) afero.Fs {
		return &broken{Fs: m, rename: func(oldname, newname string) error {
			err := m.Rename(oldname, newname)
			if err == nil {
				_ = m.Chtimes(newname, time.Time{}, time.Now())
			}
			return err
		}}
	}},
	{"chtimes takes a zero time", "times/zero leaves a time", func(m ram) afero.Fs {
		return &broken{Fs: m, chtimes: func(name string, atime, mtime time.Time) error {
			if mtime.IsZero() {
				mtime = time.Unix(0, 0)
			}
			return m.Chtimes(name, atime, mtime)
		}}
	}},
	{"an info follows its file", "stat/an info is of its moment", func(m ram) afero.Fs {
		return &broken{Fs: m, stat: func(name string) (fs.FileInfo, error) {
			info, err := m.Stat(name)
			if err != nil {
				return nil, err
			}
			return livingInfo{info, m, name}, nil
		}}
	}},
	{"infos have the name as it was given", "names/Info.Name is the last element", func(m ram) afero.Fs {
		return &broken{Fs: m, stat: func(name string) (fs.FileInfo, error) {
			info, err := m.Stat(name)
			if err != nil {
				return nil, err
			}
			return namedInfo{info, name}, nil
		}}
	}},
}

type livingInfo struct {
	fs.FileInfo
	m    ram
	name string
}

func (i livingInfo) Size() int64 {
	if info, err := i.m.Stat(i.name); err == nil {
		return info.Size()
	}
	return i.FileInfo.Size()
}

type namedInfo struct {
	fs.FileInfo
	name string
}

func (i namedInfo) Name() string { return i.name }
