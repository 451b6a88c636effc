package aferotest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/afero"
)

// Suite says what to test and how. New is needed, the rest has defaults.
type Suite struct {
	// New makes an empty filesystem for one case. One that is an io.Closer is closed after it.
	New func() (afero.Fs, error)
	// Groups are the groups of cases to run. [Groups] lists them. Empty: all but "huge", whose sparse files of 1 TiB kill a process
	// that keeps each byte of them.
	Groups []string
	// Match, if set, chooses among their cases by name.
	Match func(name string) bool
	// TimeLimit is how long one case may take before it has failed; 0: 10 s. What it was doing goes on.
	TimeLimit time.Duration
	// Demand makes a case fail that is unsupported for want of an ability, unless nothing on this system can have it.
	Demand bool
}

const defaultTimeLimit = 10 * time.Second

// Result is what came of one case.
type Result struct {
	Case string
	// Unsupported is the ability that the filesystem lacks for it, "" for none.
	Unsupported string
	// Err is nil when all steps had the outcome of package os.
	Err error
}

// Difference is the Err of a Result: a step with another outcome than it has with package os.
type Difference struct {
	Number    int // of the step, from 1
	Step      Step
	Got, Want string
	Before    []string // the steps before it, with their outcome; the last few of many
}

const maxBefore = 20

// Error shows the steps that lead to the difference.
func (d *Difference) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "step %d: %v\n  got:  %s\n  want: %s\n", d.Number, d.Step, d.Got, d.Want)
	for i, line := range d.Before {
		if i == 0 {
			b.WriteString("after\n")
		}
		fmt.Fprintf(&b, "  %s\n", line)
	}
	return b.String()
}

// Report is what came of all cases.
type Report struct{ Results []Result }

// Failed are the results of cases that failed.
func (r Report) Failed() []Result {
	return r.filter(func(r Result) bool { return r.Err != nil })
}

// Skipped are the results of cases that are unsupported.
func (r Report) Skipped() []Result {
	return r.filter(func(r Result) bool { return r.Err == nil && r.Unsupported != "" })
}

func (r Report) filter(keep func(Result) bool) []Result {
	return slices.DeleteFunc(slices.Clone(r.Results), func(r Result) bool { return !keep(r) })
}

// String has a line of counts and then each case that failed.
func (r Report) String() string {
	var b strings.Builder
	failed, skipped := r.Failed(), r.Skipped()
	fmt.Fprintf(&b, "%d cases: %d passed, %d failed, %d unsupported\n",
		len(r.Results), len(r.Results)-len(failed)-len(skipped), len(failed), len(skipped))
	for _, f := range failed {
		fmt.Fprintf(&b, "\n%s: %v\n", f.Case, f.Err)
	}
	return b.String()
}

// Groups lists the groups of cases.
func Groups() []string {
	var groups []string
	for _, t := range allTests() {
		if g := (Case{Name: t.name}).Group(); !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	return groups
}

// oneTest is a case of either kind: a script, or code for what only many goroutines show.
type oneTest struct {
	name string
	run  func(fs afero.Fs, a answers) (unsupported string, err error)
}

func allTests() []oneTest {
	var tests []oneTest
	for _, c := range append(Cases(), randomCases()...) {
		tests = append(tests, oneTest{c.Name, c.run})
	}
	return append(tests, concurrentTests()...)
}

func (s Suite) tests() []oneTest {
	return slices.DeleteFunc(allTests(), func(t oneTest) bool {
		group := (Case{Name: t.name}).Group()
		return !s.wants(group) || s.Match != nil && !s.Match(t.name)
	})
}

func (s Suite) wants(group string) bool {
	if len(s.Groups) == 0 {
		return group != "huge"
	}
	return slices.Contains(s.Groups, group)
}

// Run runs the cases, one after the other.
func (s Suite) Run() Report {
	a := newAnswers()
	var r Report
	for _, t := range s.tests() {
		r.Results = append(r.Results, s.run(t, a))
	}
	return r
}

func (s Suite) run(t oneTest, a answers) Result {
	limit := s.TimeLimit
	if limit == 0 {
		limit = defaultTimeLimit
	}
	done := make(chan Result, 1)
	go func() { done <- s.runNow(t, a) }()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case r := <-done:
		return r
	case <-timer.C:
		return Result{Case: t.name, Err: fmt.Errorf("not finished after %v", limit)}
	}
}

func (s Suite) runNow(t oneTest, a answers) (r Result) {
	r.Case = t.name
	if _, ok := a.(recorded); ok {
		if r.Err = useRecordedUmask(); r.Err != nil {
			return r
		}
	}
	fs, err := s.New()
	if err != nil {
		r.Err = fmt.Errorf("no filesystem: %w", err)
		return r
	}
	defer func() {
		if p := recover(); p != nil {
			r.Err = fmt.Errorf("panic: %v", p)
		}
		if c, ok := fs.(io.Closer); ok {
			r.Err = errors.Join(r.Err, c.Close())
		}
	}()
	r.Unsupported, r.Err = t.run(fs, a)
	if s.Demand && r.Err == nil && r.Unsupported != "" && !systemLacks(r.Unsupported) {
		r.Err = fmt.Errorf("the filesystem lacks %s", r.Unsupported)
	}
	return r
}

// run plays the script up to the first difference.
func (c Case) run(fs afero.Fs, a answers) (unsupported string, err error) {
	want, err := a.to(c)
	if err != nil {
		return "", err
	}
	evenRoot(fs)
	p := NewPlayer(fs)
	defer p.Close()
	var before []string
	for i, s := range c.Steps {
		got := p.Do(s)
		if ability, ok := strings.CutPrefix(got, Unsupported); ok {
			return ability, nil
		}
		if got != want[i] {
			before = before[max(0, len(before)-maxBefore):]
			return "", &Difference{Number: i + 1, Step: s, Got: got, Want: want[i], Before: before}
		}
		before = append(before, fmt.Sprintf("%v: %s", s, got))
	}
	return "", nil
}

// evenRoot gives the root the mode 0755. Which it has to begin with is its maker's choice, and it shows in "d/..".
func evenRoot(fs afero.Fs) {
	_ = fs.Chmod("/", 0o755) // a filesystem that cannot shows so in the steps
}

// T is what [Test] needs of a *testing.T.
type T[Self any] interface {
	Helper()
	Error(args ...any)
	Skip(args ...any)
	Run(name string, f func(Self)) bool
}

// Test runs the cases as subtests of t, "group/name" each. An unsupported one is skipped.
func Test[Self T[Self]](t Self, s Suite) {
	t.Helper()
	a := newAnswers()
	for _, one := range s.tests() {
		t.Run(one.name, func(t Self) {
			t.Helper()
			r := s.run(one, a)
			switch {
			case r.Err != nil:
				t.Error(r.Err)
			case r.Unsupported != "":
				t.Skip("the filesystem lacks " + r.Unsupported)
			}
		})
	}
}
