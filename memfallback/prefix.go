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
	name       string
	root, dir  *inode
	links      int // passed on the way
	generation uint64
}

const (
	prefixSlots = 256

	missesBefore = 16 // walks of a generation that are not remembered
	missesEach   = 8  // of those that find their slot taken one is
)

// prefixOf returns name up to the last separator, "" if that is not worth to be remembered: one component is looked up as fast.
func prefixOf(name string) string {
	end := len(name) - 1
	if os.IsPathSeparator(name[end]) {
		return ""
	}
	for end >= 0 && !os.IsPathSeparator(name[end]) {
		end--
	}
	if end <= 0 {
		return ""
	}
	for i := 1; i < end; i++ {
		if os.IsPathSeparator(name[i]) {
			return name[:end]
		}
	}
	return ""
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

// put remembers dir, which a walk found. The generation may be over by now.
func (c *prefixCache) put(s *sequence, p prefix) {
	if c.current.Load() != p.generation {
		c.current.Store(p.generation)
		c.misses.Store(0)
		return
	}
	misses := c.misses.Add(1)
	if misses < missesBefore {
		return
	}
	slot := &c.slots[prefixSlot(p.name)]
	old := slot.Load()
	if old != nil && old.generation == p.generation && misses%missesEach != 0 {
		return
	}
	p.name = strings.Clone(p.name)
	if !slot.CompareAndSwap(old, &p) {
		return
	}
	c.filled.Store(true)
	if generationOf(s.Load()) != p.generation { // clear may have come before
		slot.CompareAndSwap(&p, nil)
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
