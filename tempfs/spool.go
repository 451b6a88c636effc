package tempfs

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/aferotemp/go/memfallback"
)

// seeCause is the errno of a handle that has more to say, by its method cause. It never leaves this package.
const seeCause syscall.Errno = 1 << 25

// maxMoved is how much is copied at once, in bytes.
const maxMoved = 64 << 10

// spool is the handle of a file that begins in memory and moves once, to a file of its place.
type spool struct {
	budget    int64 // bytes that memory may hold, 0 for any number
	appends   bool
	writeOnly bool
	open      func() (handle, error) // the file to move to: empty, and as it is to be but for its content

	closed atomic.Bool // so that a roll under way ends for a Close that waits for it

	// mu is held for reading by all that uses current, for writing by what may make it grow in memory, which may move it.
	mu      sync.RWMutex
	current handle // guarded by mu; in memory it can be read, whatever the flags
	rolled  bool   // guarded by mu
	failure error  // guarded by mu; of the last roll that failed
}

// newSpool keeps at most budget bytes in memory, 0 for any number. flag is that of open.
func newSpool(budget int64, flag int, perm fs.FileMode, open func() (handle, error)) (*spool, syscall.Errno) {
	memory, errno := unnamedMemory().OpenUnnamed("/", os.O_RDWR|flag&os.O_APPEND, perm, false)
	if errno == 0 {
		_, errno = settle(memory, perm)
	}
	if errno != 0 {
		return nil, errno
	}
	return &spool{
		budget:    budget,
		appends:   flag&os.O_APPEND != 0,
		writeOnly: flag&os.O_WRONLY != 0,
		open:      open,
		current:   memory,
	}, 0
}

func (s *spool) Read(p []byte) (int, syscall.Errno) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.writeOnly && len(p) > 0 {
		return 0, syscall.EBADF
	}
	return s.current.Read(p)
}

func (s *spool) ReadAt(p []byte, off int64) (int, syscall.Errno) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.writeOnly {
		return 0, syscall.EBADF
	}
	return s.current.ReadAt(p, off)
}

func (s *spool) Write(p []byte) (n int, errno syscall.Errno) {
	if len(p) == 0 { // it makes nothing longer, wherever the offset is
		s.mu.RLock()
		defer s.mu.RUnlock()
		return s.current.Write(p)
	}
	errno = s.grow(len(p), s.positionLocked, func(h handle) syscall.Errno {
		n, errno = h.Write(p)
		return errno
	})
	return n, errno
}

func (s *spool) WriteAt(p []byte, off int64) (n int, errno syscall.Errno) {
	at := func() (int64, syscall.Errno) { return off, 0 }
	errno = s.grow(len(p), at, func(h handle) syscall.Errno {
		n, errno = h.WriteAt(p, off)
		return errno
	})
	return n, errno
}

func (s *spool) Truncate(size int64) syscall.Errno {
	at := func() (int64, syscall.Errno) { return size, 0 }
	return s.grow(0, at, func(h handle) syscall.Errno { return h.Truncate(size) })
}

// grow runs op, which makes the file end n bytes behind what at says or later, on the handle that is right for that. On disk calls of it are
// as concurrent as those of any file.
func (s *spool) grow(n int, at func() (int64, syscall.Errno), op func(handle) syscall.Errno) syscall.Errno {
	s.mu.RLock()
	if s.rolled {
		defer s.mu.RUnlock()
		return op(s.current)
	}
	s.mu.RUnlock()

	s.mu.Lock()
	defer s.mu.Unlock()
	begin, errno := at()
	if errno != 0 {
		return errno
	}
	if s.budget > 0 && begin > s.budget-int64(n) {
		if errno := s.rollLocked(); errno != 0 {
			return errno
		}
	}
	return op(s.current)
}

// positionLocked is where the next Write begins.
func (s *spool) positionLocked() (int64, syscall.Errno) {
	offset, errno := s.current.Lseek(0, io.SeekCurrent)
	if errno != 0 || !s.appends {
		return offset, errno
	}
	end, errno := s.current.Lseek(0, io.SeekEnd)
	if errno == 0 {
		_, errno = s.current.Lseek(offset, io.SeekStart)
	}
	return end, errno
}

func (s *spool) Lseek(off int64, whence int) (int64, syscall.Errno) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.current.Lseek(off, whence)
}

func (s *spool) Chmod(mode fs.FileMode) syscall.Errno {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.current.Chmod(mode)
}

func (s *spool) Stat() (fs.FileInfo, syscall.Errno) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.current.Stat()
}

func (s *spool) ReadDir(n int) ([]fs.DirEntry, syscall.Errno) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.current.ReadDir(n)
}

func (s *spool) Sync() syscall.Errno {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.current.Sync()
}

// SyscallConn moves the file to where it has a descriptor, if there is such a place.
func (s *spool) SyscallConn() (syscall.RawConn, error) {
	if errno := s.roll(); errno != 0 {
		return nil, errno
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return rawConn(s.current)
}

func (s *spool) Close() syscall.Errno {
	s.closed.Store(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current.Close()
}

func (s *spool) isRolled() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.rolled
}

// cause is the error behind seeCause.
func (s *spool) cause() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return fmt.Errorf("cannot move it out of memory: %w", s.failure)
}

// begin is a roll before anybody else has the file. It fails as making the file to move to does.
func (s *spool) begin() error {
	if s.roll() == 0 {
		return nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.failure
}

func (s *spool) roll() syscall.Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rollLocked()
}

// rollLocked changes nothing when it fails.
func (s *spool) rollLocked() syscall.Errno {
	if s.rolled {
		return 0
	}
	moved, err := s.moveLocked()
	switch {
	case err != nil && s.closed.Load():
		return syscall.EBADF
	case err != nil:
		s.failure = refusedBy(err)
		return seeCause
	}
	_ = s.current.Close() // memory; this frees it
	s.current, s.rolled = moved, true
	return 0
}

// moveLocked makes the file to move to and leaves memory as it was.
func (s *spool) moveLocked() (handle, error) {
	offset, errno := s.current.Lseek(0, io.SeekCurrent)
	if errno != 0 {
		return nil, errno
	}
	to, err := s.open()
	if err != nil {
		return nil, err
	}
	err = s.copyLocked(to)
	_, _ = s.current.Lseek(offset, io.SeekStart) // where it was, so it can be there
	if err == nil {
		err = s.finishLocked(to, offset)
	}
	if err != nil {
		_ = to.Close()
		return nil, err
	}
	return to, nil
}

// finishLocked gives to the mode, which a write may have taken a bit of, and the offset.
func (s *spool) finishLocked(to handle, offset int64) error {
	info, errno := s.current.Stat()
	if errno == 0 {
		_, errno = settle(to, info.Mode())
	}
	if errno == 0 {
		_, errno = to.Lseek(offset, io.SeekStart)
	}
	return errorOf(errno)
}

// errorOf is nil for zero.
func errorOf(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return refusedBy(errno)
}

// copyLocked gives to, which is empty, the content of memory, with its holes. Where both offsets are then is not said. It writes at the end
// alone: with O_APPEND a write goes nowhere else.
func (s *spool) copyLocked(to handle) error {
	info, errno := s.current.Stat()
	if errno != 0 {
		return errno
	}
	size := info.Size()
	buffer := make([]byte, min(size, maxMoved))
	for end := int64(0); end < size; {
		start, errno := s.current.Lseek(end, memfallback.SeekData)
		if errno == syscall.ENXIO { // a hole is the rest
			return errorOf(extend(to, size))
		}
		if errno != 0 {
			return errno
		}
		if start > end {
			errno = extend(to, start)
		}
		if errno == 0 {
			end, errno = s.current.Lseek(start, memfallback.SeekHole)
		}
		if errno != 0 {
			return errno
		}
		if err := s.appendLocked(to, start, end, buffer); err != nil {
			return err
		}
	}
	return nil
}

// extend makes h longer by a hole and goes to its end.
func extend(h handle, size int64) syscall.Errno {
	errno := h.Truncate(size)
	if errno == 0 {
		_, errno = h.Lseek(size, io.SeekStart)
	}
	return errno
}

// appendLocked appends to to what memory has from start to end.
func (s *spool) appendLocked(to handle, start, end int64, buffer []byte) error {
	for start < end {
		if s.closed.Load() {
			return fs.ErrClosed
		}
		n, errno := s.current.ReadAt(buffer[:min(int64(len(buffer)), end-start)], start)
		if errno != 0 {
			return errno
		}
		if n == 0 { // memory that says where its data is has it
			return io.ErrUnexpectedEOF
		}
		written, errno := to.Write(buffer[:n])
		if errno != 0 {
			return errno
		}
		if written < n {
			return io.ErrShortWrite
		}
		start += int64(n)
	}
	return nil
}
