package aferotest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/spf13/afero"
)

// Suite says what to test and how. New is needed, the rest has defaults.
type Suite struct {
	// Name is that of the filesystem in reports; "": what its method Name says.
	Name string
	// New makes an empty filesystem for one case. One that is an io.Closer is closed after it.
	New func() (afero.Fs, error)
	// Groups are the groups of cases to run. [Groups] lists them. Empty: all but "huge", whose sparse files of 1 TiB kill a process
	// that keeps each byte of them.
	Groups []string
	// Match, if set, chooses among their cases by name.
	Match func(name string) bool
	// Without are abilities that the filesystem is made without. Cases that are of nothing else are then not applicable, and what the
	// others say of modes and times is not compared.
	Without []Ability
	// Seeds are for more random scripts, beside those that always run. They need an [Oracle].
	Seeds []uint64
	// Process makes the command of a process that comes to this Suite again. The cases of the groups "concurrent" and "huge" run in such
	// a process, one each, since they may end it. [Test] has one of its own. nil, or one that makes nil: they run in this process, and their results say so.
	// The process goes on after its case, so let there be little to do: a test with nothing behind the Suite, see [TestProcess].
	Process func() *exec.Cmd
	// TimeLimit is how long one case may take before it has failed; 0: 10 s. What it was doing goes on.
	TimeLimit time.Duration
	// Demand makes a case fail that needs a method that is missing, unless nothing on this system can have it.
	Demand bool
}

const defaultTimeLimit = 10 * time.Second

// Difference is the Err of a Result: a step with another outcome than it has with package os.
type Difference struct {
	Number    int // of the step, from 1
	Step      Step
	Got, Want string
	Before    []string // the steps before it, with their outcome; the last few of many
	Script    []Step   // the case, or a part of it that fails as well: that of a random case is shortened
}

const maxBefore = 20

// Error shows the steps that lead to the difference.
func (d *Difference) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "step %d: %v\n  got:  %s\n  want: %s\n", d.Number, short(d.Step.String()), d.Got, d.Want)
	for i, line := range d.Before {
		if i == 0 {
			b.WriteString("after\n")
		}
		fmt.Fprintf(&b, "  %s\n", short(line))
	}
	return b.String()
}

// short cuts what a step writes when it writes much.
func short(line string) string {
	const long = 400
	if len(line) <= long {
		return line
	}
	return line[:long/2] + " ... " + line[len(line)-long/2:]
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
	name     string
	script   *Case // nil for code
	isRandom bool
	code     func(fs afero.Fs) error
}

func (t oneTest) group() string { return Case{Name: t.name}.Group() }

func allTests() []oneTest {
	var tests []oneTest
	for _, c := range Cases() {
		tests = append(tests, oneTest{name: c.Name, script: &c})
	}
	return slices.Concat(tests, randomTests(randomCases()), concurrentTests())
}

func randomTests(cases []Case) []oneTest {
	var tests []oneTest
	for _, c := range cases {
		tests = append(tests, oneTest{name: c.Name, script: &c, isRandom: true})
	}
	return tests
}

// tests are those to run, in this process at least.
func (s Suite) tests() []oneTest {
	tests := allTests()
	for _, seed := range s.Seeds {
		if seed >= randomScripts {
			tests = append(tests, randomTests([]Case{randomCase(seed)})...)
		}
	}
	return slices.DeleteFunc(tests, func(t oneTest) bool {
		return !s.wants(t.group()) || s.Match != nil && !s.Match(t.name) || Isolated() && t.name != os.Getenv(childCase)
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
	r := Report{Name: s.name()}
	for _, t := range s.tests() {
		r.Results = append(r.Results, s.run(t, a))
	}
	return r
}

func (s Suite) name() string {
	if s.Name != "" {
		return s.Name
	}
	fsys, err := s.New()
	if err != nil {
		return "" // each case tells of it
	}
	defer closeIfCloser(fsys)
	return fsys.Name()
}

func (s Suite) limit() time.Duration {
	if s.TimeLimit == 0 {
		return defaultTimeLimit
	}
	return s.TimeLimit
}

// run runs a case in the process where it belongs.
func (s Suite) run(t oneTest, a answers) Result {
	if lacks := t.lacking(s.Without); lacks != "" {
		if !t.isRandom {
			return Result{Case: t.name, Unsupported: string(lacks)}
		}
		c := t.script.withoutSteps(s.Without)
		t.script = &c
	}
	if !slices.Contains(isolated, t.group()) || Isolated() {
		r := s.runHere(t, a)
		tellParent(r)
		return r
	}
	r, err := s.runIsolated(t)
	if err != nil {
		r = s.runHere(t, a)
		r.InPlace = err.Error()
	}
	return r
}

// runHere runs a case in this process, up to the time limit.
func (s Suite) runHere(t oneTest, a answers) Result {
	done := make(chan Result, 1)
	go func() { done <- s.runNow(t, a) }()
	timer := time.NewTimer(s.limit())
	defer timer.Stop()
	select {
	case r := <-done:
		if d := (*Difference)(nil); t.isRandom && errors.As(r.Err, &d) {
			r.Err = explained(*t.script, s.shortened(*t.script, a, d))
		}
		return r
	case <-timer.C:
		return Result{Case: t.name, Err: fmt.Errorf("not finished after %v", s.limit())}
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
	if t.script == nil {
		r.Err = t.code(fs)
		return r
	}
	r.Unsupported, r.Err = t.script.run(fs, a, s.Without)
	if t.isRandom && errors.Is(r.Err, errNotRecorded) {
		r.Unsupported, r.Err = "an Oracle, for a script that is not recorded", nil
		return r
	}
	if s.Demand && r.Err == nil && r.Unsupported != "" && !systemLacks(r.Unsupported) {
		r.Err = fmt.Errorf("the filesystem lacks %s", r.Unsupported)
	}
	return r
}

// run plays the script up to the first difference.
func (c Case) run(fs afero.Fs, a answers, without []Ability) (unsupported string, err error) {
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
		if masked(got, without) != masked(want[i], without) {
			before = before[max(0, len(before)-maxBefore):]
			return "", &Difference{Number: i + 1, Step: s, Got: got, Want: want[i], Before: before, Script: c.Steps}
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

// Test runs the cases as subtests of t, "group/name" each. One that is not applicable is skipped. If t has a Name, as that of package
// testing has, the cases that may end a process run in processes of their own: the test binary again, which runs this test alone.
func Test[Self T[Self]](t Self, s Suite) {
	t.Helper()
	if named, ok := any(t).(interface{ Name() string }); ok && s.Process == nil {
		s.Process = TestProcess(named.Name())
	}
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
