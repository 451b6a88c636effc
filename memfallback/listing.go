package memfallback

import (
	"slices"
	"strings"
)

// listing is a directory's entries at one moment, by name. It is not changed once it is made. The names are copies in one block of
// memory: who keeps one keeps no inode.
type listing []listed

type listed struct {
	name  string
	entry *dirent
}

// list returns the listing of a directory. superblock.mu is not held: it is taken to look at the entries, and not to sort them.
func (s *superblock) list(d *directory) *listing {
	if l := d.sorted.Load(); l != nil {
		return l
	}
	s.mu.Lock()
	entries, version := d.entries(), d.version
	s.mu.Unlock()
	l := newListing(entries)
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.version == version {
		d.sorted.Store(l)
	}
	return l
}

func newListing(entries []*dirent) *listing {
	size := 0
	for _, e := range entries {
		size += len(e.name)
	}
	var block strings.Builder
	block.Grow(size)
	for _, e := range entries {
		block.WriteString(e.name)
	}
	names := block.String()
	l := make(listing, len(entries))
	for i, e := range entries {
		l[i] = listed{names[:len(e.name)], e}
		names = names[len(e.name):]
	}
	slices.SortFunc(l, func(a, b listed) int { return strings.Compare(a.name, b.name) })
	return &l
}

// now returns the inode that has the name of e in the directory d now, nil if there is none.
func (e *listed) now(d *directory) *inode {
	if n := e.entry.node.Load(); n != nil {
		return n
	}
	return d.find(e.name)
}
