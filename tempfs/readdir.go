package tempfs

import (
	"errors"
	"io"
	"io/fs"
	"syscall"
)

// dirent is an entry of the directory that was opened as file.
type dirent struct {
	fs.DirEntry
	file *file
}

// Info is the FileInfo of the entry, which may be as old as the listing. An entry that was removed since is fs.ErrNotExist then or
// told as it was, as io/fs leaves it open.
func (d *dirent) Info() (fs.FileInfo, error) {
	if !d.file.fs.enter() {
		return nil, pathError(opLstat, d.path(), fs.ErrClosed)
	}
	defer d.file.fs.leave()
	info, err := d.DirEntry.Info()
	if err != nil {
		return nil, pathError(opLstat, d.path(), err)
	}
	return info, nil
}

func (d *dirent) path() string { return d.file.name + "/" + d.Name() }

// String is for prints of an entry, as file.String is.
func (d *dirent) String() string { return fs.FormatDirEntry(d) }

// ReadDir mirrors os.File.ReadDir: the entries in no order to rely on, all that are left for n <= 0.
func (f *file) ReadDir(n int) ([]fs.DirEntry, error) {
	entries, err := f.readDir(n)
	block := make([]dirent, len(entries)) // one allocation for all
	for i, e := range entries {
		block[i] = dirent{DirEntry: e, file: f}
		entries[i] = &block[i]
	}
	return entries, err
}

// infoReader is a handle that reads entries and their infos at once, as memory can. EACCES: it read nothing, and does not say of which entry.
type infoReader interface {
	ReadInfos(n int) ([]fs.FileInfo, syscall.Errno)
}

func (f *file) Readdir(n int) ([]fs.FileInfo, error) {
	if err := f.check(opReadDir); err != nil {
		return []fs.FileInfo{}, err
	}
	if h, ok := f.handle.(infoReader); ok {
		infos, errno := h.ReadInfos(n)
		switch {
		case errno == syscall.EACCES:
		case errno == 0 && n > 0 && len(infos) == 0:
			return infos, io.EOF
		default:
			return infos, f.result(opReadDir, errno)
		}
	}
	for {
		entries, err := f.ReadDir(n)
		infos, failed := infosOf(entries)
		if failed != nil {
			return infos, failed
		}
		// None of n is promised an error: all that were listed may have gone since.
		if n <= 0 || len(infos) > 0 || err != nil {
			return infos, err
		}
	}
}

// infosOf leaves out what has gone since it was listed.
func infosOf(entries []fs.DirEntry) ([]fs.FileInfo, error) {
	infos := make([]fs.FileInfo, 0, len(entries))
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return infos, err
		}
		infos = append(infos, info)
	}
	return infos, nil
}

func (f *file) Readdirnames(n int) ([]string, error) {
	entries, err := f.readDir(n)
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, err
}

// readDir returns a slice that is never nil, as package os does, and io.EOF at the end when n > 0.
func (f *file) readDir(n int) ([]fs.DirEntry, error) {
	if err := f.check(opReadDir); err != nil {
		return []fs.DirEntry{}, err
	}
	entries, errno := f.handle.ReadDir(n)
	if entries == nil {
		entries = []fs.DirEntry{}
	}
	if errno == 0 && n > 0 && len(entries) == 0 {
		return entries, io.EOF
	}
	return entries, f.result(opReadDir, errno)
}
