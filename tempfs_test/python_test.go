package tempfs_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/tempfs"
)

// python runs a program and returns what it says. It skips where there is no Python that can.
func python(tb testing.TB, program string) string {
	tb.Helper()
	out, err := exec.CommandContext(tb.Context(), "python3", "-c", program).Output()
	if err != nil {
		tb.Skipf("no python3 here: %v", err)
	}
	return string(out)
}

// TestPageHasAllOfPython wants each public name of Python's module, and each keyword of one, in docs/python.md.
func TestPageHasAllOfPython(t *testing.T) {
	page := pageOf(t, "docs/python.md")
	said := python(t, `
import inspect, tempfile as t
print(*t.__all__)
of = [getattr(t, n) for n in t.__all__]
print(*{p.name for f in of if callable(f) for p in inspect.signature(f).parameters.values()})
`)
	words := strings.Fields(said)
	require.Greater(t, len(words), 20)
	for _, word := range append(words, "delete_on_close", "rollover", "_rolled", "cleanup", "fileno") { // the first is not in old ones
		require.Regexp(t, regexp.MustCompile("`[^`]*\\b"+word+"\\b[^`]*`"), page)
	}
}

// beside is one thing to do, in three ways.
type beside struct {
	name    string
	python  string // the body of a loop; t is tempfile
	ours    func() error
	osToo   func() error // package os, nil where it has no such thing
	atATime int          // rounds of each turn
}

// What is written, and the budget of a spooled file: muchText rolls it.
const (
	little = "a few bytes, as of a header"
	budget = 1 << 10
)

var muchText = strings.Repeat("x", budget+1)

// besides are all that makes something.
func besides() []beside {
	return []beside{
		{
			name:    "TemporaryDirectory",
			python:  "with t.TemporaryDirectory(): pass",
			ours:    func() error { return tempfs.With(func(*tempfs.Fs) error { return nil }) },
			osToo:   directoryOfPackageOS,
			atATime: 200,
		},
		{
			name:    "TemporaryFile",
			python:  "with t.TemporaryFile(buffering=0) as f: f.write(little)",
			ours:    func() error { return writing(little)(tempfs.TemporaryFile()) },
			osToo:   fileOfPackageOS(little),
			atATime: 500,
		},
		{
			name:    "NamedTemporaryFile",
			python:  "with t.NamedTemporaryFile(buffering=0) as f: f.write(little)",
			ours:    func() error { return writing(little)(ourNamed()) },
			osToo:   fileOfPackageOS(little),
			atATime: 500,
		},
		{
			name:    "SpooledTemporaryFile",
			python:  "with t.SpooledTemporaryFile(budget) as f: f.write(little)",
			ours:    func() error { return writing(little)(ourSpooled()) },
			atATime: 2000,
		},
		{
			name:    "SpooledTemporaryFileThatRolls",
			python:  "with t.SpooledTemporaryFile(budget, buffering=0) as f: f.write(much)",
			ours:    func() error { return writing(muchText)(ourSpooled()) },
			osToo:   fileOfPackageOS(muchText),
			atATime: 500,
		},
		{
			name:    "Search",
			python:  "t.tempdir = None; t.gettempdir()",
			ours:    func() error { return errOf(locate.Search(locate.Options{})) },
			atATime: 500,
		},
	}
}

// writing writes text to a file that was opened, and closes it.
func writing(text string) func(f io.WriteCloser, err error) error {
	return func(f io.WriteCloser, err error) error {
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, text); err != nil {
			return err
		}
		return f.Close()
	}
}

func ourNamed() (io.WriteCloser, error)   { return tempfs.NamedTemporaryFile() }
func ourSpooled() (io.WriteCloser, error) { return tempfs.SpooledTemporaryFile(budget) }

func fileOfPackageOS(text string) func() error {
	return func() error {
		f, err := os.CreateTemp("", "tmp")
		if err != nil {
			return err
		}
		defer os.Remove(f.Name())
		return writing(text)(f, nil)
	}
}

func directoryOfPackageOS() error {
	dir, err := os.MkdirTemp("", "tmp")
	if err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

// turns is the number of times that each is measured, one after the other.
const turns = 9

// BenchmarkBesidePython tells how long ours takes to one of Python's, and of package os, each the median of turns.
func BenchmarkBesidePython(b *testing.B) {
	for _, c := range besides() {
		b.Run(c.name, func(b *testing.B) {
			theirs := beginPython(b, c)
			var our, their, of []float64
			for range turns {
				their = append(their, theirs(b))
				our = append(our, timed(b, c.ours, c.atATime))
				if c.osToo != nil {
					of = append(of, timed(b, c.osToo, c.atATime))
				}
			}
			for b.Loop() {
				if err := c.ours(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(median(their), "python-ns/op")
			b.ReportMetric(median(our)/median(their), "ours/python")
			if of != nil {
				b.ReportMetric(median(of), "os-ns/op")
				b.ReportMetric(median(our)/median(of), "ours/os")
			}
		})
	}
}

// timed is the time of one round in nanoseconds.
func timed(b *testing.B, round func() error, rounds int) float64 {
	b.Helper()
	begin := time.Now()
	for range rounds {
		if err := round(); err != nil {
			b.Fatal(err)
		}
	}
	return float64(time.Since(begin)) / float64(rounds)
}

// beginPython starts a Python that lives as long as the benchmark: each call is a turn in it.
func beginPython(b *testing.B, c beside) (turn func(b *testing.B) float64) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	cmd := exec.CommandContext(ctx, "python3", "-c", fmt.Sprintf(`
import sys, time, tempfile as t
little, much, budget = %q.encode(), %q.encode(), %d
def rounds(n):
    for _ in range(n):
        %s
rounds(20)
for line in sys.stdin:
    begin = time.perf_counter_ns()
    rounds(%d)
    print((time.perf_counter_ns() - begin) / %[5]d, flush=True)
`, little, muchText, budget, c.python, c.atATime))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		cancel()
		b.Skipf("no python3 here: %v", err)
	}
	b.Cleanup(func() {
		_ = in.Close() // which ends it
		_ = cmd.Wait()
		cancel()
	})
	lines := bufio.NewScanner(out)
	return func(b *testing.B) float64 {
		b.Helper()
		_, _ = io.WriteString(in, "\n")
		if !lines.Scan() {
			b.Skip("no python3 here that can do this")
		}
		ns, err := strconv.ParseFloat(lines.Text(), 64)
		if err != nil {
			b.Fatal(err)
		}
		return ns
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
