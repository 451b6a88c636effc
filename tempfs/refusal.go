package tempfs

import (
	"sync"
	"syscall"
)

// refusals are the errors of limits and hooks that are on their way to the caller. The seam gives errnos, which have no room for an error: a number of ours crosses it
// in its place, and errors.go takes the error for it.
var refusals refusalTable

const (
	// The numbers are above the errnos of all systems, and below those that package syscall invents for Windows, from 1 << 29 on.
	firstRefusal syscall.Errno = 1 << 27
	refusalRange               = 1 << 27

	// maxRefusals bounds what is lost in the table: the errors that nobody looks at, as that of closing a file that could not be used anyway.
	maxRefusals = 4096
)

type refusalTable struct {
	mu sync.Mutex
	// kept has the errors by their place in the order of all that there ever were. Those from next on were not yet, those before oldest are not any more.
	kept         map[uint64]error // guarded by mu
	oldest, next uint64           // guarded by mu
}

// errnoFor is the number that err crosses the seam under: its own if it is an errno, zero for nil.
func (t *refusalTable) errnoFor(err error) syscall.Errno {
	if err == nil {
		return 0
	}
	if errno, ok := err.(syscall.Errno); ok { //nolint:errorlint // one that is wrapped has more to say
		return errno
	}
	return t.keep(err)
}

// keep is errnoFor for an error, errno or not, that must not be taken for the kernel's.
func (t *refusalTable) keep(err error) syscall.Errno {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept == nil {
		t.kept = map[uint64]error{}
	}
	for len(t.kept) >= maxRefusals {
		delete(t.kept, t.oldest)
		t.oldest++
	}
	place := t.next
	t.kept[place] = err
	t.next++
	return firstRefusal + syscall.Errno(place%refusalRange)
}

// take returns the error that crossed the seam under the number errno, or errno itself. It is for one caller.
func (t *refusalTable) take(errno syscall.Errno) error {
	if errno < firstRefusal || errno >= firstRefusal+refusalRange {
		return errno
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	// The place is the last one that has this number.
	behind := (t.next - 1 - uint64(errno-firstRefusal)) % refusalRange
	place := t.next - 1 - behind
	err, ok := t.kept[place]
	if !ok { // so many were dropped meanwhile
		return syscall.EIO
	}
	delete(t.kept, place)
	return err
}

// drop is take by who has no use for the error.
func (t *refusalTable) drop(errno syscall.Errno) { _ = t.take(errno) }
