package disk

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

const (
	// maxPasses bounds how often a directory is emptied while somebody fills it.
	maxPasses = 16
	// maxSwaps bounds how often a directory that was swapped for something else under the walk is looked at again.
	maxSwaps = 4096
	// reopenDepth is the number of levels below one os.Root before the walk opens another: it keeps paths, and with them
	// the work of os.Root, short, at the price of a descriptor.
	reopenDepth = 32
	// namesAtOnce bounds the names of a directory that are in memory.
	namesAtOnce = 1024
)

// remover removes trees below an os.Root, without recursion and without following links. It goes on after a failure.
type remover struct {
	root     guard
	ctx      context.Context
	progress func(removed, failed int64)
	repairs  bool // give permissions back to directories

	mount      uint64 // that the walk began on, and does not leave
	knowsMount bool

	stack         []*level
	bottomSwapped bool
	removed       int64
	failures      []failure
}

// failure is what could not be removed: a path in the os.Root that the walk began at.
type failure struct {
	path  string
	errno syscall.Errno
}

// level is a directory on the way down.
type level struct {
	root     guard // path is below it
	owns     bool  // root was opened for this level
	path     string
	full     string // the path below the remover's root, for failures
	depth    int    // levels below root
	pending  []string
	stuck    map[string]bool // names that cannot go
	passes   int
	swaps    int // of its entries
	repaired bool
}

func (r *remover) err() error {
	errs := make([]error, len(r.failures))
	for i, f := range r.failures {
		path := "/" + f.path
		if f.path == "." {
			path = "/"
		}
		errs[i] = &fs.PathError{Op: "unlinkat", Path: path, Err: f.errno}
	}
	return errors.Join(errs...)
}

// remove removes path and what is below it; of "." what is below it.
func (r *remover) remove(path string) {
	for range maxSwaps {
		if r.removeOnce(path) {
			return
		}
	}
	r.fail(path, syscall.ELOOP)
}

// removeOnce reports false when path was swapped for something else meanwhile.
func (r *remover) removeOnce(path string) bool {
	if path != "." {
		errno := errnoOf(r.root.Remove(path))
		if errno == 0 || errno == syscall.ENOENT {
			return true
		}
		if info, err := r.root.Lstat(path); err != nil || !info.IsDir() {
			r.fail(path, errno)
			return true
		}
	}
	r.bottomSwapped = false
	r.mount, r.knowsMount = mountOf(r.root, ".")
	if r.isElsewhere(r.root, path) {
		r.fail(path, syscall.EXDEV)
		return true
	}
	r.stack = []*level{{root: r.root, path: path, full: path}}
	for len(r.stack) > 0 {
		r.step()
	}
	return !r.bottomSwapped
}

func (r *remover) fail(path string, errno syscall.Errno) {
	r.failures = append(r.failures, failure{path, errno})
	r.report()
}

func (r *remover) report() {
	if r.progress != nil {
		r.progress(r.removed, int64(len(r.failures)))
	}
}

// step does one thing at the deepest level: removes an entry, lists, or leaves.
func (r *remover) step() {
	top := r.stack[len(r.stack)-1]
	if n := len(top.pending); n > 0 {
		name := top.pending[n-1]
		top.pending = top.pending[:n-1]
		r.entry(top, name)
		return
	}
	if r.ctx.Err() != nil {
		r.leave(top)
		return
	}
	errno := r.list(top)
	switch {
	case errno == syscall.ENOENT: // somebody else has removed it
		r.pop(top)
	case isSwap(errno):
		r.abandon(top)
	case errno != 0:
		r.fail(top.full, errno)
		r.leave(top)
	case len(top.pending) == 0:
		r.finish(top)
	}
}

// list fills in pending with names that are not known to be stuck.
func (r *remover) list(top *level) syscall.Errno {
	dir, err := r.open(top)
	if err != nil {
		return attempt(err)
	}
	defer func() { _ = dir.Close() }()
	for len(top.pending) == 0 {
		names, err := dir.Readdirnames(namesAtOnce)
		for _, name := range names {
			if !top.stuck[name] {
				top.pending = append(top.pending, name)
			}
		}
		if errors.Is(err, io.EOF) {
			return 0
		}
		if err != nil {
			return errnoOf(err)
		}
	}
	return 0
}

func (r *remover) open(top *level) (*os.File, error) {
	flag := os.O_RDONLY | openDirectory | openNonblock
	dir, err := top.root.OpenFile(top.path, flag, 0)
	if errors.Is(err, fs.ErrPermission) && r.repair(top) {
		return top.root.OpenFile(top.path, flag, 0)
	}
	return dir, err
}

// repair gives the owner of a directory its permissions, once. Deleting an entry takes no permission of the entry.
func (r *remover) repair(top *level) bool {
	if !r.repairs || top.repaired {
		return false
	}
	top.repaired = true
	info, err := top.root.Lstat(top.path)
	return err == nil && info.IsDir() && top.root.Chmod(top.path, rootPerm) == nil
}

// entry removes one name, or goes down into it.
func (r *remover) entry(top *level, name string) {
	path := join(top.path, name)
	errno := attempt(top.root.Remove(path))
	if (errno == syscall.EACCES || errno == syscall.EPERM) && r.repair(top) {
		errno = attempt(top.root.Remove(path))
	}
	switch {
	case errno == 0:
		r.removed++
		r.report()
		return
	case errno == syscall.ENOENT:
		return
	case isSwap(errno):
		r.abandon(top)
		return
	}
	info, err := top.root.Lstat(path)
	switch {
	case err == nil && info.IsDir() && r.isElsewhere(top.root, path):
		top.stick(name)
		r.fail(join(top.full, name), syscall.EXDEV)
	case err == nil && info.IsDir():
		r.down(top, name)
	case isSwap(attempt(err)):
		r.abandon(top)
	case errors.Is(err, fs.ErrNotExist):
	default:
		top.stick(name)
		r.fail(join(top.full, name), errno)
	}
}

// isElsewhere reports whether something is mounted on the directory at path: what is in there is not of this tree.
func (r *remover) isElsewhere(root guard, path string) bool {
	mount, known := mountOf(root, path)
	return known && r.knowsMount && mount != r.mount
}

// isSwap reports whether a path that led through directories alone does so no more.
func isSwap(errno syscall.Errno) bool {
	return errno == raced || errno == syscall.ENOTDIR || errno == syscall.ELOOP
}

// abandon goes up from a directory that is no longer the one that was entered. Its parent meets the name
// again, as what it is now.
func (r *remover) abandon(top *level) {
	r.pop(top)
	n := len(r.stack)
	if n == 0 {
		r.bottomSwapped = true
		return
	}
	parent := r.stack[n-1]
	if parent.swaps++; parent.swaps > maxSwaps {
		parent.stick(base(top.full))
		r.fail(top.full, syscall.ELOOP)
	}
}

func (l *level) stick(name string) {
	if l.stuck == nil {
		l.stuck = map[string]bool{}
	}
	l.stuck[name] = true
}

func (r *remover) down(top *level, name string) {
	next := &level{root: top.root, path: join(top.path, name), full: join(top.full, name), depth: top.depth + 1}
	if next.depth >= reopenDepth {
		root, err := r.reopen(next)
		if isSwap(attempt(err)) {
			return // top meets the name again
		}
		if err != nil {
			top.stick(name)
			r.fail(next.full, errnoOf(err))
			return
		}
		next.root, next.owns, next.path, next.depth = guard{root}, true, ".", 0
	}
	r.stack = append(r.stack, next)
}

func (r *remover) reopen(next *level) (*os.Root, error) {
	root, err := next.root.OpenRoot(next.path)
	if errors.Is(err, fs.ErrPermission) && r.repair(next) {
		return next.root.OpenRoot(next.path)
	}
	return root, err
}

// finish removes the directory of a level in which nothing is left that could go.
func (r *remover) finish(top *level) {
	if len(top.stuck) > 0 { // its failures are on record
		r.leave(top)
		return
	}
	if len(r.stack) == 1 && top.path == "." {
		r.leave(top)
		return
	}
	parent, path := r.above(top)
	errno := attempt(parent.root.Remove(path))
	if (errno == syscall.EACCES || errno == syscall.EPERM) && parent.full != top.full && r.repair(parent) {
		errno = attempt(parent.root.Remove(path))
	}
	switch {
	case errno == 0:
		r.removed++
		r.report()
		r.pop(top)
	case errno == syscall.ENOENT:
		r.pop(top)
	case isSwap(errno):
		r.abandon(top)
	case errno == syscall.ENOTEMPTY && top.passes < maxPasses: // somebody is still writing here
		top.passes++
	default:
		r.fail(top.full, errno)
		r.leave(top)
	}
}

// above is the level that the directory of top is removed from, and its path there.
func (r *remover) above(top *level) (*level, string) {
	if len(r.stack) == 1 {
		return top, top.path
	}
	parent := r.stack[len(r.stack)-2]
	if top.owns {
		return parent, join(parent.path, base(top.full))
	}
	return parent, top.path
}

// leave goes up without having removed the directory, which its parent then skips.
func (r *remover) leave(top *level) {
	r.pop(top)
	if n := len(r.stack); n > 0 {
		r.stack[n-1].stick(base(top.full))
	}
}

func (r *remover) pop(top *level) {
	r.stack = r.stack[:len(r.stack)-1]
	if top.owns {
		_ = top.root.Close()
	}
}

func join(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

func base(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}
