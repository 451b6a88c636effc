package aferotest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A filesystem that is not made for many goroutines may end the process, by "concurrent map writes" for one, which nothing can recover.
// So such a case runs in a process of its own: the same program again, which comes to the same Suite, finds by its environment
// that it is wanted for one case, runs that, and leaves the result in a file.

const (
	childCase   = "AFEROTEST_CASE"   // the case that this process is for
	childResult = "AFEROTEST_RESULT" // the file for its result
)

// isolated are the groups whose cases may end the process.
var isolated = []string{"concurrent", "huge"}

// TestProcess is a [Suite.Process] for a Suite that runs in a test: the test binary again, with that test alone. name is the test's
// Name, with those of its parents. Flags are not passed on.
func TestProcess(name string) func() *exec.Cmd {
	var pattern []string
	for _, element := range strings.Split(name, "/") {
		pattern = append(pattern, "^"+regexp.QuoteMeta(element)+"$")
	}
	return func() *exec.Cmd {
		return exec.Command(os.Args[0], "-test.run="+strings.Join(pattern, "/"), "-test.count=1")
	}
}

// written is a Result between two processes.
type written struct{ Unsupported, Err string }

// tellParent leaves the result in the file, if this process was made for the case.
func tellParent(r Result) {
	if os.Getenv(childCase) != r.Case {
		return
	}
	w := written{Unsupported: r.Unsupported}
	if r.Err != nil {
		w.Err = r.Err.Error()
	}
	data, err := json.Marshal(w)
	if err == nil {
		err = os.WriteFile(os.Getenv(childResult), data, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "aferotest: no result:", err) // the parent shows it
	}
}

// Isolated reports whether this process is for one case, as [Suite.Process] makes them. What a test does beside its Suite need not be done
// then.
func Isolated() bool { return os.Getenv(childCase) != "" }

// startGrace is for what a process does before it comes to its case, and after it.
const startGrace = 30 * time.Second

// runIsolated runs the case in a process of its own. An error is why it could not, and then nothing has run.
func (s Suite) runIsolated(t oneTest) (Result, error) {
	if s.Process == nil {
		return Result{}, errors.New("the suite has no Process")
	}
	cmd := s.Process()
	if cmd == nil {
		return Result{}, errors.New("the suite's Process makes none")
	}
	file, err := os.CreateTemp("", "aferotest")
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	if err = file.Close(); err != nil {
		return Result{}, err
	}
	var output bytes.Buffer
	cmd.Env = append(cmd.Environ(), childCase+"="+t.name, childResult+"="+file.Name())
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.WaitDelay = time.Second // for a grandchild that keeps the pipe
	if err = cmd.Start(); err != nil {
		return Result{}, fmt.Errorf("no process: %w", err)
	}
	killer := time.AfterFunc(s.limit()+startGrace, func() { _ = cmd.Process.Kill() })
	defer killer.Stop()
	ended := cmd.Wait()
	data, err := os.ReadFile(file.Name())
	if err != nil {
		return Result{}, err
	}
	return judge(t.name, data, output.String(), ended)
}

// judge makes a Result of what a process has left: its result, and what it said.
func judge(name string, data []byte, output string, ended error) (Result, error) {
	r := Result{Case: name}
	switch death := told(output, deaths); {
	case len(data) > 0:
		var w written
		if err := json.Unmarshal(data, &w); err != nil {
			return r, err
		}
		r.Unsupported = w.Unsupported
		if w.Err != "" {
			r.Err = errors.New(w.Err)
		} else if late := told(output, lateDeaths); late != "" {
			r.Err = fmt.Errorf("in a process of its own: %s", late)
		}
	case death != "":
		r.Err = fmt.Errorf("the process ended: %s", death)
	case ended != nil:
		r.Err = fmt.Errorf("the process ended without a result: %w\n%s", ended, lastLines(output))
	default:
		return r, errors.New("a process of its own does not come to this case")
	}
	return r, nil
}

// The beginnings of lines with which the runtime of Go tells of what no program survives, or should.
var (
	// lateDeaths count when the case itself has passed: a data race does not end it. What else comes then is of the test around it.
	lateDeaths = []string{"fatal error: ", "WARNING: DATA RACE"}
	deaths     = append([]string{"panic: ", "runtime: out of memory", "SIGABRT: ", "SIGBUS: ", "SIGQUIT: ", "SIGSEGV: "}, lateDeaths...)
)

const linesOfDeath = 12

// told is where the output begins to tell of a death, "" if it does not.
func told(output string, deaths []string) string {
	lines := strings.Split(output, "\n")
	at := slices.IndexFunc(lines, func(line string) bool {
		return slices.ContainsFunc(deaths, func(d string) bool { return strings.HasPrefix(line, d) })
	})
	if at < 0 {
		return ""
	}
	return strings.TrimSpace(strings.Join(lines[at:min(len(lines), at+linesOfDeath)], "\n"))
}

func lastLines(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return strings.Join(lines[max(0, len(lines)-linesOfDeath):], "\n")
}
