package tempfs

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"time"
)

// drainTimeout bounds the wait for operations under way: one that is stuck, in the open of a device say, must not keep
// the tree alive. The backends stand its late return.
const drainTimeout = time.Second

// Progress says how far a release is.
type Progress struct {
	Entries int64 // removed so far; the root directory does not count
	Dirs    int64 // of them
	Failed  int64 // entries that could not be removed
}

// Release ends the Fs: it closes every open file, deletes the whole tree and gives back what the Fs holds. From its
// start on, every call of the Fs, of its Subs and of their files fails with fs.ErrClosed.
//
// It returns nil when nothing is left, and does nothing when called again. What cannot be deleted
// is named in the error, a *[ReleaseError], all else goes; another call then goes on with what is left. Causes are
// EXDEV for a mount point, EPERM or EACCES for what the user may not delete, ENOTEMPTY for a directory that somebody keeps filling,
// [ErrReplaced], [ErrMoved]. Concurrent calls are one release and get the same answer.
//
// Of a [Fs.Sub] it ends the view alone and deletes nothing. With [Keep] it may keep the tree.
func (f *Fs) Release() error { return f.ReleaseContext(context.Background(), nil) }

// ReleaseContext is [Fs.Release] for huge trees. progress, which may be nil, is called from the goroutines that delete, one at a time, at most every 100 ms
// and once at the end; it may not call the Fs. When ctx ends, so does the deletion: the error is a *[ReleaseError] that says how far it came and is that of ctx by
// [errors.Is], the Fs stays closed, and another call goes on. In memory all goes at once. A call that finds another one under way waits for that and gets its
// answer, whatever its own ctx says.
func (f *Fs) ReleaseContext(ctx context.Context, progress func(Progress)) error {
	return f.release.do(func() error { return f.end(ctx, progress) })
}

// Close is [Fs.Release], for io.Closer.
func (f *Fs) Close() error { return f.Release() }

func (f *Fs) end(ctx context.Context, progress func(Progress)) error {
	left := f.shut()
	if f.owner != nil {
		f.owner.views.remove(f)
		closeView(f.tree)
		return nil
	}
	f.life.tellOpen(left)
	if f.isToBeKept() {
		f.keep()
	} else if err := f.life.delete(ctx, progress); err != nil {
		return err
	}
	f.guard.Stop()
	return nil
}

// Detach ends the Fs and keeps its tree: it returns the directory on the host, which is the caller's from now on. Open
// files are closed. [Sweep] leaves the directory alone: its sticky bit says so. In memory, and with [SpillOver], it fails with [ErrNoRealPath], and on a [Fs.Sub] with another
// error; the Fs then goes on.
func (f *Fs) Detach() (hostDir string, err error) {
	if !f.enter() {
		return "", pathError(opDetach, "/", fs.ErrClosed)
	}
	f.leave()
	switch {
	case f.kind != backendDisk:
		return "", pathError(opDetach, "/", ErrNoRealPath)
	case f.owner != nil:
		return "", pathError(opDetach, "/", errSubDetach)
	}

	err = pathError(opDetach, "/", fs.ErrClosed) // of a release that comes first
	_ = f.release.do(func() error {
		f.life.tellOpen(f.shut())
		f.life.detach()
		f.guard.Stop()
		hostDir, err = f.dir, nil
		return nil
	})
	return hostDir, err
}

// shut lets no operation in, closes all files and views, and waits for what is under way. It returns the names of the files that were open.
func (f *Fs) shut() (left []string) {
	f.gate.seal()
	left = f.files.closeAll()
	subs := f.views.take()
	for _, v := range subs {
		v.gate.seal()
		left = append(left, v.files.closeAll()...)
	}
	f.drain() // an operation of a view is in here too
	for _, v := range subs {
		closeView(v.tree)
	}
	return left
}

func (f *Fs) drain() {
	idle := f.gate.idle()
	select {
	case <-idle:
		return
	default:
	}
	timeout := time.NewTimer(drainTimeout)
	defer timeout.Stop()
	select {
	case <-idle:
	case <-timeout.C:
	}
}

// releaser makes one of concurrent releases.
type releaser struct {
	mu      sync.Mutex
	running *attempt // guarded by mu; nil between attempts
	done    bool     // guarded by mu; the last attempt left nothing
}

type attempt struct {
	finished chan struct{}
	err      error // readable once finished is closed
}

// errPanicked is what those get who wait for an attempt that a panic of a callback ended.
var errPanicked = errors.New("tempfs: a callback of the release panicked")

func (r *releaser) do(fn func() error) error {
	r.mu.Lock()
	if r.done {
		r.mu.Unlock()
		return nil
	}
	if a := r.running; a != nil {
		r.mu.Unlock()
		<-a.finished
		return a.err
	}
	a := &attempt{finished: make(chan struct{}), err: errPanicked}
	r.running = a
	r.mu.Unlock()

	defer func() {
		r.mu.Lock()
		r.running, r.done = nil, a.err == nil
		r.mu.Unlock()
		close(a.finished)
	}()
	a.err = fn()
	return a.err
}
