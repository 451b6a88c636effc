package memfallback

import "sync/atomic"

// sequence counts the changes that a walk must not see the half of, in one word:
//
//   - bit 0 is set while one is under way;
//   - below generation it counts those that moved or removed no directory and no link: a file was renamed;
//   - from generation on it counts the others, and what carries over. In one generation a path to a directory leads to one directory.
//
// It never has a value twice. superblock.mu is held by who changes it. A walk without that lock is one that begins and ends with the same
// value, and none under way: then what it found was there at one moment.
type sequence struct{ atomic.Uint64 }

const (
	underWay   = 1
	generation = 1 << 20
)

// generationOf is the generation of a value.
func generationOf(seq uint64) uint64 { return seq / generation }

// begin comes before a change.
func (s *sequence) begin() {
	s.Add(underWay)
	yield()
}

// end comes after it, once it can be seen: a walk that took an older state for the new generation would remember it.
func (s *sequence) end(newGeneration bool) {
	yield()
	if newGeneration {
		s.Store((s.Load() | (generation - 1)) + 1)
	} else {
		s.Add(underWay)
	}
}
