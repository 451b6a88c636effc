//go:build unix && !aix && !solaris

package disk

import (
	"context"
)

func (a *anchor) remove(ctx context.Context, root guard, report func(entries, dirs, failed int64)) error {
	p := &progress{report: report}
	r := remover{root: root, ctx: ctx, progress: p, repairs: true}
	r.remove(".")
	if errno := a.rmdir(); errno != 0 {
		r.failures.addRoot("rmdir", errno)
	}
	p.tell()
	return r.failures.err(ctx.Err(), p)
}

// removeTree removes what path is in root and what is below it, of "." what is below, and tells what it could not.
func removeTree(root guard, path string, repairs bool) []Failure {
	r := remover{root: root, ctx: context.Background(), progress: &progress{}, repairs: repairs}
	r.remove(path)
	return r.failures.all()
}
