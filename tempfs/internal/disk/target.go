package disk

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"unicode/utf8"
)

// Target is a name on the host that something is to be published under. Its directory is found once; the name itself is never
// followed. It is for one goroutine.
//
// On Linux the directory is held by a descriptor, so that it stays the same one whatever happens to its path. Elsewhere it is used by its path, and
// who may rename directories on that may move what is done to another place.
type Target struct {
	dir   directory
	base  string
	slash bool // the path ends in a separator: for directories alone
}

// OpenTarget finds the directory of a host path, which is taken from the working directory if it is relative. EINVAL: the path ends
// in "." or "..", or is a root.
func OpenTarget(path string) (*Target, syscall.Errno) {
	if errno := checkName(path); errno != 0 {
		return nil, errno
	}
	trimmed := strings.TrimRightFunc(path, isSeparator)
	dir, base := filepath.Split(trimmed)
	if base == "." || !filepath.IsLocal(base) {
		return nil, syscall.EINVAL
	}
	if dir == "" {
		dir = "."
	}
	d, errno := openDirectoryAt(dir)
	if errno != 0 {
		return nil, errno
	}
	return &Target{dir: d, base: base, slash: trimmed != path}, 0
}

// Close gives the directory back.
func (t *Target) Close() { t.dir.close() }

// IsForDirectory reports whether the path ended in a separator.
func (t *Target) IsForDirectory() bool { return t.slash }

// Lstat tells what has the name now.
func (t *Target) Lstat() (fs.FileInfo, syscall.Errno) { return t.dir.lstat(t.base) }

// Sync makes the directory durable.
func (t *Target) Sync() syscall.Errno { return t.dir.sync() }

// IsEntry reports whether e is the very name of the target.
func (t *Target) IsEntry(e *Entry) bool {
	return t.base == e.base && isSameDirectory(t.dir, e.dir)
}

func isSameDirectory(a, b directory) bool {
	infoA, errnoA := a.lstat(".")
	infoB, errnoB := b.lstat(".")
	return errnoA == 0 && errnoB == 0 && sameFile(infoA, infoB)
}

// IsAcross reports that rename(2) takes nothing from the directory of e to that of the target. Of "." it moves nothing in any
// case, and says so only when the two could be.
func (t *Target) IsAcross(e *Entry) bool {
	return e.dir.rename(".", t.dir, ".") == syscall.EXDEV
}

// Rename publishes e, which isDir says is a directory, in one step: at no instant is there neither the old nor the new. With replace, what has the name
// already goes; a directory that has entries changes places with e, and exchanged says so. Without, it is EEXIST.
//
// The refusals are those of rename(2): EISDIR, ENOTDIR, EXDEV, ENOTEMPTY where directories cannot change places.
func (t *Target) Rename(e *Entry, isDir, replace bool) (exchanged bool, errno syscall.Errno) {
	if !replace {
		return false, t.renameExclusive(e, isDir)
	}
	errno = e.dir.rename(e.base, t.dir, t.base)
	switch {
	case isDir && (errno == syscall.ENOTEMPTY || errno == syscall.EEXIST):
		return t.exchange(e)
	case errno == 0 && !isDir:
		t.unlinkSame(e)
	}
	return false, errno
}

// unlinkSame removes e if it is another name of what the target is: then rename(2) did nothing.
func (t *Target) unlinkSame(e *Entry) {
	left, errno := e.Lstat()
	if errno != 0 {
		return
	}
	there, errno := t.Lstat()
	if errno == 0 && sameFile(left, there) {
		_ = e.dir.unlink(e.base)
	}
}

// exchange is for a directory that is to take the name of one with entries.
func (t *Target) exchange(e *Entry) (exchanged bool, errno syscall.Errno) {
	errno = e.dir.exchange(e.base, t.dir, t.base)
	if isNoSuchRename(errno) {
		return false, syscall.ENOTEMPTY
	}
	if errno != 0 {
		return false, errno
	}
	if old, errno := e.dir.lstat(e.base); errno == 0 && !old.IsDir() { // it came a moment ago
		if errno := e.dir.exchange(e.base, t.dir, t.base); errno != 0 {
			return true, errno
		}
		return false, syscall.ENOTDIR
	}
	return true, 0
}

// isNoSuchRename reports whether the filesystem or the kernel has no rename of that kind. EINVAL is also the refusal to move a directory into
// itself, which what is tried next repeats.
func isNoSuchRename(errno syscall.Errno) bool {
	return errno == syscall.EINVAL || errno == syscall.ENOSYS || errno == syscall.ENOTSUP
}

// renameExclusive needs no replacing rename where the system has one that never replaces.
func (t *Target) renameExclusive(e *Entry, isDir bool) syscall.Errno {
	errno := e.dir.renameExclusive(e.base, t.dir, t.base)
	switch {
	case !isNoSuchRename(errno):
		return errno
	case isDir:
		return t.renameOntoOwn(e)
	}
	return t.linkAndUnlink(e)
}

// linkAndUnlink makes do with link(2), which never replaces.
func (t *Target) linkAndUnlink(e *Entry) syscall.Errno {
	if errno := e.dir.link(e.base, t.dir, t.base); errno != 0 {
		return errno
	}
	errno := e.dir.unlink(e.base)
	if errno != 0 && errno != syscall.ENOENT {
		_ = t.dir.unlink(t.base)
		return errno
	}
	return 0
}

// renameOntoOwn makes do with a directory of its own making, which a rename may replace as long as it is empty.
func (t *Target) renameOntoOwn(e *Entry) syscall.Errno {
	if errno := t.dir.mkdir(t.base); errno != 0 {
		return errno
	}
	errno := e.dir.rename(e.base, t.dir, t.base)
	if errno != 0 {
		_ = t.dir.rmdir(t.base)
	}
	return errno
}

// Link publishes an open file through its descriptor, whatever its name is by now. What linkat(2) says of a file that cannot be linked is
// EXDEV, EPERM, EMLINK, or ENOENT for one that has no name and may not get one; where there is no way from a descriptor to a name it is
// EOPNOTSUPP.
func (t *Target) Link(file syscall.Conn, replace bool) syscall.Errno {
	if !replace {
		return t.dir.linkFile(file, t.base)
	}
	return t.viaTemporary(func(base string) syscall.Errno { return t.dir.linkFile(file, base) })
}

// viaTemporary makes a name that is free and renames it to that of the target.
func (t *Target) viaTemporary(create func(base string) syscall.Errno) syscall.Errno {
	base, errno := t.temporary(create)
	if errno != 0 {
		return errno
	}
	errno = t.dir.rename(base, t.dir, t.base)
	// It is still there after a success too if both are names of one file: then rename(2) does nothing.
	_ = t.dir.unlink(base)
	return errno
}

// maxNames bounds the names that are tried if each one is taken.
const maxNames = 10000

// temporary makes something under a name beside the target: ".name.tmp-" and 16 random hexadecimal digits. It is what a process that is killed
// may leave.
func (t *Target) temporary(create func(base string) syscall.Errno) (base string, errno syscall.Errno) {
	for range maxNames {
		base = temporaryName(t.base)
		if errno = create(base); errno != syscall.EEXIST {
			break
		}
	}
	return base, errno
}

// maxTemporary leaves room for the rest of a temporary name in the 255 bytes that a name may have.
const maxTemporary = 200

func temporaryName(base string) string {
	if len(base) > maxTemporary {
		end := maxTemporary
		for end > 0 && !utf8.RuneStart(base[end]) {
			end--
		}
		base = base[:end]
	}
	return fmt.Sprintf(".%s.tmp-%016x", base, rand.Uint64())
}
