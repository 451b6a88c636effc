package sftpfs

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"syscall"

	"github.com/pkg/sftp"
	"github.com/spf13/afero"
)

// Filelist lists a directory, or tells of one file.
func (h *handlers) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	if r.Method == "List" {
		infos, err := afero.ReadDir(h.fsys, r.Filepath)
		return listing(infos), status(err)
	}
	info, err := h.fsys.Stat(r.Filepath)
	return listing{info}, status(err)
}

// Lstat tells of a symbolic link itself.
func (h *handlers) Lstat(r *sftp.Request) (sftp.ListerAt, error) {
	info, err := h.lstat(r.Filepath)
	return listing{info}, status(err)
}

func (h *handlers) lstat(name string) (fs.FileInfo, error) {
	if links, ok := h.fsys.(afero.Lstater); ok {
		info, _, err := links.LstatIfPossible(name)
		return info, err
	}
	return h.fsys.Stat(name)
}

// Readlink is the target of a symbolic link, as it was written.
func (h *handlers) Readlink(name string) (string, error) {
	target, err := h.readlink(name)
	return target, status(err)
}

func (h *handlers) readlink(name string) (string, error) {
	links, ok := h.fsys.(afero.LinkReader)
	if !ok {
		return "", errors.ErrUnsupported
	}
	return links.ReadlinkIfPossible(name)
}

// maxLinks is how many links a path may have, as in the kernel.
const maxLinks = 40

// RealPath is name without links and dots, as realpath(3) has it, but the last component may be missing. Clients ask it where they are, and how a directory
// is called that they go to: the library cleans each name that it gets, so "link/.." would be the parent of the link otherwise.
func (h *handlers) RealPath(name string) (string, error) {
	resolved, rest, followed := "/", name, 0
	for rest != "" {
		component, after, more := strings.Cut(rest, "/")
		rest = after
		next := path.Join(resolved, component)
		info, err := h.lstat(next)
		switch {
		case errors.Is(err, fs.ErrNotExist) && !more:
			return next, nil
		case err != nil:
			return "", status(err)
		case info.Mode()&fs.ModeSymlink == 0:
			resolved = next
			continue
		}
		if followed++; followed > maxLinks {
			return "", syscall.ELOOP
		}
		target, err := h.readlink(next)
		if err != nil {
			return "", status(err)
		}
		if path.IsAbs(target) {
			resolved = "/"
		}
		rest = strings.TrimSuffix(target+"/"+rest, "/")
	}
	return resolved, nil
}

// listing is what the client is told in pieces.
type listing []fs.FileInfo

func (l listing) ListAt(into []fs.FileInfo, offset int64) (int, error) {
	if offset >= int64(len(l)) {
		return 0, io.EOF
	}
	n := copy(into, l[offset:])
	if n < len(into) {
		return n, io.EOF
	}
	return n, nil
}
