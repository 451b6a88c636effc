package tempfs

import (
	"runtime"
	"slices"
	"strings"
)

// TB is what this package needs of a *testing.T, *testing.B or *testing.F.
type TB interface {
	Helper()
	Cleanup(f func())
	Name() string
	Failed() bool
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Runner is a TB with subtests of its own kind: *testing.T and *testing.B.
type Runner[T any] interface {
	TB
	Run(name string, f func(T)) bool
}

// Test returns an Fs for a test, which ends the test when it cannot be made. It is released when the test and its subtests are over; a
// release that fails, fails the test. The name of the test is in the name of its directory, unless [Suffix] gives another. What earlier tests left there
// that were killed is swept first, see [SweepFirst]. With [Keep], or $TEMPFS_KEEP, the tree stays.
func Test(tb TB, opts ...Option) *Fs {
	tb.Helper()
	return forTest(tb, "tempfs.Test", New, opts)
}

// TestClone is [Test] of a clone of f, see [Fs.Clone], with options for what is to be otherwise than in f: a fixture that is built once, and that each test may change as
// it likes, subtests that run in parallel too. In memory a clone takes microseconds, whatever is in it. To be cloned f must live as long as the test: one of Test does in its subtests.
func (f *Fs) TestClone(tb TB, opts ...Option) *Fs {
	tb.Helper()
	return forTest(tb, "tempfs.TestClone", f.Clone, opts)
}

// forTest makes an Fs that ends with the test. caller is for messages.
func forTest(tb TB, caller string, make func(...Option) (*Fs, error), opts []Option) *Fs {
	tb.Helper()
	w := &testWitness{tb: tb, caller: caller}
	opts = slices.Concat([]Option{SweepFirst(), Suffix(suffixFor(tb.Name()))}, opts, []Option{keepFromEnvironment(tb), witnessedBy(w)})
	f, err := make(opts...)
	if err != nil {
		tb.Fatalf("%s: %v", caller, err)
		return nil // for a TB whose Fatalf returns
	}
	tb.Cleanup(func() {
		tb.Helper()
		if err := f.Release(); err != nil {
			tb.Errorf("%s: release: %v", caller, err)
		}
		w.tell()
	})
	return f
}

// eachBudget is that of the subtest "spill", in bytes: small files stay in memory, others do not.
const eachBudget = 4 << 10

// Each runs fn as a subtest on each backend, named "disk", "memory" and "spill", with a fresh Fs as [Test] gives it. What spills does so over a budget
// of 4 KiB.
func Each[T Runner[T]](t T, fn func(T, *Fs), opts ...Option) {
	t.Helper()
	var from callers // the subtests have other goroutines, in which the caller of Each does not show
	runtime.Callers(2, from[:])
	opts = append(opts[:len(opts):len(opts)], option(func(c *config) { c.callers = &from }))
	t.Run(backendDisk, func(t T) { t.Helper(); fn(t, Test(t, opts...)) })
	t.Run(backendMemory, func(t T) { t.Helper(); fn(t, Test(t, append(opts, InMemory())...)) })
	t.Run(backendSpill, func(t T) { t.Helper(); fn(t, Test(t, append(opts, SpillOver(eachBudget))...)) })
}

// maxTestName keeps paths short: a Unix socket has 108 bytes for its whole path (unix(7)).
const maxTestName = 32

// suffixFor makes a suffix of a test's name: letters, digits, "-" and "_" alone, cut to maxTestName.
func suffixFor(testName string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			return r
		}
		return '_'
	}, testName)
	return "-" + clean[:min(len(clean), maxTestName)]
}
