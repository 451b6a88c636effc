package tempfs

import (
	"math"
	"sync"
	"sync/atomic"
)

// gate counts the operations that are under way in an Fs and lets none in once it is sealed.
// What an operation uses may be closed when the gate is sealed and idle, not before.
type gate struct {
	// state is the number of operations under way, plus sealedBit once sealed: negative from then on.
	state atomic.Int64
	idle  chan struct{} // closed when sealed and nothing is under way
	once  sync.Once     // closes idle: latecomers bump the count of a sealed gate and take it back
}

const sealedBit = math.MinInt64

func newGate() *gate { return &gate{idle: make(chan struct{})} }

// enter reports whether an operation may run. If so, leave must follow it.
func (g *gate) enter() bool {
	if g.state.Add(1) > 0 {
		return true
	}
	g.leave()
	return false
}

func (g *gate) leave() {
	if g.state.Add(-1) == sealedBit {
		g.once.Do(func() { close(g.idle) })
	}
}

// seal refuses all operations from now on. It can be called again.
func (g *gate) seal() {
	if g.state.Or(sealedBit)&^sealedBit == 0 {
		g.once.Do(func() { close(g.idle) })
	}
}
