package unpack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// placed is something in the directory of the user that was not there before.
type placed struct {
	name  string
	isDir bool
}

// publish moves everything from the stage to where it belongs.
func (x *extraction) publish() error {
	for _, n := range x.root.sorted() {
		if err := x.place(n, x.stage, x.final()); err != nil {
			return err
		}
	}
	for _, dir := range x.tight { // deepest first: one that cannot be searched hides what is below it
		if dir.merged {
			continue
		}
		name := dir.below(x.final())
		x.tightened = append(x.tightened, name)
		if err := x.narrow(name, dir.mode); err != nil {
			return err
		}
	}
	return nil
}

// place moves a node between two directories. A directory that is there takes in what is in the other; anything else that is there stays, and is an error. That it comes in
// between is seen by the Fs: a link(2) or O_EXCL for files, symlink(2) for links, and a directory replaces no file.
func (x *extraction) place(n *node, from, to string) error {
	if n.kind == skipped {
		return nil
	}
	from, to = from+"/"+n.name, to+"/"+n.name
	info, err := x.lstat(to)
	switch {
	case err == nil && n.kind == directory && info.IsDir():
		return x.merge(n, from, to)
	case err == nil:
		return named(n.below("")[1:], refuse(fs.ErrExist, "it is in the way"))
	case !errors.Is(err, fs.ErrNotExist):
		return named(n.below("")[1:], err)
	}
	switch n.kind {
	case directory:
		err = x.fs.Rename(from, to)
	case link:
		err = x.makeLink(n, to)
	default:
		err = x.placeFile(from, to)
	}
	if err != nil {
		return named(n.below("")[1:], err)
	}
	x.placed = append(x.placed, placed{to, n.kind == directory})
	return nil
}

// merge moves what is in a directory of the stage to the one of the user.
func (x *extraction) merge(dir *node, from, to string) error {
	dir.merged = true
	for _, child := range dir.sorted() {
		if err := x.place(child, from, to); err != nil {
			return err
		}
	}
	return nil
}

// placeFile gives a file its name without replacing another one, as a rename would: by another link, of which the first goes with the stage, or onto an empty file that only this
// call can have made.
func (x *extraction) placeFile(from, to string) error {
	if fsys, ok := x.fs.(linker); ok {
		err := fsys.Link(from, to)
		if err == nil || !noHardLinks(err) {
			return err
		}
	}
	claim, err := x.fs.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err = claim.Close(); err == nil {
		err = x.fs.Rename(from, to)
	}
	if err != nil {
		err = joined(err, x.fs.Remove(to))
	}
	return err
}

// undo removes all that was made. It tells of what it could not remove.
func (x *extraction) undo() error {
	var failed error
	removed := func(name string, err error) {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, fmt.Errorf("unpack: left behind %s: %w", quoted(name), err))
		}
	}
	for _, name := range slices.Backward(x.tightened) { // from the top
		_ = x.fs.Chmod(name, stageMode) // whether it must be, the removal tells
	}
	for _, p := range slices.Backward(x.placed) {
		if p.isDir {
			removed(p.name, x.fs.RemoveAll(p.name))
		} else {
			removed(p.name, x.fs.Remove(p.name))
		}
	}
	if x.spool != "" {
		removed(x.spool, x.fs.Remove(x.spool))
	}
	if x.stage != "" {
		removed(x.stage, x.fs.RemoveAll(x.stage))
	}
	return failed
}
