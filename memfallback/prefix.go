package memfallback

import (
	"hash/maphash"
	"os"
	"strings"
	"sync/atomic"
)

// prefixCache remembers which directories the beginnings of names lead to, up to their last separator. So a name is found in the time of one
// lookup, however deep it is.
//
// It holds for one generation of the tree's sequence: who moves or removes a directory or a link, or changes who may search one, begins
// another. Files come and go without that. It is one for all views of a tree.
type prefixCache struct {
	slots [prefixSlots]atomic.Pointer[prefix]

	// A new generation must last for some walks before it is worth to remember anything.
	current atomic.Uint64 // the generation that misses are counted of
	misses  atomic.Uint64
	filled  atomic.Bool // something may be in slots
}

type prefix struct {
	prefixKey
	dir        *inode
	links      int // passed on the way
	generation uint64
}

// prefixKey is a prefix of names under a root.
type prefixKey struct {
	name string
	root *inode
}

const (
	prefixSlots = 256

	missesBefore = 16 // walks of a generation that are not remembered
	missesEach   = 8  // of those that find their slot taken one is
)

// cutBase splits a name behind its last separator: the last component and what is before the separator, "" if that is the root. ok is false of
// a name whose last component is no plain one.
func cutBase(name string) (prefix, base string, ok bool) {
	end := len(name)
	for end > 0 && !os.IsPathSeparator(name[end-1]) {
		end--
	}
	base = name[end:]
	switch {
	case base == "" || base == "." || base == ".." || len(base) > maxName || len(name) >= maxPath:
		return "", "", false
	case end == 0:
		return "", base, true
	}
	return name[:end-1], base, true
}

func prefixSlot(name string) uint64 { return maphash.String(hashSeed, name) % prefixSlots }

// get returns what is known of the beginning of a name under root in this generation, or nil.
func (c *prefixCache) get(root *inode, name string, generation uint64) *prefix {
	p := c.slots[prefixSlot(name)].Load()
	if p != nil && p.generation == generation && p.root == root && p.name == name {
		return p
	}
	return nil
}

// remember puts a directory that a walk found into the cache. The generation may be over by now.
func (s *superblock) remember(key prefixKey, dir *inode, links int, generation uint64) {
	c := &s.prefixes
	if c.current.Load() != generation {
		c.current.Store(generation)
		c.misses.Store(0)
		return
	}
	misses := c.misses.Add(1)
	if misses < missesBefore {
		return
	}
	slot := &c.slots[prefixSlot(key.name)]
	old := slot.Load()
	if old != nil && old.generation == generation && misses%missesEach != 0 {
		return
	}
	key.name = strings.Clone(key.name)
	p := &prefix{key, dir, links, generation}
	if !slot.CompareAndSwap(old, p) {
		return
	}
	c.filled.Store(true)
	if generationOf(s.seq.Load()) != generation { // clear may have come before
		slot.CompareAndSwap(p, nil)
	}
}

// clear forgets all: it would keep directories that were removed. The generation is over.
func (c *prefixCache) clear() {
	if !c.filled.Load() {
		return
	}
	c.filled.Store(false)
	for i := range c.slots {
		c.slots[i].Store(nil)
	}
}
