package memfallback

import (
	"hash/maphash"
	"math/bits"
	"sync/atomic"
)

// table maps names to dirents. superblock.mu is held by who changes it; who looks up holds nothing.
//
// It is a hash table with open addressing, in groups of eight slots under one word of eight control bytes, after the
// Swiss tables of Abseil. A slot is filled before its control byte says so and emptied after, and a name that changes its inode keeps its
// slot. So a lookup that meets changes finds what a name had at some moment of the lookup, and never misses one that was there all the time.
type table struct {
	groups []group // a power of two of them
	room   int     // empty slots that may be filled before the table must grow
}

type group struct {
	control atomic.Uint64
	slots   [groupSize]atomic.Pointer[dirent]
}

const (
	groupSize = 8

	// Control bytes: of a full slot the highest bit and seven of the hash.
	slotEmpty   = 0x00 // the search ends in this group
	slotDeleted = 0x01 // it goes on
	slotFull    = 0x80

	eachByte = 0x0101010101010101
	eachHigh = eachByte << 7
)

// hashSeed keeps who chooses names from choosing their hashes.
var hashSeed = maphash.MakeSeed()

func hashName(name string) uint64 { return maphash.String(hashSeed, name) }

func tagOf(hash uint64) uint64 { return slotFull | hash&0x7f }

// matches has the high bit of each byte that is equal to b, and perhaps that of one above such a byte.
func matches(control, b uint64) uint64 {
	x := control ^ b*eachByte
	return (x - eachByte) &^ x & eachHigh
}

// slotOf is the number of the first byte in a result of matches.
func slotOf(match uint64) int { return bits.TrailingZeros64(match) / 8 }

// newTable has room for n names.
func newTable(n int) *table {
	groups := 1
	for roomOf(groups) < n {
		groups *= 2
	}
	return &table{groups: make([]group, groups), room: roomOf(groups)}
}

// roomOf is how many names may be in so many groups: seven of eight, so that a search ends soon; a single group ends by itself.
func roomOf(groups int) int {
	if groups == 1 {
		return groupSize
	}
	return groups * (groupSize - 1)
}

// find returns the dirent that has the name, nil if there is none. What it found may be gone already: then its node is nil.
func (t *table) find(name string, hash uint64) *dirent {
	tag, mask := tagOf(hash), uint64(len(t.groups)-1)
	for i := range uint64(len(t.groups)) {
		g := &t.groups[(hash>>7+i)&mask]
		control := g.control.Load()
		for m := matches(control, tag); m != 0; m &= m - 1 {
			yield()
			if d := g.slots[slotOf(m)].Load(); d != nil && d.name == name {
				return d
			}
		}
		if matches(control, slotEmpty) != 0 {
			return nil
		}
	}
	return nil
}

// slot returns where a dirent is that is there.
func (t *table) slot(d *dirent, hash uint64) (*group, int) {
	tag, mask := tagOf(hash), uint64(len(t.groups)-1)
	for i := hash >> 7; ; i++ {
		g := &t.groups[i&mask]
		for m := matches(g.control.Load(), tag); m != 0; m &= m - 1 {
			if s := slotOf(m); g.slots[s].Load() == d {
				return g, s
			}
		}
	}
}

// add puts in a dirent whose name is not there. room is not 0.
func (t *table) add(d *dirent, hash uint64) {
	mask := uint64(len(t.groups) - 1)
	for i := hash >> 7; ; i++ {
		g := &t.groups[i&mask]
		control := g.control.Load()
		m := ^control & eachHigh // empty or deleted
		if m == 0 {
			continue
		}
		s := slotOf(m)
		if control>>(8*s)&0xff == slotEmpty {
			t.room--
		}
		g.slots[s].Store(d)
		yield()
		g.set(s, tagOf(hash))
		return
	}
}

func (g *group) set(s int, b uint64) {
	g.control.Store(g.control.Load()&^(0xff<<(8*s)) | b<<(8*s))
}

// remove takes out a dirent that is there.
func (t *table) remove(d *dirent, hash uint64) {
	g, s := t.slot(d, hash)
	if matches(g.control.Load(), slotEmpty) != 0 { // then no search ever went on behind this group
		g.set(s, slotEmpty)
		t.room++
	} else {
		g.set(s, slotDeleted)
	}
	yield()
	g.slots[s].Store(nil)
}

// replace puts in d in the place of old, which has the same name.
func (t *table) replace(old, d *dirent, hash uint64) {
	g, s := t.slot(old, hash)
	g.slots[s].Store(d)
}

// all calls fn with each dirent.
func (t *table) all(fn func(*dirent)) {
	for i := range t.groups {
		g := &t.groups[i]
		for m := g.control.Load() & eachHigh; m != 0; m &= m - 1 {
			fn(g.slots[slotOf(m)].Load())
		}
	}
}

// resized is a table with the same dirents and room for more.
func (t *table) resized(names int) *table {
	bigger := newTable(names + names/2 + 1)
	t.all(func(d *dirent) { bigger.add(d, hashName(d.name)) })
	return bigger
}
