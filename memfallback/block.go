package memfallback

import (
	"sync"
	"sync/atomic"
	"syscall"
)

// block is the content of a page, in memory or on disk. The large.mu of a file that has it guards it; one that several files have,
// of trees that are clones of each other, does not change.
type block struct {
	refs  atomic.Int32 // files that have it
	valid int          // its first bytes; what the page has behind them is zeros
	ram   []byte       // as long as there is room; nil on disk
	slot  int64        // of the store; on disk
}

// length is valid, and of no block 0.
func (b *block) length() int {
	if b == nil {
		return 0
	}
	return b.valid
}

// share counts one more file.
func (b *block) share() *block {
	if b != nil {
		b.refs.Add(1)
	}
	return b
}

// freePages are pages of memory that nobody uses, with old content.
var freePages = sync.Pool{New: func() any { return new([pageSize]byte) }}

func newRAM(room int) []byte {
	if room == pageSize {
		return freePages.Get().(*[pageSize]byte)[:]
	}
	return make([]byte, room)
}

func freeRAM(ram []byte) {
	if len(ram) == pageSize {
		freePages.Put((*[pageSize]byte)(ram))
	}
}

// newBlock makes one with room for size bytes: in memory, or if that is full on disk.
func (s *store) newBlock(size int) (*block, syscall.Errno) {
	b := &block{}
	b.refs.Store(1)
	if s.charge(size) {
		b.ram = newRAM(size)
		return b, 0
	}
	slot, errno := s.takeSlot()
	b.slot = slot
	return b, errno
}

// writable returns a block for a write from begin to end: old, or another one that has its content and takes its place. Of a file's
// first page alone it is no bigger than need be.
func (s *store) writable(old *block, begin, end int, first bool) (*block, syscall.Errno) {
	room := pageSize
	switch {
	case old == nil:
		if first {
			room = end
		}
		return s.newBlock(room)
	case old.refs.Load() > 1:
		if first {
			room = max(end, old.valid)
		}
		keep := old.valid
		if begin == 0 && end >= keep {
			keep = 0 // all of it is written over
		}
		return s.copied(old, keep, room)
	case old.ram != nil && end > len(old.ram):
		return old, s.grow(old, max(end, min(2*len(old.ram), pageSize)))
	}
	return old, 0
}

// shortened returns a block that may be cut to size: old, or a copy of its beginning.
func (s *store) shortened(old *block, size int) (*block, syscall.Errno) {
	if old.refs.Load() == 1 {
		return old, 0
	}
	return s.copied(old, size, max(size, len(old.ram)))
}

// copied makes a block of the first bytes of old, with room for more.
func (s *store) copied(old *block, size, room int) (*block, syscall.Errno) {
	b, errno := s.newBlock(room)
	if errno != 0 || size == 0 {
		return b, errno
	}
	content := old.ram
	if content == nil {
		content = newRAM(pageSize)
		defer freeRAM(content)
		if _, errno = s.read(old, content[:size], 0); errno != 0 {
			s.drop(b)
			return nil, errno
		}
	}
	if n, errno := s.write(b, content[:size], 0); n < size {
		s.drop(b)
		return nil, errno
	}
	return b, 0
}

// grow gives a block in memory room for more, or moves it to the disk.
func (s *store) grow(b *block, room int) syscall.Errno {
	old := b.ram
	if s.charge(room - len(old)) {
		b.ram = newRAM(room)
		copy(b.ram, old[:b.valid])
		return 0
	}
	slot, errno := s.takeSlot()
	if errno != 0 {
		return errno
	}
	if n, errno := s.writeSlot(slot, old[:b.valid], 0); n < b.valid {
		s.giveSlots([]int64{slot})
		return errno
	}
	b.slot, b.ram = slot, nil
	s.credit(len(old))
	return 0
}

// read copies to p what b has at begin and returns how much that is.
func (s *store) read(b *block, p []byte, begin int) (int, syscall.Errno) {
	if begin >= b.valid {
		return 0, 0
	}
	p = p[:min(len(p), b.valid-begin)]
	if b.ram != nil {
		return copy(p, b.ram[begin:]), 0
	}
	return s.readSlot(b.slot, p, begin)
}

// zeros fill what a write leaves out.
var zeros [pageSize]byte

// write copies p to begin of a block that has room for it.
func (s *store) write(b *block, p []byte, begin int) (n int, errno syscall.Errno) {
	if b.ram != nil {
		if begin > b.valid {
			clear(b.ram[b.valid:begin])
		}
		n = copy(b.ram[begin:], p)
	} else {
		if gap := begin - b.valid; gap > 0 {
			if n, errno = s.writeSlot(b.slot, zeros[:gap], b.valid); n < gap {
				return 0, errno
			}
		}
		n, errno = s.writeSlot(b.slot, p, begin)
	}
	if n > 0 {
		b.valid = max(b.valid, begin+n)
	}
	return n, errno
}

// release counts one file less. Of the last it adds the slot to those that are to be given back.
func (s *store) release(b *block, slots []int64) []int64 {
	if b.refs.Add(-1) > 0 {
		return slots
	}
	if b.ram == nil {
		return append(slots, b.slot)
	}
	s.credit(len(b.ram))
	freeRAM(b.ram)
	b.ram = nil
	return slots
}

// drop is release of a single block, which may be nil.
func (s *store) drop(b *block) {
	if b != nil {
		s.giveSlots(s.release(b, nil))
	}
}
