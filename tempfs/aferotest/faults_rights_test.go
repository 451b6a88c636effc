package aferotest

import (
	"io/fs"
	"os"
	"path"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
)

// lent runs fn while name has all rights, if it is there and is the user's.
func lent(m ram, name string, fn func() error) error {
	info, err := m.Stat(name)
	if err != nil || m.Chmod(name, info.Mode()|0o700) != nil {
		return fn()
	}
	defer func() { _ = m.Chmod(name, info.Mode()) }()
	return fn()
}

// rightFaults are of what the mode forbids.
var rightFaults = []fault{
	{"a file's mode does not bind who opens it", "perm/a file that nobody may open", func(m ram) afero.Fs {
		return &broken{Fs: m, openFile: func(name string, flag int, perm fs.FileMode) (f *memfallback.File, err error) {
			if info, failed := m.Stat(name); failed != nil || info.IsDir() {
				return openRight(m, name, flag, perm)
			}
			err = lent(m, name, func() error {
				f, err = openRight(m, name, flag, perm)
				return err
			})
			return f, err
		}}
	}},
	{"a directory without w lets names go", "perm/a directory without w keeps what it has", func(m ram) afero.Fs {
		return &broken{Fs: m, remove: func(name string) error {
			return lent(m, path.Dir(name), func() error { return m.Remove(name) })
		}}
	}},
	{"a directory without x tells what is in it", "perm/a directory without x hides what is in it", func(m ram) afero.Fs {
		return &broken{Fs: m, stat: func(name string) (info fs.FileInfo, err error) {
			err = lent(m, path.Dir(name), func() error {
				info, err = m.Stat(name)
				return err
			})
			return info, err
		}}
	}},
	{"a directory without r lists", "perm/a directory without r does not list", func(m ram) afero.Fs {
		return &broken{Fs: m, openFile: func(name string, flag int, perm fs.FileMode) (f *memfallback.File, err error) {
			if info, failed := m.Stat(name); failed != nil || !info.IsDir() || flag != os.O_RDONLY {
				return openRight(m, name, flag, perm)
			}
			err = lent(m, name, func() error {
				f, err = openRight(m, name, flag, perm)
				return err
			})
			return f, err
		}}
	}},
	{"removeall gives itself the rights", "perm/removeall of what may not go", func(m ram) afero.Fs {
		return &broken{Fs: m, removeAll: func(name string) error {
			_ = afero.Walk(m, name, func(path string, info fs.FileInfo, err error) error {
				if err == nil && info.IsDir() {
					return m.Chmod(path, 0o700)
				}
				return nil
			})
			return m.RemoveAll(name)
		}}
	}},
}
