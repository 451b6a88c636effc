package memfallback_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
)

// nameModel is a tree as a map from path to file: the simplest thing that has names, and one that is right as long as one goroutine
// uses it. A path has no slash in front; the root is not in it. It is not changed once it is made.
type nameModel map[string]*nameNode

// nameNode is an inode. Its number is that of the call that made it.
type nameNode struct {
	number int
	kind   byte // one of the constants below
	perm   int
	target string // absolute
}

const (
	regularFile  = 'f'
	directory    = 'd'
	symbolicLink = 'l'
)

// nameCall is one operation. perm tells what it makes from what others make: it is set in one step with the name.
type nameCall struct {
	number     int
	verb       string
	name, more string // more is a new name, or the target of a link
	perm       int
	yields     bool // before the call
}

func (c nameCall) String() string {
	return fmt.Sprintf("%s %s %s %o", c.verb, c.name, c.more, c.perm)
}

// key is the same for equal trees.
func (m nameModel) key() string {
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&b, "%s=%d ", path, m[path].number)
	}
	return b.String()
}

func (m nameModel) with(path string, n *nameNode) nameModel {
	changed := maps.Clone(m)
	changed[path] = n
	return changed
}

func (m nameModel) without(path string) nameModel {
	changed := maps.Clone(m)
	delete(changed, path)
	return changed
}

// walk returns where name leads to. With ENOENT it is where a file could be made, or "" if its directory is missing.
func (m nameModel) walk(name string, follow bool) (at string, n *nameNode, errno syscall.Errno) {
	dir, links := "", 0
	components := strings.Split(name, "/")
	for {
		at, last := dir+components[0], len(components) == 1
		n := m[at]
		switch {
		case n == nil && last:
			return at, nil, syscall.ENOENT
		case n == nil:
			return "", nil, syscall.ENOENT
		case n.kind == symbolicLink && (follow || !last):
			if links++; links > 40 {
				return "", nil, syscall.ELOOP
			}
			dir, components = "", append(strings.Split(n.target[1:], "/"), components[1:]...)
			continue
		case last:
			return at, n, 0
		case n.kind != directory:
			return "", nil, syscall.ENOTDIR
		}
		dir, components = at+"/", components[1:]
	}
}

// below reports whether path is top or in it.
func below(path, top string) bool { return path == top || strings.HasPrefix(path, top+"/") }

func parentOf(path string) string { return path[:max(strings.LastIndexByte(path, '/'), 0)] }

// links is the link count of what is at path.
func (m nameModel) links(path string, n *nameNode) int {
	count := 0
	for other, o := range m {
		switch {
		case n.kind != directory && o == n:
			count++
		case n.kind == directory && o.kind == directory && parentOf(other) == path:
			count++
		}
	}
	if n.kind == directory {
		count += 2 // its own name, and "."
	}
	return count
}

// do returns the tree after a call, and what the call tells.
func (m nameModel) do(c nameCall) (nameModel, string) {
	switch c.verb {
	case "create":
		return m.make(c, &nameNode{number: c.number, kind: regularFile, perm: c.perm})
	case "mkdir":
		return m.make(c, &nameNode{number: c.number, kind: directory, perm: c.perm})
	case "symlink":
		return m.make(c, &nameNode{number: c.number, kind: symbolicLink, perm: 0o777, target: c.more})
	case "link":
		_, n, errno := m.walk(c.name, false)
		if errno != 0 {
			return m, errnoName(errno)
		}
		changed, said := m.make(nameCall{name: c.more}, n)
		if said == "ok" && n.kind == directory {
			return m, errnoName(syscall.EPERM)
		}
		return changed, said
	case "remove":
		return m.remove(c.name)
	case "rename":
		return m.rename(c.name, c.more)
	}
	return m.look(c)
}

func (m nameModel) make(c nameCall, n *nameNode) (nameModel, string) {
	at, there, errno := m.walk(c.name, false)
	switch {
	case there != nil:
		return m, errnoName(syscall.EEXIST)
	case at == "":
		return m, errnoName(errno)
	}
	return m.with(at, n), "ok"
}

func (m nameModel) remove(name string) (nameModel, string) {
	at, _, errno := m.walk(name, false)
	if errno != 0 {
		return m, errnoName(errno)
	}
	for other := range m {
		if parentOf(other) == at {
			return m, errnoName(syscall.ENOTEMPTY)
		}
	}
	return m.without(at), "ok"
}

// look is what changes nothing, and open with O_CREATE, which may.
func (m nameModel) look(c nameCall) (nameModel, string) {
	at, n, errno := m.walk(c.name, c.verb != "lstat" && c.verb != "readlink" && c.verb != "count")
	if c.verb == "open or create" {
		switch {
		case errno == syscall.ENOENT && at != "":
			made := &nameNode{number: c.number, kind: regularFile, perm: c.perm}
			return m.with(at, made), toldNode(made)
		case errno == 0 && n.kind == directory:
			return m, errnoName(syscall.EISDIR)
		}
	}
	switch {
	case errno != 0:
		return m, errnoName(errno)
	case c.verb == "readlink" && n.kind != symbolicLink:
		return m, errnoName(syscall.EINVAL)
	case c.verb == "readlink":
		return m, n.target
	case c.verb == "count":
		return m, fmt.Sprint(toldNode(n), " ", m.links(at, n))
	}
	return m, toldNode(n)
}

func toldNode(n *nameNode) string { return fmt.Sprintf("%c %o", n.kind, n.perm) }

// rename has the rule of package os: onto a directory that is not the source by another name it is EEXIST.
func (m nameModel) rename(from, to string) (nameModel, string) {
	source, n, errno := m.walk(from, false)
	target, there, targetErrno := m.walk(to, false)
	ontoDir := there != nil && there.kind == directory
	switch {
	case source == "", ontoDir && errno != 0:
		return m, errnoName(errno)
	case ontoDir && (from == to || n != there):
		return m, errnoName(syscall.EEXIST)
	case target == "":
		return m, errnoName(targetErrno)
	case errno != 0:
		return m, errnoName(errno)
	case n.kind == directory && below(parentOf(target), source):
		return m, errnoName(syscall.EINVAL)
	case n == there:
		return m, "ok"
	case n.kind == directory && there != nil:
		return m, errnoName(syscall.ENOTDIR)
	}
	changed := nameModel{}
	for path, file := range m {
		if path != target {
			if below(path, source) {
				path = target + path[len(source):]
			}
			changed[path] = file
		}
	}
	return changed, "ok"
}
