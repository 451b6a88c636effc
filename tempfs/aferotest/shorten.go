package aferotest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/afero"
)

// A random script that fails is mostly of steps that have nothing to do with it. Here they are left out for as long as what is left
// still fails. That each script left is asked of the kernel anew makes any script a fair one.

// shortened is the difference that the shortest script has that was found within the time limit; first if there is none. Recorded
// answers know whole scripts alone.
func (s Suite) shortened(c Case, a answers, first *Difference) *Difference {
	if m, ok := a.(*memory); ok {
		a = m.source // these scripts come once
	}
	deadline := time.Now().Add(s.limit())
	var mu sync.Mutex
	best := first
	done := make(chan struct{})
	go func() { // a step may hang
		defer close(done)
		s.shorten(c.Steps[:first.Number], a, deadline, func(d *Difference) {
			mu.Lock()
			defer mu.Unlock()
			best = d
		})
	}()
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
	mu.Lock()
	defer mu.Unlock()
	return best
}

// shorten tries to leave out ever smaller runs of steps, and tells of each script that is shorter and fails.
func (s Suite) shorten(steps []Step, a answers, deadline time.Time, found func(*Difference)) {
	for size := len(steps) / 2; size > 0; size /= 2 {
		for at := 0; at+size <= len(steps); {
			if time.Now().After(deadline) {
				return
			}
			fewer := slices.Concat(steps[:at], steps[at+size:])
			d := s.tried(fewer, a)
			if d == nil {
				at += size
				continue
			}
			steps = fewer[:d.Number]
			found(d)
		}
	}
}

// tried plays a script on a filesystem of its own. It returns nil when there is no difference, or none that can be told.
func (s Suite) tried(steps []Step, a answers) (d *Difference) {
	fsys, err := s.New()
	if err != nil {
		return nil
	}
	defer closeIfCloser(fsys)
	_, err = Case{Steps: steps}.run(fsys, a, s.Without)
	errors.As(err, &d)
	return d
}

func closeIfCloser(fsys afero.Fs) {
	if c, ok := fsys.(io.Closer); ok {
		_ = c.Close() // the case itself has told of a failure
	}
}

// explained is the error of a random script that fails.
func explained(c Case, d *Difference) error {
	if d.Number == len(c.Steps) {
		return d
	}
	seed := strings.TrimPrefix(c.Name, c.Group()+"/")
	return fmt.Errorf("%s, %d steps shortened to %d: %w", seed, len(c.Steps), d.Number, d)
}
