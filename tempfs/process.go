package tempfs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

const (
	// releasesAtOnce bounds the trees that ReleaseAll deletes at a time. With one alone each operation that is stuck would hold up all by
	// drainTimeout; a disk gains nothing from more.
	releasesAtOnce = 8

	// exitTimeout bounds what Exit waits for. Supervisors kill what does not end by itself, after 10 seconds as a rule.
	exitTimeout = 5 * time.Second
)

// ReleaseAll releases every Fs of this process that [Live] lists, as [Fs.Release] does, and removes the named files on the host that would
// go with their Close. It is for the end of a process that will not run its deferred calls: before os.Exit, or in a handler of signals. An Fs that
// is made meanwhile may be missed.
//
// It returns nil when nothing is left. Otherwise the errors of all that failed are joined, each with the place in the source where
// what it is about was made; another call tries those again.
func ReleaseAll() error { return releaseAll(context.Background()) }

func releaseAll(ctx context.Context) error {
	all := live.all()
	errs := make([]error, len(all))
	slots := make(chan struct{}, releasesAtOnce)
	var running sync.WaitGroup
	for i, l := range all {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			if err := l.release(ctx); err != nil {
				errs[i] = fmt.Errorf("made at %s: %w", l.info().Origin, err)
			}
		})
	}
	running.Wait()
	return errors.Join(errs...)
}

// Exit is [ReleaseAll] and then os.Exit(code). It waits for five seconds at most. What is left then, or cannot be deleted, is silently
// left: call ReleaseAll to know.
//
// Deferred calls do not run. log.Fatal exits too, and releases nothing: log.Print and Exit(1) do.
func Exit(code int) {
	ctx, cancel := context.WithTimeout(context.Background(), exitTimeout)
	defer cancel()
	released := make(chan struct{})
	go func() { // a hook of the user need not return
		defer close(released)
		_ = releaseAll(ctx)
	}()
	select {
	case <-released:
	case <-ctx.Done():
	}
	exit(code)
}

func exit(code int) { os.Exit(code) }
