package peers

import (
	"io"
	"os"

	"github.com/hack-pad/hackpadfs"
	"github.com/hack-pad/hackpadfs/mem"
)

// hackpadSystem is the filesystem in memory of hackpadfs.
type hackpadSystem struct{ *mem.FS }

func newHackpad() system {
	fsys, err := mem.NewFS()
	if err != nil {
		panic(err) // it can make its root directory
	}
	return hackpadSystem{fsys}
}

func (s hackpadSystem) Create(name string) (io.WriteCloser, error) {
	return hackpadWriter(s.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, fileMode))
}

func (s hackpadSystem) Append(name string) (io.WriteCloser, error) {
	return hackpadWriter(s.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0))
}

func hackpadWriter(f hackpadfs.File, err error) (io.WriteCloser, error) {
	if err != nil {
		return nil, err
	}
	return f.(io.WriteCloser), nil
}

func (s hackpadSystem) Update(name string) (updater, error) {
	f, err := s.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return f.(updater), nil
}

func (s hackpadSystem) Open(name string) (io.ReadCloser, error) { return s.FS.Open(name) }
func (s hackpadSystem) Mkdir(name string) error                 { return s.FS.Mkdir(name, dirMode) }
func (s hackpadSystem) RemoveAll(name string) error             { return hackpadfs.RemoveAll(s.FS, name) }

func (s hackpadSystem) List(dir string) (listing, error) {
	entries, err := hackpadfs.ReadDir(s.FS, dir)
	return listing{entries: entries}, err
}
