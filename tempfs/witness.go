package tempfs

import (
	"fmt"
	"log/slog"
	"sync/atomic"
)

// witness is whoever knows how the work in an Fs ends.
type witness interface {
	// failed is asked once the Fs lets nothing in any more.
	failed() bool
	// kept is told of a tree that is kept. dir is on the host; "" if it is not because of err, and then it will go. The tree can be read until kept returns.
	kept(tree *Fs, dir string, err error)
}

// nobody is the witness of an Fs that New made alone.
type nobody struct{}

func (nobody) failed() bool                      { return false }
func (nobody) kept(_ *Fs, dir string, err error) { tellKept(dir, err) }

// tellKept leaves it to the application who reads it.
func tellKept(dir string, err error) {
	if err != nil {
		slog.Warn("tempfs: tree not kept", "err", err)
		return
	}
	slog.Info("tempfs: tree kept", "dir", dir)
}

func witnessedBy(w witness) Option { return option(func(c *config) { c.witness = w }) }

// withWitness is that of With.
type withWitness struct {
	fails atomic.Bool

	// Of what was kept; written by the release.
	dir string
	err error
}

func (w *withWitness) failed() bool { return w.fails.Load() }

func (w *withWitness) kept(_ *Fs, dir string, err error) { w.dir, w.err = dir, err }

// tell says after the release what was kept, in the error of the function if it gave one.
func (w *withWitness) tell(err error) error {
	switch {
	case w.dir == "" && w.err == nil:
		return err
	case err == nil:
		tellKept(w.dir, w.err)
		return nil
	case w.err != nil:
		return fmt.Errorf("%w (not kept: %v)", err, w.err) //nolint:errorlint // the cause of another thing
	}
	return fmt.Errorf("%w (kept in %s)", err, w.dir)
}
