package memfallback

import (
	"io"
	"syscall"
)

// seekSmallLocked is lseek(2) in a small file from the offset current. inode.mu is held.
func (n *inode) seekSmallLocked(current, off int64, whence int) (int64, syscall.Errno) {
	size := int64(len(n.small))
	switch whence {
	case SeekData:
		if off < 0 || off >= size {
			return 0, syscall.ENXIO
		}
		return off, 0
	case SeekHole:
		if off < 0 || off >= size {
			return 0, syscall.ENXIO
		}
		return size, 0
	}
	return seek(current, size, off, whence)
}

// seek is lseek(2) for a whence that does not look at the content.
func seek(current, size, off int64, whence int) (int64, syscall.Errno) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		off += current
	case io.SeekEnd:
		off += size
	default:
		return 0, syscall.EINVAL
	}
	if off < 0 || off > maxFileSize { // a sum that overflowed is negative
		return 0, syscall.EINVAL
	}
	return off, 0
}

// seek moves the cursor of a handle.
func (l *large) seek(n *inode, cursor *offset, off int64, whence int) (target int64, errno syscall.Errno, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n.large.Load() != l {
		return 0, 0, false
	}
	for {
		current := cursor.load()
		if whence == SeekData || whence == SeekHole {
			target, errno = l.seekDataLocked(off, whence == SeekData)
		} else {
			target, errno = seek(current, l.size.Load(), off, whence)
		}
		if errno != 0 || cursor.swap(current, target) {
			return target, errno, true
		}
	}
}

// seekDataLocked finds the next data or hole from off on: the end of the file is a hole.
func (l *large) seekDataLocked(off int64, data bool) (int64, syscall.Errno) {
	size := l.size.Load()
	if off < 0 || off >= size {
		return 0, syscall.ENXIO
	}
	if !data {
		return min(l.nextHoleLocked(off), size), 0
	}
	if off = l.nextDataLocked(off); off < 0 {
		return 0, syscall.ENXIO
	}
	return off, 0
}

// nextDataLocked returns the first offset of data from off on, or -1.
func (l *large) nextDataLocked(off int64) int64 {
	i, begin := off>>pageBits, int(off&(pageSize-1))
	if begin < l.block(i).length() {
		return off
	}
	if i = l.pages.next(i + 1); i < 0 {
		return -1
	}
	return i << pageBits
}

// nextHoleLocked returns the first offset of a hole from off on, which may be at the end or beyond.
func (l *large) nextHoleLocked(off int64) int64 {
	for {
		i, begin := off>>pageBits, int(off&(pageSize-1))
		length := l.block(i).length()
		if begin >= length {
			return off
		}
		off = i<<pageBits + int64(length)
		if length < pageSize {
			return off
		}
	}
}
