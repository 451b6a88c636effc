package peers

import (
	"errors"
	"io"
	"io/fs"

	"github.com/cockroachdb/pebble/vfs"
)

// pebbleSystem is the filesystem with which pebble tests its database.
type pebbleSystem struct{ *vfs.MemFS }

func newPebble() system { return pebbleSystem{vfs.NewMem()} }

func (s pebbleSystem) Create(name string) (io.WriteCloser, error) { return s.MemFS.Create(name) }
func (s pebbleSystem) Open(name string) (io.ReadCloser, error)    { return s.MemFS.Open(name) }
func (s pebbleSystem) Update(name string) (updater, error)        { return s.OpenReadWrite(name) }
func (s pebbleSystem) Mkdir(name string) error                    { return s.MkdirAll(name, dirMode) }

// List asks for the info of each name, since names are all that pebble lists.
func (s pebbleSystem) List(dir string) (listing, error) {
	names, err := s.MemFS.List(dir)
	if err != nil {
		return listing{}, err
	}
	infos := make([]fs.FileInfo, len(names))
	for i, name := range names {
		if infos[i], err = s.Stat(dir + "/" + name); err != nil {
			return listing{}, err
		}
	}
	return listing{infos: infos}, nil
}

func (s pebbleSystem) Append(string) (io.WriteCloser, error) { return nil, errors.ErrUnsupported }
