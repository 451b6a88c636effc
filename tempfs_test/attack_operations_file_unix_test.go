//go:build unix

package tempfs_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/afero"
)

// byFile is the do of an operation on a file that it opens for reading and writing.
func byFile(fn func(f afero.File) (string, error)) func(fsys afero.Fs, dir, spare string) (string, error) {
	return func(fsys afero.Fs, dir, _ string) (learned string, err error) {
		f, err := fsys.OpenFile(dir+"/secret", os.O_RDWR, 0)
		if err != nil {
			return "", err
		}
		defer f.Close()
		return fn(f)
	}
}

func byFileDoes(fn func(f afero.File) error) func(fsys afero.Fs, dir, spare string) (string, error) {
	return byFile(func(f afero.File) (string, error) { return "", fn(f) })
}

// byDirectory is the do of an operation on a directory that it opens and lists.
func byDirectory(fn func(f afero.File) (string, error)) func(fsys afero.Fs, dir, spare string) (string, error) {
	return func(fsys afero.Fs, dir, _ string) (learned string, err error) {
		f, err := fsys.Open(dir)
		err = with(f, err, func(f afero.File) (failed error) {
			learned, failed = fn(f)
			return failed
		})
		return learned, err
	}
}

// listed is what entries tell. Their infos may be asked for when the directory is another one.
func listed(entries []fs.DirEntry) string {
	var learned strings.Builder
	for _, e := range entries {
		told, _ := described(e.Info())
		learned.WriteString(e.Name() + " " + told + "\n")
	}
	return learned.String()
}

// eof is an error unless a read has come to the end of what there is.
func eof(err error) error { return unless(io.EOF, err) }

var fileOperations = []operation{
	{"File.Read", "once", reachesFile, byFile(func(f afero.File) (string, error) {
		buffer := make([]byte, 100)
		n, err := f.Read(buffer)
		return string(buffer[:n]), eof(err)
	})},
	{"File.ReadAt", "once", reachesFile, byFile(func(f afero.File) (string, error) {
		buffer := make([]byte, 100)
		n, err := f.ReadAt(buffer, 0)
		return string(buffer[:n]), eof(err)
	})},
	{"File.Write", "once", reachesFile, byFileDoes(func(f afero.File) error { return errOf(f.Write([]byte("mine"))) })},
	{"File.WriteAt", "once", reachesFile, byFileDoes(func(f afero.File) error { return errOf(f.WriteAt([]byte("mine"), 2)) })},
	{"File.WriteString", "once", reachesFile, byFileDoes(func(f afero.File) error { return errOf(f.WriteString("mine")) })},
	{"File.Seek", "and write", reachesFile, byFileDoes(func(f afero.File) error {
		_, err := f.Seek(2, io.SeekStart)
		return errors.Join(err, errOf(f.WriteString("mine")))
	})},
	{"File.Truncate", "longer", reachesFile, byFileDoes(func(f afero.File) error { return f.Truncate(20) })},
	{"File.Sync", "after a write", reachesFile, byFileDoes(func(f afero.File) error {
		return errors.Join(errOf(f.WriteString("mine")), f.Sync())
	})},
	{"File.Close", "after a write", reachesFile, byFileDoes(func(f afero.File) error {
		return errors.Join(errOf(f.WriteString("mine")), f.Close(), wants(f.Close(), fs.ErrClosed))
	})},
	{"File.Stat", "a file", reachesFile, byFile(func(f afero.File) (string, error) { return described(f.Stat()) })},
	{"File.Stat", "a directory", 0, func(fsys afero.Fs, dir, _ string) (string, error) {
		f, err := fsys.Open(dir + "/sub")
		if err != nil {
			return "", err
		}
		defer f.Close()
		return described(f.Stat())
	}},
	{"File.Readdirnames", "all", 0, byDirectory(func(f afero.File) (string, error) {
		names, err := f.Readdirnames(-1)
		return strings.Join(names, " "), err
	})},
	{"File.Readdir", "all", 0, byDirectory(func(f afero.File) (string, error) {
		infos, err := f.Readdir(-1)
		var entries []fs.DirEntry
		for _, info := range infos {
			entries = append(entries, fs.FileInfoToDirEntry(info))
		}
		return listed(entries), err
	})},
}

// ourFileOperations are those that the files of afero lack.
var ourFileOperations = []operation{
	{"File.ReadDir", "with infos", 0, byDirectory(func(f afero.File) (string, error) {
		entries, err := f.(fs.ReadDirFile).ReadDir(-1)
		return listed(entries), err
	})},
	{"File.ReadFrom", "once", reachesFile, byFileDoes(func(f afero.File) error {
		return errOf(f.(io.ReaderFrom).ReadFrom(strings.NewReader("mine")))
	})},
	{"File.WriteTo", "once", reachesFile, byFile(func(f afero.File) (string, error) {
		var to bytes.Buffer
		_, err := f.(io.WriterTo).WriteTo(&to)
		return to.String(), err
	})},
	{"File.SyscallConn", "read", reachesFile, byFile(func(f afero.File) (string, error) {
		conn, err := f.(syscall.Conn).SyscallConn()
		if err != nil {
			return "", err
		}
		buffer, n := make([]byte, 100), 0
		failed := conn.Control(func(fd uintptr) { n, err = syscall.Pread(int(fd), buffer, 0) })
		return string(buffer[:max(n, 0)]), errors.Join(failed, err)
	})},
}
