package tempfs

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/afero"
)

// IOFS returns the Fs as an [fs.FS]: for http.FS, templates, [fs.WalkDir], [fs.Glob]. It is also an fs.ReadFileFS, ReadDirFS,
// StatFS, ReadLinkFS, GlobFS and SubFS, and passes testing/fstest.TestFS. Names are slash-separated and
// relative: one that is not [fs.ValidPath] is fs.ErrInvalid. Links are followed as in the Fs, inside its root.
func (f *Fs) IOFS() fs.FS { return iofs{f, "."} }

// iofs is the io/fs view of a directory of an Fs.
type iofs struct {
	fs  *Fs
	dir string // "." or a valid path
}

var (
	_ fs.ReadFileFS = iofs{}
	_ fs.ReadDirFS  = iofs{}
	_ fs.StatFS     = iofs{}
	_ fs.ReadLinkFS = iofs{}
	_ fs.GlobFS     = iofs{}
	_ fs.SubFS      = iofs{}
)

// full is the name in the Fs.
func (v iofs) full(op, name string) (string, error) {
	switch {
	case !fs.ValidPath(name):
		return "", pathError(op, name, fs.ErrInvalid)
	case v.dir == ".":
		return name, nil
	}
	return path.Join(v.dir, name), nil // both are clean
}

// shorten puts the name as it was given back into an error.
func shorten(err error, name string) error {
	if e, ok := err.(*fs.PathError); ok { //nolint:errorlint // our own, made just now and not wrapped
		return pathError(e.Op, name, e.Err)
	}
	return err
}

func (v iofs) open(name string) (*file, error) {
	full, err := v.full(opOpen, name)
	if err != nil {
		return nil, err
	}
	return v.fs.openAs(name, full, os.O_RDONLY, 0)
}

func (v iofs) Open(name string) (fs.File, error) {
	f, err := v.open(name)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (v iofs) ReadFile(name string) ([]byte, error) {
	full, err := v.full(opOpen, name)
	if err != nil {
		return nil, err
	}
	data, err := afero.ReadFile(v.fs, full)
	return data, shorten(err, name)
}

// ReadDir sorts by name, as io/fs asks for.
func (v iofs) ReadDir(name string) ([]fs.DirEntry, error) {
	f, err := v.open(name)
	if err != nil {
		return nil, err
	}
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	if closed := f.Close(); err == nil {
		err = closed
	}
	return entries, err
}

func (v iofs) Stat(name string) (fs.FileInfo, error) {
	full, err := v.full(opStat, name)
	if err != nil {
		return nil, err
	}
	info, err := v.fs.Stat(full)
	return info, shorten(err, name)
}

func (v iofs) Lstat(name string) (fs.FileInfo, error) {
	full, err := v.full(opLstat, name)
	if err != nil {
		return nil, err
	}
	info, _, err := v.fs.LstatIfPossible(full)
	return info, shorten(err, name)
}

func (v iofs) ReadLink(name string) (string, error) {
	full, err := v.full(opReadlink, name)
	if err != nil {
		return "", err
	}
	target, err := v.fs.ReadlinkIfPossible(full)
	return target, shorten(err, name)
}

// Glob is the generic one over this view, hidden from it so that it does not come back here.
func (v iofs) Glob(pattern string) ([]string, error) {
	return fs.Glob(struct{ fs.ReadDirFS }{v}, pattern)
}

// Sub keeps the path: it is the directory that has the name dir at the time of each call. [Fs.Sub] follows the directory.
func (v iofs) Sub(dir string) (fs.FS, error) {
	full, err := v.full(opSub, dir)
	if err != nil {
		return nil, err
	}
	info, err := v.fs.Stat(full)
	if err != nil {
		return nil, shorten(err, dir)
	}
	if !info.IsDir() {
		return nil, pathError(opSub, dir, syscall.ENOTDIR)
	}
	return iofs{v.fs, full}, nil
}
