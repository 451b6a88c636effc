package tempfs

import (
	"errors"
	"io/fs"

	"github.com/aferotemp/go/memfallback"
)

// Clone returns a new Fs with a copy of everything in this one, which may be in use meanwhile: what changes during the copy is copied before
// or after its change, a file perhaps in parts. Of a [Fs.Sub] it is a copy of what that shows. The caller releases it.
//
// The new Fs has the options of this one, on disk but for [WithClock], and options that are given win. The backend is the same unless one says otherwise: [InMemory]; [SpillOver]; [In] or
// [WithSearch] alone, which mean the disk. Modes, the root's too, times, symbolic and hard links, holes and names that are not UTF-8 are copied, and owners as
// far as the process may give files away. On disk the files share blocks where the filesystem can do that; in memory they share all content until
// one side changes it, and so they do with the budget and the file of [SpillOver] unless it is given again.
//
// Errors are those of [New], and *fs.PathError that names the entry, errors.ErrUnsupported by [errors.Is] for a FIFO, a socket or a
// device. Nothing is left of the new Fs then.
func (f *Fs) Clone(opts ...Option) (*Fs, error) {
	if err := f.admit(Op{Kind: OpClone, Name: "/"}); err != nil {
		return nil, pathError(opClone, "/", err)
	}
	c, err := f.cloneConfig(opts)
	if err != nil {
		return nil, err
	}
	clone, err := f.share(c)
	if clone != nil || err != nil {
		return clone, err
	}
	if clone, err = newFs(c); err != nil {
		return nil, err
	}
	if err := f.copyTo(clone); err != nil {
		if failed := clone.Release(); failed != nil {
			err = errors.Join(err, failed)
		}
		return nil, err
	}
	return clone, nil
}

// share makes the clone that memory makes by itself, nil where it cannot.
func (f *Fs) share(c *config) (*Fs, error) {
	tree, ok := f.tree.(*memfallback.Tree)
	if !ok || !f.sharesWith(c) {
		return nil, nil
	}
	if !f.enter() {
		return nil, pathError(opClone, "/", fs.ErrClosed)
	}
	defer f.leave()
	clone := prepareFs(c)
	cloned, errno := tree.Clone(append(clone.memoryOptions(), memfallback.WithUmask(memfallback.Umask()))...) // as a tree that is made now
	if errno != 0 {
		return nil, pathError(opClone, "/", errno)
	}
	clone.hold(cloned, c.hook)
	clone.kind = f.kind
	clone.begin()
	return clone, nil
}

// sharesWith reports whether a clone with that config would be in the same memory, and over the same budget.
func (f *Fs) sharesWith(c *config) bool {
	if c.dropsSetuid && !f.dropsSetuid { // each file is to be looked at
		return false
	}
	switch f.kind {
	case backendMemory:
		return c.inMemory
	case backendSpill:
		return c.spills && !c.spillsAnew
	}
	return false
}

func (f *Fs) copyTo(clone *Fs) error {
	t := newTransfer(opClone, virtualSource{Fs: f.unhooked()}, clone.unhooked(), nil)
	t.keepsOwners = true
	root := route{"/", "/"}
	info, err := t.from.lstat(root.from, nil)
	if err != nil {
		return pathError(opClone, root.from, causeOf(err))
	}
	if err := t.copyContent(root); err != nil {
		return err
	}
	return t.finishDir(root, info)
}

// cloneConfig is the config of f under opts, of which one about a place on the host means the disk unless it is for what spills.
func (f *Fs) cloneConfig(opts []Option) (*config, error) {
	c := *f.config
	c.callers, c.witness = nil, nil
	c.inMemory, c.spills, c.spillsAnew = f.kind == backendMemory, f.kind == backendSpill, false
	if c.inMemory { // and so is what fell back on it from a directory
		c.dir = ""
	}
	var wish config
	wish.apply(opts)
	if wish.dir != "" || wish.searches || wish.inMemory || wish.spills {
		c.inMemory, c.spills = false, false
	}
	if wish.inMemory || wish.searches {
		c.dir = ""
	}
	if !c.inMemory && !wish.inMemory && !c.spills && !wish.spills {
		c.clock = nil // which a clone on disk cannot inherit
	}
	c.apply(opts)
	return &c, c.check()
}
