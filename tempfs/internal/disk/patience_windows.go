package disk

import (
	"syscall"
	"time"
)

// patience bounds how long a removal waits, all its waits together, for others to let go of files. Those who scan for viruses or build an index
// open what is new for a moment, and not all of them share deletion.
type patience struct{ last, total time.Duration }

const (
	firstWait = time.Millisecond
	allWaits  = 2 * time.Second
)

// with repeats op, at growing intervals, while its error is of the kind that passes.
func (p *patience) with(op func() syscall.Errno) syscall.Errno {
	for {
		errno := op()
		if errno != syscall.EBUSY && errno != syscall.EACCES || p.total >= allWaits {
			return errno
		}
		p.last = min(max(firstWait, 2*p.last), allWaits-p.total)
		p.total += p.last
		time.Sleep(p.last)
	}
}
