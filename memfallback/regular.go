package memfallback

import "syscall"

// write copies p to the regular file at off, or if atEnd at the end that it has at that moment. It returns how much it
// took and the offset after it. Only the bound on the size makes it fail or fall short.
func (n *inode) write(p []byte, off int64, atEnd bool, u *user, now timestamp) (taken int, end int64, errno syscall.Errno) {
	if len(p) == 0 {
		return 0, off, 0
	}
	c := n.content
	c.mu.Lock()
	defer c.mu.Unlock()
	if atEnd {
		off = c.size
	}
	if room := max(0, maxFileSize-off); int64(len(p)) > room {
		p, errno = p[:room], syscall.EFBIG
	}
	if len(p) > 0 {
		c.writeAtLocked(p, off)
		n.wroteLocked(u, now)
	}
	return len(p), off + int64(len(p)), errno
}

// truncate sets the size of the regular file.
func (n *inode) truncate(size int64, u *user, now timestamp) syscall.Errno {
	if size > maxFileSize {
		return syscall.EFBIG
	}
	c := n.content
	c.mu.Lock()
	defer c.mu.Unlock()
	c.truncateLocked(size)
	n.wroteLocked(u, now)
	return 0
}

// wroteLocked shows in the attributes that the content was changed. content.mu is held.
func (n *inode) wroteLocked(u *user, now timestamp) {
	n.attr.Lock()
	defer n.attr.Unlock()
	n.attr.size, n.attr.blocks = n.content.size, n.content.blocksLocked()
	n.attr.mtime, n.attr.ctime = now, now
	_, gid := n.owner()
	n.mode.Store(u.afterWrite(n.mode.Load(), gid))
}

func (n *inode) size() int64 {
	n.content.mu.RLock()
	defer n.content.mu.RUnlock()
	return n.content.size
}

// seekData finds the next data or hole from off on. It is SEEK_DATA and SEEK_HOLE of lseek(2), page by page.
func (n *inode) seekData(off int64, data bool) (int64, syscall.Errno) {
	c := n.content
	c.mu.RLock()
	defer c.mu.RUnlock()
	if off < 0 || off >= c.size {
		return 0, syscall.ENXIO
	}
	if !data {
		return c.nextHoleLocked(off), 0
	}
	if off = c.nextDataLocked(off); off < 0 {
		return 0, syscall.ENXIO
	}
	return off, 0
}
