package disk

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

const (
	// Of the levels above the deepest the first openLevels keep their descriptor, and every openEvery-th below them: 300 descriptors
	// for 30,000 levels. The others are opened again on the way up.
	openLevels = 64
	openEvery  = 128
	// namesAtOnce bounds the names of a directory that are in memory, and the entries between two looks at the context.
	namesAtOnce = 256
)

// remover removes trees below an os.Root, without recursion and without following links: each directory is opened as an os.Root
// of its own, found to be the one that was met, and its entries removed by names of one component. It goes on after a failure.
type remover struct {
	root     guard
	ctx      context.Context
	progress *progress
	repairs  bool    // give permissions back to directories
	ledger   *ledger // nil: nobody counts what goes

	mount      uint64 // that the walk began on, and does not leave
	knowsMount bool

	deepest  *level // where the walk is; nil before and after
	swapped  bool   // the first level was not what it had been
	filled   time.Time
	waits    patience
	failures failureList
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
	r.mount, r.knowsMount = mountOf(r.root, ".")
	first := &level{name: path, root: r.root, opened: true}
	if path != "." {
		errno := r.unlink(r.root, path)
		if errno == 0 || errno == syscall.ENOENT {
			return true
		}
		info, err := r.root.Lstat(path)
		switch {
		case err == nil && info.IsDir():
		case err == nil && wasDir(errno):
			return false
		default:
			r.fail(path, errno)
			return true
		}
		first = &level{name: path, info: info}
		switch errno := r.open(first); errno {
		case 0:
		case raced, syscall.ENOENT:
			return false
		default:
			r.fail(path, errno)
			return true
		}
	}
	r.swapped = false
	r.deepest = first
	for r.deepest != nil {
		r.step(r.deepest)
	}
	return !r.swapped
}

// unlink removes a file or an empty directory.
func (r *remover) unlink(root guard, path string) syscall.Errno {
	return r.waits.with(func() syscall.Errno { return r.ledger.removeFrom(root, path) })
}

func (r *remover) fail(path string, errno syscall.Errno) {
	r.failures.add(func() string {
		if path == "." {
			return "/"
		}
		return shortened("/" + path)
	}, errno)
	r.progress.failed.Add(1)
}

// step does one thing at the deepest level: removes an entry, lists, or leaves.
func (r *remover) step(l *level) {
	if n := len(l.pending); n > 0 {
		name := l.pending[n-1]
		l.pending = l.pending[:n-1]
		r.entry(l, name)
		return
	}
	if r.ctx.Err() != nil {
		r.leave(l)
		return
	}
	listed := l.listed
	errno := r.list(l)
	switch {
	case errno == syscall.ENOENT: // somebody else has removed it
		r.pop(l)
	case errno == raced:
		r.abandon(l)
	case errno != 0:
		r.fail(l.path(), errno)
		r.leave(l)
	case len(l.pending) == 0:
		r.finish(l)
	case listed && !r.patient(l): // somebody makes them as fast as they go
		r.fail(l.path(), syscall.ENOTEMPTY)
		r.leave(l)
	}
}

// list fills in pending with names that are not known to be stuck.
func (r *remover) list(l *level) syscall.Errno {
	if errno := r.open(l); errno != 0 {
		return errno
	}
	const flag = os.O_RDONLY | openDirectory | openNonblock
	dir, err := l.root.OpenFile(".", flag, 0)
	if errors.Is(err, fs.ErrPermission) && r.repair(l) {
		dir, err = l.root.OpenFile(".", flag, 0)
	}
	if err != nil {
		return errnoOf(err)
	}
	defer func() { _ = dir.Close() }()
	for len(l.pending) == 0 {
		names, err := dir.Readdirnames(namesAtOnce)
		l.listed = l.listed || len(names) < namesAtOnce
		for _, name := range names {
			if !l.stuck[name] {
				l.pending = append(l.pending, name)
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

// open opens a level that is not opened. Whatever stands there by now, it must be the directory of info, or else
// the answer is raced: an os.Root follows links.
func (r *remover) open(l *level) syscall.Errno {
	if l.opened {
		return 0
	}
	from, path := r.nearest(l)
	root, err := from.OpenRoot(path)
	if errors.Is(err, fs.ErrPermission) && !r.isElsewhere(from, path) && r.repair(l) {
		root, err = from.OpenRoot(path)
	}
	if err != nil {
		if now, failed := from.Lstat(path); failed == nil && !now.IsDir() {
			return raced // os.Root has no errno for that
		}
		switch errno := attempt(err); errno {
		case syscall.ENOTDIR, syscall.ELOOP:
			return raced
		default:
			return errno
		}
	}
	if here, err := root.Stat("."); err == nil && !os.SameFile(here, l.info) {
		_ = root.Close()
		return raced
	}
	if r.isElsewhere(guard{root}, ".") {
		_ = root.Close()
		return syscall.EXDEV
	}
	l.root, l.opened = guard{root}, true
	return 0
}

// isElsewhere reports whether something is mounted on the directory at path: what is in there is not of this tree.
func (r *remover) isElsewhere(root guard, path string) bool {
	mount, known := mountOf(root, path)
	return known && r.knowsMount && mount != r.mount
}

// nearest returns the deepest os.Root above l and the path of l in it.
func (r *remover) nearest(l *level) (root guard, path string) {
	names := []string{l.name}
	for above := l.above; above != nil; above = above.above {
		if above.opened {
			root = above.root
			break
		}
		names = append(names, above.name)
	}
	if root.Root == nil {
		root = r.root
	}
	return root, reversed(names)
}

// outer is where the directory of a level is to be found by name.
func (r *remover) outer(l *level) (root guard, path string, errno syscall.Errno) {
	if l.above == nil {
		return r.root, l.name, 0
	}
	errno = r.open(l.above)
	return l.above.root, l.name, errno
}

// repair gives the owner of a level's directory its permissions, once. Deleting an entry takes no permission of the entry.
func (r *remover) repair(l *level) bool {
	if !r.repairs || l.repaired || l.name == "." {
		return false
	}
	l.repaired = true
	root, path, errno := r.outer(l)
	return errno == 0 && root.own(path) == nil
}

// entry removes one name, or goes down into it.
func (r *remover) entry(l *level, name string) {
	if errno := r.open(l); errno != 0 {
		r.abandon(l)
		return
	}
	errno := r.unlink(l.root, name)
	if isDenied(errno) && r.repair(l) {
		errno = r.unlink(l.root, name)
	}
	switch errno {
	case 0:
		r.progress.add(1, 0)
		return
	case syscall.ENOENT:
		return
	}
	info, err := l.root.Lstat(name)
	switch {
	case err == nil && info.IsDir():
		r.down(l, name, info)
	case errors.Is(err, fs.ErrNotExist):
	case wasDir(errno):
		r.again(l, name)
	default:
		l.stick(name)
		r.fail(l.pathOf(name), errno)
	}
}

// wasDir reports whether Remove failed for what it took for a directory. EISDIR says that this was another file by the second look.
func wasDir(errno syscall.Errno) bool { return errno == syscall.ENOTEMPTY || errno == syscall.EISDIR }

// again lets a level meet name once more at its next listing, as what it is then.
func (r *remover) again(l *level, name string) {
	l.listed = false
	if l.swaps++; l.swaps > maxSwaps {
		l.stick(name)
		r.fail(l.pathOf(name), syscall.ELOOP)
	}
}

// abandon goes up from a directory that is no longer where it was entered. Its parent meets the name again, as what it is now.
func (r *remover) abandon(l *level) {
	r.pop(l)
	if l.above == nil {
		r.swapped = true
		return
	}
	r.again(l.above, l.name)
}

// down enters the directory name, of which info was just taken.
func (r *remover) down(l *level, name string, info fs.FileInfo) {
	next := &level{above: l, name: name, depth: l.depth + 1, info: info}
	switch errno := r.open(next); errno {
	case 0:
	case syscall.ENOENT:
		return
	case raced:
		r.again(l, name)
		return
	default:
		l.stick(name)
		r.fail(l.pathOf(name), errno)
		return
	}
	if l.depth >= openLevels && l.depth%openEvery != 0 {
		l.close()
	}
	r.deepest = next
}

// finish removes the directory of a level in which nothing is left that could go.
func (r *remover) finish(l *level) {
	if len(l.stuck) > 0 || l.name == "." { // of what is stuck the failures are on record
		r.leave(l)
		return
	}
	root, path, errno := r.outer(l)
	if errno != 0 {
		r.abandon(l)
		return
	}
	errno = r.unlink(root, path)
	if isDenied(errno) && l.above != nil && r.repair(l.above) {
		errno = r.unlink(root, path)
	}
	switch {
	case errno == 0:
		r.progress.add(1, 1)
		r.pop(l)
	case errno == syscall.ENOENT:
		r.pop(l)
	case wasDir(errno) && moved(l, root, path):
		r.abandon(l)
	case wasDir(errno) && r.patient(l): // somebody is still writing here
	default:
		r.fail(l.path(), errno)
		r.leave(l)
	}
}

// moved reports whether another file than the directory of the level stands at path.
func moved(l *level, root guard, path string) bool {
	there, err := root.Lstat(path)
	return err != nil || !os.SameFile(there, l.info)
}

// patient reports whether a directory that was filled again is to be emptied again.
func (r *remover) patient(l *level) bool {
	if r.filled.IsZero() {
		r.filled = time.Now()
	}
	l.passes++
	return l.passes < minPasses || time.Since(r.filled) < maxWait
}

// leave goes up without having removed the directory, which its parent then skips.
func (r *remover) leave(l *level) {
	r.pop(l)
	if l.above != nil {
		l.above.stick(l.name)
	}
}

func (r *remover) pop(l *level) {
	r.deepest = l.above
	l.close()
}
