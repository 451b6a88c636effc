//go:build unix && !aix && !solaris

package disk

import (
	"bytes"
	"strings"
	"sync"
)

// frame is a directory on the way down, from the one that the removal began at. It belongs to one walker, but for what mu guards: while
// that is helped, others take names from it, too.
type frame struct {
	above *frame
	name  []byte // in the frame above, with a NUL at its end; empty for the directory that the removal began at
	depth int

	fd     int      // -1 while parked
	id     identity // of a parked one
	pinned bool     // the descriptor is not ours
	helped bool     // others work in it

	listed bool // to its end, or so it seems: rmdir(2) decides
	passes int  // since it was found filled again

	helpers sync.WaitGroup

	mu       sync.Mutex
	pending  []byte              // guarded by mu; names of subdirectories, each with a NUL at its end
	count    int                 // guarded by mu; of them
	stuck    map[string]struct{} // guarded by mu; names that cannot go; nil for none
	again    bool                // guarded by mu; something was swapped: go over it once more
	swaps    int                 // guarded by mu
	repaired bool                // guarded by mu; tried to
	mended   bool                // guarded by mu; and it helped
}

// reset makes a frame of one that is not used any more.
func (f *frame) reset(above *frame, name []byte) {
	depth := 0
	if above != nil {
		depth = above.depth + 1
	}
	*f = frame{above: above, name: append(f.name[:0], name...), depth: depth, fd: -1, pending: f.pending[:0]}
}

// isHeld reports whether the descriptor has to stay open.
func (f *frame) isHeld() bool { return f.pinned || f.helped }

func (f *frame) isBase() bool { return len(f.name) == 0 }

// put adds a subdirectory that is to be removed.
func (f *frame) put(name []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = append(f.pending, name...)
	f.count++
}

// take appends the last name that was put to buffer.
func (f *frame) take(buffer []byte) (name []byte, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count == 0 {
		return buffer, false
	}
	f.count--
	end := len(f.pending)
	begin := bytes.LastIndexByte(f.pending[:end-1], 0) + 1
	buffer = append(buffer, f.pending[begin:end]...)
	f.pending = f.pending[:begin]
	return buffer, true
}

func (f *frame) waiting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// stick notes that a name cannot go.
func (f *frame) stick(name []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stuck == nil {
		f.stuck = map[string]struct{}{}
	}
	f.stuck[string(name)] = struct{}{}
}

func (f *frame) isStuck() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stuck != nil
}

// sticks reports whether name is one that cannot go.
func (f *frame) sticks(name []byte) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.stuck[string(name)]
	return ok
}

// swapped has the directory gone over once more; ok is false when that happened too often.
func (f *frame) swapped() (ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.again = true
	f.swaps++
	return f.swaps <= maxSwaps
}

func (f *frame) takeAgain() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	again := f.again
	f.again = false
	return again
}

// path is that of name in f, from the directory that the removal began at. It is made for failures alone: one a level would take the square of
// the depth.
func (f *frame) path(name []byte) string {
	names := []string{text(name)}
	for ; f != nil && !f.isBase(); f = f.above {
		names = append(names, text(f.name))
	}
	var b strings.Builder
	for i := len(names) - 1; i >= 0; i-- {
		if names[i] != "" {
			b.WriteByte('/')
			b.WriteString(names[i])
		}
	}
	if b.Len() == 0 {
		return "/"
	}
	return shortened(b.String())
}

// text is a name without its NUL.
func text(name []byte) string { return string(bytes.TrimSuffix(name, []byte{0})) }
