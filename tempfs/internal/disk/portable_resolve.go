package disk

import (
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// Limits of Linux: include/linux/namei.h, include/uapi/linux/limits.h.
const (
	maxLinks = 40
	nameMax  = 255
	pathMax  = 4096 // with the NUL that ends it
)

// lastKind tells what the last component of a name is, the LAST_ constants of the kernel.
type lastKind int

const (
	lastName lastKind = iota // an ordinary name
	lastDot
	lastDotDot
	lastRoot // no component at all: "/"
)

// place is where a name leads: a directory, reached without links, and a last component in it.
type place struct {
	dir   []string // components from the root, none of them a link
	base  string   // "" unless kind is lastName: the place is dir itself then
	kind  lastKind
	slash bool        // the name, or a link followed for it, ends in a separator
	info  fs.FileInfo // of what is there; nil for nothing, or when nobody looked
}

// path is the place as os.Root takes it.
func (p *place) path() string {
	path := strings.Join(p.dir, "/")
	switch {
	case p.base == "" && path == "":
		return "."
	case p.base == "":
		return path
	case path == "":
		return p.base
	}
	return path + "/" + p.base
}

// mustExist is the errno of an operation on what has to be there, a directory if its name says so.
func (p *place) mustExist() syscall.Errno {
	switch {
	case p.info == nil:
		return syscall.ENOENT
	case p.slash && !p.info.IsDir():
		return syscall.ENOTDIR
	}
	return 0
}

// resolver walks names as path_resolution(7) has it, one Lstat of the os.Root a component. What it finds may change under
// it: the operation that follows goes through the os.Root too, which checks again.
//
// An os.Root walks the whole path each time, so of a long one a directory on the way is held open, or the steps would be as many as the square of the components.
type resolver struct {
	root     guard
	dir      []string // where the walk is: directories alone
	links    int      // followed so far
	searched bool     // dir is known to be one that may be searched

	held     guard // an os.Root of dir[:heldLen]; nothing while heldLen is 0
	heldLen  int
	holdsNot bool // it cannot be opened, so no other is tried
}

// holdEvery is how many components a walk goes on from what it holds.
const holdEvery = 16

// from returns what to reach base in dir by: an os.Root and a path in it. dir is where the walk is.
func (r *resolver) from(dir []string, base string) (guard, string) {
	for len(dir)-r.heldLen > holdEvery && !r.holdsNot {
		r.hold(dir[:r.heldLen+holdEvery])
	}
	return r.nearest(), (&place{dir: dir[r.heldLen:], base: base}).path()
}

// nearest is the os.Root of dir[:heldLen].
func (r *resolver) nearest() guard {
	if r.heldLen > 0 {
		return r.held
	}
	return r.root
}

func (r *resolver) hold(dir []string) {
	next, err := r.nearest().OpenRoot(strings.Join(dir[r.heldLen:], "/"))
	r.close()
	if r.holdsNot = err != nil; !r.holdsNot {
		r.held, r.heldLen = guard{next}, len(dir)
	}
}

// close gives back what the walk holds.
func (r *resolver) close() {
	if r.heldLen > 0 {
		_ = r.held.Close()
		r.heldLen = 0
	}
}

// resolve finds what name leads to. With follow, or when name ends in a separator, a link at the end is followed. A last
// component that is missing is no error: info is nil then.
func (t *portable) resolve(name string, follow bool) (*place, syscall.Errno) {
	return t.resolveTo(name, follow, false)
}

// resolveTo is resolve. With creates, a separator at the end, of name or of a link's target, is EISDIR: open(2) makes no directory.
func (t *portable) resolveTo(name string, follow, creates bool) (*place, syscall.Errno) {
	p, r, errno := t.begin(name)
	defer r.close()
	for errno == 0 {
		if creates && p.slash && p.kind == lastName {
			if errno = r.maySearch(p.dir); errno == 0 {
				errno = syscall.EISDIR
			}
			break
		}
		errno = r.look(p)
		if errno != 0 || p.info == nil || p.info.Mode()&fs.ModeSymlink == 0 || !follow && !p.slash {
			break
		}
		slash := p.slash
		var target string
		if target, errno = r.readlink(p.base); errno == 0 {
			p, errno = r.parent(target)
		}
		if errno == 0 {
			p.slash = p.slash || slash
		}
	}
	return p, errno
}

// parent finds the place of name without looking at its last component: for what is about to be made, moved or removed there.
func (t *portable) parent(name string) (*place, syscall.Errno) {
	p, r, errno := t.begin(name)
	r.close()
	return p, errno
}

// searchable is parent for the kernel's filename_parentat: it also asks for the right to look in the directory.
func (t *portable) searchable(name string) (*place, syscall.Errno) {
	p, r, errno := t.begin(name)
	defer r.close()
	if errno == 0 {
		errno = r.maySearch(p.dir)
	}
	return p, errno
}

func (t *portable) begin(name string) (*place, *resolver, syscall.Errno) {
	r := &resolver{root: t.root}
	if errno := checkName(name); errno != 0 {
		return nil, r, errno
	}
	p, errno := r.parent(name)
	return p, r, errno
}

func checkName(name string) syscall.Errno {
	switch {
	case name == "":
		return syscall.ENOENT
	case strings.IndexByte(name, 0) >= 0:
		return syscall.EINVAL
	case len(name) >= pathMax:
		return syscall.ENAMETOOLONG
	}
	return 0
}

// parent walks all but the last component of name.
func (r *resolver) parent(name string) (*place, syscall.Errno) {
	rest := trimSeparators(name)
	if len(rest) < len(name) { // absolute
		r.climb(len(r.dir))
	}
	if rest == "" {
		return &place{dir: r.dir, kind: lastRoot, slash: true}, 0
	}
	for {
		component, after := cutComponent(rest)
		next := trimSeparators(after)
		if next == "" {
			return r.last(component, after != "")
		}
		if errno := r.enter(component); errno != 0 {
			return nil, errno
		}
		rest = next
	}
}

func (r *resolver) last(component string, slash bool) (*place, syscall.Errno) {
	p := &place{slash: slash}
	switch component {
	case ".":
		p.kind = lastDot
	case "..":
		p.kind = lastDotDot
	default:
		p.base = component
		p.dir = r.dir
		return p, 0
	}
	if !r.searched {
		if errno := r.maySearch(r.dir); errno != 0 {
			return nil, errno
		}
		r.searched = true
	}
	if p.kind == lastDotDot && len(r.dir) > 0 { // that of the root is the root
		r.climb(1)
	}
	p.dir = r.dir
	return p, 0
}

// maySearch is the kernel's may_lookup: it asks for the right to search a directory before it looks at the component, whatever
// that is. Where the component is looked at next, that tells.
func (r *resolver) maySearch(dir []string) syscall.Errno {
	if len(dir) == 0 {
		return 0
	}
	root, path := r.from(dir, "")
	return attempt(root.search(path))
}

// enter makes the directory that component leads to the place of the walk.
func (r *resolver) enter(component string) syscall.Errno {
	p, errno := r.last(component, true)
	if errno != 0 {
		return errno
	}
	for {
		if errno = r.look(p); errno != 0 {
			return errno
		}
		switch {
		case p.info == nil:
			return syscall.ENOENT
		case p.info.Mode()&fs.ModeSymlink != 0:
			var target string
			if target, errno = r.readlink(p.base); errno != 0 {
				return errno
			}
			if p, errno = r.parent(target); errno != 0 {
				return errno
			}
		case !p.info.IsDir():
			return syscall.ENOTDIR
		default:
			if p.base != "" {
				r.dir = append(r.dir, p.base)
				r.searched = false
			}
			return 0
		}
	}
}

// look fills in p.info.
func (r *resolver) look(p *place) syscall.Errno {
	if len(p.base) > nameMax {
		if errno := r.maySearch(p.dir); errno != 0 {
			return errno
		}
		return syscall.ENAMETOOLONG
	}
	root, path := r.from(p.dir, p.base)
	info, err := root.Lstat(path)
	switch errno := attempt(err); errno {
	case 0:
		p.info = info
	case syscall.ENOENT:
		p.info = nil
	case syscall.ENOTDIR: // the way here was of directories
		return raced
	default:
		return errno
	}
	return 0
}

// readlink reads the link base in the directory of the walk, and counts it.
func (r *resolver) readlink(base string) (string, syscall.Errno) {
	r.links++
	if r.links > maxLinks {
		return "", syscall.ELOOP
	}
	root, path := r.from(r.dir, base)
	target, err := root.Readlink(path)
	switch errno := attempt(err); {
	case errno == syscall.EINVAL || errno == syscall.ENOTDIR: // it was a link, on a way of directories
		return "", raced
	case errno == 0 && target == "":
		return "", syscall.ENOENT
	default:
		return target, errno
	}
}

// climb goes up n directories.
func (r *resolver) climb(n int) {
	r.dir = r.dir[:len(r.dir)-n]
	r.searched = false
	if r.heldLen > len(r.dir) {
		r.close() // of another directory once the walk goes down again
	}
}

func trimSeparators(s string) string {
	for s != "" && os.IsPathSeparator(s[0]) {
		s = s[1:]
	}
	return s
}

// cutComponent splits s, which does not begin with a separator, before its first one.
func cutComponent(s string) (component, after string) {
	for i := range len(s) {
		if os.IsPathSeparator(s[i]) {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// plain returns name as os.Root takes it, if os.Root means the same by it as the kernel: components with one separator between two of
// them, none of them "." or "..".
func plain(name string) (string, bool) {
	if checkName(name) != 0 {
		return "", false
	}
	path := trimSeparators(name)
	for rest := path; ; {
		component, after := cutComponent(rest)
		switch {
		case component == "" || component == "." || component == "..":
			return "", false
		case after == "":
			return path, true
		}
		rest = after[1:]
	}
}

// baseOf is the name that package os gives the FileInfo of name.
func baseOf(name string) string {
	end := len(name)
	for end > 1 && os.IsPathSeparator(name[end-1]) {
		end--
	}
	for i := end - 1; i >= 0; i-- {
		if os.IsPathSeparator(name[i]) && end > 1 {
			return name[i+1 : end]
		}
	}
	return name[:end]
}
