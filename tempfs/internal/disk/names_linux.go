package disk

import (
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// names reaches what is in a tree by descriptors and openat2(2), or through an os.Root once that was found to be blocked.
type names struct {
	rootDir
	root  *descriptor // of the root directory; it need not be readable
	files *openFiles  // of the tree and its Subs; nil of what is no file of a tree

	mu       sync.Mutex
	closed   bool                     // guarded by mu
	fallback atomic.Pointer[portable] // written under mu; nil until it is needed
}

// begin is for the tree that the anchor holds.
func (n *names) begin(a *anchor, dir rootDir) error {
	n.rootDir, n.root, n.files = dir, &a.descriptor, &openFiles{}
	return nil
}

// either does an operation the one way or, where openat2 has no answer, the other way.
func (n *names) either(native func() syscall.Errno, portably func(p *portable) syscall.Errno) syscall.Errno {
	if !noOpenat2.Load() {
		if !n.root.acquire() {
			return syscall.EBADF
		}
		errno := native()
		n.root.release()
		if errno != blocked {
			return errno
		}
	}
	p, errno := n.way()
	if errno != 0 {
		return errno
	}
	return portably(p)
}

// way opens the os.Root when it is first asked for.
func (n *names) way() (*portable, syscall.Errno) {
	if p := n.fallback.Load(); p != nil {
		return p, 0
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if p := n.fallback.Load(); p != nil {
		return p, 0
	}
	if n.closed || !n.root.acquire() {
		return nil, syscall.EBADF
	}
	defer n.root.release()
	root, errno := openRootOf(n.root.fd, n.dir)
	if errno != 0 {
		return nil, errno
	}
	p := newPortable(&n.rootDir, root)
	n.fallback.Store(p)
	return p, 0
}

// openRootOf opens the directory of a descriptor, through /proc where that is mounted, else by its path, if it is still there.
func openRootOf(fd int, dir string) (*os.Root, syscall.Errno) {
	if root, err := os.OpenRoot(procPath(fd)); err == nil {
		return root, 0
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errnoOf(err)
	}
	var stat unix.Stat_t
	info, err := root.Stat(".")
	if err != nil || unix.Fstat(fd, &stat) != nil || !identityOf(&stat).isOf(info) {
		_ = root.Close()
		return nil, syscall.ENOENT
	}
	return root, 0
}

func (n *names) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	_ = n.root.close()
	if p := n.fallback.Load(); p != nil {
		_ = p.root.Close()
	}
}

// CloseFiles closes the files and Subs of the tree. It is for a tree of which nobody holds one any more.
func (n *names) CloseFiles() { n.files.closeAll() }

// sub makes sub the tree of the directory name.
func (n *names) sub(name string, sub *names) syscall.Errno {
	return n.either(func() syscall.Errno {
		f, errno := n.find(name, unix.O_PATH|unix.O_DIRECTORY, 0)
		if errno != 0 {
			return errno
		}
		if f.direct {
			return n.adopt(sub, f.fd, name)
		}
		f.close()
		return n.subResolved(name, sub)
	}, func(p *portable) syscall.Errno {
		return p.withDirectory(name, func(dir int, path string) syscall.Errno { return n.adopt(sub, dir, path) })
	})
}

// subResolved finds the path of the directory first, which RealPath is to know.
func (n *names) subResolved(name string, sub *names) syscall.Errno {
	p, errno := n.way()
	if errno != 0 {
		return errno
	}
	return retry(func() syscall.Errno {
		place, errno := p.resolve(name, true)
		if errno != 0 {
			return errno
		}
		f, errno := n.lookup(place.path(), unix.O_PATH|unix.O_DIRECTORY, 0)
		switch {
		case errno != 0:
			return errno
		case !f.direct:
			f.close()
			return raced
		}
		return n.adopt(sub, f.fd, place.path())
	})
}

// adopt makes sub the tree of a directory that fd is a descriptor of.
func (n *names) adopt(sub *names, fd int, path string) syscall.Errno {
	sub.root, sub.files = &descriptor{fd: fd, list: n.files}, n.files
	n.files.add(fd)
	sub.dir = filepath.Join(n.dir, path)
	var stat unix.Stat_t
	if unix.Fstat(fd, &stat) == nil && identityOf(&stat) == n.born {
		sub.born, sub.mode = n.born, n.mode
	}
	return 0
}
