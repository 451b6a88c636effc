package disk

import (
	"sync"
	"sync/atomic"
	"time"
)

// progress counts what is removed and tells it, at most every reportEvery and never under a lock.
type progress struct {
	report func(entries, dirs, failed int64) // may be nil

	entries, dirs, failed atomic.Int64

	mu   sync.Mutex
	last time.Time // guarded by mu
}

const reportEvery = 100 * time.Millisecond

func newProgress(report func(entries, dirs, failed int64)) *progress {
	return &progress{report: report, last: time.Now()}
}

// add counts entries, dirs of them directories.
func (p *progress) add(entries, dirs int64) {
	p.entries.Add(entries)
	p.dirs.Add(dirs)
	if p.report != nil && p.isDue() {
		p.tell()
	}
}

func (p *progress) isDue() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.last) < reportEvery {
		return false
	}
	p.last = now
	return true
}

func (p *progress) tell() {
	if p.report != nil {
		p.report(p.entries.Load(), p.dirs.Load(), p.failed.Load())
	}
}
