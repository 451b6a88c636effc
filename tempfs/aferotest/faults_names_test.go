package aferotest

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
)

type ram = *memfallback.Fs

func pathError(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// everyName has a fault in what becomes of a name before it is looked up.
func everyName(change func(m ram, name string) string) func(m ram) afero.Fs {
	return func(m ram) afero.Fs {
		in := func(name string) string { return change(m, name) }
		return &broken{
			Fs: m,
			openFile: func(name string, flag int, perm fs.FileMode) (*memfallback.File, error) {
				return openRight(m, in(name), flag, perm)
			},
			mkdir:     func(name string, perm fs.FileMode) error { return m.Mkdir(in(name), perm) },
			mkdirAll:  func(name string, perm fs.FileMode) error { return m.MkdirAll(in(name), perm) },
			remove:    func(name string) error { return m.Remove(in(name)) },
			removeAll: func(name string) error { return m.RemoveAll(in(name)) },
			rename:    func(oldname, newname string) error { return m.Rename(in(oldname), in(newname)) },
			stat:      func(name string) (fs.FileInfo, error) { return m.Stat(in(name)) },
			lstat: func(name string) (fs.FileInfo, error) {
				info, _, err := m.LstatIfPossible(in(name))
				return info, err
			},
		}
	}
}

// everyError has a fault in the errors of what takes one name.
func everyError(change func(err error) error) func(m ram) afero.Fs {
	return func(m ram) afero.Fs {
		out := func(err error) error {
			if err == nil {
				return nil
			}
			return change(err)
		}
		return &broken{
			Fs: m,
			openFile: func(name string, flag int, perm fs.FileMode) (*memfallback.File, error) {
				f, err := openRight(m, name, flag, perm)
				return f, out(err)
			},
			mkdir:  func(name string, perm fs.FileMode) error { return out(m.Mkdir(name, perm)) },
			remove: func(name string) error { return out(m.Remove(name)) },
			rename: func(oldname, newname string) error { return out(m.Rename(oldname, newname)) },
			stat: func(name string) (fs.FileInfo, error) {
				info, err := m.Stat(name)
				return info, out(err)
			},
		}
	}
}

// onPath changes the *fs.PathErrors.
func onPath(change func(e fs.PathError) error) func(m ram) afero.Fs {
	return everyError(func(err error) error {
		if e := (*fs.PathError)(nil); errors.As(err, &e) {
			return change(*e)
		}
		return err
	})
}

var nameFaults = []fault{
	{"names are cleaned, link/.. too", "resolve/dots after a link are of its target", everyName(func(_ ram, name string) string {
		if name == "" || strings.Contains(name, "\x00") {
			return name
		}
		return path.Clean(name)
	})},
	{"the empty name is the root", "names/empty is not the root", everyName(func(_ ram, name string) string {
		if name == "" {
			return "/"
		}
		return name
	})},
	{"a slash at the end is ignored", "names/trailing slash on a file", everyName(func(_ ram, name string) string {
		return "/" + strings.Trim(name, "/")
	})},
	{"NUL ends a name", "names/NUL is invalid", everyName(func(_ ram, name string) string {
		before, _, _ := strings.Cut(name, "\x00")
		return before
	})},
	{"case does not matter", "names/case matters", everyName(func(_ ram, name string) string {
		return strings.ToLower(name)
	})},
	{"a long name is cut", "names/256 bytes do not", everyName(func(_ ram, name string) string {
		return name[:min(len(name), 255)]
	})},
	{"a backslash separates", "names/backslash does not separate", everyName(func(_ ram, name string) string {
		return strings.ReplaceAll(name, `\`, "/")
	})},
	{"bytes that are not UTF-8 are replaced", "names/bytes that are not UTF-8", everyName(func(_ ram, name string) string {
		return strings.ToValidUTF8(name, "\uFFFD")
	})},
	{"dots above the root lead nowhere", "resolve/the parent of the root is the root", everyName(func(_ ram, name string) string {
		if strings.HasPrefix(name, "../") || strings.HasPrefix(name, "/..") {
			return "/nowhere/" + name
		}
		return name
	})},

	{"errors name the host's path", "errors/paths are as given", onPath(func(e fs.PathError) error {
		return pathError(e.Op, "/tmp/backend123/"+e.Path, e.Err)
	})},
	{"errors name a cleaned path", "errors/paths are as given", onPath(func(e fs.PathError) error {
		return pathError(e.Op, path.Clean("/"+e.Path), e.Err)
	})},
	{"errors have the Op of a system call", "mkdir/what is there", onPath(func(e fs.PathError) error {
		return pathError(e.Op+"at", e.Path, e.Err)
	})},
	{"errors are bare", "stat/what is missing", onPath(func(e fs.PathError) error { return e.Err })},
	{"errors are of io/fs and have no errno", "stat/what is missing", onPath(func(e fs.PathError) error {
		if errors.Is(e.Err, fs.ErrNotExist) {
			return pathError(e.Op, e.Path, fs.ErrNotExist)
		}
		return &e
	})},
	{"ENOTDIR is told as ENOENT", "errors/not a directory", onPath(func(e fs.PathError) error {
		if e.Err == syscall.ENOTDIR {
			return pathError(e.Op, e.Path, syscall.ENOENT)
		}
		return &e
	})},
	{"a loop is told as ENOENT", "stat/a loop", onPath(func(e fs.PathError) error {
		if e.Err == syscall.ELOOP {
			return pathError(e.Op, e.Path, syscall.ENOENT)
		}
		return &e
	})},
	{"rename has a PathError", "rename/what is missing", everyError(func(err error) error {
		if e := (*os.LinkError)(nil); errors.As(err, &e) {
			return pathError(e.Op, e.Old, e.Err)
		}
		return err
	})},

	{"mkdir makes parents", "mkdir/missing parent", func(m ram) afero.Fs {
		return &broken{Fs: m, mkdir: func(name string, perm fs.FileMode) error {
			_ = m.MkdirAll(path.Dir(name), perm)
			return m.Mkdir(name, perm)
		}}
	}},
	{"mkdir of what is there is success", "mkdir/what is there", func(m ram) afero.Fs {
		return &broken{Fs: m, mkdir: func(name string, perm fs.FileMode) error {
			err := m.Mkdir(name, perm)
			if info, failed := lstat(m, name); failed == nil && info.IsDir() {
				return nil
			}
			return err
		}}
	}},
	{"mkdirall over a file says EEXIST", "mkdirall/a file at the end", func(m ram) afero.Fs {
		return &broken{Fs: m, mkdirAll: func(name string, perm fs.FileMode) error {
			err := m.MkdirAll(name, perm)
			if errors.Is(err, syscall.ENOTDIR) {
				return pathError("mkdir", name, syscall.EEXIST)
			}
			return err
		}}
	}},
	{"create makes parents", "open/missing parent", func(m ram) afero.Fs {
		return &broken{Fs: m, openFile: func(name string, flag int, perm fs.FileMode) (*memfallback.File, error) {
			if flag&os.O_CREATE != 0 {
				_ = m.MkdirAll(path.Dir(name), 0o777)
			}
			return openRight(m, name, flag, perm)
		}}
	}},

	{"remove takes what is in a directory", "remove/a directory that is not empty", func(m ram) afero.Fs {
		return &broken{Fs: m, remove: func(name string) error {
			err := m.Remove(name)
			if errors.Is(err, syscall.ENOTEMPTY) {
				return m.RemoveAll(name)
			}
			return err
		}}
	}},
	{"remove of what is not empty says EEXIST", "remove/a directory that is not empty", func(m ram) afero.Fs {
		return &broken{Fs: m, remove: func(name string) error {
			err := m.Remove(name)
			if errors.Is(err, syscall.ENOTEMPTY) {
				return pathError("remove", name, syscall.EEXIST)
			}
			return err
		}}
	}},
	{"removeall of what is missing fails", "removeall/what is missing", func(m ram) afero.Fs {
		return &broken{Fs: m, removeAll: func(name string) error {
			if _, err := lstat(m, name); err != nil {
				return err
			}
			return m.RemoveAll(name)
		}}
	}},
	{"removeall takes names that begin alike", "removeall/siblings stay", func(m ram) afero.Fs {
		return &broken{Fs: m, removeAll: func(name string) error {
			names, _ := afero.ReadDir(m, path.Dir(name))
			for _, info := range names {
				if strings.HasPrefix(info.Name(), path.Base(name)) {
					_ = m.RemoveAll(path.Join(path.Dir(name), info.Name()))
				}
			}
			return m.RemoveAll(name)
		}}
	}},
	{"removeall of dot removes", "removeall/dots at the end", func(m ram) afero.Fs {
		return &broken{Fs: m, removeAll: func(name string) error { return m.RemoveAll(path.Clean(name)) }}
	}},

	{"rename merges directories", "rename/a directory over one that is not empty", func(m ram) afero.Fs {
		return &broken{Fs: m, rename: func(oldname, newname string) error {
			err := m.Rename(oldname, newname)
			if !errors.Is(err, syscall.EEXIST) {
				return err
			}
			infos, _ := afero.ReadDir(m, oldname)
			for _, info := range infos {
				_ = m.Rename(path.Join(oldname, info.Name()), path.Join(newname, info.Name()))
			}
			return m.Remove(oldname)
		}}
	}},
	{"rename replaces an empty directory", "rename/a directory over an empty one", func(m ram) afero.Fs {
		return &broken{Fs: m, rename: func(oldname, newname string) error {
			err := m.Rename(oldname, newname)
			if errors.Is(err, syscall.EEXIST) && m.Remove(newname) == nil {
				return m.Rename(oldname, newname)
			}
			return err
		}}
	}},
	{"rename does not replace a file", "rename/over a file", func(m ram) afero.Fs {
		return &broken{Fs: m, rename: func(oldname, newname string) error {
			if _, err := lstat(m, newname); err == nil {
				return &os.LinkError{Op: "rename", Old: oldname, New: newname, Err: syscall.EEXIST}
			}
			return m.Rename(oldname, newname)
		}}
	}},
	{"rename of one file's two names drops one", "rename/onto another name of the same file", func(m ram) afero.Fs {
		return &broken{Fs: m, rename: func(oldname, newname string) error {
			if oldname != newname {
				_ = m.Remove(newname)
			}
			return m.Rename(oldname, newname)
		}}
	}},
	{"rename into itself says EBUSY", "rename/a directory into itself", everyError(func(err error) error {
		if e := (*os.LinkError)(nil); errors.As(err, &e) && e.Err == syscall.EINVAL {
			return &os.LinkError{Op: e.Op, Old: e.Old, New: e.New, Err: syscall.EBUSY}
		}
		return err
	})},
	{"rename makes a new file", "rename/open files keep what they are", func(m ram) afero.Fs {
		return &broken{Fs: m, rename: func(oldname, newname string) error {
			info, err := lstat(m, oldname)
			if err != nil || !info.Mode().IsRegular() || oldname == newname {
				return m.Rename(oldname, newname)
			}
			data, _ := afero.ReadFile(m, oldname)
			if err := afero.WriteFile(m, newname, data, info.Mode()); err != nil {
				return m.Rename(oldname, newname)
			}
			return errors.Join(m.Chtimes(newname, time.Time{}, info.ModTime()), m.Remove(oldname))
		}}
	}},
}
