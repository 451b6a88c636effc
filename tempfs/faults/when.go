package faults

import (
	"fmt"
	"math/rand/v2"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aferotemp/go/tempfs"
)

// When is a condition: it says whether a hook acts on the operation.
type When func(tempfs.Op) bool

// all asks the conditions in order, up to the first that does not hold.
func all(when []When, op tempfs.Op) bool {
	for _, holds := range when {
		if !holds(op) {
			return false
		}
	}
	return true
}

// On holds for operations of these kinds.
func On(kinds ...tempfs.OpKind) When {
	return func(op tempfs.Op) bool { return slices.Contains(kinds, op.Kind) }
}

// Path holds for operations of which a name matches the pattern of [path.Match]: the last element of the name if the pattern has no slash, else the
// whole name from the root on. A name is taken by its letters, links are not followed. The pattern is part of the program: a bad one panics.
func Path(pattern string) When {
	if _, err := path.Match(pattern, ""); err != nil {
		panic(fmt.Sprintf("faults.Path(%q): %v", pattern, err))
	}
	isWhole := strings.Contains(pattern, "/")
	matches := func(name string) bool {
		if name == "" {
			return false
		}
		name = path.Clean("/" + filepath.ToSlash(name))
		if !isWhole {
			name = path.Base(name)
		} else if !strings.HasPrefix(pattern, "/") {
			name = name[1:]
		}
		ok, _ := path.Match(pattern, name) // the pattern is good
		return ok
	}
	return func(op tempfs.Op) bool { return matches(op.Name) || matches(op.NewName) }
}

// Nth holds once, for the nth operation that it is asked about, from 1.
func Nth(n int64) When {
	var asked atomic.Int64
	return func(tempfs.Op) bool { return asked.Add(1) == n }
}

// Rate holds at random, for that part of the operations: 0 is none, 1 is all. The same seed gives the same sequence.
func Rate(part float64, seed uint64) When {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // it is to be repeated
	return func(tempfs.Op) bool {
		mu.Lock()
		defer mu.Unlock()
		return random.Float64() < part
	}
}
