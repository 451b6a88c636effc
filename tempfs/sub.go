package tempfs

import (
	"context"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"syscall"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs/internal/disk"
)

// Sub returns the directory dir as a filesystem of its own: dir is its root, and ".." and absolute links end
// there. It stays that directory when dir is renamed; when it is removed, or persisted, nothing is found in it any more and nothing can be made. It lives as long as f: released with it, or before it by its own
// Release, which ends the view and deletes nothing.
//
// It fails as [os.Open] does, and with ENOTDIR when dir is something else.
func (f *Fs) Sub(dir string) (*Fs, error) {
	if !f.enter() {
		return nil, pathError(opSub, dir, fs.ErrClosed)
	}
	defer f.leave()
	if err := f.hook().check(Op{Kind: OpSub, Name: dir}); err != nil {
		return nil, pathError(opSub, dir, err)
	}
	owner := f.first()
	owner.views.moving.RLock()
	defer owner.views.moving.RUnlock()
	tree, errno := subTree(f.tree, dir)
	if errno != 0 {
		return nil, pathError(opSub, dir, errno)
	}
	sub := &Fs{
		kind: f.kind, dir: f.dir, config: f.config, quota: f.quota, implicitParents: f.implicitParents,
		dropsSetuid: f.dropsSetuid, gate: newGate(), owner: owner,
	}
	sub.hold(tree, f.hook())
	if !owner.views.add(sub) {
		closeView(tree)
		return nil, pathError(opSub, dir, fs.ErrClosed)
	}
	return sub, nil
}

// first is the Fs that New made, of a view and of itself.
func (f *Fs) first() *Fs {
	if f.owner != nil {
		return f.owner
	}
	return f
}

// strand has no view lead to what was moved out. moving is held.
func (f *Fs) strand(moved *disk.Entry) {
	tree, ok := f.tree.(*disk.Tree)
	if !ok {
		return
	}
	for _, v := range f.views.list() {
		if view, ok := v.tree.(*disk.Tree); ok {
			view.Strand(tree, moved)
		}
	}
}

func subTree(b backend, dir string) (backend, syscall.Errno) {
	switch t := b.(type) {
	case *disk.Tree:
		return t.Sub(dir)
	case *memfallback.Tree:
		return t.Sub(dir)
	}
	return nil, syscall.ENOSYS
}

// closeView gives back what a view, or the backend of an Fs that is to be kept, holds. It deletes nothing.
func closeView(b backend) {
	switch t := b.(type) {
	case *disk.Tree:
		t.Close()
	case *memfallback.Tree: // always of a Sub
		_ = t.Release(context.Background(), nil)
	}
}

// views are the Subs of an Fs that were not released yet.
type views struct {
	moving sync.RWMutex // held for writing while something is moved out of the tree, for reading by who makes a view

	mu    sync.Mutex
	set   map[*Fs]struct{} // guarded by mu
	taken bool             // guarded by mu
}

// add reports whether the view is now on the list. It is not once the list was taken.
func (l *views) add(v *Fs) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken {
		return false
	}
	if l.set == nil {
		l.set = map[*Fs]struct{}{}
	}
	l.set[v] = struct{}{}
	return true
}

func (l *views) remove(v *Fs) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.set, v)
}

// take empties the list for good.
func (l *views) take() []*Fs {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken = true
	all := slices.Collect(maps.Keys(l.set))
	l.set = nil
	return all
}
