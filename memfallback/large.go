package memfallback

import (
	"sync"
	"sync/atomic"
	"syscall"
)

// large is the content of a regular file in pages. What no page holds reads as zeros.
//
// Its methods take mu. ok is false when the content of the inode is not, or not any more, in it: then the caller looks again where it is.
type large struct {
	mu sync.RWMutex
	// owners are the inodes that have it, of clones of a tree. While there are several it does not change: one that is to be written to gets a
	// copy. Written under mu, if not held for reading alone by who adds one.
	owners atomic.Int32

	size  atomic.Int64 // in bytes; written under mu
	units atomic.Int64 // of memory or disk; written under mu
	first *block       // guarded by mu; page 0, and as long as it is the only one no longer than need be
	pages pageTree     // guarded by mu; those from 1 on, none beyond size
}

// unit is what memory is counted in, for st_blocks: as disks do.
const unit = 4096

func unitsOf(bytes int) int64 { return (int64(bytes) + unit - 1) / unit }

func (l *large) read(s *store, n *inode, p []byte, off int64, cursor *offset) (read int, errno syscall.Errno, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n.large.Load() != l {
		return 0, 0, false
	}
	if cursor == nil {
		read, errno = l.readAtLocked(s, l.span(p, off), off)
		return read, errno, true
	}
	// Others may read by the same cursor: each takes a part of its own.
	off = cursor.load()
	yield()
	for !cursor.swap(off, off+int64(len(l.span(p, off)))) {
		off = cursor.load()
	}
	p = l.span(p, off)
	if read, errno = l.readAtLocked(s, p, off); read < len(p) {
		cursor.swap(off+int64(len(p)), off+int64(read))
	}
	return read, errno, true
}

// span is the part of p that there is something for at off.
func (l *large) span(p []byte, off int64) []byte {
	return p[:min(int64(len(p)), max(0, l.size.Load()-off))]
}

// readAtLocked fills p, whose end is not beyond the file's, but for an error of the disk.
func (l *large) readAtLocked(s *store, p []byte, off int64) (done int, errno syscall.Errno) {
	for done < len(p) {
		i, begin := off>>pageBits, int(off&(pageSize-1))
		part := p[done:]
		part = part[:min(len(part), pageSize-begin)]
		n := 0
		if b := l.block(i); b != nil {
			if n, errno = s.read(b, part, begin); errno != 0 {
				return done + n, errno
			}
		}
		clear(part[n:])
		done += len(part)
		off += int64(len(part))
	}
	return done, 0
}

func (l *large) block(i int64) *block {
	if i == 0 {
		return l.first
	}
	return l.pages.get(i)
}

func (l *large) write(sb *superblock, n *inode, p []byte, at *place, now timestamp) (taken int, errno syscall.Errno, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.isOwnLocked(n) {
		return 0, 0, false
	}
	off := at.begin(l.size.Load())
	if room := max(0, maxFileSize-off); int64(len(p)) > room {
		p, errno = p[:room], syscall.EFBIG
	}
	size := l.size.Load()
	if sb.quota != nil {
		var refused syscall.Errno
		if p, refused = sb.grow(size, off, p); refused != 0 {
			errno = refused
		}
	}
	taken, failed := l.writeAtLocked(sb.store, p, off)
	if failed != 0 {
		errno = failed
	}
	end := size
	if taken > 0 {
		end = max(size, off+int64(taken))
		n.mu.Lock()
		l.size.Store(end)
		n.wroteLocked(&sb.user, now)
		n.mu.Unlock()
		at.moveTo(off + int64(taken))
	}
	if taken < len(p) {
		sb.grown(size, off+int64(len(p)), end)
	}
	return taken, errno, true
}

// writeAtLocked copies p to off and returns how much it took. The size is left to the caller.
func (l *large) writeAtLocked(s *store, p []byte, off int64) (taken int, errno syscall.Errno) {
	for taken < len(p) && errno == 0 {
		i, begin := off>>pageBits, int(off&(pageSize-1))
		part := p[taken:]
		part = part[:min(len(part), pageSize-begin)]
		var n int
		n, errno = l.writePageLocked(s, l.pageLocked(i), part, begin)
		taken += n
		off += int64(n)
	}
	return taken, errno
}

// pageLocked is where the block of page i is, or will be.
func (l *large) pageLocked(i int64) **block {
	if i == 0 {
		return &l.first
	}
	return l.pages.ensure(i)
}

// writePageLocked copies p to begin of a page.
func (l *large) writePageLocked(s *store, page **block, p []byte, begin int) (n int, errno syscall.Errno) {
	old := *page
	before := unitsOf(old.length())
	b, errno := s.writable(old, begin, begin+len(p), page == &l.first)
	if errno != 0 {
		return 0, errno
	}
	n, errno = s.write(b, p, begin)
	switch {
	case b == old:
	case n == 0:
		s.drop(b)
		return 0, errno
	default:
		*page = b
		s.drop(old)
	}
	if more := unitsOf(b.valid) - before; more != 0 {
		l.units.Add(more)
	}
	return n, errno
}

func (l *large) truncate(sb *superblock, n *inode, size int64, now timestamp) (errno syscall.Errno, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.isOwnLocked(n) {
		return 0, false
	}
	old := l.size.Load()
	if size < old {
		if errno := l.cutLocked(sb.store, size); errno != 0 {
			return errno, true
		}
		sb.grown(0, old, size)
	} else if errno := sb.growTo(old, size); errno != 0 {
		return errno, true
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	l.size.Store(size)
	if size == 0 {
		n.large.Store(nil)
	}
	n.wroteLocked(&sb.user, now)
	return 0, true
}

// cutLocked drops what is behind size, which is below that of the file.
func (l *large) cutLocked(s *store, size int64) syscall.Errno {
	last, rest := size>>pageBits, int(size&(pageSize-1))
	if old := l.block(last); rest > 0 && old.length() > rest {
		b, errno := s.shortened(old, rest)
		if errno != 0 {
			return errno
		}
		l.units.Add(unitsOf(rest) - unitsOf(old.length()))
		if b != old {
			*l.pageLocked(last) = b
			s.drop(old)
		} else {
			b.valid = rest
		}
	}
	if rest > 0 {
		last++
	}
	l.dropLocked(s, last)
	return 0
}

// dropLocked drops all pages from i on.
func (l *large) dropLocked(s *store, i int64) {
	var slots []int64 // given back together
	drop := func(b *block) {
		l.units.Add(-unitsOf(b.valid))
		slots = s.release(b, slots)
	}
	if i == 0 && l.first != nil {
		drop(l.first)
		l.first = nil
	}
	l.pages.cut(max(1, i), drop)
	s.giveSlots(slots)
}

// isOwnLocked reports whether the content of n is in l and nobody else's. If it is somebody else's too, n gets a copy of l, where it looks again.
func (l *large) isOwnLocked(n *inode) bool {
	if n.large.Load() != l {
		return false
	}
	if l.owners.Load() == 1 {
		return true
	}
	c := newLarge()
	c.first, c.pages = l.first.share(), l.pages.shared()
	c.size.Store(l.size.Load())
	c.units.Store(l.units.Load())
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.large.Load() == l { // it may have been freed
		n.large.Store(c)
		l.owners.Add(-1)
	}
	return false
}

// leave ends the use of it by an inode, which does not refer to it any more. The last gives all back. It returns the size.
func (l *large) leave(s *store) (size int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owners.Add(-1) == 0 {
		l.dropLocked(s, 0)
	}
	return l.size.Load()
}

func newLarge() *large {
	l := &large{}
	l.owners.Store(1)
	return l
}
