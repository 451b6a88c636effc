package aferotest

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

// fatal ends the process as a map does that many goroutines write: nothing recovers that. An unlocked mutex does so each time.
func fatal() {
	var mu sync.Mutex
	mu.Unlock()
}

// fatalFs is one that many goroutines must not use: its MkdirAll ends the process.
func fatalFs() (afero.Fs, error) {
	return &broken{Fs: memfallback.New(), mkdirAll: func(string, fs.FileMode) error { fatal(); return nil }}, nil
}

func needsProcesses(t *testing.T) {
	t.Helper()
	if err := exec.Command(os.Args[0], "-test.run=^$").Run(); err != nil {
		t.Skipf("this system starts no process: %v", err)
	}
}

// TestFatalErrorFailsOneCase has a filesystem end its process in one of two cases.
func TestFatalErrorFailsOneCase(t *testing.T) {
	needsProcesses(t)
	r := Suite{
		New:    fatalFs,
		Groups: []string{"concurrent"},
		Match: func(name string) bool {
			return name == "concurrent/mkdirall of one path" || name == "concurrent/one removal succeeds"
		},
		Process: TestProcess(t.Name()),
	}.Run()
	require.Len(t, r.Results, 2)
	require.Len(t, r.Failed(), 1)
	require.Equal(t, "concurrent/mkdirall of one path", r.Failed()[0].Case)
	require.ErrorContains(t, r.Failed()[0].Err, "fatal error: sync: unlock of unlocked mutex")
	for _, one := range r.Results {
		require.Empty(t, one.InPlace)
	}
}

// recordingT is a T whose subtests are told apart by their outcome.
type recordingT struct {
	name   string
	errors []any
	skips  []any
}

func (*recordingT) Helper()             {}
func (r *recordingT) Error(args ...any) { r.errors = append(r.errors, args...) }
func (r *recordingT) Skip(args ...any)  { r.skips = append(r.skips, args...) }
func (r *recordingT) Name() string      { return r.name }

func (r *recordingT) Run(_ string, f func(*recordingT)) bool {
	f(r)
	return len(r.errors) == 0
}

// TestTestIsolatesByItself gives Test a T of a name that it can come to again: the one of this test.
func TestTestIsolatesByItself(t *testing.T) {
	needsProcesses(t)
	r := &recordingT{name: t.Name()}
	Test(r, Suite{New: fatalFs, Match: only1("concurrent/mkdirall of one path")})
	require.Len(t, r.errors, 1)
	require.ErrorContains(t, r.errors[0].(error), "the process ended: fatal error")
}

// TestResultsComeThroughTheProcess has an error that the filesystem makes, and success, come from there to here.
func TestResultsComeThroughTheProcess(t *testing.T) {
	needsProcesses(t)
	mkdirAll := func(string, fs.FileMode) error {
		if Isolated() {
			return errors.New("from the other side")
		}
		return errors.New("from this side")
	}
	r := Suite{
		New:     func() (afero.Fs, error) { return &broken{Fs: memfallback.New(), mkdirAll: mkdirAll}, nil },
		Match:   only1("concurrent/mkdirall of one path"),
		Process: TestProcess(t.Name()),
	}.Run()
	require.ErrorContains(t, r.Results[0].Err, "from the other side")
}

// TestHangingCaseEndsWithItsProcess tells of the time limit, which the other process holds.
func TestHangingCaseEndsWithItsProcess(t *testing.T) {
	needsProcesses(t)
	r := Suite{
		New: func() (afero.Fs, error) {
			return &broken{Fs: memfallback.New(), mkdirAll: func(string, fs.FileMode) error { select {} }}, nil
		},
		Match:     only1("concurrent/mkdirall of one path"),
		TimeLimit: 100 * time.Millisecond,
		Process:   TestProcess(t.Name()),
	}.Run()
	require.ErrorContains(t, r.Results[0].Err, "not finished after 100ms")
}

// TestInPlaceIsTold runs in this process what cannot run in another, and says why.
func TestInPlaceIsTold(t *testing.T) {
	for reason, process := range map[string]func() *exec.Cmd{
		"no Process":   nil,
		"no process: ": func() *exec.Cmd { return exec.Command("./no such program") },
	} {
		r := Suite{
			New:     func() (afero.Fs, error) { return memfallback.New(), nil },
			Match:   only1("concurrent/one removal succeeds"),
			Process: process,
		}.Run()
		require.Empty(t, r.Failed())
		require.Contains(t, r.Results[0].InPlace, reason)
		require.Contains(t, r.String(), "not in a process of their own, since "+r.Results[0].InPlace+": 1\n")
		require.Contains(t, Markdown(r), r.Results[0].InPlace)
	}
}

// TestProcessThatGoesElsewhereIsTold has a process run another test than this one.
func TestProcessThatGoesElsewhereIsTold(t *testing.T) {
	needsProcesses(t)
	r := Suite{
		New:     func() (afero.Fs, error) { return memfallback.New(), nil },
		Match:   only1("concurrent/one removal succeeds"),
		Process: TestProcess("TestOfThisNameIsNotThere"),
	}.Run()
	require.Empty(t, r.Failed())
	require.Contains(t, r.Results[0].InPlace, "does not come to this case")
}

// TestJudgement has what the runtime says for what it means.
func TestJudgement(t *testing.T) {
	const ok, wrong = `{"Unsupported":"","Err":""}`, `{"Unsupported":"","Err":"wrong"}`
	ended := errors.New("exit status 2")
	race := "==================\nWARNING: DATA RACE\nWrite at 0x1 by goroutine 7:\n"
	for _, c := range []struct {
		data, output string
		ended        error
		want         string
	}{
		{ok, "PASS\n", nil, ""},
		{ok, "--- FAIL: TestX\n", ended, ""}, // what comes after the case is not of it
		{ok, "panic: of the test around it\n", ended, ""},
		{"", "panic: of a goroutine\n\ngoroutine 9", ended, "the process ended: panic: of a goroutine"},
		{ok, race, ended, "WARNING: DATA RACE"},
		{wrong, race, ended, "wrong"},
		{"", "fatal error: concurrent map writes\n\ngoroutine 9", ended, "the process ended: fatal error: concurrent map writes"},
		{"", "killed\n", ended, "without a result: exit status 2\nkilled"},
	} {
		r, err := judge("a/b", []byte(c.data), c.output, c.ended)
		require.NoError(t, err)
		if c.want == "" {
			require.NoError(t, r.Err)
			continue
		}
		require.ErrorContains(t, r.Err, c.want)
	}
	_, err := judge("a/b", nil, "testing: warning: no tests to run\nPASS\n", nil)
	require.ErrorContains(t, err, "does not come")
}
