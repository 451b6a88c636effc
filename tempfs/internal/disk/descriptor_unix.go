//go:build unix

package disk

import (
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// descriptor is an open descriptor and the number of its users. It is closed once, by close or by the last user that is left then: nobody uses
// a number that may already be that of another file.
type descriptor struct {
	fd    int
	state atomic.Uint64 // users, and closing once close was called
	list  descriptorList
}

// descriptorList is told before a number that is on it is closed. nil is none.
type descriptorList interface{ remove(fd int) }

const closing = 1 << 63

// acquire reports whether the descriptor may be used. If so, release must follow.
func (d *descriptor) acquire() bool {
	for {
		state := d.state.Load()
		if state&closing != 0 {
			return false
		}
		if d.state.CompareAndSwap(state, state+1) {
			return true
		}
	}
}

func (d *descriptor) release() {
	if d.state.Add(^uint64(0)) == closing {
		_ = d.end()
	}
}

// close is EBADF for all calls but the first. What close(2) says is lost if somebody still uses the descriptor.
func (d *descriptor) close() syscall.Errno {
	switch before := d.state.Or(closing); {
	case before&closing != 0:
		return syscall.EBADF
	case before > 0: // users
		return 0
	}
	return d.end()
}

func (d *descriptor) end() syscall.Errno {
	if d.list != nil {
		d.list.remove(d.fd)
	}
	return errnoOf(unix.Close(d.fd))
}
