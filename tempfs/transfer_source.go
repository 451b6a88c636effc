package tempfs

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"syscall"
)

// source is what a transfer copies from. The errors of an entry that has gone, or is another, since it was looked at are a vanishedError
// and errChanged.
type source interface {
	// lstat takes listed, what the directory told of the entry, for its answer or looks again. Only an Fs is asked for a name that is in no listing: nil.
	lstat(name string, listed fs.DirEntry) (fs.FileInfo, error)
	// readDir sorts by name. info is what lstat said, nil for a directory that nobody looked at.
	readDir(name string, info fs.FileInfo) ([]fs.DirEntry, error)
	// open gives the file, which need not be a regular one any more, and its info as it is open.
	open(name string, info fs.FileInfo) (fs.File, fs.FileInfo, error)
	readLink(name string, info fs.FileInfo) (string, error)
}

var (
	_ source = virtualSource{}
	_ source = ioSource{}
)

// virtualSource is an Fs, whose names need not be valid ones of io/fs.
type virtualSource struct {
	*Fs

	// readableOnly: what cannot be read, and what is no file, directory or link, is as gone.
	readableOnly bool
}

func (s virtualSource) lstat(name string, _ fs.DirEntry) (fs.FileInfo, error) {
	info, _, err := s.LstatIfPossible(name)
	if err == nil && s.readableOnly && info.Mode().Type()&^(fs.ModeDir|fs.ModeSymlink) != 0 {
		return nil, vanishedError{syscall.EOPNOTSUPP}
	}
	return info, s.unreadable(vanishing(err))
}

// unreadable marks the errors of what cannot be read, if that is to be as gone.
func (s virtualSource) unreadable(err error) error {
	if s.readableOnly && errors.Is(err, fs.ErrPermission) {
		return vanishedError{err}
	}
	return err
}

// vanishing marks the errors of a name that does not lead anywhere any more.
func vanishing(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return vanishedError{err}
	}
	return err
}

// changing tells whether err, of a name that had that info, is about something that has come in its place: a loop of links, say.
func (s virtualSource) changing(name string, info fs.FileInfo, err error) error {
	if err == nil || info == nil {
		return err
	}
	now, failed := s.lstat(name, nil)
	_, wasGone := vanishing(err).(vanishedError) //nolint:errorlint // made just now
	switch {
	case failed != nil:
		return failed
	case wasGone || errors.Is(err, syscall.ELOOP) || !SameFile(info, now): // it may have come back since, from behind a link
		return errChanged
	}
	return s.unreadable(err)
}

// openSame opens what lstat gave that info, and no other file.
func (s virtualSource) openSame(name string, info fs.FileInfo) (*file, fs.FileInfo, error) {
	f, err := s.Open(name)
	if err != nil {
		return nil, nil, s.changing(name, info, err)
	}
	opened, err := f.Stat()
	if err == nil && info != nil && !SameFile(info, opened) {
		err = errChanged
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, err
	}
	return f.(*file), opened, nil //nolint:forcetypeassert // Open makes no other
}

func (s virtualSource) readDir(name string, info fs.FileInfo) ([]fs.DirEntry, error) {
	dir, _, err := s.openSame(name, info)
	if err != nil {
		return nil, err
	}
	defer func() { _ = dir.Close() }()
	entries, err := dir.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, s.changing(name, info, err) // getdents(2) has ENOENT for a directory that was removed
}

func (s virtualSource) open(name string, info fs.FileInfo) (fs.File, fs.FileInfo, error) {
	f, opened, err := s.openSame(name, info)
	if err != nil {
		return nil, nil, err
	}
	return f, opened, nil
}

func (s virtualSource) readLink(name string, info fs.FileInfo) (string, error) {
	target, err := s.ReadlinkIfPossible(name)
	return target, s.changing(name, info, err)
}

// ioSource is any fs.FS, which is not trusted to keep the rules of io/fs.
type ioSource struct{ fs.FS }

// lstat believes the entry: an fs.FS that is no fs.ReadLinkFS has no other way to tell a link from what it leads to.
func (s ioSource) lstat(name string, listed fs.DirEntry) (fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrInvalid // one that is not UTF-8
	}
	info, err := listed.Info()
	if err == nil && info == nil {
		return nil, fs.ErrInvalid
	}
	return info, err
}

func (s ioSource) readDir(name string, _ fs.FileInfo) ([]fs.DirEntry, error) {
	return fs.ReadDir(s.FS, name)
}

// open takes the name of a link too, of an fs.FS that is no fs.ReadLinkFS.
func (s ioSource) open(name string, _ fs.FileInfo) (fs.File, fs.FileInfo, error) {
	f, err := s.Open(name)
	if err != nil {
		return nil, nil, err
	}
	if f == nil {
		return nil, nil, fs.ErrInvalid
	}
	info, err := f.Stat()
	if err == nil && info == nil {
		err = fs.ErrInvalid
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// maxTarget is more than a symbolic link can hold, in bytes (symlink(7), limits.h).
const maxTarget = 4096

// readLink takes the content of a file that says it is a link for its target, as archive/zip has them.
func (s ioSource) readLink(name string, _ fs.FileInfo) (string, error) {
	if linked, ok := s.FS.(fs.ReadLinkFS); ok {
		return linked.ReadLink(name)
	}
	f, info, err := s.open(name, nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	if info.Mode().Type() != fs.ModeSymlink {
		return "", errors.ErrUnsupported // it was followed
	}
	target, err := io.ReadAll(io.LimitReader(f, maxTarget))
	if err == nil && len(target) == maxTarget {
		err = syscall.ENAMETOOLONG
	}
	return string(target), err
}
