package tempfs

import (
	"cmp"
	"errors"
	"io"
	"runtime"

	"github.com/spf13/afero"
)

// Fs is a throw-away filesystem. It is an [afero.Fs] and an [afero.Symlinker].
//
// Its methods mirror those of package os, as a process sees them whose root and working directory are the
// root of the Fs: the same results, the same *fs.PathError and *os.LinkError, and the name in them as it was given. A relative and an
// absolute name are the same. The name "" is ENOENT, a name with a NUL is EINVAL.
//
// After [Fs.Release] each method fails with an error that is [fs.ErrClosed] by [errors.Is].
//
// Any number of goroutines may use an Fs at once. The zero value is of no use: [New] makes an Fs.
type Fs struct {
	backend backend // tree, or what asks a hook before it
	tree    backend
	kind    string // backendDisk, backendMemory or backendSpill
	dir     string // on the host; "" without a root directory there

	config          *config // not changed any more
	quota           *quota  // that of the owner; nil: nothing is bounded
	implicitParents bool
	dropsSetuid     bool

	// gate is this Fs's. owner is the Fs that New made, nil for itself: a view works while both are open.
	gate  *gate
	owner *Fs
	files openFiles
	views views // of an owner

	release releaser
	life    *lifetime       // nil of a view
	guard   runtime.Cleanup // ends the lifetime of an Fs that was forgotten

	witness witness // of an owner
	decided bool    // whether the tree is kept; for the release that is under way
}

var (
	_ afero.Fs        = (*Fs)(nil)
	_ afero.Symlinker = (*Fs)(nil)
	_ io.Closer       = (*Fs)(nil)
)

// New makes an empty filesystem, in a new directory of the host's temp directory unless an option says otherwise.
// The directory's mode is 0700 whatever the umask. [Fs.Release] deletes it.
//
// Errors are about the host and name its paths: a *locate.NotFoundError when no temp directory can be used, a
// *fs.PathError when [In] cannot, fs.ErrInvalid for a bad [Prefix] or [Suffix], for a budget of [SpillOver] below 0, and for [WithClock] on disk.
func New(opts ...Option) (*Fs, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	return newFs(c)
}

// newFs takes c.
func newFs(c *config) (*Fs, error) {
	f := prepareFs(c)
	if err := f.useBackend(); err != nil {
		return nil, err
	}
	f.begin()
	return f, nil
}

// prepareFs makes an Fs that has no backend yet. It takes c.
func prepareFs(c *config) *Fs {
	return &Fs{gate: newGate(), config: c, quota: newQuota(c.limits), implicitParents: c.implicitParents, dropsSetuid: c.dropsSetuid, witness: cmp.Or[witness](c.witness, nobody{})}
}

// begin is for an Fs that has its backend: from here on others may release it.
func (f *Fs) begin() {
	f.life = newLifetime(f)
	f.guard = runtime.AddCleanup(f, (*lifetime).forgotten, f.life)
	live.add(f.life)
}

// With makes an Fs, gives it to fn and releases it when fn returns, panics or ends its goroutine. It returns the
// error of fn joined with that of the release; with [Keep] it says where the tree is. It is the context manager of Python's TemporaryDirectory.
func With(fn func(*Fs) error, opts ...Option) (err error) {
	w := &withWitness{}
	f, err := New(append(opts[:len(opts):len(opts)], witnessedBy(w))...)
	if err != nil {
		return err
	}
	returned := false
	defer func() {
		w.fails.Store(!returned || err != nil)
		failed := f.Release()
		err = w.tell(err)
		if failed != nil {
			err = errors.Join(err, failed)
		}
	}()
	err = fn(f)
	returned = true
	return err
}

// Name returns "tempfs". afero wants it; [Fs.String] says more.
func (f *Fs) Name() string { return "tempfs" }

// String names the backend too, and no host path.
func (f *Fs) String() string { return "tempfs on " + f.kind }

// GoString is String: %#v must not print the fields, which know the host path.
func (f *Fs) GoString() string { return f.String() }

// Backend tells what holds the files: "disk", "memory" or "spill", see [SpillOver].
func (f *Fs) Backend() string { return f.kind }

// enter begins an operation, which leave ends. It is false once the Fs was released.
func (f *Fs) enter() bool {
	if f.owner != nil && !f.owner.gate.enter() {
		return false
	}
	if f.gate.enter() {
		return true
	}
	if f.owner != nil {
		f.owner.gate.leave()
	}
	return false
}

func (f *Fs) leave() {
	f.gate.leave()
	if f.owner != nil {
		f.owner.gate.leave()
	}
}
