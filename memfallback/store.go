package memfallback

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
)

// store is where the content of a tree and of its clones goes once their memory is full: a file that is made when it is first needed. Content
// is written there at once and stays there until it is freed, with the page cache of the system before it. So nothing is ever moved out of memory
// behind anybody's back, and a disk that is full is met by the write that meets it.
//
// A nil store has all the memory there is and no file.
type store struct {
	budget int64 // bytes of content that memory may hold
	open   func() (Handle, error)

	used atomic.Int64           // bytes of memory
	file atomic.Pointer[Handle] // nil until it is needed, and once it was closed

	mu    sync.Mutex
	trees int     // guarded by mu; that share the store
	next  int64   // guarded by mu; slots from here on were never used
	live  int64   // guarded by mu; slots that are in use
	free  []int64 // guarded by mu; slots below next that are not
}

// SpillTo lets memory hold at most budget bytes of content; what comes then, of small files and large ones, is written to the file that open makes. It is
// asked once, when there is something to write, and closed by the release of the tree and all its clones, which share it with the budget. A file is
// asked for ReadAt, WriteAt, Truncate and Close, and for PunchHole(off, size int64) syscall.Errno if it has that. It should have no name, so that nothing is
// left of it when the process dies.
//
// A write that the file has no room for falls short, with the errno of the file; what was written before stays. An error of open that is a syscall.Errno by
// [errors.As] is that of the write, any other is EIO.
func SpillTo(budget int64, open func() (Handle, error)) Option {
	return optionFunc(func(c *config) { c.budget, c.open = max(0, budget), open })
}

func (c *config) newStore() *store {
	if c.store != nil {
		c.store.join()
		return c.store
	}
	if c.open == nil {
		return nil
	}
	return &store{budget: c.budget, open: c.open, trees: 1}
}

// charge takes so many bytes of the budget, or reports that they are not there.
func (s *store) charge(bytes int) bool {
	if s == nil {
		return true
	}
	if s.used.Add(int64(bytes)) <= s.budget || bytes <= 0 {
		return true
	}
	s.used.Add(-int64(bytes))
	return false
}

// credit gives them back.
func (s *store) credit(bytes int) {
	if s != nil && bytes != 0 {
		s.used.Add(-int64(bytes))
	}
}

// join counts one more tree.
func (s *store) join() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trees++
}

// leave counts one tree less. With the last the file goes.
func (s *store) leave() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trees--; s.trees > 0 {
		return
	}
	if file := s.file.Swap(nil); file != nil {
		_ = (*file).Close() // nothing in it is wanted
	}
}

// sharedByTrees reports whether other trees go on when one leaves.
func (s *store) sharedByTrees() bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trees > 1
}

// takeSlot returns a slot, which has a page's bytes of the file, with anything in them.
func (s *store) takeSlot() (int64, syscall.Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trees == 0 {
		return 0, syscall.EBADF
	}
	if s.file.Load() == nil {
		file, err := s.open()
		if err != nil {
			var errno syscall.Errno
			if errors.As(err, &errno) && errno != 0 {
				return 0, errno
			}
			return 0, syscall.EIO
		}
		s.file.Store(&file)
	}
	s.live++
	if last := len(s.free) - 1; last >= 0 {
		slot := s.free[last]
		s.free = s.free[:last]
		return slot, 0
	}
	s.next++
	return s.next - 1, 0
}

// giveSlots gives slots back, and the disk what they took.
func (s *store) giveSlots(slots []int64) {
	if len(slots) == 0 { // always so without a store
		return
	}
	file := s.file.Load()
	if file == nil {
		return
	}
	slices.Sort(slots)
	s.punch(*file, slots) // while they are still nobody else's
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live -= int64(len(slots)); s.live > 0 {
		slices.Reverse(slots) // the first is taken first
		s.free = append(s.free, slots...)
		return
	}
	s.next, s.free = 0, nil
	_ = (*file).Truncate(0) // for systems that cannot punch
}

// punch makes holes of slots, which are sorted. It does no harm if it cannot: slots have anything in them.
func (s *store) punch(file Handle, slots []int64) {
	p, ok := file.(interface {
		PunchHole(off, size int64) syscall.Errno
	})
	if !ok {
		return
	}
	for len(slots) > 0 {
		run := 1
		for run < len(slots) && slots[run] == slots[0]+int64(run) {
			run++
		}
		_ = p.PunchHole(slots[0]<<pageBits, int64(run)<<pageBits)
		slots = slots[run:]
	}
}

// readSlot fills p from begin of a slot, where all that was written.
func (s *store) readSlot(slot int64, p []byte, begin int) (n int, errno syscall.Errno) {
	file := s.file.Load()
	if file == nil {
		return 0, syscall.EBADF
	}
	for n < len(p) {
		m, errno := (*file).ReadAt(p[n:], slot<<pageBits+int64(begin+n))
		if errno != 0 {
			return n, errno
		}
		if m == 0 { // somebody cut the file
			return n, syscall.EIO
		}
		n += m
	}
	return n, 0
}

// writeSlot copies p to begin of a slot and returns how much the file took.
func (s *store) writeSlot(slot int64, p []byte, begin int) (n int, errno syscall.Errno) {
	file := s.file.Load()
	if file == nil {
		return 0, syscall.EBADF
	}
	for n < len(p) {
		m, errno := (*file).WriteAt(p[n:], slot<<pageBits+int64(begin+n))
		n += m
		if errno != 0 {
			return n, errno
		}
		if m == 0 {
			return n, syscall.EIO
		}
	}
	return n, 0
}
