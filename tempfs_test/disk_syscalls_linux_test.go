package tempfs_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// childDoesRows does each row so that strace can tell what it calls.
const childDoesRows = "do the rows of the disk backend"

func init() { children[childDoesRows] = func(string) error { return doRows() } }

// wholeLife is the mark of what is no row: an Fs from its birth to its end, in which other threads have their part.
const wholeLife = "New+Release"

// tracedTimes is how often each is done: first for what is done but once, and then to be counted.
const tracedTimes = 4

// mark shows in the trace: what comes until the next one is of key.
func mark(key string) { _ = unix.Access(markPrefix+key, unix.F_OK) }

const markPrefix = "mark: "

// traceKey is how a row is called in the trace.
func traceKey(r row, depth int, contender string) string {
	return fmt.Sprintf("%s, depth %d, %s", r.name, depth, contender)
}

func doRows() error {
	runtime.LockOSThread() // whose calls are counted
	for _, r := range diskRows() {
		for _, depth := range diskDepths {
			for _, contender := range diskContenders {
				if err := doRow(r, depth, contender); err != nil {
					return err
				}
			}
		}
	}
	for range tracedTimes {
		mark(wholeLife)
		err := newRelease()
		mark("")
		if err != nil {
			return err
		}
	}
	return nil
}

func doRow(r row, depth int, contender string) error {
	w, err := newWorkplace(contender, depth, tracedTimes)
	if err != nil {
		return err
	}
	return w.doTraced(r, traceKey(r, depth, contender))
}

// doTraced does the row once, and then under its key.
func (w *workplace) doTraced(r row, key string) error {
	err := errors.Join(w.run(r.prepare), w.run(r.before), r.do(w, 0))
	for i := 1; i < tracedTimes && err == nil; i++ {
		mark(key)
		err = r.do(w, i)
		mark("")
	}
	return errors.Join(err, w.run(r.after), w.close())
}

// TestDiskSystemCalls counts the system calls of each row, which are no more than asked, and tells those of the other contenders.
func TestDiskSystemCalls(t *testing.T) {
	onlyInFull(t)
	requireOpenat2(t)
	calls := traceRows(t, childDoesRows)
	for _, r := range diskRows() {
		for i, depth := range diskDepths {
			t.Run(fmt.Sprintf("%s/%d", r.name, depth), func(t *testing.T) {
				counts := make([]string, len(diskContenders))
				for i, contender := range diskContenders {
					counts[i] = fmt.Sprintf("%s %d", contender, len(most(calls[traceKey(r, depth, contender)])))
				}
				t.Log(strings.Join(counts, ", "))
				done := calls[traceKey(r, depth, contenderOurs)]
				require.Len(t, done, tracedTimes-1)
				asked := r.calls[min(i, 1)]
				require.LessOrEqual(t, len(most(done)), asked, "%v", most(done))
			})
		}
	}
	require.NotEmpty(t, calls[wholeLife])
	t.Logf("%s: %d, %v", wholeLife, len(most(calls[wholeLife])), most(calls[wholeLife]))
}

// most are the calls of the time that took most.
func most(times [][]string) (calls []string) {
	for _, time := range times {
		if len(time) > len(calls) {
			calls = time
		}
	}
	return calls
}

// traceRows has a child of that kind do rows under strace: the calls of each time, by key.
func traceRows(t *testing.T, kind string) map[string][][]string {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skipf("no strace here: %v", err)
	}
	report := filepath.Join(t.TempDir(), "strace")
	binary, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), strace, "-f", "-s", "300", "-e", "signal=none", "-o", report, binary)
	// No collection and no preemption: they would interrupt calls.
	cmd.Env = append(os.Environ(), childKind+"="+kind, "TMPDIR="+spacious(t), "GOGC=off", "GODEBUG=asyncpreemptoff=1")
	out, err := cmd.CombinedOutput()
	if err != nil && bytes.Contains(out, []byte("PTRACE_TRACEME")) {
		t.Skipf("strace does not work here: %v: %s", err, out)
	}
	require.NoError(t, err, "%s", out)
	content, err := os.ReadFile(report)
	require.NoError(t, err)
	return parseTrace(t, content)
}

var (
	tracedCall = regexp.MustCompile(`^(\d+) +(\w+)\(`) // not "<... resumed>", which is of a call that was told before
	tracedMark = regexp.MustCompile(`"` + markPrefix + `([^"]*)"`)
)

// ofFiles are calls of the runtime too, but not on a thread that does nothing but rows.
var ofFiles = map[string]bool{"read": true, "write": true, "epoll_ctl": true}

// parseTrace reads the calls between marks.
func parseTrace(t *testing.T, trace []byte) map[string][][]string {
	t.Helper()
	calls := map[string][][]string{}
	key := ""
	var thread string
	for line := range bytes.Lines(trace) {
		call := tracedCall.FindSubmatch(line)
		if call == nil {
			continue
		}
		if m := tracedMark.FindSubmatch(line); m != nil {
			thread = string(call[1])
			if key = string(m[1]); key != "" {
				calls[key] = append(calls[key], nil)
			}
			continue
		}
		name := string(call[2])
		mine := string(call[1]) == thread && (!ofRuntime[name] || ofFiles[name])
		if key != "" && (mine || key == wholeLife && !ofRuntime[name]) {
			last := len(calls[key]) - 1
			calls[key][last] = append(calls[key][last], name)
		}
	}
	require.NotEmpty(t, calls, "%s", trace)
	return calls
}
