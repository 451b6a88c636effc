package memfallback

import (
	"os"
	"strings"
	"syscall"
)

// Bounds of Linux: path_resolution(7), symlink(7), limits.h.
const (
	maxName  = 255  // bytes in a component
	maxPath  = 4096 // bytes in a name or in a link's target, with the NUL that C ends it with
	maxLinks = 40   // links on the way to one file
)

// lastKind tells a last component that can be made, removed or renamed from those that cannot.
type lastKind uint8

const (
	lastName lastKind = iota
	lastDot           // "."
	lastDotDot
	lastRoot // there is none: the name is nothing but separators
)

// location is a name but for its last component: the directory that has the entry, and the entry's name.
type location struct {
	dir   *inode
	last  string
	kind  lastKind
	slash bool // separators follow the last component: it must be a directory
}

func component(dir *inode, name string) location {
	switch name {
	case ".":
		return location{dir: dir, last: name, kind: lastDot}
	case "..":
		return location{dir: dir, last: name, kind: lastDotDot}
	}
	return location{dir: dir, last: name}
}

// maxTries is how often a walk begins without a lock before it takes one.
const maxTries = 3

// walk is the way from a name to an inode. It counts the links it has passed. Either superblock.mu is held from its beginning for as
// long as what it found is used, or it found something only if it is valid at its end.
type walk struct {
	tree  *Tree
	root  *inode // nil once the tree was released
	seq   uint64 // of the superblock's sequence when it began
	links int
}

// beginWalk begins one without the lock. It is false while something moves.
func (t *Tree) beginWalk() (walk, bool) {
	w := t.lockedWalk()
	yield()
	return w, w.seq&underWay == 0
}

// lockedWalk begins one under superblock.mu, before any change is made.
func (t *Tree) lockedWalk() walk {
	seq := t.sb.seq.Load()
	return walk{tree: t, root: t.root.Load(), seq: seq}
}

// valid reports whether nothing was moved since the walk began.
func (w *walk) valid() bool {
	yield()
	return w.tree.sb.seq.Load() == w.seq
}

// checkName gives the error of a name that no walk can begin with, in the order of package os and the kernel.
func checkName(name string) syscall.Errno {
	switch {
	case hasNUL(name):
		return syscall.EINVAL
	case name == "":
		return syscall.ENOENT
	case len(name) >= maxPath:
		return syscall.ENAMETOOLONG
	}
	return 0
}

func hasNUL(name string) bool { return strings.IndexByte(name, 0) >= 0 }

// resolve returns what name leads to. follow is for a last component that is a link; all others are followed.
func (w *walk) resolve(name string, follow bool) (*inode, syscall.Errno) {
	w.links = 0
	at, errno := w.locate(name)
	if errno != 0 {
		return nil, errno
	}
	return w.finish(at, follow)
}

// locate begins a walk and stops before the last component.
func (w *walk) locate(name string) (location, syscall.Errno) {
	if errno := checkName(name); errno != 0 {
		return location{}, errno
	}
	if w.root == nil || w.tree.sb.released.Load() {
		return location{}, syscall.ENOENT
	}
	prefix, base, ok := cutBase(name)
	if !ok || prefix == "" {
		return w.locateFrom(w.root, name)
	}
	if dir := w.known(prefix); dir != nil {
		return w.locateFrom(dir, base)
	}
	links := w.links
	at, errno := w.locateFrom(w.root, name)
	if errno == 0 && w.valid() {
		w.tree.sb.remember(prefixKey{prefix, w.root}, at.dir, w.links-links, generationOf(w.seq))
	}
	return at, errno
}

// known returns the directory that a prefix leads to, if it is remembered.
func (w *walk) known(prefix string) *inode {
	p := w.tree.sb.prefixes.get(w.root, prefix, generationOf(w.seq))
	if p == nil {
		return nil
	}
	w.links += p.links
	return p.dir
}

// resolveQuickly is resolve without a lock.
func (w *walk) resolveQuickly(name string, follow bool) (*inode, syscall.Errno) {
	if n, errno, ok := w.quick(name); ok {
		return n, errno
	}
	return w.resolve(name, follow)
}

// quick is resolve for most names: a plain last component in the root, or in a directory that is remembered, which is no link. It is not ok if
// it does not know.
func (w *walk) quick(name string) (n *inode, errno syscall.Errno, ok bool) {
	prefix, base, ok := cutBase(name)
	if !ok || w.root == nil || w.tree.sb.released.Load() {
		return nil, 0, false
	}
	dir := w.root
	if prefix != "" {
		if dir = w.known(prefix); dir == nil {
			return nil, 0, false
		}
	}
	if !w.tree.sb.user.may(dir, mayExec) {
		return nil, 0, false
	}
	n = dir.dir.find(base)
	switch {
	case n == nil && !hasNUL(base): // that of a prefix is never remembered
		return nil, syscall.ENOENT, true
	case n == nil || n.isLink():
		return nil, 0, false
	}
	return n, 0, true
}

// locateFrom is link_path_walk of Linux: it resolves all of name but the last component, from dir or, if name is absolute,
// from the root. The right to search a directory is asked before the component in it is looked at.
func (w *walk) locateFrom(dir *inode, name string) (location, syscall.Errno) {
	if os.IsPathSeparator(name[0]) {
		dir = w.root
	}
	begin := skipSeparators(name, 0)
	if begin == len(name) {
		return location{dir: dir, kind: lastRoot}, 0
	}
	for {
		if !w.tree.sb.user.may(dir, mayExec) {
			return location{}, syscall.EACCES
		}
		end := begin
		for end < len(name) && !os.IsPathSeparator(name[end]) {
			end++
		}
		at := component(dir, name[begin:end])
		begin = skipSeparators(name, end)
		if begin == len(name) {
			at.slash = end < begin
			return at, 0
		}
		next, errno := w.finish(at, true)
		if errno != 0 {
			return location{}, errno
		}
		if !next.isDir() {
			return location{}, syscall.ENOTDIR
		}
		dir = next
	}
}

func skipSeparators(name string, i int) int {
	for i < len(name) && os.IsPathSeparator(name[i]) {
		i++
	}
	return i
}

// finish returns what at is. A link with a slash behind it is followed whatever follow says.
func (w *walk) finish(at location, follow bool) (*inode, syscall.Errno) {
	n, errno := w.entry(at)
	if errno != 0 {
		return nil, errno
	}
	if n.isLink() && (follow || at.slash) {
		inside, errno := w.follow(at, n)
		if errno != 0 {
			return nil, errno
		}
		if n, errno = w.finish(inside, true); errno != 0 {
			return nil, errno
		}
	}
	if at.slash && !n.isDir() {
		return nil, syscall.ENOTDIR
	}
	return n, 0
}

// follow is locate for the target of the link that is at at. The bound on links bounds the recursion as well.
func (w *walk) follow(at location, link *inode) (location, syscall.Errno) {
	if w.links++; w.links > maxLinks {
		return location{}, syscall.ELOOP
	}
	return w.locateFrom(at.dir, link.target())
}

// entry returns the inode at at, which may be a link, or ENOENT.
func (w *walk) entry(at location) (*inode, syscall.Errno) {
	switch at.kind {
	case lastDotDot:
		if at.dir == w.root {
			return at.dir, 0
		}
		if parent := at.dir.dir.parent.Load(); parent != nil {
			return parent, 0
		}
		return at.dir, 0
	case lastDot, lastRoot:
		return at.dir, 0
	case lastName:
	}
	if len(at.last) > maxName {
		return nil, syscall.ENAMETOOLONG
	}
	if n := at.dir.dir.find(at.last); n != nil {
		return n, 0
	}
	return nil, syscall.ENOENT
}

// vacancy locates a name for something new. isDir allows separators behind it. It is filename_create and
// may_create of Linux: a name that is taken is EEXIST before the right to make it is asked.
func (w *walk) vacancy(name string, isDir bool) (location, syscall.Errno) {
	at, errno := w.locate(name)
	if errno != 0 {
		return at, errno
	}
	if at.kind != lastName {
		return at, syscall.EEXIST
	}
	_, errno = w.entry(at)
	switch {
	case errno == 0:
		return at, syscall.EEXIST
	case errno != syscall.ENOENT:
		return at, errno
	case at.slash && !isDir:
		return at, syscall.ENOENT
	}
	return at, w.tree.mayCreate(at.dir)
}

// mayCreate gives the error of making an entry in dir.
func (t *Tree) mayCreate(dir *inode) syscall.Errno {
	switch {
	case dir.nlink.Load() == 0: // removed, and still the root of a Sub
		return syscall.ENOENT
	case !t.sb.user.may(dir, mayWrite|mayExec):
		return syscall.EACCES
	}
	return 0
}

// mayDelete gives the error of removing the entry of n from dir, as rmdir would if isDir, or as unlink.
func (t *Tree) mayDelete(dir, n *inode, isDir bool) syscall.Errno {
	switch {
	case !t.sb.user.may(dir, mayWrite|mayExec):
		return syscall.EACCES
	case !t.sb.user.mayUnlink(dir, n):
		return syscall.EPERM
	case isDir && !n.isDir():
		return syscall.ENOTDIR
	case !isDir && n.isDir():
		return syscall.EISDIR
	}
	return 0
}
