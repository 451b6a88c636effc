package peers

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

const (
	// enough is how long a slice should take: then one operation more is as good as none.
	enough = 5 * time.Millisecond
	// heavy is what is done once in a round, and all else is done several times: the more figures a median has, the less it minds what else the machine does.
	heavy         = 50 * time.Millisecond
	timesOfARound = 5
	// slow is what is done but once.
	slow = 2 * time.Second
	// tooSlow is what is given up.
	tooSlow = 20 * time.Second
)

var errTooSlow = fmt.Errorf("it takes more than %v", tooSlow)

// runner has a contender do a row.
type runner struct {
	contender
	row
	*workplace
	steps
	operations  int // of a slice
	heavy, slow bool
	figures     []figure
}

// figure is what one operation took in a slice.
type figure struct{ nanoseconds, allocations float64 }

func newRunner(c contender, r row, s scale) (*runner, error) {
	w, err := newWorkplace(c, s)
	if err != nil {
		return nil, err
	}
	todo, err := r.prepare(w)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return &runner{contender: c, row: r, workplace: w, steps: todo, operations: todo.least}, nil
}

// calibrate finds how many operations are enough. It is not counted, unless it was slow.
func (r *runner) calibrate() error {
	for {
		begin := time.Now()
		took, allocations, err := r.slice(r.operations)
		r.heavy = time.Since(begin) > heavy // with all that is around it
		switch {
		case err != nil:
			return err
		case took >= slow:
			r.slow = true
			r.count(took, allocations)
			return nil
		case took >= enough || 2*r.operations > r.most:
			return nil
		}
		r.operations *= 2
	}
}

// round is one slice, if that is not slow.
func (r *runner) round() error {
	if r.slow {
		return nil
	}
	took, allocations, err := r.slice(r.operations)
	r.count(took, allocations)
	return err
}

func (r *runner) count(took time.Duration, allocations uint64) {
	n := float64(r.operations)
	r.figures = append(r.figures, figure{float64(took) / n, float64(allocations) / n})
}

// slice measures n operations.
func (r *runner) slice(n int) (took time.Duration, allocations uint64, err error) {
	if r.before != nil {
		if err = r.before(n); err != nil {
			return 0, 0, err
		}
	}
	var before, after runtime.MemStats
	runtime.GC() // of what was made before
	runtime.ReadMemStats(&before)
	begin := time.Now()
	if err = r.all(n, begin); err != nil {
		return 0, 0, err
	}
	took = time.Since(begin)
	runtime.ReadMemStats(&after)
	if r.after != nil {
		err = r.after(n)
	}
	return took, after.Mallocs - before.Mallocs, err
}

// all does n operations, shared out among the goroutines of the row.
func (r *runner) all(n int, begin time.Time) error {
	if r.goroutines == 0 {
		return r.some(0, n, begin)
	}
	errs := make([]error, r.goroutines)
	share := n / r.goroutines
	var group sync.WaitGroup
	for g := range r.goroutines {
		group.Go(func() { errs[g] = r.some(g*share, (g+1)*share, begin) })
	}
	group.Wait()
	return errors.Join(errs...)
}

// some looks at the clock now and then: not so often that it shows in the figures.
func (r *runner) some(from, to int, begin time.Time) error {
	const seldom = 64
	for i := from; i < to; i++ {
		if err := r.do(i); err != nil {
			return err
		}
		if i%seldom == 0 && i > from && time.Since(begin) > tooSlow {
			return errTooSlow
		}
	}
	return nil
}

// result is what a contender took for a row, or why it cannot do it.
type result struct {
	figure
	cannot string
}

// measure has each contender do a row in turn, in rounds, so that what else the machine does is the same for all. Another one begins each round.
func measure(r row, all []contender, s scale, rounds func(round func() error) error) (results map[string]result, err error) {
	results = map[string]result{}
	var runners []*runner
	defer func() {
		for _, runner := range runners {
			err = errors.Join(err, runner.close())
		}
	}()
	for _, c := range all {
		if reason := c.lacks(r); reason != "" {
			results[c.name] = result{cannot: reason}
			continue
		}
		one, failed := newRunner(c, r, s)
		if failed != nil {
			return nil, fmt.Errorf("%s: %w", c.name, failed)
		}
		runners = append(runners, one)
	}
	able, err := calibrated(runners, results)
	if err != nil {
		return nil, err
	}
	turn := 0
	err = rounds(func() error {
		for again := range timesOfARound {
			turn++
			if failed := inTurn(able, turn, again > 0); failed != nil {
				return failed
			}
		}
		return nil
	})
	for _, runner := range able {
		results[runner.contender.name] = result{figure: medians(runner.figures)}
	}
	return results, err
}

// calibrated are those that do not take too long; the others have their result.
func calibrated(runners []*runner, results map[string]result) (able []*runner, err error) {
	for _, runner := range runners {
		switch err = runner.calibrate(); {
		case errors.Is(err, errTooSlow):
			results[runner.contender.name] = result{cannot: errTooSlow.Error()}
		case err != nil:
			return nil, fmt.Errorf("%s: %w", runner.contender.name, err)
		default:
			able = append(able, runner)
		}
	}
	return able, nil
}

// inTurn has each do a slice, but for what is heavy and was done before in this round.
func inTurn(runners []*runner, turn int, again bool) error {
	for i := range runners {
		runner := runners[(turn+i)%len(runners)]
		if again && runner.heavy {
			continue
		}
		if err := runner.round(); err != nil {
			return fmt.Errorf("%s: %w", runner.contender.name, err)
		}
	}
	return nil
}

func medians(figures []figure) (m figure) {
	var times, allocations []float64
	for _, f := range figures {
		times = append(times, f.nanoseconds)
		allocations = append(allocations, f.allocations)
	}
	return figure{median(times), median(allocations)}
}

// median is 0 of nothing.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
