package disk

import (
	"sync"
	"sync/atomic"
	"time"
)

// progress counts what is removed and tells it: at most every reportEvery, and to one caller at a time.
type progress struct {
	report func(entries, dirs, failed int64) // may be nil

	entries, dirs, failed atomic.Int64

	telling sync.Mutex // held while report runs, and by nothing else
	last    time.Time  // guarded by telling
}

const reportEvery = 100 * time.Millisecond

func newProgress(report func(entries, dirs, failed int64)) *progress {
	return &progress{report: report, last: time.Now()}
}

// add counts entries, dirs of them directories. It does not wait for a report that is under way.
func (p *progress) add(entries, dirs int64) {
	p.entries.Add(entries)
	p.dirs.Add(dirs)
	if p.report == nil || !p.telling.TryLock() {
		return
	}
	defer p.telling.Unlock()
	if now := time.Now(); now.Sub(p.last) >= reportEvery {
		p.last = now
		p.report(p.entries.Load(), p.dirs.Load(), p.failed.Load())
	}
}

// tell is for the end.
func (p *progress) tell() {
	if p.report == nil {
		return
	}
	p.telling.Lock()
	defer p.telling.Unlock()
	p.report(p.entries.Load(), p.dirs.Load(), p.failed.Load())
}
