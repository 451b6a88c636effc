package memfallback

import (
	"os"
	"strings"
	"syscall"
)

// RemoveAll removes what name is and everything below it, links not followed, in one step for all others. A missing name is
// success; of "/" it removes the content. It goes on where something cannot be removed and returns the first failure:
// failed is its path, "" for name itself.
//
// It mirrors [os.RemoveAll], which wants the right to read the parent as well, unless Remove is enough. But a name whose last
// component is "." or ".." is always EINVAL, where package os may empty the directory before it fails.
func (t *Tree) RemoveAll(name string) (failed string, errno syscall.Errno) {
	switch {
	case name == "":
		return "", 0
	case endsWithDot(name):
		return "", syscall.EINVAL
	}
	now := t.sb.now()
	t.sb.mu.Lock()
	defer t.sb.unlock()
	w := t.lockedWalk()
	at, errno := w.locate(name)
	if errno == 0 {
		errno = w.remove(at, now)
	}
	if errno == 0 || errno == syscall.ENOENT {
		return "", 0
	}
	name = strings.TrimRightFunc(name, isSeparator)
	w = t.lockedWalk()
	at, errno = w.openParent(name)
	if errno != 0 {
		if errno == syscall.ENOENT {
			errno = 0
		}
		return "", errno
	}
	t.sb.seq.begin()
	defer t.sb.changed(true)
	if w.cut(at, now) {
		return "", 0
	}
	r := removal{walk: w, now: now}
	r.run(at)
	if r.failed != "" {
		r.failed = name + r.failed
	}
	return r.failed, r.errno
}

// cut takes a directory off the tree with all that is in it, however much that is, if nobody could tell that from a walk that removes
// one thing after the other: nothing is open, linked from elsewhere or counted, and no right can be missing.
func (w *walk) cut(at location, now timestamp) bool {
	s := w.tree.sb
	if s.files.Load() != 0 || s.dirs.Load() != 0 || s.linked != 0 || s.restricted != 0 || s.store != nil || s.quota != nil {
		return false
	}
	if at.kind == lastRoot {
		at.dir.dir.clear()
		at.dir.nlink.Store(2)
		at.dir.modified(now)
		return true
	}
	e, hash, errno := at.entry()
	if errno != 0 || !e.node.Load().isDir() || w.tree.mayDelete(at.dir, e.node.Load(), true) != 0 {
		return false
	}
	n := e.node.Load()
	s.drop(at.dir, e, hash, now)
	n.dir.clear() // who keeps the inode, another of its slab, keeps no more than that
	return true
}

// openParent locates what os.RemoveAll removes once Remove was not enough: an entry of the parent directory, which it opens for
// reading. So separators behind the name say nothing: of "link/" the link goes. Here they are cut off already.
func (w *walk) openParent(name string) (location, syscall.Errno) {
	parent, base := ".", name
	switch i := strings.LastIndexFunc(name, isSeparator); {
	case i == 0:
		parent, base = "/", name[1:]
	case i > 0:
		parent, base = name[:i], name[i+1:]
	}
	dir, errno := w.resolve(parent, true)
	if errno != 0 {
		return location{}, errno
	}
	at := component(dir, base)
	if base == "" {
		at.kind = lastRoot
	}
	switch {
	case !w.tree.sb.user.may(dir, mayRead):
		return location{}, syscall.EACCES
	case hasNUL(base): // of a parent that is missing nobody says so
		return location{}, syscall.EINVAL
	case !dir.isDir():
		return location{}, syscall.ENOTDIR
	case at.kind == lastDot || at.kind == lastDotDot:
		return location{}, syscall.EINVAL
	}
	return at, 0
}

func isSeparator(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) }

func endsWithDot(name string) bool {
	rest, ok := strings.CutSuffix(name, ".")
	return ok && (rest == "" || os.IsPathSeparator(rest[len(rest)-1]))
}

// removal is a RemoveAll under way. It keeps its own stack: a tree may be deeper than a goroutine's.
type removal struct {
	walk   walk
	now    timestamp
	levels []level // the directories that are being emptied, the innermost last

	// Of the first failure. failed is the path below the name that was given, with a slash before each component.
	failed string
	errno  syscall.Errno
}

type level struct {
	at   location
	dir  *inode
	rest listing // what was not tried yet
}

func (r *removal) run(at location) {
	r.try(at)
	for len(r.levels) > 0 {
		last := &r.levels[len(r.levels)-1]
		if len(last.rest) > 0 {
			name := last.rest[0].name
			last.rest = last.rest[1:]
			r.try(location{dir: last.dir, last: name})
			continue
		}
		at := last.at
		r.levels = r.levels[:len(r.levels)-1]
		if at.kind != lastRoot {
			r.check(at, r.walk.rmdir(at, r.now))
		}
	}
}

// try removes what is at at, or begins a level if it is a directory. It is removeAllFrom of package os.
func (r *removal) try(at location) {
	user := &r.walk.tree.sb.user
	if !user.may(at.dir, mayExec) {
		r.check(at, syscall.EACCES)
		return
	}
	errno := r.walk.unlink(at, r.now)
	if errno == 0 || errno == syscall.ENOENT {
		return
	}
	n, missing := r.walk.entry(at)
	switch {
	case missing != 0 || !n.isDir():
		r.check(at, errno)
	case !user.may(n, mayRead): // it cannot be listed, but if it is empty it can go
		if r.walk.rmdir(at, r.now) != 0 {
			r.check(at, syscall.EACCES)
		}
	default:
		r.levels = append(r.levels, level{at, n, *newListing(n.dir.entries())})
	}
}

// check notes errno if it is the first. Those that follow from it are of no interest: a directory that is not empty now.
func (r *removal) check(at location, errno syscall.Errno) {
	if errno == 0 || r.errno != 0 {
		return
	}
	r.errno = errno
	if len(r.levels) == 0 {
		return // it is of the name that was given
	}
	var path strings.Builder
	for _, l := range r.levels[1:] {
		path.WriteString("/" + l.at.last)
	}
	path.WriteString("/" + at.last)
	r.failed = path.String()
}
