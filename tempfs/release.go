package tempfs

import (
	"context"
	"io/fs"
	"sync"
	"time"
)

// drainTimeout bounds the wait for operations under way: one that is stuck, in the open of a device say, must not keep
// the tree alive. The backends stand its late return.
const drainTimeout = time.Second

// Release ends the Fs: it closes every open file, deletes the whole tree and gives back what the Fs holds. From its
// start on, every call of the Fs, of its Subs and of their files fails with fs.ErrClosed.
//
// It returns nil when nothing is left, and does nothing when called again. What cannot be deleted
// is named in the error, joined *fs.PathError with virtual paths, all else goes; another call then goes on with what is left. Causes are
// EXDEV for a mount point, EPERM or EACCES for what the user may not delete, [ErrReplaced]. Concurrent calls are one release and get the
// same answer.
//
// Of a [Fs.Sub] it ends the view alone and deletes nothing.
func (f *Fs) Release() error {
	return f.release.do(func() error {
		f.shut()
		if f.owner != nil {
			f.owner.views.remove(f)
			closeView(f.backend)
			return nil
		}
		if err := f.backend.Release(context.Background(), nil); err != nil {
			return err
		}
		f.registry.remove()
		return nil
	})
}

// Close is [Fs.Release], for io.Closer.
func (f *Fs) Close() error { return f.Release() }

// Detach ends the Fs and keeps its tree: it returns the directory on the host, which is the caller's from now on. Open
// files are closed. In memory it fails with [ErrNoRealPath] and on a [Fs.Sub] with another error; the Fs then
// goes on.
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
		f.shut()
		closeView(f.backend)
		f.registry.remove()
		hostDir, err = f.dir, nil
		return nil
	})
	return hostDir, err
}

// shut lets no operation in, closes all files and views, and waits for what is under way.
func (f *Fs) shut() {
	f.gate.seal()
	f.files.closeAll()
	subs := f.views.take()
	for _, v := range subs {
		v.gate.seal()
		v.files.closeAll()
	}
	timeout := time.NewTimer(drainTimeout)
	defer timeout.Stop()
	select {
	case <-f.gate.idle: // an operation of a view is in here too
	case <-timeout.C:
	}
	for _, v := range subs {
		closeView(v.backend)
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
	a := &attempt{finished: make(chan struct{})}
	r.running = a
	r.mu.Unlock()

	a.err = fn()

	r.mu.Lock()
	r.running, r.done = nil, a.err == nil
	r.mu.Unlock()
	close(a.finished)
	return a.err
}
