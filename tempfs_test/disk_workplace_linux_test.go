package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// system is what is measured beside ours, and ours: the calls that an afero.Fs and an os.Root have in common.
type system interface {
	Open(name string) (afero.File, error)
	Create(name string) (afero.File, error)
	OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error)
	Stat(name string) (fs.FileInfo, error)
	LstatIfPossible(name string) (fs.FileInfo, bool, error)
	Mkdir(name string, perm fs.FileMode) error
	Remove(name string) error
	Rename(oldname, newname string) error
	Chmod(name string, mode fs.FileMode) error
}

// rootSystem is an os.Root.
type rootSystem struct{ *os.Root }

func (r rootSystem) Open(name string) (afero.File, error) {
	return fileOf(r.Root.Open(name))
}

func (r rootSystem) Create(name string) (afero.File, error) {
	return fileOf(r.Root.Create(name))
}

func (r rootSystem) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	return fileOf(r.Root.OpenFile(name, flag, perm))
}

func (r rootSystem) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	info, err := r.Lstat(name)
	return info, true, err
}

func fileOf(f *os.File, err error) (afero.File, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

// The contenders of the table. Package os, to which the others are compared, is given host paths that were joined before.
const (
	contenderOurs     = "ours"
	contenderOS       = "os"
	contenderBasePath = "BasePathFs"
	contenderRoot     = "os.Root"
)

var diskContenders = []string{contenderOurs, contenderOS, contenderBasePath, contenderRoot}

// deepestParents are those of a name at depth 8, which is the number of components below the root of the Fs.
const deepestParents = "a/b/c/d/e/f/g/"

var diskDepths = []int{1, 3, 8}

// workplace is where a contender does a row: at a depth of a tree of its own.
type workplace struct {
	system
	names []string // as the contender is told them
	hosts []string // the same on the host
	block []byte
	close func() error
}

// newWorkplace is one with so many names.
func newWorkplace(contender string, depth, names int) (*workplace, error) {
	fsys, err := tempfs.New()
	if err != nil {
		return nil, err
	}
	w := &workplace{block: make([]byte, blockSize), close: fsys.Release}
	if err := w.open(contender, fsys, depth, names); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *workplace) open(contender string, fsys *tempfs.Fs, depth, names int) error {
	root, err := fsys.RealPath("/")
	if err != nil {
		return err
	}
	prefix := ""
	switch contender {
	case contenderOurs:
		w.system = fsys
	case contenderOS: // each method of OsFs is one call of package os
		w.system, prefix = afero.NewOsFs().(system), root+"/"
	case contenderBasePath:
		w.system = afero.NewBasePathFs(afero.NewOsFs(), root).(system)
	case contenderRoot:
		opened, err := os.OpenRoot(root)
		if err != nil {
			return err
		}
		w.system = rootSystem{opened}
		w.close = func() error { return errors.Join(opened.Close(), fsys.Release()) }
	}
	parents := deepestParents[:2*(depth-1)]
	for i := range names {
		name := fmt.Sprintf("%sf%d", parents, i)
		w.names = append(w.names, prefix+name)
		w.hosts = append(w.hosts, filepath.Join(root, name))
	}
	return os.MkdirAll(filepath.Join(root, parents), 0o700)
}

// requireOpenat2 is for the figures that are of it: the backend has another way without.
func requireOpenat2(t *testing.T) {
	t.Helper()
	fd, err := unix.Openat2(unix.AT_FDCWD, ".", &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC})
	if err != nil {
		t.Skipf("no openat2 here: %v", err)
	}
	require.NoError(t, unix.Close(fd))
}

// run is a step of a row, which may have none.
func (w *workplace) run(step func(w *workplace) error) error {
	if step == nil {
		return nil
	}
	return step(w)
}
