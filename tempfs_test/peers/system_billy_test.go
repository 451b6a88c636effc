package peers

import (
	"io"
	"os"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/memfs"
	"github.com/go-git/go-billy/v5/util"
)

// billySystem is memfs of go-billy as its New gives it: in a chroot, which resolves links.
type billySystem struct{ billy.Filesystem }

func newBilly() system { return billySystem{memfs.New()} }

func (s billySystem) Create(name string) (io.WriteCloser, error) { return s.Filesystem.Create(name) }
func (s billySystem) Open(name string) (io.ReadCloser, error)    { return s.Filesystem.Open(name) }
func (s billySystem) Mkdir(name string) error                    { return s.MkdirAll(name, dirMode) }

func (s billySystem) RemoveAll(name string) error { return util.RemoveAll(s.Filesystem, name) }

func (s billySystem) Append(name string) (io.WriteCloser, error) {
	return s.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
}

func (s billySystem) Update(name string) (updater, error) {
	f, err := s.OpenFile(name, os.O_RDWR, 0)
	return billyUpdater{f}, err
}

func (s billySystem) List(dir string) (listing, error) {
	infos, err := s.ReadDir(dir)
	return listing{infos: infos}, err
}

// billyUpdater seeks before it writes: a billy.File has no WriteAt.
type billyUpdater struct{ billy.File }

func (f billyUpdater) WriteAt(p []byte, offset int64) (int, error) {
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return 0, err
	}
	return f.Write(p)
}
