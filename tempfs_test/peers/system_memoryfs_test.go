package peers

import (
	"errors"
	"io"

	"github.com/liamg/memoryfs"
)

// memorySystem is liamg/memoryfs, which opens for reading alone: what it opens can be written from the beginning, too.
type memorySystem struct{ *memoryfs.FS }

func newMemoryFS() system { return memorySystem{memoryfs.New()} }

func (s memorySystem) Create(name string) (io.WriteCloser, error) {
	if err := s.WriteFile(name, nil, fileMode); err != nil {
		return nil, err
	}
	f, err := s.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return f.(io.WriteCloser), nil
}

func (s memorySystem) Put(name string, content []byte) error {
	return s.WriteFile(name, content, fileMode)
}

func (s memorySystem) Open(name string) (io.ReadCloser, error) { return s.FS.Open(name) }
func (s memorySystem) Mkdir(name string) error                 { return s.MkdirAll(name, dirMode) }

func (s memorySystem) List(dir string) (listing, error) {
	entries, err := s.ReadDir(dir)
	return listing{entries: entries}, err
}

func (s memorySystem) Append(string) (io.WriteCloser, error) { return nil, errors.ErrUnsupported }
func (s memorySystem) Update(string) (updater, error)        { return nil, errors.ErrUnsupported }
func (s memorySystem) Rename(string, string) error           { return errors.ErrUnsupported }
