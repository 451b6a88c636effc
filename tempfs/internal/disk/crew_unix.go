//go:build unix && !aix && !solaris

package disk

import (
	"runtime"
	"sync/atomic"
	"time"
)

const (
	// A removal that is over soon has one walker: to wake another takes as long as to remove a dozen files.
	aloneEntries = 512
	aloneTime    = 2 * time.Millisecond

	mostWalkers   = 4
	deepestHelped = 24
	// Descriptors of the process run out before workers help when there are only so few.
	fewestForCrew = 64
)

// crew is the helpers that a removal may hire. They take subdirectories of the one directory whose walker hired them, never a part of
// a directory: the lock of its inode would keep them waiting for one another.
type crew struct {
	size  int32
	idle  atomic.Int32 // that can be hired; below zero when there are not to be any more
	ready atomic.Bool  // the removal takes long enough
	began time.Time
}

func (c *crew) begin(maxOpen int) {
	c.began = time.Now()
	if maxOpen >= fewestForCrew {
		c.size = int32(min(runtime.GOMAXPROCS(0), mostWalkers) - 1)
	}
}

// isReady lets the crew in once the removal has gone on for a while.
func (c *crew) isReady(entries int64) bool {
	if c.size == 0 {
		return false
	}
	if c.ready.Load() {
		return true
	}
	if entries < aloneEntries && time.Since(c.began) < aloneTime {
		return false
	}
	if !c.ready.Swap(true) {
		c.idle.Add(c.size)
	}
	return true
}

func (c *crew) hire() bool {
	for {
		n := c.idle.Load()
		if n <= 0 {
			return false
		}
		if c.idle.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

// disband has nobody hired any more.
func (c *crew) disband() { c.idle.Add(-1 << 20) }

// hire has others help with the subdirectories of f.
func (w *walker) hire(f *frame) {
	waiting := f.waiting()
	if waiting < 2 || f.depth > deepestHelped || !w.crew.isReady(w.progress.entries.Load()+w.entries) {
		return
	}
	for ; waiting > 1 && w.crew.hire(); waiting-- {
		f.helped = true
		f.helpers.Add(1)
		go w.help(f)
	}
}

// help removes subdirectories of f until none is waiting.
func (r *removal) help(f *frame) {
	defer f.helpers.Done()
	defer r.crew.idle.Add(1)
	w := r.walker()
	defer w.end()
	w.helps, w.limit = true, max(r.maxOpen/mostWalkers, fewestOpen)
	var name []byte
	for r.ctx.Err() == nil {
		var ok bool
		if name, ok = f.take(name[:0]); !ok {
			return
		}
		w.enter(f, name)
		w.run()
		if w.gaveUp {
			f.put(name)
			return
		}
	}
}

// join waits for those who help in f. Whoever waits can be replaced meanwhile.
func (w *walker) join(f *frame) {
	if !f.helped {
		return
	}
	w.crew.idle.Add(1)
	f.helpers.Wait()
	w.crew.idle.Add(-1)
	f.helped = false
}
