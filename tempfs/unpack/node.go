package unpack

import (
	"io/fs"
	"maps"
	"slices"
	"time"
)

// node is a name that the archive made.
type node struct {
	name     string
	parent   *node
	kind     nodeKind
	merged   bool             // with a directory that was there
	children map[string]*node // of a directory, by name or folded name

	// Of a directory that has an entry of its own.
	asked   bool
	mode    fs.FileMode
	modTime time.Time

	// Of a symbolic link.
	entry    string // the name that the archive has for it
	target   string
	resolved *resolved // once it was judged
}

type nodeKind uint8

const (
	directory nodeKind = iota
	regular
	link    // symbolic
	skipped // left out: the name is known, and nothing is there
)

// String says what is there.
func (k nodeKind) String() string {
	return [...]string{"a directory", "a file", "a symbolic link", "left out"}[k]
}

func newDirectory(name string, parent *node) *node {
	return &node{name: name, parent: parent, kind: directory, children: map[string]*node{}}
}

// below is the name of the node below that of a directory in which the root of the archive is.
func (n *node) below(base string) string {
	if n.parent == nil {
		return base
	}
	length := len(base)
	for m := n; m.parent != nil; m = m.parent {
		length += 1 + len(m.name)
	}
	path := make([]byte, length)
	for m := n; m.parent != nil; m = m.parent {
		length -= len(m.name)
		copy(path[length:], m.name)
		length--
		path[length] = '/'
	}
	copy(path, base)
	return string(path)
}

// sorted are the children in an order that does not depend on chance.
func (n *node) sorted() []*node {
	all := make([]*node, 0, len(n.children))
	for _, key := range slices.Sorted(maps.Keys(n.children)) {
		all = append(all, n.children[key])
	}
	return all
}

// directories calls fn for each directory below n, and then for n.
func (n *node) directories(fn func(*node) error) error {
	for _, child := range n.sorted() {
		if child.kind == directory {
			if err := child.directories(fn); err != nil {
				return err
			}
		}
	}
	return fn(n)
}
