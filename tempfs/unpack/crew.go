package unpack

import (
	"context"
	"io"
	"sync"
)

// crew are goroutines that fill the files of a zip. The one that hired them makes everything else, and calls the functions of the user.
type crew struct {
	x      *extraction
	jobs   chan job
	events chan event
	cancel context.CancelFunc
	closed bool  // jobs is
	failed error // the first failure that was told of
}

// job is a file to be made, under that name.
type job struct {
	entry Entry
	stage string
}

// event tells that a file is complete or has failed, or that there is some more of it.
type event struct {
	name string
	done bool
	err  error
}

// hire lets n workers begin.
func (x *extraction) hire(n int) *crew {
	ctx, cancel := context.WithCancel(x.ctx)
	c := &crew{x: x, jobs: make(chan job, n), events: make(chan event), cancel: cancel}
	var working sync.WaitGroup
	for range n {
		w := worker{x: x, ctx: ctx, buffer: make([]byte, bufferSize), tell: func(name string) { c.events <- event{name: name} }}
		working.Go(func() {
			for j := range c.jobs {
				err := ctx.Err() // there may be jobs left when one has failed
				if err == nil {
					err = w.file(&j.entry, j.stage)
				}
				c.events <- event{j.entry.Name, true, err}
			}
		})
	}
	go func() {
		working.Wait()
		close(c.events)
	}()
	return c
}

// hand gives a job to a worker. The failure that it returns may be that of another job.
func (c *crew) hand(j job) error {
	for c.failed == nil {
		select {
		case c.jobs <- j:
			return nil
		case e := <-c.events:
			c.hear(e)
		}
	}
	return c.failed
}

// hear passes on what a worker tells, unless one has failed.
func (c *crew) hear(e event) {
	switch {
	case c.failed != nil:
	case e.err != nil:
		c.failed = named(e.name, e.err)
		c.cancel()
	case e.done:
		c.x.complete(e.name)
	default:
		c.x.progress(e.name)
	}
}

// finish waits for all jobs.
func (c *crew) finish() error {
	c.closeJobs()
	for e := range c.events {
		c.hear(e)
	}
	return c.failed
}

func (c *crew) closeJobs() {
	if !c.closed {
		c.closed = true
		close(c.jobs)
	}
}

// dismiss ends the crew, whatever it does. A function of the user may have panicked.
func (c *crew) dismiss() {
	c.cancel()
	if c.failed == nil {
		c.failed = context.Canceled
	}
	c.closeJobs()
	for range c.events { // nobody listens any more
	}
}

// oneAtATime is a reader for a crew. Those of afero's MemMapFs cannot be read by two at once.
type oneAtATime struct {
	mu sync.Mutex
	r  io.ReaderAt
}

func (o *oneAtATime) ReadAt(p []byte, offset int64) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.r.ReadAt(p, offset)
}
