package memfallback

import "syscall"

// Quota says how much a tree may hold, and keeps the books of it. It is the alias of a literal, so that another package can name the same type without
// this one. Its errnos are passed on as they are: they may be numbers that mean something to who wrote it.
//
// Files are inodes of every kind but the root. The bytes of one are its size, holes included, or the length of a link's target. An inode counts once, however many names and
// handles it has, from its birth until the last of both is gone.
//
// Any number of goroutines may call it. Locks of the tree are held then, so it must not call the tree.
type Quota = interface {
	// Take takes room for what is new, all or nothing.
	Take(files, bytes int64) syscall.Errno
	// Give gives room back.
	Give(files, bytes int64)
	// Grow is asked about n bytes at off of a file of size bytes. It returns how many of them, from the first on, there may be, has taken what the file
	// grows by with those, and says why if they are not all.
	Grow(size, off, n int64) (int64, syscall.Errno)
	// MaxDepth returns how many components below the root a name may have, 0 for any number.
	MaxDepth() int
	// TooDeep is the errno of a name with so many.
	TooDeep(depth int) syscall.Errno
}

// WithQuota has q asked for all that the tree holds. A [Tree.Clone] has no quota but one of its own, of which it takes what it begins with. The names and
// the content of a tree with a quota are not freed by the garbage collector alone, so every handle of it must be closed.
func WithQuota(q Quota) Option {
	return optionFunc(func(c *config) { c.quota = q })
}

// takeFile takes room for a new inode in the directory, with so many bytes. superblock.mu is held.
func (s *superblock) takeFile(dir *inode, bytes int) syscall.Errno {
	if s.quota == nil {
		return 0
	}
	if errno := s.fitDepth(dir, 1); errno != 0 {
		return errno
	}
	return s.quota.Take(1, int64(bytes))
}

// fitDepth gives the errno of names that go so many components down from the directory.
func (s *superblock) fitDepth(dir *inode, components int) syscall.Errno {
	most := s.quota.MaxDepth()
	if most == 0 {
		return 0
	}
	if depth := dir.depth() + components; depth > most {
		return s.quota.TooDeep(depth)
	}
	return 0
}

// mayLink gives the errno of another name, in the directory, for a file. superblock.mu is held.
func (s *superblock) mayLink(dir *inode) syscall.Errno {
	if s.quota == nil {
		return 0
	}
	return s.fitDepth(dir, 1)
}

// mayMove gives the errno of n, with all that is below it, going from a directory to another. What goes up, or stays at its depth, may: that takes no look below.
// superblock.mu is held.
func (s *superblock) mayMove(n, from, to *inode) syscall.Errno {
	if s.quota == nil || s.quota.MaxDepth() == 0 || to.depth() <= from.depth() {
		return 0
	}
	return s.fitDepth(to, 1+n.height())
}

// depth is how many names lead to the directory from the root.
func (n *inode) depth() (depth int) {
	for parent := n.dir.parent.Load(); parent != nil; parent = parent.dir.parent.Load() {
		depth++
	}
	return depth
}

// height is how many components what is below goes down from n, 0 if nothing is. superblock.mu is held.
func (n *inode) height() (height int) {
	type branch struct {
		dir   *inode
		depth int // of what is in it
	}
	var pending []branch
	if n.isDir() {
		pending = append(pending, branch{n, 1})
	}
	for len(pending) > 0 {
		b := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		for _, e := range b.dir.dir.entries() {
			height = max(height, b.depth)
			if child := e.node.Load(); child.isDir() {
				pending = append(pending, branch{child, b.depth + 1})
			}
		}
	}
	return height
}

// grow is for a tree with a quota. It cuts p, which is to be written to off of a file of size bytes, to what there is room for, and takes that. errno says why it was cut.
func (s *superblock) grow(size, off int64, p []byte) (_ []byte, errno syscall.Errno) {
	if int64(len(p)) <= size-off {
		return p, 0
	}
	n, errno := s.quota.Grow(size, off, int64(len(p)))
	return p[:n], errno
}

// grown gives back what was taken by grow, or by growTo, for a file that has become size bytes long and not want.
func (s *superblock) grown(old, want, size int64) {
	if s.quota != nil && max(want, old) > size {
		s.quota.Give(0, max(want, old)-size)
	}
}

// growTo takes room for a file of old bytes to become size bytes long, all or nothing.
func (s *superblock) growTo(old, size int64) syscall.Errno {
	if s.quota == nil || size <= old {
		return 0
	}
	n, errno := s.quota.Grow(old, 0, size)
	if errno != 0 {
		s.grown(old, n, old)
	}
	return errno
}

// holdings are what a copy of a tree takes of a quota.
type holdings struct {
	files, bytes int64
	largest      int64 // bytes of one file
	depth        int   // components of the longest way
}

// add counts an inode that nobody else has yet.
func (h *holdings) add(n *inode) {
	size := int64(len(n.small))
	if l := n.large.Load(); l != nil {
		size = l.size.Load()
	}
	h.files++
	h.bytes += size
	if n.isRegular() {
		h.largest = max(h.largest, size)
	}
}

// takeFrom takes them, all or nothing.
func (h *holdings) takeFrom(q Quota) syscall.Errno {
	if q == nil {
		return 0
	}
	if most := q.MaxDepth(); most > 0 && h.depth > most {
		return q.TooDeep(h.depth)
	}
	n, errno := q.Grow(0, 0, h.largest) // may one be so large?
	q.Give(0, n)
	if errno != 0 {
		return errno
	}
	return q.Take(h.files, h.bytes)
}
