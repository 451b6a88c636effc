package faults

import (
	"fmt"
	"slices"
	"sync"

	"github.com/aferotemp/go/tempfs"
)

// Event is an operation and what a hook said about it.
type Event struct {
	Op  tempfs.Op
	Err error
}

// Trace are events in their order. [ParseTrace] reads what its String writes.
type Trace []Event

// Recorder writes down what a hook is asked and says.
type Recorder struct {
	hook tempfs.Hook

	mu     sync.Mutex
	events Trace // guarded by mu
}

// Record makes a Recorder of h, which may be nil.
func Record(h tempfs.Hook) *Recorder { return &Recorder{hook: h} }

// Hook asks the hook that is recorded.
func (r *Recorder) Hook(op tempfs.Op) error {
	r.mu.Lock()
	n := len(r.events)
	r.events = append(r.events, Event{Op: op}) // in the order of the asking, however long the hook takes
	r.mu.Unlock()
	if r.hook == nil {
		return nil
	}
	err := r.hook(op)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events[n].Err = err
	return err
}

// Trace returns what there is so far.
func (r *Recorder) Trace() Trace {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// Replay is a hook that says what was said: about the first operation what was said about the first, and so on. After the last it stops nothing. An
// operation of another kind than at that place in the trace is stopped with a [*DivergedError]; names may differ, since temporary ones always do.
func (t Trace) Replay() tempfs.Hook {
	var mu sync.Mutex
	next := 0
	return func(op tempfs.Op) error {
		mu.Lock()
		defer mu.Unlock()
		if next == len(t) {
			return nil
		}
		event := t[next]
		if event.Op.Kind != op.Kind {
			return &DivergedError{Number: next + 1, Want: event.Op, Got: op}
		}
		next++
		return event.Err
	}
}

// DivergedError is the error of a replay when the program does something else than it did when it was recorded.
type DivergedError struct {
	Number    int // of the operation, from 1
	Want, Got tempfs.Op
}

// Error tells both operations.
func (e *DivergedError) Error() string {
	return fmt.Sprintf("operation %d is not the recorded one: %v, was %v", e.Number, e.Got, e.Want)
}
