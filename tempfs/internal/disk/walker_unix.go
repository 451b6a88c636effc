//go:build unix && !aix && !solaris

package disk

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// walker goes through a tree with a stack of its own, in one goroutine.
type walker struct {
	*removal
	dirents  *dirents
	stack    []*frame // the directory that is emptied is the last
	parked   int      // so many of them, from the first on, have no descriptor, but for pinned ones
	unused   []*frame
	name     []byte // of the subdirectory that is entered
	limit    int    // of descriptors
	helps    bool   // it is one of the crew
	gaveUp   bool   // it helps and ran out of descriptors
	entries  int64  // removed and not yet counted
	dirCount int64  // of them
}

// countEvery bounds what is removed between two looks at the context.
const countEvery = 256

func (r *removal) walker() *walker {
	return &walker{removal: r, limit: r.maxOpen, dirents: direntsPool.Get().(*dirents)} //nolint:forcetypeassert // nothing else is in there
}

func (w *walker) end() {
	w.flush()
	direntsPool.Put(w.dirents)
}

func (w *walker) frame(above *frame, name []byte) *frame {
	var f *frame
	if n := len(w.unused); n > 0 {
		f, w.unused = w.unused[n-1], w.unused[:n-1]
	} else {
		f = new(frame)
	}
	f.reset(above, name)
	return f
}

// run goes on until the stack is empty.
func (w *walker) run() {
	for len(w.stack) > 0 {
		if w.gaveUp || w.ctx.Err() != nil {
			w.unwind()
			return
		}
		w.step(w.stack[len(w.stack)-1])
	}
}

// step does one thing in the last directory: enters one of its subdirectories, reads on, or leaves it.
func (w *walker) step(f *frame) {
	w.hire(f)
	var ok bool
	if w.name, ok = f.take(w.name[:0]); ok {
		w.enter(f, w.name)
		return
	}
	w.join(f)
	switch {
	case f.waiting() > 0: // a helper gave up
	case !f.listed:
		w.read(f)
	default:
		w.finish(f)
	}
}

// unwind leaves all directories as they are.
func (w *walker) unwind() {
	for len(w.stack) > 0 {
		w.join(w.stack[len(w.stack)-1])
		w.pop()
	}
}

func (w *walker) push(f *frame) {
	w.stack = append(w.stack, f)
	for len(w.stack)-w.parked > w.limit && w.park() {
	}
}

// pop closes the last directory, and no pinned one.
func (w *walker) pop() {
	f := w.stack[len(w.stack)-1]
	w.stack = w.stack[:len(w.stack)-1]
	w.parked = min(w.parked, len(w.stack))
	if f.fd >= 0 && !f.pinned {
		_ = unix.Close(f.fd)
	}
	f.fd = -1
	w.unused = append(w.unused, f)
}

// read removes what is in the next part of the directory, and notes subdirectories.
func (w *walker) read(f *frame) {
	n, errno := w.dirents.fill(f.fd)
	switch {
	case errno == syscall.ENOENT: // somebody has removed it
		f.listed = true
		return
	case errno != 0:
		w.failDirectory(f, errno)
		f.listed = true
		return
	}
	isStuck := f.isStuck()
	for {
		name, isDir := w.dirents.next()
		switch {
		case name == nil:
			// Of what has been read with room to spare there is hardly more. rmdir(2) finds out, where that follows.
			f.listed = n == 0 || n < direntsBuffer/2 && !isStuck && !f.isBase()
			return
		case isStuck && f.sticks(name):
		case isDir:
			f.put(name)
		default:
			w.unlink(f, name)
			if w.entries == 0 && w.ctx.Err() != nil {
				return
			}
		}
	}
}

// unlinkRepaired is unlinkat(2) in f, once more if f lacked permissions that it can be given back.
func (w *walker) unlinkRepaired(f *frame, name []byte, flags int) syscall.Errno {
	errno := w.ledger.unlinkAt(f.fd, name, flags)
	if isDenied(errno) && w.repair(f) {
		errno = w.ledger.unlinkAt(f.fd, name, flags)
	}
	return errno
}

// unlink removes what is no directory, as far as is known.
func (w *walker) unlink(f *frame, name []byte) {
	switch errno := w.unlinkRepaired(f, name, 0); {
	case errno == 0:
		w.removed(0)
	case errno == syscall.ENOENT:
	case saysDirectory(errno):
		f.put(name)
	default:
		w.fail(f, name, errno)
	}
}

// enter goes down into a subdirectory of f.
func (w *walker) enter(f *frame, name []byte) {
	fd, errno := w.open(f, name)
	switch errno {
	case 0:
		next := w.frame(f, name)
		next.fd = fd
		w.push(next)
	case syscall.ENOENT, gaveUp:
	case syscall.ENOTDIR, syscall.ELOOP: // it is another file by now
		w.unlinkSwapped(f, name)
	case syscall.EXDEV:
		w.fail(f, name, errno)
	default:
		w.removeUnopened(f, name, errno)
	}
}

// removeUnopened takes what cannot be opened for what goes without: an empty directory.
func (w *walker) removeUnopened(f *frame, name []byte, opening syscall.Errno) {
	switch errno := w.ledger.unlinkAt(f.fd, name, unix.AT_REMOVEDIR); errno {
	case 0:
		w.removed(1)
	case syscall.ENOENT:
	default:
		w.fail(f, name, opening)
	}
}

// unlinkSwapped removes what stands where a directory was. Is it one again, the next pass meets it.
func (w *walker) unlinkSwapped(f *frame, name []byte) {
	switch errno := w.unlinkRepaired(f, name, 0); errno {
	case 0:
		w.removed(0)
	case syscall.ENOENT:
	case syscall.EISDIR:
		w.again(f, name)
	default:
		w.fail(f, name, errno)
	}
}

// again has f gone over once more.
func (w *walker) again(f *frame, name []byte) {
	if !f.swapped() {
		w.fail(f, name, syscall.ELOOP)
	}
}

// finish removes a directory that was emptied.
func (w *walker) finish(f *frame) {
	switch {
	case f.takeAgain():
		w.reread(f)
		return
	case f.isBase():
		w.pop()
		return
	case f.isStuck(): // why is on record
		f.above.stick(f.name)
		w.pop()
		return
	}
	if !w.openAbove(f) {
		return
	}
	switch errno := w.unlinkRepaired(f.above, f.name, unix.AT_REMOVEDIR); {
	case errno == 0:
		w.removed(1)
		w.pop()
	case errno == syscall.ENOENT:
		w.pop()
	case errno == syscall.ENOTDIR, isFilled(errno) && !stands(f): // it was swapped, and may be anywhere
		w.again(f.above, f.name)
		w.pop()
	case isFilled(errno) && w.patient(&f.passes): // somebody is still writing here
		w.reread(f)
	default:
		w.fail(f.above, f.name, errno)
		w.pop()
	}
}

func (w *walker) reread(f *frame) {
	f.listed = false
	if errno := rewind(f.fd); errno != 0 {
		w.failDirectory(f, errno)
		f.listed = true
	}
}

// stands reports whether the directory of f is the one that has its name.
func stands(f *frame) bool {
	var here, there unix.Stat_t
	err := unix.Fstat(f.fd, &here)
	if err == nil {
		err = unix.Fstatat(f.above.fd, text(f.name), &there, unix.AT_SYMLINK_NOFOLLOW)
	}
	return err == nil && identityOf(&here) == identityOf(&there)
}

// fail notes that name in f cannot go.
func (w *walker) fail(f *frame, name []byte, errno syscall.Errno) {
	w.failures.add(func() string { return f.path(name) }, errno)
	w.progress.failed.Add(1)
	f.stick(name)
}

// failDirectory notes that f itself cannot be emptied.
func (w *walker) failDirectory(f *frame, errno syscall.Errno) {
	w.failures.add(func() string { return f.path(nil) }, errno)
	w.progress.failed.Add(1)
	f.stick([]byte{0}) // a name that nothing has
}

// removed counts an entry, dirs of it a directory.
func (w *walker) removed(dirs int64) {
	w.entries++
	w.dirCount += dirs
	if w.entries == countEvery {
		w.flush()
	}
}

func (w *walker) flush() {
	w.progress.add(w.entries, w.dirCount)
	w.entries, w.dirCount = 0, 0
}
