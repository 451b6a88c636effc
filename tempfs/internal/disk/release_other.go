//go:build !unix || aix || solaris

package disk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// remove empties the directory through its os.Root and removes it by its path, if that is still the same.
func (a *anchor) remove(ctx context.Context, report func(entries, dirs, failed int64)) error {
	root := guard{a.root}
	p := &progress{report: report}
	defer p.tell()
	r := remover{root: root, ctx: ctx, progress: p, repairs: true}
	// Where an os.Root is but a path, under js, a stranger that took the name would be emptied.
	if here, err := root.Stat("."); err == nil && !a.id.isOf(here) {
		r.failures.addRoot("remove", ErrReplaced)
		return r.failures.err(nil, p)
	}
	a.own()
	var top level
	for {
		r.remove(".")
		if err := r.failures.err(ctx.Err(), p); err != nil {
			return err
		}
		err := a.removeRoot()
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.ENOTEMPTY) || !r.patient(&top) {
			r.failures.addRoot("rmdir", err)
			return r.failures.err(nil, p)
		}
	}
}

func (a *anchor) host() string { return filepath.Join(a.parent.dir, a.name) }

// own gives the root directory its mode back, without which nothing below can be reached.
func (a *anchor) own() {
	info, err := os.Lstat(a.host())
	if err == nil && a.id.isOf(info) && info.Mode().Perm() != rootPerm {
		_ = chmodHost(a.host(), rootPerm) // what follows tells
	}
}

func (a *anchor) removeRoot() error {
	now, err := os.Lstat(a.host())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return errnoOf(err)
	case !a.id.isOf(now):
		return ErrReplaced
	}
	// Not os.Remove, which would delete a file that takes the name right now.
	if errno := a.rmdir(); errno != 0 && errno != syscall.ENOENT {
		return errno
	}
	return nil
}

// removeTree removes what path is in root and what is below it, of "." what is below, and tells what it could not.
func removeTree(root guard, path string, repairs bool) []Failure {
	r := remover{root: root, ctx: context.Background(), progress: &progress{}, repairs: repairs}
	r.remove(path)
	return r.failures.all()
}
