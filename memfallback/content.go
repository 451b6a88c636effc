package memfallback

import (
	"slices"
	"syscall"
)

// maxFileSize is the bound of ext4 with blocks of 4 KiB, in bytes.
const maxFileSize = 1<<44 - 1<<12

// The content of a regular file is inode.small, or large once it is longer than a page, has a hole, or has no place in memory.
// Methods whose name ends in Locked want inode.mu held.

// read copies to p what is at off, or at cursor if there is one, which it moves on. It returns how much that is; 0 at the end.
func (n *inode) read(s *store, p []byte, off int64, cursor *offset) (int, syscall.Errno) {
	for {
		l := n.large.Load()
		if l == nil {
			n.mu.Lock()
			if l = n.large.Load(); l == nil {
				read, errno := n.readSmallLocked(p, off, cursor)
				n.mu.Unlock()
				return read, errno
			}
			n.mu.Unlock()
		}
		yield()
		if read, errno, ok := l.read(s, n, p, off, cursor); ok {
			return read, errno
		}
	}
}

func (n *inode) readSmallLocked(p []byte, off int64, cursor *offset) (read int, errno syscall.Errno) {
	if n.dead {
		return 0, syscall.EBADF
	}
	if cursor != nil {
		off = cursor.v
	}
	if off < int64(len(n.small)) {
		read = copy(p, n.small[off:])
	}
	if cursor != nil {
		cursor.v = off + int64(read)
	}
	return read, 0
}

// place says where a write goes.
type place struct {
	off    int64
	cursor *offset // if not nil, off is there, and is moved on
	atEnd  bool    // whatever off is, the end of the file at that moment
}

// begin is the offset for a file of the size.
func (at *place) begin(size int64) int64 {
	switch {
	case at.atEnd:
		return size
	case at.cursor != nil:
		return at.cursor.load()
	}
	return at.off
}

// moveTo moves the cursor, if there is one, to the end of what was written.
func (at *place) moveTo(end int64) {
	if at.cursor != nil {
		at.cursor.v = end
	}
}

// write copies p to the file and returns how much it took. It falls short when the file, or what holds it, is full.
func (n *inode) write(s *superblock, p []byte, at place, now timestamp) (taken int, errno syscall.Errno) {
	if len(p) == 0 {
		return 0, 0
	}
	for {
		l := n.large.Load()
		if l == nil {
			n.mu.Lock()
			if n.dead {
				n.mu.Unlock()
				return 0, syscall.EBADF
			}
			if n.large.Load() == nil {
				if taken, errno, ok := n.writeSmallLocked(s, p, &at, now); ok {
					n.mu.Unlock()
					s.touched()
					return taken, errno
				}
			}
			l = n.enlargeLocked()
			n.mu.Unlock()
		}
		yield()
		if taken, errno, ok := l.write(s, n, p, &at, now); ok {
			s.touched()
			return taken, errno
		}
	}
}

// writeSmallLocked is not ok if the content cannot stay small. Then nothing is written.
func (n *inode) writeSmallLocked(s *superblock, p []byte, at *place, now timestamp) (taken int, errno syscall.Errno, ok bool) {
	old := len(n.small)
	off := at.begin(int64(old))
	if off > pageSize-int64(len(p)) {
		return 0, 0, false
	}
	if s.quota != nil {
		if p, errno = s.grow(int64(old), off, p); len(p) == 0 {
			return 0, errno, true
		}
	}
	end := int(off) + len(p)
	if !n.copySmallLocked(s.store, p, int(off)) {
		s.grown(int64(old), int64(end), int64(old))
		return 0, 0, false
	}
	at.moveTo(int64(end))
	n.wroteLocked(&s.user, now)
	return len(p), errno, true
}

// copySmallLocked copies p to off. It is false, and nothing is done, if there is no memory for it.
func (n *inode) copySmallLocked(s *store, p []byte, off int) bool {
	if s == nil && n.small == nil && off == 0 { // most files: they are written once
		n.small = append([]byte(nil), p...)
		return true
	}
	end := off + len(p)
	if !n.reserveLocked(s, end) {
		return false
	}
	if old := len(n.small); end > old {
		n.small = n.small[:end]
		if off > old {
			clear(n.small[old:off]) // there may be old bytes of a file that was cut
		}
	}
	copy(n.small[off:], p)
	return true
}

// reserveLocked makes small nobody else's and gives it room for size bytes. It is false if there is no memory for it. What an inode is
// charged for is always the capacity of small, shared or not.
func (n *inode) reserveLocked(s *store, size int) bool {
	room := cap(n.small)
	if size <= room && !n.shared {
		return true
	}
	size = max(size, len(n.small))
	if size > room && room > 0 { // it grows: in steps
		size = max(size, min(2*room, pageSize))
	}
	bigger := slices.Grow([]byte(nil), size)
	if !s.charge(cap(bigger) - room) {
		return false
	}
	n.small, n.shared = append(bigger, n.small...), false
	return true
}

// enlargeLocked returns large, which it makes of small if need be.
func (n *inode) enlargeLocked() *large {
	if l := n.large.Load(); l != nil {
		return l
	}
	l := newLarge()
	if room := cap(n.small); room > 0 {
		ram := n.small[:room]
		if n.shared {
			ram = append(make([]byte, 0, room), n.small...)[:room]
		}
		b := &block{ram: ram, valid: len(n.small)}
		b.refs.Store(1)
		l.first = b
		l.units.Store(unitsOf(b.valid))
	}
	l.size.Store(int64(len(n.small)))
	n.small, n.shared = nil, false
	n.large.Store(l)
	return l
}

// truncate sets the size of the regular file, at most maxFileSize. It fails if that needs room on a disk that has none.
func (n *inode) truncate(s *superblock, size int64, now timestamp) syscall.Errno {
	if size > maxFileSize {
		return syscall.EFBIG
	}
	for {
		n.mu.Lock()
		if n.dead {
			n.mu.Unlock()
			return syscall.EBADF
		}
		if n.large.Load() == nil && size <= int64(len(n.small)) {
			old := int64(len(n.small))
			n.cutSmallLocked(s.store, int(size))
			s.grown(0, old, size)
			n.wroteLocked(&s.user, now)
			n.mu.Unlock()
			s.touched()
			return 0
		}
		l := n.enlargeLocked()
		n.mu.Unlock()
		yield()
		if errno, ok := l.truncate(s, n, size, now); ok {
			s.touched()
			return errno
		}
	}
}

// cutSmallLocked makes small shorter and gives back what is worth a copy.
func (n *inode) cutSmallLocked(s *store, size int) {
	n.small = n.small[:size]
	room := cap(n.small)
	if size >= room/4 {
		return
	}
	n.small, n.shared = append([]byte(nil), n.small...), false
	s.credit(room - cap(n.small))
}

// wroteLocked shows in the attributes that the content was changed.
func (n *inode) wroteLocked(u *user, now timestamp) {
	n.mtime, n.ctime = now, now
	if mode := n.mode.Load(); mode&(modeSetuid|modeSetgid) != 0 {
		_, gid := n.owner()
		n.mode.Store(u.afterWrite(mode, gid))
	}
}

// free gives back what the inode holds, for good. It can be called again.
func (n *inode) free(s *superblock) {
	n.mu.Lock()
	l, room, isFirst := n.large.Load(), 0, !n.dead
	size := int64(len(n.small))
	if n.isRegular() { // the target of a link stays, for who walks through it now
		room = cap(n.small)
		n.small, n.shared = nil, false
		if l != nil {
			n.large.Store(nil)
		}
	}
	n.dead = true
	n.mu.Unlock()
	s.store.credit(room)
	if l != nil {
		size = l.leave(s.store)
	}
	if isFirst && s.quota != nil {
		s.quota.Give(1, size)
	}
}
