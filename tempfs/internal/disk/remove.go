package disk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// ErrReplaced says that something else stands where the root directory, or another file, was.
var ErrReplaced = errors.New("another file has taken the name")

// RemoveAll removes what name is and all below it. Of the root it removes the content; "." and ".." at the end are EINVAL. As
// os.RemoveAll it wants the right to read the parent, unless Remove is enough.
func (t *Tree) RemoveAll(name string) (failed string, errno syscall.Errno) {
	switch {
	case name == "":
		return "", 0
	case endsWithDot(name) || hasNUL(name, ""):
		return "", syscall.EINVAL
	}
	errno = t.Remove(name)
	if errno == 0 || errno == syscall.ENOENT {
		return "", 0
	}
	if trimmed := strings.TrimRightFunc(name, isSeparator); trimmed != "" {
		name = trimmed // "link/" is the link here, as it is for os.RemoveAll
	}
	errno = t.mayRead(name[:strings.LastIndexFunc(name, isSeparator)+1])
	if errno != 0 && errno != syscall.ENOENT {
		return "", errno
	}
	p, errno := t.parent(name)
	switch {
	case errno == syscall.ENOENT:
		return "", 0
	case errno != 0:
		return "", errno
	case p.kind == lastDot || p.kind == lastDotDot:
		return "", syscall.EINVAL
	}
	path := p.path()
	r := remover{root: t.root, ctx: context.Background()}
	r.remove(path)
	if len(r.failures) == 0 {
		return "", 0
	}
	first := r.failures[0]
	if first.path == path {
		return "", first.errno
	}
	if path != "." {
		name += strings.TrimPrefix(first.path, path)
	} else {
		name += first.path
	}
	return name, first.errno
}

// mayRead gives the error of opening what dir leads to, separators at its end cut off.
func (t *Tree) mayRead(dir string) syscall.Errno {
	switch trimmed := strings.TrimRightFunc(dir, isSeparator); {
	case dir == "":
		dir = "."
	case trimmed != "":
		dir = trimmed
	}
	h, errno := t.OpenFile(dir, os.O_RDONLY, 0)
	if errno != 0 {
		return errno
	}
	return h.Close()
}

func endsWithDot(name string) bool {
	rest, ok := strings.CutSuffix(name, ".")
	return ok && (rest == "" || os.IsPathSeparator(rest[len(rest)-1]))
}

func isSeparator(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) }

// Release deletes the tree: what is in it, by the descriptor of the root, then the root directory by its name, if that is still
// the same directory. Directories that lack permissions get them back; nothing else is changed or opened. What somebody
// makes meanwhile is deleted too, as long as that takes no more than a second of going over it again.
func (t *Tree) Release(ctx context.Context, progress func(removed, failed int64)) error {
	// Where an os.Root is but a path, under js, a stranger that took the name would be emptied.
	if here, err := t.root.Stat("."); err == nil && !os.SameFile(here, t.born) {
		return &fs.PathError{Op: "remove", Path: "/", Err: ErrReplaced}
	}
	t.ownRoot()
	r := remover{root: t.root, ctx: ctx, progress: progress, repairs: true}
	var root level
	for {
		r.remove(".")
		if ctx.Err() != nil || len(r.failures) > 0 {
			return errors.Join(ctx.Err(), r.err())
		}
		err := t.removeRoot()
		if err == nil {
			t.Close()
			return nil
		}
		if !errors.Is(err, syscall.ENOTEMPTY) || !r.patient(&root) {
			return err
		}
	}
}

// ownRoot gives the root directory its mode back, without which nothing below can be reached.
func (t *Tree) ownRoot() {
	info, err := os.Lstat(t.dir)
	if err == nil && os.SameFile(info, t.born) && info.Mode().Perm() != rootPerm {
		_ = chmodHost(t.dir, rootPerm) // what follows tells
	}
}

func (t *Tree) removeRoot() error {
	now, err := os.Lstat(t.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return &fs.PathError{Op: "lstat", Path: "/", Err: errnoOf(err)}
	case !os.SameFile(now, t.born):
		return &fs.PathError{Op: "remove", Path: "/", Err: ErrReplaced}
	}
	// Rmdir and not os.Remove, which would delete a file that takes the name right now.
	if errno := errnoOf(syscall.Rmdir(t.dir)); errno != 0 && errno != syscall.ENOENT {
		return &fs.PathError{Op: "rmdir", Path: "/", Err: errno}
	}
	return nil
}
