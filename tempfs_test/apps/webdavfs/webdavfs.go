// Package webdavfs serves an afero.Fs by WebDAV, with golang.org/x/net/webdav:
//
//	handler := &webdav.Handler{FileSystem: webdavfs.New(fsys), LockSystem: webdav.NewMemLS()}
//
// That is all of it; [DeadProps] adds the properties that clients make up. It is here to be copied: this file needs afero and x/net/webdav alone, and properties.go may go with it.
package webdavfs

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"syscall"

	"github.com/spf13/afero"
	"golang.org/x/net/webdav"
)

// New is what a [webdav.Handler] needs to serve fsys. Files and errors are those of fsys, but for two things that the handler counts on: the root can be neither removed nor renamed, and what is named below a file does not exist.
//
// The context of a request is not looked at. To replace something, MOVE removes it and then renames: a client that goes away between the two must not leave it with neither.
func New(fsys afero.Fs) webdav.FileSystem { return fileSystem{fsys} }

type fileSystem struct{ afero afero.Fs }

func (s fileSystem) Mkdir(_ context.Context, name string, perm fs.FileMode) error {
	return absentBelowFile(s.afero.Mkdir(rooted(name), perm))
}

func (s fileSystem) OpenFile(_ context.Context, name string, flag int, perm fs.FileMode) (webdav.File, error) {
	file, err := s.afero.OpenFile(rooted(name), flag, perm)
	return file, absentBelowFile(err)
}

func (s fileSystem) RemoveAll(_ context.Context, name string) error {
	if name = rooted(name); name == "/" {
		return &fs.PathError{Op: "removeall", Path: name, Err: fs.ErrInvalid}
	}
	return s.afero.RemoveAll(name)
}

func (s fileSystem) Rename(_ context.Context, oldName, newName string) error {
	if oldName, newName = rooted(oldName), rooted(newName); oldName == "/" || newName == "/" {
		return &fs.PathError{Op: "rename", Path: "/", Err: fs.ErrInvalid}
	}
	return s.afero.Rename(oldName, newName)
}

func (s fileSystem) Stat(_ context.Context, name string) (fs.FileInfo, error) {
	info, err := s.afero.Stat(rooted(name))
	return info, absentBelowFile(err)
}

// rooted is the name without dots and slashes that it can do without. In a URL they go by the letters (RFC 3986, section 5.2.4) and not, as in a path, by where a link leads; and the lock system does the same, so that a lock and a
// file of one name are of one file. Collections come with a slash at the end, and clients put one after a file, too.
func rooted(name string) string { return path.Clean("/" + name) }

// absentBelowFile has a name below a file not exist. The handler tells that from all else that goes wrong, and answers what RFC 4918 asks for where a parent is no collection: 404 for what is looked for, 409 for what is made.
func absentBelowFile(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) && errors.Is(err, syscall.ENOTDIR) {
		return &fs.PathError{Op: at.Op, Path: at.Path, Err: fs.ErrNotExist}
	}
	return err
}
