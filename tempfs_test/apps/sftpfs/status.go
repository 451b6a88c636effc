package sftpfs

import (
	"errors"
	"io"
	"io/fs"
	"syscall"

	"github.com/pkg/sftp"
	"github.com/spf13/afero"
)

// status is an error as the client gets it. The library looks into no more than a *fs.PathError, and takes all else for a failure, also a refused rename or link. The
// protocol's version 3 has a status for what is missing, refused or unsupported; the rest is a failure, with the errno for its text. No name goes to the client: it knows what
// it asked for, and of a filesystem that tells host paths it would get those.
func status(err error) error {
	var errno syscall.Errno
	switch {
	case err == nil, err == io.EOF:
		return err
	case errors.Is(err, fs.ErrNotExist):
		return sftp.ErrSSHFxNoSuchFile
	case errors.Is(err, fs.ErrPermission):
		return sftp.ErrSSHFxPermissionDenied
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, afero.ErrNoSymlink), errors.Is(err, afero.ErrNoReadlink):
		return sftp.ErrSSHFxOpUnsupported
	case errors.As(err, &errno):
		return errno
	}
	return err
}
