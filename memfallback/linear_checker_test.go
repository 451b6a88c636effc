package memfallback_test

import (
	"fmt"
	"slices"
	"strings"
)

// madeCall is a call that has returned. begin and end are moments of one counter for all goroutines.
type madeCall struct {
	nameCall
	goroutine  int
	begin, end int64
	told       string
}

// nameHistory is what some goroutines did to a tree that began as a model.
type nameHistory struct {
	before nameModel
	calls  []madeCall
}

func (h nameHistory) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "before: %s\n", h.before.key())
	calls := slices.Clone(h.calls)
	slices.SortFunc(calls, func(a, b madeCall) int { return int(a.begin - b.begin) })
	for _, c := range calls {
		fmt.Fprintf(&b, "%3d to %3d  goroutine %d  #%d %v  =>  %s\n", c.begin, c.end, c.goroutine, c.number, c.nameCall, c.told)
	}
	return b.String()
}

// isLinearizable reports whether there is an order of the calls, one after the other, in which the model tells what they told, and
// none comes before one that had ended when it began. It is the search of Wing and Gong ("Testing and verifying
// concurrent objects", 1993), with Lowe's memory of where it has been: a set of calls that were done, and the tree that they left.
func (h nameHistory) isLinearizable() bool {
	s := linearSearch{calls: h.calls, seen: map[linearPoint]bool{}}
	return s.from(0, h.before)
}

type linearSearch struct {
	calls []madeCall
	seen  map[linearPoint]bool
}

type linearPoint struct {
	done uint64 // a bit for each call
	tree string
}

func (s *linearSearch) from(done uint64, m nameModel) bool {
	if done == 1<<len(s.calls)-1 {
		return true
	}
	point := linearPoint{done, m.key()}
	if s.seen[point] {
		return false
	}
	s.seen[point] = true
	first := s.firstEnd(done)
	for i, c := range s.calls {
		if done&(1<<i) != 0 || c.begin > first {
			continue
		}
		if after, told := m.do(c.nameCall); told == c.told && s.from(done|1<<i, after) {
			return true
		}
	}
	return false
}

// firstEnd is when the first of the calls that are left ended: what began later cannot be next.
func (s *linearSearch) firstEnd(done uint64) int64 {
	first := int64(-1)
	for i, c := range s.calls {
		if done&(1<<i) == 0 && (first < 0 || c.end < first) {
			first = c.end
		}
	}
	return first
}
