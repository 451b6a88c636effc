package aferotest

import (
	"io"
	"io/fs"
	"os"

	"github.com/spf13/afero"
)

// oracleFile is an *os.File that is used in the chroot alone: a directory looks its entries up by name there, and a write has the rights
// of its user.
type oracleFile struct {
	file   *os.File
	oracle *Oracle
}

var (
	_ afero.File     = (*oracleFile)(nil)
	_ io.ReaderFrom  = (*oracleFile)(nil)
	_ io.WriterTo    = (*oracleFile)(nil)
	_ fs.ReadDirFile = (*oracleFile)(nil)
)

func (f *oracleFile) Name() string { return f.file.Name() }

func (f *oracleFile) Read(p []byte) (int, error) {
	return value(f.oracle, func() (int, error) { return f.file.Read(p) })
}

func (f *oracleFile) ReadAt(p []byte, off int64) (int, error) {
	return value(f.oracle, func() (int, error) { return f.file.ReadAt(p, off) })
}

func (f *oracleFile) Write(p []byte) (int, error) {
	return value(f.oracle, func() (int, error) { return f.file.Write(p) })
}

func (f *oracleFile) WriteAt(p []byte, off int64) (int, error) {
	return value(f.oracle, func() (int, error) { return f.file.WriteAt(p, off) })
}

func (f *oracleFile) WriteString(s string) (int, error) {
	return value(f.oracle, func() (int, error) { return f.file.WriteString(s) })
}

func (f *oracleFile) ReadFrom(r io.Reader) (int64, error) {
	return value(f.oracle, func() (int64, error) { return f.file.ReadFrom(r) })
}

func (f *oracleFile) WriteTo(w io.Writer) (int64, error) {
	return value(f.oracle, func() (int64, error) { return f.file.WriteTo(w) })
}

func (f *oracleFile) Seek(offset int64, whence int) (int64, error) {
	return value(f.oracle, func() (int64, error) { return f.file.Seek(offset, whence) })
}

func (f *oracleFile) Truncate(size int64) error {
	return f.oracle.get(func() error { return f.file.Truncate(size) })
}

func (f *oracleFile) Sync() error { return f.oracle.get(f.file.Sync) }

func (f *oracleFile) Close() error { return f.oracle.get(f.file.Close) }

func (f *oracleFile) Stat() (fs.FileInfo, error) { return value(f.oracle, f.file.Stat) }

func (f *oracleFile) Readdirnames(n int) ([]string, error) {
	return value(f.oracle, func() ([]string, error) { return f.file.Readdirnames(n) })
}

func (f *oracleFile) Readdir(n int) ([]fs.FileInfo, error) {
	return value(f.oracle, func() ([]fs.FileInfo, error) { return f.file.Readdir(n) })
}

func (f *oracleFile) ReadDir(n int) ([]fs.DirEntry, error) {
	entries, err := value(f.oracle, func() ([]fs.DirEntry, error) { return f.file.ReadDir(n) })
	for i, e := range entries {
		entries[i] = &oracleEntry{e, f.oracle}
	}
	return entries, err
}

type oracleEntry struct {
	fs.DirEntry
	oracle *Oracle
}

func (e *oracleEntry) Info() (fs.FileInfo, error) { return value(e.oracle, e.DirEntry.Info) }
