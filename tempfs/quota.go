package tempfs

import (
	"math"
	"sync/atomic"
	"syscall"

	"github.com/aferotemp/go/memfallback"
)

// quota keeps the books of an Fs with limits, for either backend. At every instant what is used is neither below zero nor above the limit. Without a limit of a kind that is counted all the same.
type quota struct {
	limits       Limits
	bytes, files account
}

var _ memfallback.Quota = (*quota)(nil)

// newQuota is nil if nothing is bounded.
func newQuota(l Limits) *quota {
	if l == (Limits{}) {
		return nil
	}
	q := &quota{limits: l}
	q.bytes.most, q.files.most = orAny(l.Bytes), orAny(l.Files)
	return q
}

// orAny is what most bounds, 0 being no bound.
func orAny(most int64) int64 {
	if most == 0 {
		return math.MaxInt64
	}
	return most
}

// account counts what is used of most.
type account struct {
	most int64
	used atomic.Int64
}

// take uses n, or what is free if that is less, or nothing if that is less than fewest, which is above 0. free is what there was.
func (a *account) take(n, fewest int64) (taken, free int64) {
	for {
		used := a.used.Load()
		free = a.most - used
		if taken = min(n, free); taken < fewest {
			return 0, free
		}
		if a.used.CompareAndSwap(used, used+taken) {
			return taken, free
		}
	}
}

// give ends the use of n. On disk others may have made what was never taken: there is no less than nothing.
func (a *account) give(n int64) {
	for n != 0 {
		used := a.used.Load()
		if a.used.CompareAndSwap(used, max(0, used-n)) {
			return
		}
	}
}

// takeAll uses n, and if there is not so much nothing. The error is of the limit.
func (a *account) takeAll(n int64, of Limit) *LimitError {
	if n == 0 {
		return nil
	}
	if taken, free := a.take(n, n); taken < n {
		return &LimitError{Limit: of, Max: a.most, Asked: n, Free: free}
	}
	return nil
}

func (q *quota) used() (bytes, files int64) { return q.bytes.used.Load(), q.files.used.Load() }

func (q *quota) Take(files, bytes int64) syscall.Errno {
	if err := q.files.takeAll(files, LimitFiles); err != nil {
		return err.refusal()
	}
	if err := q.bytes.takeAll(bytes, LimitBytes); err != nil {
		q.files.give(files)
		return err.refusal()
	}
	return 0
}

func (q *quota) Give(files, bytes int64) {
	q.files.give(files)
	q.bytes.give(bytes)
}

func (q *quota) Grow(size, off, n int64) (int64, syscall.Errno) {
	fits := n
	if most := orAny(q.limits.FileSize); n > most-off {
		fits = max(0, most-off)
	}
	granted, full := q.growBy(size, off, fits)
	switch {
	case full != nil:
		return granted, full.refusal()
	case fits < n:
		big := &LimitError{Limit: LimitFileSize, Max: q.limits.FileSize, Asked: off + n, Free: max(0, q.limits.FileSize-size)}
		return granted, big.refusal()
	}
	return granted, 0
}

// growBy is Grow for what a file may have.
func (q *quota) growBy(size, off, n int64) (int64, *LimitError) {
	more := off + n - size
	if n == 0 || more <= 0 {
		return n, nil
	}
	hole := max(0, off-size) // which comes before the first of them
	taken, free := q.bytes.take(more, hole+1)
	if taken == more {
		return n, nil
	}
	granted := max(0, size-off) // what grows nothing
	if taken > 0 {
		granted = size + taken - off
	}
	return granted, &LimitError{Limit: LimitBytes, Max: q.bytes.most, Asked: more, Free: free}
}

func (q *quota) MaxDepth() int { return q.limits.Depth }

func (q *quota) TooDeep(depth int) syscall.Errno {
	most := int64(q.limits.Depth)
	return (&LimitError{Limit: LimitDepth, Max: most, Asked: int64(depth), Free: most}).refusal()
}
