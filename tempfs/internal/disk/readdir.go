package disk

import "io/fs"

// dirent is an entry of an open directory. It hides those of package os, which know where on the host the directory is.
type dirent struct {
	dir  *File
	name string
	typ  fs.FileMode
}

func (d *dirent) Name() string      { return d.name }
func (d *dirent) IsDir() bool       { return d.typ.IsDir() }
func (d *dirent) Type() fs.FileMode { return d.typ }
func (d *dirent) String() string    { return fs.FormatDirEntry(d) }

// Info fails with a bare errno.
func (d *dirent) Info() (fs.FileInfo, error) {
	info, errno := d.dir.infoOf(d)
	if errno != 0 {
		return nil, errno
	}
	return info, nil
}
