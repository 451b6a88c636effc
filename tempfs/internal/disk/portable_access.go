package disk

import (
	"errors"
	"os"
	"sync"
	"syscall"
)

// maxTries bounds the tries of an operation under which somebody keeps replacing directories by links. ELOOP is what is
// left to say then. Under exchanges without a pause one in a thousand takes 20 tries; 160 were the most in 600,000.
const maxTries = 1000

// onExisting runs op on the path of what name leads to, which must be there, links followed or not at the end. op goes through
// t.root, and may run more than once: each time but the last it has failed.
func (t *portable) onExisting(name string, follow bool, op func(path string) error) syscall.Errno {
	if path, ok := plain(name); ok {
		switch errno := errnoOf(op(path)); errno {
		case 0, syscall.ENOENT:
			return errno
		}
	}
	return t.onResolved(name, follow, op)
}

// onResolved is onExisting that hands op a path without links. ENOTDIR is then not for op to say: somebody has changed the path.
func (t *portable) onResolved(name string, follow bool, op func(path string) error) syscall.Errno {
	return retry(func() syscall.Errno {
		p, errno := t.resolve(name, follow)
		if errno == 0 {
			errno = p.mustExist()
		}
		if errno != 0 {
			return errno
		}
		errno = attempt(op(p.path()))
		if errno == syscall.ENOTDIR {
			return raced
		}
		return errno
	})
}

// raced is the errno of an os.Root that refused a path which was free of escaping links when it was resolved: a component has
// been replaced since. It never leaves this package.
const raced syscall.Errno = 1 << 24

// retry runs try, which resolves and then operates, as long as it raced.
func retry(try func() syscall.Errno) syscall.Errno {
	for range maxTries {
		if errno := try(); errno != raced {
			return errno
		}
	}
	return syscall.ELOOP
}

// attempt is errnoOf for what retry may run again.
func attempt(err error) syscall.Errno {
	if err != nil && errors.Is(err, errEscapes) && !isReserved(err) {
		return raced
	}
	return errnoOf(err)
}

// errEscapes is what an os.Root says of a path that leaves it, which package os does not export. Written once, before the first
// Tree is there to read it.
var (
	errEscapes error
	escapeOnce sync.Once
)

func learnEscape(root *os.Root) {
	escapeOnce.Do(func() {
		_, err := root.Lstat("..")
		errEscapes = errors.Unwrap(err)
	})
}
