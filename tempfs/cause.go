package tempfs

import (
	"sync"
	"syscall"
)

// An errno, which is all that crosses the seam, has no room for an error that says more. Such an error waits here until the front shapes what it is the cause of, and an errno
// that no system has stands for it.

// The errnos that stand for errors. Windows has invented ones of Go's from 1<<29 on.
const (
	firstCause syscall.Errno = 1 << 26
	mostCauses               = 1 << 24
)

// waitingCauses is how many may wait. One that nobody asks for, since what it is the cause of went unsaid, gives way to another some time.
const waitingCauses = 1 << 10

var causes causeRing

// causeRing keeps the last errors.
type causeRing struct {
	mu   sync.Mutex
	next syscall.Errno               // guarded by mu; counts up, modulo mostCauses
	ring [waitingCauses]waitingCause // guarded by mu
}

type waitingCause struct {
	errno syscall.Errno
	err   error
}

// put returns an errno for err, which is taken once.
func (r *causeRing) put(err error) syscall.Errno {
	r.mu.Lock()
	defer r.mu.Unlock()
	errno := firstCause + r.next
	r.ring[r.next%waitingCauses] = waitingCause{errno, err}
	r.next = (r.next + 1) % mostCauses
	return errno
}

// take returns the error that errno stands for, and forgets it; for any other errno that itself.
func (r *causeRing) take(errno syscall.Errno) error {
	if errno < firstCause || errno >= firstCause+mostCauses {
		return errno
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	w := &r.ring[(errno-firstCause)%waitingCauses]
	if w.errno != errno || w.err == nil {
		return syscall.EIO // more errors than can wait came between: the operation failed, nobody knows why any more
	}
	err := w.err
	w.err = nil
	return err
}
