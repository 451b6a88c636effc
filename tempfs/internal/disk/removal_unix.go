//go:build unix && !aix && !solaris

package disk

import (
	"context"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// removal removes a tree by descriptors: each directory is opened by its name in the one above, never through a link and never on another
// mount, and its entries are removed by names of one component. It goes on after a failure. One or more walkers do it.
type removal struct {
	ctx      context.Context
	repairs  bool // give permissions back to directories
	progress *progress
	failures failureList
	crew     crew
	maxOpen  int // descriptors of one walker
	mount    mount
	ledger   *ledger // nil: nobody counts what goes

	mu     sync.Mutex
	filled time.Time // guarded by mu; when a directory was first found filled again
}

func newRemoval(ctx context.Context, report func(entries, dirs, failed int64), repairs bool, dir int) *removal {
	r := &removal{ctx: ctx, repairs: repairs, progress: newProgress(report), maxOpen: maxOpen()}
	r.crew.begin(r.maxOpen)
	r.mount.of = dir
	return r
}

// remove deletes what is in the root directory of the anchor, by its descriptor, and then the directory by its name, if it still has that.
func (a *anchor) remove(ctx context.Context, report func(entries, dirs, failed int64)) error {
	if there, errno := a.there(); errno == 0 && there == a.id && a.rmdir() == 0 {
		if report != nil {
			report(0, 0, 0)
		}
		return nil // it was empty
	}
	r := newRemoval(ctx, report, true, a.fd)
	defer r.progress.tell()
	passes := 0
	for {
		r.empty(a.fd)
		more := a.finish(r, &passes)
		if !more {
			return r.failures.err(ctx.Err(), r.progress)
		}
	}
}

// finish removes the root directory. It reports whether there is more to empty before.
//
// Between the look at the name and the rmdir somebody may take the name, with an empty directory: that goes.
func (a *anchor) finish(r *removal, passes *int) (more bool) {
	there, errno := a.there()
	switch {
	case errno == syscall.ENOENT && a.isGone():
	case errno == syscall.ENOENT:
		r.failures.addRoot("remove", ErrMoved)
	case errno != 0:
		r.failures.addRoot("lstat", errno)
	case there != a.id:
		r.failures.addRoot("remove", ErrReplaced)
	case r.ctx.Err() != nil || r.failures.any():
	default:
		errno := a.rmdir()
		if isFilled(errno) && r.patient(passes) {
			return true
		}
		if errno != 0 && errno != syscall.ENOENT {
			r.failures.addRoot("rmdir", errno)
		}
	}
	return false
}

// isGone reports whether the root directory was removed by somebody else.
func (a *anchor) isGone() bool {
	var stat unix.Stat_t
	return unix.Fstat(a.fd, &stat) == nil && stat.Nlink == 0
}

// empty removes what is in the directory of the descriptor.
func (r *removal) empty(dir int) {
	w := r.walker()
	defer w.end()
	base := w.frame(nil, nil)
	base.fd, base.pinned = dir, true
	_ = rewind(dir) // of what cannot be read the walk tells
	w.push(base)
	w.run()
}

// entry removes name and what is below it from the directory of the descriptor, which need not be readable.
func (r *removal) entry(dir int, name string) {
	w := r.walker()
	defer w.end()
	base := w.frame(nil, nil)
	base.fd, base.pinned = dir, true
	terminated := append([]byte(name), 0)
	for more := true; more; more = base.takeAgain() {
		w.enter(base, terminated)
		w.run()
	}
}

// removeTree removes what path is in root and what is below it, of "." what is below, and tells what it could not.
func removeTree(root guard, path string, repairs bool, books *ledger) []Failure {
	var failures []Failure
	err := root.at(path, func(dir int, base string) error {
		failures = removeAt(dir, base, repairs, books)
		return nil
	})
	switch errno := errnoOf(err); errno {
	case 0:
	case syscall.ENOENT, syscall.ENOTDIR: // it went, with a directory on the way
		return nil
	default:
		return []Failure{{"unlinkat", "/" + path, errno}}
	}
	for i, f := range failures {
		failures[i].Path = "/" + path[:strings.LastIndexByte(path, '/')+1] + f.Path[1:]
	}
	return failures
}

// removeAt removes base, or what is in the directory itself if that is ".", by its descriptor, which must be readable then.
func removeAt(dir int, base string, repairs bool, books *ledger) []Failure {
	r := newRemoval(context.Background(), nil, repairs, dir)
	r.ledger = books
	switch {
	case base == ".":
		r.empty(dir)
	case base == ".." || strings.Contains(base, "/"): // it would lead out: no caller may
		return []Failure{{"unlinkat", "/" + base, syscall.EINVAL}}
	default:
		r.entry(dir, base)
	}
	return r.failures.all()
}

func isFilled(errno syscall.Errno) bool { return errno == syscall.ENOTEMPTY || errno == syscall.EEXIST }

// patient reports whether a directory that was filled again is to be emptied again. passes counts how often it was.
func (r *removal) patient(passes *int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.filled.IsZero() {
		r.filled = time.Now()
	}
	*passes++
	return *passes < minPasses || time.Since(r.filled) < maxWait
}
