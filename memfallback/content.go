package memfallback

import (
	"slices"
	"sync"
)

// maxFileSize is the bound of ext4 with blocks of 4 KiB, in bytes.
const maxFileSize = 1<<44 - 1<<12

// content is the bytes of a regular file. Methods whose name ends in Locked want mu held, for writing if they write.
type content struct {
	mu   sync.RWMutex // guards all fields
	size int64
	// head is the beginning of page 0 and as long as was written: a small file is nothing else. It is never longer than
	// a page or than size, and what size has beyond it is zeros. pages has the others, from 1 on, and none beyond size.
	head  []byte
	pages pageTree
}

// readAt copies to p what is at off and returns how much that is; 0 at the end. off is not negative.
func (c *content) readAt(p []byte, off int64) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if off >= c.size {
		return 0
	}
	p = p[:min(int64(len(p)), c.size-off)]
	for done := 0; done < len(p); {
		part := p[done:]
		i, begin := off>>pageBits, int(off&(pageSize-1))
		part = part[:min(len(part), pageSize-begin)]
		n := 0
		if i == 0 {
			n = copy(part, c.head[min(begin, len(c.head)):])
		} else if page := c.pages.get(i); page != nil {
			n = copy(part, page[begin:])
		}
		clear(part[n:])
		done += len(part)
		off += int64(len(part))
	}
	return len(p)
}

// writeAtLocked copies p to off. What it leaves between the old end and off is a hole. The end must be in maxFileSize.
func (c *content) writeAtLocked(p []byte, off int64) {
	c.size = max(c.size, off+int64(len(p)))
	for len(p) > 0 {
		i, begin := off>>pageBits, int(off&(pageSize-1))
		n := min(len(p), pageSize-begin)
		if i == 0 {
			copy(c.growHeadLocked(begin, begin+n), p)
		} else {
			copy(c.pages.ensure(i)[begin:], p[:n])
		}
		p = p[n:]
		off += int64(n)
	}
}

// growHeadLocked returns head[begin:end], after it made head that long. What is new and before begin is zeroed: behind the end
// of a slice that was cut there are old bytes.
func (c *content) growHeadLocked(begin, end int) []byte {
	if old := len(c.head); end > old {
		c.head = slices.Grow(c.head, end-old)[:end]
		if begin > old {
			clear(c.head[old:begin])
		}
	}
	return c.head[begin:end]
}

// truncateLocked sets the size, at most maxFileSize.
func (c *content) truncateLocked(size int64) {
	if size < c.size {
		c.cutLocked(size)
	}
	c.size = size
}

func (c *content) cutLocked(size int64) {
	c.pages.cut(max(1, (size+pageSize-1)>>pageBits))
	if size >= pageSize {
		if page := c.pages.get(size >> pageBits); page != nil {
			clear(page[size&(pageSize-1):])
		}
		return
	}
	if int(size) < len(c.head) {
		c.head = c.head[:size]
		if len(c.head) < cap(c.head)/4 { // give back what is worth a copy
			c.head = slices.Clone(c.head)
		}
	}
}

// blocksLocked is what the file takes, in blocks of 512 bytes, as if memory came in 4 KiB.
func (c *content) blocksLocked() int64 {
	const unit = 4096
	head := (int64(len(c.head)) + unit - 1) / unit * unit
	return (head + c.pages.count*pageSize) / blockSize
}

// nextDataLocked returns the first offset of data from off on, or -1. off is below size.
func (c *content) nextDataLocked(off int64) int64 {
	if off < int64(len(c.head)) {
		return off
	}
	i := c.pages.next(max(1, off>>pageBits))
	if i < 0 {
		return -1
	}
	return max(off, i<<pageBits)
}

// nextHoleLocked returns the first offset of a hole from off on: the end of a file is one. off is below size.
func (c *content) nextHoleLocked(off int64) int64 {
	if off < pageSize {
		off = max(off, int64(len(c.head)))
		if off < pageSize {
			return off
		}
	}
	for c.pages.get(off>>pageBits) != nil {
		off = (off>>pageBits + 1) << pageBits
	}
	return min(off, c.size)
}
