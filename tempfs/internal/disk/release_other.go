//go:build !unix || aix || solaris

package disk

import (
	"context"
	"errors"
	"syscall"
)

// remove empties the directory through its os.Root and removes it by its path, if that is still the same.
func (a *anchor) remove(ctx context.Context, report func(entries, dirs, failed int64)) error {
	p := newProgress(report)
	defer p.tell()
	r := remover{ctx: ctx, progress: p, repairs: true}
	var top level
	for {
		if err := a.enter(); err != nil {
			r.failures.addRoot("remove", err)
			return r.failures.err(nil, p)
		}
		r.root = guard{a.root}
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

// removeTree removes what path is in root and what is below it, of "." what is below, and tells what it could not.
func removeTree(root guard, path string, repairs bool, books *ledger) []Failure {
	r := remover{root: root, ctx: context.Background(), progress: newProgress(nil), repairs: repairs, ledger: books}
	r.remove(path)
	return r.failures.all()
}
