package tempfs

import (
	"errors"
)

// Clone returns a new Fs with a copy of everything in this one, which may be in use meanwhile: what changes during the copy is copied before
// or after its change, a file perhaps in parts. Of a [Fs.Sub] it is a copy of what that shows. The caller releases it.
//
// The new Fs has the options of this one, and options that are given win. The backend is the same unless [InMemory], [In] or [WithSearch]
// says otherwise. Modes, the root's too, times, symbolic and hard links, holes and names that are not UTF-8 are copied, and owners as
// far as the process may give files away. On disk the files share blocks where the filesystem can do that.
//
// Errors are those of [New], and *fs.PathError that names the entry, errors.ErrUnsupported by [errors.Is] for a FIFO, a socket or a
// device. Nothing is left of the new Fs then.
func (f *Fs) Clone(opts ...Option) (*Fs, error) {
	if _, err := f.Stat("/"); err != nil {
		return nil, pathError(opClone, "/", causeOf(err))
	}
	c, err := f.cloneConfig(opts)
	if err != nil {
		return nil, err
	}
	clone, err := newFs(c)
	if err != nil {
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

func (f *Fs) copyTo(clone *Fs) error {
	t := newTransfer(opClone, virtualSource{Fs: f}, clone, nil)
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

// cloneConfig is the config of f under opts, of which one about a place on the host means the disk.
func (f *Fs) cloneConfig(opts []Option) (*config, error) {
	c := *f.config
	c.callers, c.witness = nil, nil
	c.inMemory = f.kind == backendMemory
	var wish config
	wish.apply(opts)
	if wish.dir != "" || wish.searches {
		c.inMemory = false
	}
	if wish.inMemory || wish.searches {
		c.dir = ""
	}
	c.apply(opts)
	return &c, c.check()
}
