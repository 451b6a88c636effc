// Package sftpfs serves an afero.Fs by SFTP: it is the four handlers that the request server of github.com/pkg/sftp asks.
//
//	server := sftp.NewRequestServer(connection, sftpfs.New(fsys))
//	err := server.Serve()
//
// It does what OpenSSH's own server does, as far as the library lets it: that keeps the mode of a new directory to itself, which is 0777 before umask here, and has stat and setstat of an open
// file go by its name. An afero.Fs cannot say how large it is, so statvfs is told to be unsupported.
package sftpfs

import (
	"encoding/binary"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/pkg/sftp"
	"github.com/spf13/afero"
)

// New is fsys as the handlers of a request server. What fsys can do beyond an afero.Fs is used where it is there: the interfaces of afero for symbolic links, and Link.
func New(fsys afero.Fs) sftp.Handlers {
	h := &handlers{fsys}
	return sftp.Handlers{FileGet: h, FilePut: h, FileCmd: h, FileList: h}
}

type handlers struct{ fsys afero.Fs }

var (
	_ sftp.FileReader           = (*handlers)(nil)
	_ sftp.OpenFileWriter       = (*handlers)(nil)
	_ sftp.PosixRenameFileCmder = (*handlers)(nil)
	_ sftp.LstatFileLister      = (*handlers)(nil)
	_ sftp.ReadlinkFileLister   = (*handlers)(nil)
	_ sftp.RealPathFileLister   = (*handlers)(nil)
)

// Fileread opens a file to be read.
func (h *handlers) Fileread(r *sftp.Request) (io.ReaderAt, error) { return h.OpenFile(r) }

// Filewrite opens a file to be written.
func (h *handlers) Filewrite(r *sftp.Request) (io.WriterAt, error) { return h.OpenFile(r) }

// OpenFile opens a file for whatever the flags of the request say.
func (h *handlers) OpenFile(r *sftp.Request) (sftp.WriterAtReaderAt, error) {
	flags := r.Pflags()
	opened, err := h.fsys.OpenFile(r.Filepath, osFlags(flags), newMode(r))
	if err != nil {
		return nil, status(err)
	}
	f := &file{opened: opened}
	if flags.Append {
		info, err := opened.Stat()
		if err != nil {
			_ = opened.Close()
			return nil, status(err)
		}
		f.least = info.Size()
	}
	return f, nil
}

// osFlags has no O_APPEND: see file.least.
func osFlags(f sftp.FileOpenFlags) int {
	flags := os.O_RDONLY
	switch {
	case f.Write && f.Read:
		flags = os.O_RDWR
	case f.Write:
		flags = os.O_WRONLY
	}
	if f.Creat {
		flags |= os.O_CREATE
	}
	if f.Excl {
		flags |= os.O_EXCL
	}
	if f.Trunc {
		flags |= os.O_TRUNC
	}
	return flags
}

// newMode is the mode of a file that an open makes. The library hands on the attributes of an open without the flags that say which they are. Four bytes can only be the mode,
// and that is what OpenSSH's client sends; with more of them (put -p) it sets the mode when the file is written.
func newMode(r *sftp.Request) fs.FileMode {
	if len(r.Attrs) != 4 {
		return 0o666
	}
	return fs.FileMode(binary.BigEndian.Uint32(r.Attrs)).Perm()
}

// file is an open file.
type file struct {
	opened afero.File
	// least is where the writes of an appender may begin. Clients send offsets that count from the start of the file, also when they append, and many writes at once, which the
	// library runs in any order: O_APPEND would mix them. So the offsets count, and one in what was there before is refused.
	least int64
}

func (f *file) ReadAt(p []byte, offset int64) (int, error) {
	n, err := f.opened.ReadAt(p, offset)
	return n, status(err)
}

func (f *file) WriteAt(p []byte, offset int64) (int, error) {
	if offset < f.least {
		return 0, syscall.EINVAL
	}
	n, err := f.opened.WriteAt(p, offset)
	return n, status(err)
}

func (f *file) Close() error { return status(f.opened.Close()) }
