package tempfs

import (
	"context"
	"io/fs"

	"github.com/spf13/afero"
)

// CopyOption is a wish about a copy, for [Fs.Import] and [Fs.Export]. An option given twice: the last wins.
type CopyOption interface{ applyToCopy(*copyConfig) }

type copyConfig struct {
	ctx        context.Context
	onProgress func(CopyProgress)
}

type copyOption func(*copyConfig)

func (o copyOption) applyToCopy(c *copyConfig) { o(c) }

// ContextOption is an option of all that may take long.
type ContextOption interface {
	CopyOption
	SweepOption
}

type contextOption struct{ ctx context.Context }

func (o contextOption) applyToCopy(c *copyConfig)   { c.ctx = o.ctx }
func (o contextOption) applyToSweep(c *sweepConfig) { c.ctx = o.ctx }

// Context ends a copy or a sweep when ctx is done: it then fails with an error that is ctx.Err() by [errors.Is]. What a copy made is removed; what a sweep removed
// stays so, and the next one goes on. A copy looks at it before each entry, and after each MiB of a file.
func Context(ctx context.Context) ContextOption { return contextOption{ctx} }

// CopyProgress tells how far a copy is.
type CopyProgress struct {
	Name    string // the entry that was copied last, or is being copied: its absolute name in the Fs
	Entries int64  // files, directories and links that are complete
	Bytes   int64  // of files, holes counted
}

// OnProgress makes a copy call fn after each entry, and after each MiB of a file. The goroutine that copies calls it and holds no
// lock: fn may use the Fs, and how long it takes is how long the copy waits.
func OnProgress(fn func(CopyProgress)) CopyOption {
	return copyOption(func(c *copyConfig) { c.onProgress = fn })
}

// newTransfer is the copy that op names, with the wishes of opts.
func newTransfer(op string, from source, to afero.Fs, opts []CopyOption) *transfer {
	var c copyConfig
	for _, o := range opts {
		if o != nil {
			o.applyToCopy(&c)
		}
	}
	if c.ctx == nil {
		c.ctx = context.Background()
	}
	return &transfer{op: op, ctx: c.ctx, onProgress: c.onProgress, from: from, to: newDestination(to)}
}

// defaultMode is the mode that a process with the umask gives what it makes.
func defaultMode(kind, umask fs.FileMode) fs.FileMode {
	if kind.IsDir() {
		return fs.ModeDir | 0o777&^umask
	}
	return 0o666 &^ umask
}
