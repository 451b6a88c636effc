package peers

import (
	"io"
	"os"

	"github.com/spf13/afero"
)

// aferoSystem is any afero.Fs: MemMapFs, package os, and ours.
type aferoSystem struct{ afero.Fs }

func (s aferoSystem) Create(name string) (io.WriteCloser, error) { return s.Fs.Create(name) }
func (s aferoSystem) Open(name string) (io.ReadCloser, error)    { return s.Fs.Open(name) }
func (s aferoSystem) Mkdir(name string) error                    { return s.Fs.Mkdir(name, dirMode) }

func (s aferoSystem) Append(name string) (io.WriteCloser, error) {
	return s.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
}

func (s aferoSystem) Update(name string) (updater, error) {
	return s.OpenFile(name, os.O_RDWR, 0)
}

func (s aferoSystem) List(dir string) (listing, error) {
	f, err := s.Fs.Open(dir)
	if err != nil {
		return listing{}, err
	}
	infos, err := f.Readdir(-1)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return listing{infos: infos}, err
}
