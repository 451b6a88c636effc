package faults

import (
	"fmt"
	"iter"
	"sync"

	"github.com/aferotemp/go/tempfs"
)

// Every fails each operation of a program once: in round 1 its first operation, in round 2 its second, and so on, with err. A write is stopped halfway, the worst place:
// see [tempfs.ShortWrite]. The last round is the first that meets no fault, because the program has not so many operations: there it must succeed.
// Of operations for which a condition does not hold none fails.
//
// The body of the loop makes a new Fs with the hook of the fault and runs the program by [Fault.Run]. A loop that tests nothing, for want of one or the other, panics. The
// program should do the same each time, up to the fault.
func Every(err error, when ...When) iter.Seq[*Fault] { return rounds(err, false, when) }

// FromEvery is [Every] with faults that stay: from the operation of the round on, all fail until Run returns. It is a disk that is full and stays full, with conditions that say
// what needs room. Without a condition nothing can be tidied up any more, so that what is left is what a program leaves that is killed there.
func FromEvery(err error, when ...When) iter.Seq[*Fault] { return rounds(err, true, when) }

func rounds(err error, stays bool, when []When) iter.Seq[*Fault] {
	return func(yield func(*Fault) bool) {
		for n := 1; ; n++ {
			f := &Fault{number: n, err: err, stays: stays, when: when}
			if !yield(f) || !f.goesOn() {
				return
			}
		}
	}
}

// Fault is a round of [Every] or [FromEvery].
type Fault struct {
	number int // of the operation, from 1
	err    error
	stays  bool
	when   []When

	mu      sync.Mutex
	running bool      // guarded by mu
	ran     bool      // guarded by mu
	asked   int       // guarded by mu; operations since Run began
	op      tempfs.Op // guarded by mu; that failed
}

// Hook is the hook for the Fs of this round. It stops nothing outside of Run.
func (f *Fault) Hook(op tempfs.Op) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.running || !all(f.when, op) {
		return nil
	}
	f.asked++
	switch {
	case f.asked < f.number, f.asked > f.number && !f.stays:
		return nil
	case f.asked > f.number:
		return f.err
	}
	f.op = op
	if op.Kind == tempfs.OpWrite {
		return &tempfs.ShortWrite{N: op.Len / 2, Err: f.err}
	}
	return f.err
}

// Run runs the program and returns its error.
func (f *Fault) Run(program func() error) error {
	f.run(true)
	defer f.run(false)
	return program()
}

func (f *Fault) run(running bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running, f.ran = running, true
}

// Met reports whether the program has met the fault. It is false in the last round alone.
func (f *Fault) Met() bool { return f.Op().Kind != 0 }

// Op is the operation that failed, the zero value if none did.
func (f *Fault) Op() tempfs.Op {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.op
}

// String tells the number and the operation, for the message of a test.
func (f *Fault) String() string {
	if !f.Met() {
		return "no fault"
	}
	return fmt.Sprintf("fault at operation %d: %v", f.number, f.Op())
}

// goesOn reports whether there is another round.
func (f *Fault) goesOn() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case !f.ran:
		panic("faults: the body of the loop did not call Run")
	case f.asked == 0:
		panic("faults: the program did nothing that could fail, or its Fs has not the hook of the fault")
	}
	return f.op.Kind != 0
}
