package tempfs

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
	"sync"
	"syscall"
	"weak"
)

// namedEntry is the entry of a [NamedFile] in its directory, and what is needed to remove it. One on the host does not lead to the file: it stands for that when
// the file was forgotten, or the process is about to end.
type namedEntry struct {
	place place
	base  string
	born  fs.FileInfo // as it was made

	// Of a file on the host that is to go. The handle keeps the number of its inode from others until the entry is removed.
	handle  handle
	file    weak.Pointer[file]
	callers callers
	guard   runtime.Cleanup // removes the entry of a file that was forgotten

	mu      sync.Mutex
	removed bool    // guarded by mu; or not to be removed
	held    fs.File // guarded by mu; see hold
}

// register begins the time in which the entry is to be removed, whatever becomes of f, its file. It takes the callers of this function's caller.
func (e *namedEntry) register(f *file) {
	if e.removed {
		return
	}
	e.handle, e.file = f.handle, weak.Make(f)
	runtime.Callers(2, e.callers[:])
	e.guard = runtime.AddCleanup(f, (*namedEntry).forgotten, e)
	live.add(e)
}

func (e *namedEntry) info() Info {
	return Info{Backend: backendDisk, Dir: e.place.path(""), Origin: e.callers.origin()}
}

func (e *namedEntry) release(context.Context) error {
	if f := e.file.Value(); f != nil {
		return e.finish(f.Close)
	}
	return e.abandon()
}

// abandon is the release of a file that nobody holds any more.
func (e *namedEntry) abandon() error {
	_, removed := e.end(func() error { return errorOf(e.handle.Close()) }) // it may be closed, and nobody will write any more
	return removed
}

// forgotten is called by the runtime when nobody holds the file, nor a connection to it.
func (e *namedEntry) forgotten() { go func() { _ = e.abandon() }() }

// finish ends the file whether or not it was closed.
func (e *namedEntry) finish(closeFile func() error) error {
	closed, removed := e.end(closeFile)
	if errors.Is(closed, fs.ErrClosed) {
		closed = nil
	}
	return both(closed, removed)
}

// end removes first where that is possible: as long as the file is open no other has its inode number.
func (e *namedEntry) end(closeFile func() error) (closed, removed error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if removesOpenFiles {
		removed = e.removeLocked()
		return closeFile(), removed
	}
	closed = closeFile()
	return closed, e.removeLocked()
}

func (e *namedEntry) removeLocked() error {
	if e.removed || !e.place.enter() { // a released Fs has nothing left
		return nil
	}
	defer e.place.leave()
	replaced, errno := removeSame(e.place, e.base, e.born)
	if errno == 0 {
		e.settleLocked()
	}
	if replaced {
		return pathError(opRemove, e.place.path(e.base), ErrReplaced)
	}
	return pathErrno(opRemove, e.place.path(e.base), errno)
}

// settleLocked is called when nothing is to be removed any more.
func (e *namedEntry) settleLocked() {
	e.removed = true
	if e.held != nil {
		_ = e.held.Close()
	}
	live.remove(e)
	e.guard.Stop()
}

// hold keeps the file open between Close and Release, so that no other gets its inode number and passes for it. It is open for reading
// alone: a program that is open for writing cannot be run, see execve(2). A file that nobody may read is not held.
func (e *namedEntry) hold() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.removed || e.held != nil || !removesOpenFiles || !e.place.enter() {
		return
	}
	defer e.place.leave()
	there, errno := e.place.lstat(e.base)
	if errno != 0 || !SameFile(there, e.born) {
		if errno == syscall.ENOENT { // what takes the name from now on is no concern of ours
			e.settleLocked()
		}
		return
	}
	f, err := e.place.reopen(e.base)
	if err != nil {
		return
	}
	if opened, err := f.Stat(); err != nil || !SameFile(opened, e.born) {
		_ = f.Close()
		return
	}
	e.held = f
}
