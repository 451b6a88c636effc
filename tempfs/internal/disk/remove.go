package disk

import (
	"context"
	"os"
	"strings"
	"syscall"
	"time"
)

const (
	// A directory that somebody fills is emptied at least minPasses times, and until maxWait has passed since the first
	// that was found filled.
	minPasses = 8
	maxWait   = time.Second
	// maxSwaps bounds how often a directory is gone over again since something in it was swapped for something else.
	maxSwaps = 4096
)

func isDenied(errno syscall.Errno) bool { return errno == syscall.EACCES || errno == syscall.EPERM }

// RemoveAll removes what name is and all below it. Of the root it removes the content; "." and ".." at the end are EINVAL. As
// os.RemoveAll it wants the right to read the parent, unless Remove is enough.
func (t *Tree) RemoveAll(name string) (failed string, errno syscall.Errno) {
	switch {
	case name == "":
		return "", 0
	case endsWithDot(name):
		return "", syscall.EINVAL
	}
	errno = t.Remove(name)
	if errno == 0 || errno == syscall.ENOENT {
		return "", 0
	}
	if trimmed := strings.TrimRightFunc(name, isSeparator); trimmed != "" {
		name = trimmed // "link/" is the link here, as it is for os.RemoveAll
	}
	failed, errno = t.removeIn(directoryOf(name), name[strings.LastIndexFunc(name, isSeparator)+1:])
	switch {
	case errno == syscall.ENOENT:
		return "", 0
	case failed == "":
		return "", errno
	}
	return strings.TrimRightFunc(name, isSeparator) + failed, errno
}

// firstFailure is that of a removal of path, with what is below path of its own.
func firstFailure(failures []Failure, path string) (failed string, errno syscall.Errno) {
	if len(failures) == 0 {
		return "", 0
	}
	failed = failures[0].Path
	if path != "." {
		failed = strings.TrimPrefix(failed, "/"+path)
	}
	return failed, errnoOf(failures[0].Err)
}

// directoryOf is what os.RemoveAll opens as the parent of a name.
func directoryOf(name string) string {
	switch i := strings.LastIndexFunc(name, isSeparator); {
	case i < 0:
		return "."
	case i == 0:
		return name[:1]
	default:
		return name[:i]
	}
}

func endsWithDot(name string) bool {
	rest, ok := strings.CutSuffix(name, ".")
	return ok && (rest == "" || os.IsPathSeparator(rest[len(rest)-1]))
}

func isSeparator(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) }

// Release deletes the tree: what is in it, by the descriptor of the root, then the root directory by its name, if that is still
// the same directory. Directories that lack permissions get them back; nothing else is changed or opened. What somebody
// makes meanwhile is deleted too, as long as that takes no more than a second of going over it again.
//
// report may be nil. The error is a *[Failures], which has that of ctx when that ended it. After one it may be called again.
func (t *Tree) Release(ctx context.Context, report func(entries, dirs, failed int64)) error {
	if t.anchor == nil { // released, or kept
		return nil
	}
	err := t.anchor.remove(ctx, report)
	if err == nil {
		t.Close()
	}
	return err
}
