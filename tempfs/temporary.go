package tempfs

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/spf13/afero"
)

// birth tells how a temporary file came to be, in one byte of every open file. It is zero for any other file.
type birth uint8

const (
	unnamed birth = 1 << iota
	linkable
	private // its mode is the default one and nobody's wish
)

func (b birth) is(what birth) bool { return b&what != 0 }

func newBirth(c *fileConfig, b birth) birth {
	if b.is(unnamed) && c.linkable {
		b |= linkable
	}
	if !c.hasPerm {
		b |= private
	}
	return b
}

// TemporaryFile opens a new file that has no name, for reading and writing, in the host's temp directory: nobody else can open it, and it is gone when
// it is closed, or when the process ends in whatever way. Its Name, and that of its FileInfo, is "". Its mode is exactly 0600 unless
// [Perm] says otherwise. Where the search finds no directory it is in memory.
//
// Errors are those of [New] for a directory that cannot be used; fs.ErrInvalid for a bad option. It mirrors Python's tempfile.TemporaryFile.
func TemporaryFile(opts ...FileOption) (afero.File, error) {
	return makeTemporary(opts, placeForUnnamed)
}

// TemporaryFile is the function [TemporaryFile] in a directory of the Fs, its root unless [In] names another. The file ends with the Fs.
// The directory shows nothing of it and can be removed meanwhile.
//
// The errors are *fs.PathError as those of opening a file, and fs.ErrInvalid for a bad option.
func (f *Fs) TemporaryFile(opts ...FileOption) (afero.File, error) {
	return makeTemporary(opts, f.placeIn)
}

func makeTemporary(opts []FileOption, placeOf func(*fileConfig) (place, error)) (afero.File, error) {
	c, p, err := readOptions(opts, placeOf)
	if err != nil {
		return nil, err
	}
	made, err := newTemporary(p, c)
	if err != nil {
		return nil, err
	}
	return made, nil
}

// readOptions finds the place that they name, too.
func readOptions(opts []FileOption, placeOf func(*fileConfig) (place, error)) (*fileConfig, place, error) {
	c, err := newFileConfig(opts)
	if err != nil {
		return nil, nil, err
	}
	p, err := placeOf(c)
	return c, p, err
}

func newTemporary(p place, c *fileConfig) (*file, error) {
	if !p.enter() {
		return nil, pathError(opOpen, p.path(""), fs.ErrClosed)
	}
	defer p.leave()
	h, err := openUnnamed(p, c)
	if err != nil {
		return nil, err
	}
	made := p.newFile("", h, c.flag)
	if made == nil {
		_ = bareHandle(h).Close()
		return nil, pathError(opOpen, p.path(""), fs.ErrClosed)
	}
	made.birth = newBirth(c, unnamed)
	return made, nil
}

// openUnnamed opens a file that never had a name, or has it no more.
func openUnnamed(p place, c *fileConfig) (handle, error) {
	h, errno := p.openUnnamed(c.flag, c.perm, c.linkable)
	if errno == syscall.EOPNOTSUPP {
		was, err := createAndRemove(withoutHook(p), c)
		if err != nil {
			return nil, err
		}
		return withHookOf(p, was, c.flag), nil
	}
	if errno == 0 {
		if _, errno = settle(h, c.perm); errno != 0 {
			_ = bareHandle(h).Close()
		}
	}
	if errno != 0 {
		return nil, pathError(opOpen, p.path(""), errno)
	}
	return h, nil
}

func createAndRemove(p place, c *fileConfig) (handle, error) {
	h, base, _, err := createNamed(p, c)
	if err != nil {
		return nil, err
	}
	if u, ok := h.(interface{ Unname() }); ok {
		u.Unname()
	}
	if !removesOpenFiles {
		return &removedOnClose{handle: h, place: p, base: base}, nil
	}
	if errno := p.remove(base); errno != 0 {
		_ = h.Close()
		return nil, fmt.Errorf("%w, the file is left", pathError(opRemove, p.path(base), errno))
	}
	return h, nil
}

// removedOnClose is a file that has a name as long as it is open, where the system removes no file before.
type removedOnClose struct {
	handle
	place place
	base  string
}

// SyscallConn is that of the file, which a handle need not have.
func (h *removedOnClose) SyscallConn() (syscall.RawConn, error) { return rawConn(h.handle) }

func (h *removedOnClose) Close() syscall.Errno {
	errno := h.handle.Close()
	if removed := h.place.remove(h.base); errno == 0 {
		errno = removed
	}
	return errno
}

// createNamed makes a file under the first name that is free, with exactly the mode that c asks for.
func createNamed(p place, c *fileConfig) (h handle, base string, info fs.FileInfo, err error) {
	base, errno, ok := firstFree(p, c, func(base string) (errno syscall.Errno) {
		h, errno = p.create(base, c.flag, c.perm)
		return errno
	})
	if !ok {
		return nil, "", nil, pathError(opCreateTemp, p.path(c.pattern()), fs.ErrExist)
	}
	if errno == 0 {
		if info, errno = settle(h, c.perm); errno != 0 {
			_ = bareHandle(h).Close()
			_ = withoutHook(p).remove(base)
		}
	}
	if errno != 0 {
		return nil, "", nil, pathError(opOpen, p.path(base), errno)
	}
	return h, base, info, nil
}

// firstFree calls create with one name after the other until one is not taken. ok is false if all that may be tried are.
func firstFree(p place, c *fileConfig, create func(base string) syscall.Errno) (base string, errno syscall.Errno, ok bool) {
	for range maxNames {
		base = c.prefix + c.random() + c.suffix
		if errno = create(base); errno == 0 || !isTaken(p, base, errno) {
			return base, errno, true
		}
	}
	return "", errno, false
}

// pattern stands for a name in errors that are about none.
func (p *placement) pattern() string { return p.prefix + "*" + p.suffix }

// isTaken reports whether another name may do. Windows says EACCES of a name that a directory has.
func isTaken(p place, base string, errno syscall.Errno) bool {
	if errno == syscall.EACCES {
		_, errno = p.lstat(base)
		return errno == 0
	}
	return errno == syscall.EEXIST
}

// settle undoes what the umask did to the mode of a new file. It is a part of making that.
func settle(h handle, perm fs.FileMode) (fs.FileInfo, syscall.Errno) {
	h = bareHandle(h)
	info, errno := h.Stat()
	if errno == 0 && info.Mode() != perm {
		errno = h.Chmod(perm)
	}
	return info, errno
}

// CreateTemp makes a new file in the directory dir, "" for the root, and opens it for reading and writing. Its name is pattern with
// random characters for the last "*", or at the end; its Name is absolute. Its mode is exactly 0600. The caller removes it, or the release of the Fs does.
//
// It mirrors [os.CreateTemp] and Python's tempfile.mkstemp: a separator or a NUL in pattern is an error, fs.ErrInvalid by [errors.Is]; ENOENT, ENOTDIR and
// EACCES are about dir; fs.ErrExist means that 10000 names were taken.
func (f *Fs) CreateTemp(dir, pattern string) (afero.File, error) {
	c, err := patternConfig(opCreateTemp, dir, pattern)
	if err != nil {
		return nil, err
	}
	made, _, _, err := newNamed(virtualPlace{f, absoluteDir(dir)}, c)
	if err != nil {
		return nil, err
	}
	return made, nil
}

// newNamed makes a file with a name. info tells of it what settle knew.
func newNamed(p place, c *fileConfig) (made *file, base string, info fs.FileInfo, err error) {
	if !p.enter() {
		return nil, "", nil, pathError(opOpen, p.path(c.pattern()), fs.ErrClosed)
	}
	defer p.leave()
	h, base, info, err := createNamed(p, c)
	if err != nil {
		return nil, "", nil, err
	}
	made = p.newFile(p.path(base), h, c.flag)
	if made == nil {
		_ = bareHandle(h).Close()
		return nil, "", nil, pathError(opOpen, p.path(base), fs.ErrClosed)
	}
	made.birth = newBirth(c, 0)
	return made, base, info, nil
}

// MkdirTemp makes a new directory in the directory dir, "" for the root, and returns its absolute name, which is made of pattern
// as that of [Fs.CreateTemp]. Its mode is exactly 0700. The errors are those of CreateTemp. It mirrors [os.MkdirTemp] and Python's tempfile.mkdtemp.
func (f *Fs) MkdirTemp(dir, pattern string) (string, error) {
	c, err := patternConfig(opMkdirTemp, dir, pattern)
	if err != nil {
		return "", err
	}
	return f.mkdirTemp(virtualPlace{f, absoluteDir(dir)}, c)
}

func (f *Fs) mkdirTemp(p virtualPlace, c *fileConfig) (string, error) {
	if !f.enter() {
		return "", pathError(opMkdir, p.path(c.pattern()), fs.ErrClosed)
	}
	defer f.leave()
	const perm = 0o700
	base, errno, ok := firstFree(p, c, func(base string) syscall.Errno { return f.mkdir(p.path(base), perm) })
	if !ok {
		return "", pathError(opMkdirTemp, p.path(c.pattern()), fs.ErrExist)
	}
	name := p.path(base)
	if errno == 0 {
		errno = f.settleDir(name, perm)
	}
	if errno != 0 {
		return "", pathError(opMkdir, name, errno)
	}
	return name, nil
}

// settleDir is settle for a new directory.
func (f *Fs) settleDir(name string, perm fs.FileMode) syscall.Errno {
	info, errno := f.tree.Lstat(name)
	if errno == 0 && info.Mode() != fs.ModeDir|perm {
		errno = f.tree.Chmod(name, perm)
	}
	if errno != 0 {
		_ = f.tree.Remove(name)
	}
	return errno
}

var errPattern = errors.New("pattern contains path separator or NUL")

func patternConfig(op, dir, pattern string) (*fileConfig, error) {
	prefix, suffix := pattern, ""
	if i := strings.LastIndexByte(pattern, '*'); i >= 0 {
		prefix, suffix = pattern[:i], pattern[i+1:]
	}
	c, err := newFileConfig([]FileOption{In(dir), Prefix(prefix), Suffix(suffix)})
	if err != nil {
		return nil, pathError(op, pattern, fmt.Errorf("%w: %w", errPattern, fs.ErrInvalid))
	}
	return c, nil
}
