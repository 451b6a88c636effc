package tempfs

import (
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// gate counts the operations that are under way in an Fs and lets none in once it is sealed.
// What an operation uses may be closed when the gate is sealed and idle, not before.
//
// The count is spread over shards, each on a cache line of its own: one word would go back and forth between all processors. Only the
// sum means something, since an operation may leave by another shard than it entered by.
type gate struct {
	shards []shard
	shift  int // of a hash, to the number of a shard
	sealed atomic.Bool
	// waited is the channel of who waits, nil for nobody. It is made by the first to wait and not with the gate: a channel that is made in a
	// bubble of testing/synctest can be closed in that bubble alone, and an Fs may outlive the one it was made in.
	waited atomic.Pointer[chan struct{}]
	once   sync.Once // closes *waited
}

type shard struct {
	count atomic.Int64
	_     [cacheLine - 8]byte
}

// cacheLine is two of most processors, which fetch them in pairs.
const cacheLine = 128

// maxShards bounds the memory of a gate to 8 KiB.
const maxShards = 64

func newGate() *gate {
	n := bits.Len(uint(min(2*runtime.GOMAXPROCS(0), maxShards) - 1)) // the next power of two
	return &gate{shards: make([]shard, 1<<n), shift: 64 - n}
}

// shard picks one by the stack that the caller runs on: goroutines that run at the same time have different ones.
func (g *gate) shard() *shard {
	var onStack byte
	const stackAlign = 11 // the smallest stack is 2 KiB
	hash := uint64(uintptr(unsafe.Pointer(&onStack))>>stackAlign) * 0x9e3779b97f4a7c15
	return &g.shards[hash>>g.shift]
}

// enter reports whether an operation may run. If so, leave must follow it.
//
// The order counts: an operation that saw no seal has counted itself before the seal was set, so whoever sums up after that sees it.
func (g *gate) enter() bool {
	s := g.shard()
	s.count.Add(1)
	if !g.sealed.Load() {
		return true
	}
	s.count.Add(-1) // of the same shard: nobody may see this and not the 1
	g.tellIfIdle()
	return false
}

func (g *gate) leave() {
	g.shard().count.Add(-1)
	if g.sealed.Load() {
		g.tellIfIdle()
	}
}

// seal refuses all operations from now on. It can be called again.
func (g *gate) seal() {
	g.sealed.Store(true)
	g.tellIfIdle()
}

// idle returns a channel that is closed when the gate is sealed and nothing is under way.
func (g *gate) idle() <-chan struct{} {
	fresh := make(chan struct{})
	g.waited.CompareAndSwap(nil, &fresh)
	if g.sealed.Load() {
		g.tellIfIdle() // the last may have left before it could see the channel
	}
	return *g.waited.Load()
}

// tellIfIdle tells who waits if nothing is under way. A sum that is taken while others enter and leave may be too high, and never too low: every
// operation that counts has entered before the seal. The last to leave sees all of them gone.
func (g *gate) tellIfIdle() {
	var under int64
	for i := range g.shards {
		under += g.shards[i].count.Load()
	}
	if waited := g.waited.Load(); under == 0 && waited != nil {
		g.once.Do(func() { close(*waited) })
	}
}
