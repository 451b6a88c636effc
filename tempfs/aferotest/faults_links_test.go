package aferotest

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"syscall"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
)

// followed returns what a link leads to, a step far, or the name of what is no link.
func followed(m ram, name string) string {
	target, err := m.ReadlinkIfPossible(name)
	switch {
	case err != nil:
		return name
	case path.IsAbs(target):
		return target
	}
	return path.Join(path.Dir(name), target)
}

var linkFaults = []fault{
	{"remove follows a link", "remove/a link and not its target", func(m ram) afero.Fs {
		return &broken{Fs: m, remove: func(name string) error { return m.Remove(followed(m, name)) }}
	}},
	{"removeall follows a link", "removeall/a link and not its target", func(m ram) afero.Fs {
		return &broken{Fs: m, removeAll: func(name string) error { return m.RemoveAll(followed(m, name)) }}
	}},
	{"removeall follows links inside", "removeall/links inside are not followed", func(m ram) afero.Fs {
		return &broken{Fs: m, removeAll: func(name string) error {
			infos, _ := afero.ReadDir(m, name)
			for _, info := range infos {
				if info.Mode()&fs.ModeSymlink != 0 {
					_ = m.RemoveAll(followed(m, name+"/"+info.Name()))
				}
			}
			return m.RemoveAll(name)
		}}
	}},
	{"rename follows a link", "rename/a link and not its target", func(m ram) afero.Fs {
		return &broken{Fs: m, rename: func(oldname, newname string) error {
			return m.Rename(followed(m, oldname), newname)
		}}
	}},
	{"rename goes where a link leads", "rename/over a link and not its target", func(m ram) afero.Fs {
		return &broken{Fs: m, rename: func(oldname, newname string) error {
			return m.Rename(oldname, followed(m, newname))
		}}
	}},
	{"lstat follows", "stat/a link", func(m ram) afero.Fs {
		return &broken{Fs: m, lstat: m.Stat}
	}},
	{"stat does not follow", "stat/a link", func(m ram) afero.Fs {
		return &broken{Fs: m, stat: func(name string) (fs.FileInfo, error) { return lstat(m, name) }}
	}},
	{"chmod does not follow", "symlink/chmod and chtimes are of the target", func(m ram) afero.Fs {
		return &broken{Fs: m, chmod: func(name string, mode fs.FileMode) error {
			if _, err := m.ReadlinkIfPossible(name); err == nil {
				return nil
			}
			return m.Chmod(name, mode)
		}}
	}},
	{"a link's target is cleaned", "symlink/keeps the target as it was given", func(m ram) afero.Fs {
		return &broken{Fs: m, symlink: func(target, name string) error {
			if target == "" {
				return m.SymlinkIfPossible(target, name)
			}
			return m.SymlinkIfPossible(path.Clean(target), name)
		}}
	}},
	{"a link's target must exist", "symlink/dangling until it is not", func(m ram) afero.Fs {
		return &broken{Fs: m, symlink: func(target, name string) error {
			if _, err := lstat(m, path.Join(path.Dir(name), target)); err != nil {
				return &os.LinkError{Op: "symlink", Old: target, New: name, Err: syscall.ENOENT}
			}
			return m.SymlinkIfPossible(target, name)
		}}
	}},
	{"readlink tells an absolute target", "symlink/keeps the target as it was given", func(m ram) afero.Fs {
		return &broken{Fs: m, readlink: func(name string) (string, error) {
			target, err := m.ReadlinkIfPossible(name)
			if err == nil && !path.IsAbs(target) {
				target = "/" + target
			}
			return target, err
		}}
	}},
	{"absolute links begin elsewhere", "resolve/absolute links begin at the root", func(m ram) afero.Fs {
		return &broken{Fs: m, symlink: func(target, name string) error {
			if path.IsAbs(target) {
				target = "/host" + target
			}
			return m.SymlinkIfPossible(target, name)
		}, readlink: func(name string) (string, error) {
			target, err := m.ReadlinkIfPossible(name)
			if len(target) > 5 && target[:5] == "/host" {
				target = target[5:]
			}
			return target, err
		}}
	}},
	{"any number of links is followed", "resolve/40 links", func(m ram) afero.Fs {
		return &broken{Fs: m, openFile: func(name string, flag int, perm fs.FileMode) (*memfallback.File, error) {
			f, err := openRight(m, name, flag, perm)
			for range 200 {
				if !errors.Is(err, syscall.ELOOP) {
					break
				}
				name = followed(m, name)
				f, err = openRight(m, name, flag, perm)
			}
			return f, err
		}}
	}},
	{"a loop is followed without end", "stat/a loop", func(m ram) afero.Fs {
		return &broken{Fs: m, stat: func(name string) (fs.FileInfo, error) {
			for begin := time.Now(); time.Since(begin) < 10*time.Second; { // an end all the same, for the process that runs this
				info, err := m.Stat(name)
				if !errors.Is(err, syscall.ELOOP) {
					return info, err
				}
				time.Sleep(time.Millisecond)
			}
			return nil, syscall.ELOOP
		}}
	}},
	{"a hard link is a copy", "link/a second name", func(m ram) afero.Fs {
		return &broken{Fs: m, link: func(oldname, newname string) error {
			data, err := afero.ReadFile(m, oldname)
			if err != nil {
				return m.Link(oldname, newname)
			}
			f, err := openRight(m, newname, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if err != nil {
				return m.Link(oldname, newname)
			}
			_, err = f.Write(data)
			return errors.Join(err, f.Close())
		}}
	}},
	{"a hard link replaces", "link/names that are taken", func(m ram) afero.Fs {
		return &broken{Fs: m, link: func(oldname, newname string) error {
			if oldname != newname {
				_ = m.Remove(newname)
			}
			return m.Link(oldname, newname)
		}}
	}},
	{"a hard link follows a link", "link/a link and not its target", func(m ram) afero.Fs {
		return &broken{Fs: m, link: func(oldname, newname string) error { return m.Link(followed(m, oldname), newname) }}
	}},
}
