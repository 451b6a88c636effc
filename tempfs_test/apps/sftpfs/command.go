package sftpfs

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/pkg/sftp"
	"github.com/spf13/afero"
)

// linker is an Fs that has hard links, as tempfs has.
type linker interface {
	Link(oldname, newname string) error
}

// Filecmd does what opens nothing and answers with nothing but a status.
func (h *handlers) Filecmd(r *sftp.Request) error { return status(h.command(r)) }

func (h *handlers) command(r *sftp.Request) error {
	switch r.Method {
	case "Setstat":
		return h.setstat(r)
	case "Mkdir":
		return h.fsys.Mkdir(r.Filepath, 0o777)
	case "Rmdir":
		return h.remove(r.Filepath, true)
	case "Remove":
		return h.remove(r.Filepath, false)
	case "Rename":
		return h.rename(r.Filepath, r.Target)
	case "Symlink": // the target as the client wrote it, and where the link shall be
		links, ok := h.fsys.(afero.Linker)
		if !ok {
			return errors.ErrUnsupported
		}
		return links.SymlinkIfPossible(r.Filepath, r.Target)
	case "Link":
		links, ok := h.fsys.(linker)
		if !ok {
			return errors.ErrUnsupported
		}
		return links.Link(r.Filepath, r.Target)
	}
	return errors.ErrUnsupported
}

// PosixRename is rename(2), which replaces a file of the new name.
func (h *handlers) PosixRename(r *sftp.Request) error {
	return status(h.fsys.Rename(r.Filepath, r.Target))
}

// rename is that of the protocol, which replaces nothing. Who makes the new name between the look and the rename loses it: afero has no rename that refuses.
func (h *handlers) rename(oldname, newname string) error {
	switch _, err := h.lstat(newname); {
	case err == nil:
		return syscall.EEXIST
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return h.fsys.Rename(oldname, newname)
}

// remove is rmdir(2) or unlink(2), each of which refuses what is for the other: afero's Remove is both.
func (h *handlers) remove(name string, directory bool) error {
	info, err := h.lstat(name)
	switch {
	case err != nil:
		return err
	case directory && !info.IsDir():
		return syscall.ENOTDIR
	case !directory && info.IsDir():
		return syscall.EISDIR
	}
	return h.fsys.Remove(name)
}

// setstat sets what the request has, in the order of OpenSSH's server.
func (h *handlers) setstat(r *sftp.Request) error {
	has, to := r.AttrFlags(), r.Attributes()
	if to == nil { // shorter than it says
		return syscall.EINVAL
	}
	if has.Size {
		if err := h.truncate(r.Filepath, int64(to.Size)); err != nil { //nolint:gosec // off_t: what is too large is negative, and EINVAL
			return err
		}
	}
	if has.Permissions {
		if err := h.fsys.Chmod(r.Filepath, to.FileMode()&^fs.ModeType); err != nil {
			return err
		}
	}
	if has.Acmodtime {
		if err := h.fsys.Chtimes(r.Filepath, to.AccessTime(), to.ModTime()); err != nil {
			return err
		}
	}
	if has.UidGid {
		return h.fsys.Chown(r.Filepath, int(to.UID), int(to.GID))
	}
	return nil
}

func (h *handlers) truncate(name string, size int64) error {
	f, err := h.fsys.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), f.Close())
}
