package peers

import (
	"io"
	"os"

	"github.com/avfs/avfs/vfs/memfs"
)

// avfsSystem is MemFS of avfs.
type avfsSystem struct{ *memfs.MemFS }

func newAvfs() system { return avfsSystem{memfs.New()} }

func (s avfsSystem) Create(name string) (io.WriteCloser, error) { return s.MemFS.Create(name) }
func (s avfsSystem) Open(name string) (io.ReadCloser, error)    { return s.MemFS.Open(name) }
func (s avfsSystem) Mkdir(name string) error                    { return s.MemFS.Mkdir(name, dirMode) }

func (s avfsSystem) Append(name string) (io.WriteCloser, error) {
	return s.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
}

func (s avfsSystem) Update(name string) (updater, error) {
	f, err := s.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (s avfsSystem) List(dir string) (listing, error) {
	entries, err := s.ReadDir(dir)
	return listing{entries: entries}, err
}
