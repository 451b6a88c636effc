package disk

import (
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// waiter has the poller of package os wait for an open file, from the first time that it would have to wait: by an os.File with a descriptor of
// its own of the same open file.
type waiter struct {
	mu     sync.Mutex
	closed bool     // guarded by mu
	polled *os.File // guarded by mu; nil until then
}

func (w *waiter) file(fd int) (*os.File, syscall.Errno) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, syscall.EBADF
	}
	if w.polled == nil {
		duplicate, errno := duplicateOf(fd)
		if errno != 0 {
			return nil, errno
		}
		w.polled = os.NewFile(uintptr(duplicate), "")
	}
	return w.polled, 0
}

func (w *waiter) read(fd int, p []byte) (int, syscall.Errno) {
	f, errno := w.file(fd)
	if errno != 0 {
		return 0, errno
	}
	n, err := f.Read(p)
	return n, readErrno(err)
}

func (w *waiter) write(fd int, p []byte) (int, syscall.Errno) {
	f, errno := w.file(fd)
	if errno != 0 {
		return 0, errno
	}
	n, err := f.Write(p)
	return n, errnoOf(err)
}

// close ends those who wait.
func (w *waiter) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	if w.polled != nil {
		_ = w.polled.Close()
	}
}

func duplicateOf(fd int) (duplicate int, errno syscall.Errno) {
	errno = uninterrupted(func() (err error) {
		duplicate, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
		return err
	})
	return duplicate, errno
}
