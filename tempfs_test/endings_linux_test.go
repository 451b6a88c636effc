package tempfs_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An ending is a way in which a process can end that has a temp tree.
type ending struct {
	name string
	end  func(t *testing.T) // what a test does; nil: it waits for what comes from outside

	python string // the statement that does the same; "" when there is none

	sig     syscall.Signal // sent when the tree is there
	timeout bool           // of go test
	tree    func(t *testing.T, dir string) (done func())
	dropped bool // nobody releases
	passes  bool // the test would, if the clean-up did not fail it
	chance  bool // whether a clean-up gets through is up to the scheduler

	with  string // what of ours makes a clean ending of it
	aided func() // an end that uses it
}

const waits = "sys.stdin.read()"

var endings = []ending{
	{name: "return", end: func(*testing.T) {}, python: "pass", passes: true},
	{name: "`t.FailNow`", end: (*testing.T).FailNow, python: "raise AssertionError"},
	{name: "`t.Skip`", end: func(t *testing.T) { t.Skip("an ending") }, python: "raise unittest.SkipTest", passes: true},
	{name: "panic in the test's goroutine", end: func(*testing.T) { panic("an ending") }, python: "raise RuntimeError"},
	{name: "`runtime.Goexit`", end: func(*testing.T) { goexit() }},
	{name: "return, a directory is read-only", end: func(*testing.T) {}, python: "pass", passes: true, tree: readOnlyTree},
	{name: "return, somebody still writes", end: func(*testing.T) {}, python: "pass", passes: true, tree: busyTree, chance: true},
	{name: "panic in another goroutine", end: panicElsewhere},
	{name: "fatal error of the runtime", end: func(*testing.T) { fatal() }, python: "os.abort()"},
	{name: "`os.Exit`", end: func(*testing.T) { os.Exit(3) }, python: "os._exit(3)", with: "Exit", aided: exitThree},
	{name: "`log.Fatal`", end: logFatal, python: `sys.exit("an ending")`, with: "Exit", aided: logAndExit},
	{name: "`go test -timeout`", timeout: true},
	{name: "SIGINT", sig: syscall.SIGINT, python: waits, with: "ReleaseOnSignal"},
	{name: "SIGTERM", sig: syscall.SIGTERM, python: waits, with: "ReleaseOnSignal"},
	{name: "SIGHUP", sig: syscall.SIGHUP, python: waits, with: "ReleaseOnSignal"},
	{name: "SIGQUIT", sig: syscall.SIGQUIT, python: waits, with: "ReleaseOnSignal(syscall.SIGQUIT)"},
	{name: "SIGKILL", sig: syscall.SIGKILL, python: waits},
	{name: "dropped, end of the process", end: func(*testing.T) {}, python: "del kept", passes: true, dropped: true},
}

// Who makes the tree, and cleans up or not.
const (
	byTempDir = "t.TempDir"
	byPython  = "Python"
	byNew     = "New"
	byWith    = "With"
	byTest    = "Test"
	byAided   = "New, aided"
)

// outcome is what an ending left behind.
type outcome struct {
	left   bool
	status syscall.WaitStatus
}

// failed tells that the clean-up made a failure of what would have passed.
func (o outcome) failed(e *ending) bool { return e.passes && o.status != 0 }

// run ends a process once the tree is there. look, if any, is called with the temp directory of that process afterwards.
func (e *ending) run(t *testing.T, by string, look func(temp string)) outcome {
	t.Helper()
	const tries = 20
	for try := range tries {
		temp := t.TempDir()
		o, ready := e.try(t, by, temp, 250*time.Millisecond<<min(try, 8))
		last := try == tries-1
		if !ready {
			require.True(t, e.timeout && !last, "%s of %s: the child ended before it had a tree", e.name, by)
			continue // the time was over too early
		}
		if look != nil {
			look(temp)
		}
		removeTree(t, temp)
		if o.left || last || !e.chance || isOurs(by) && try >= 2 {
			return o
		}
	}
	panic("unreachable")
}

// isOurs tells those that are to be clean each time, of the others who may leave a tree and may be lucky.
func isOurs(by string) bool { return by != byTempDir && by != byPython }

// try is false when the process ended before it had a tree.
func (e *ending) try(t *testing.T, by, temp string, timeout time.Duration) (o outcome, ready bool) {
	t.Helper()
	cmd := e.command(t, by, timeout)
	cmd.Dir = t.TempDir() // for a core
	cmd.Env = append(os.Environ(), "TMPDIR="+temp, "GOTMPDIR=", "TEMPFS_KEEP=", "GOTRACEBACK=none", "GOCOVERDIR="+cmd.Dir)
	bare(t, cmd, childEnds, by+"|"+e.name)
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	said, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())

	lines := bufio.NewScanner(said)
	for !ready && lines.Scan() {
		var dir string
		if dir, ready = strings.CutPrefix(lines.Text(), "ready "); ready {
			require.Equal(t, temp, filepath.Dir(dirBelow(temp, dir)), "of %s", by)
			done := e.furnish(t, dir)
			defer done()
			e.provoke(t, cmd, stdin)
		}
	}
	_, err = io.Copy(io.Discard, said)
	require.NoError(t, err)
	err = cmd.Wait()
	var exit *exec.ExitError
	require.True(t, err == nil || errors.As(err, &exit), "%v", err)
	o.status = cmd.ProcessState.Sys().(syscall.WaitStatus)
	entries, err := os.ReadDir(temp)
	require.NoError(t, err)
	o.left = len(entries) > 0
	return o, ready
}

// dirBelow is the ancestor of dir that stands in temp: t.TempDir makes two levels.
func dirBelow(temp, dir string) string {
	for filepath.Dir(dir) != temp && strings.HasPrefix(dir, temp+"/") {
		dir = filepath.Dir(dir)
	}
	return dir
}

func (e *ending) command(t *testing.T, by string, timeout time.Duration) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	switch {
	case by == byPython:
		return exec.CommandContext(ctx, interpreter(t), "-c", e.script())
	case e.timeout:
		return exec.CommandContext(ctx, testBinary(t), fmt.Sprintf("-test.timeout=%v", timeout))
	}
	return exec.CommandContext(ctx, testBinary(t))
}

func testBinary(t *testing.T) string {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	return binary
}

// furnish fills the tree. done ends what it began.
func (e *ending) furnish(t *testing.T, dir string) (done func()) {
	t.Helper()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "sub"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sub", "file"), []byte("content"), 0o644))
	if e.tree == nil {
		return func() {}
	}
	return e.tree(t, dir)
}

// provoke lets the process end.
func (e *ending) provoke(t *testing.T, cmd *exec.Cmd, stdin io.Closer) {
	t.Helper()
	switch {
	case e.sig != 0:
		require.NoError(t, cmd.Process.Signal(e.sig))
	case !e.timeout:
		require.NoError(t, stdin.Close())
	}
}

func readOnlyTree(t *testing.T, dir string) (done func()) {
	t.Helper()
	require.NoError(t, os.Chmod(filepath.Join(dir, "sub"), 0o555))
	return func() {}
}

// busyTree has so much in it that a directory is not emptied before somebody has written there again.
func busyTree(t *testing.T, dir string) (done func()) {
	t.Helper()
	for i := range 500 {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "sub", strconv.Itoa(i)), nil, 0o644))
	}
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for w := range 2 {
		writers.Go(func() {
			for n := 0; ; n++ {
				err := os.WriteFile(filepath.Join(dir, "sub", fmt.Sprint(w, "-", n)), nil, 0o644)
				select {
				case <-stop:
					return
				default:
				}
				if errors.Is(err, fs.ErrNotExist) {
					return
				}
			}
		})
	}
	return func() {
		close(stop)
		writers.Wait()
	}
}

// removeTree removes what an ending left, of which a directory may be read-only.
func removeTree(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(path, 0o700)
		}
		return err
	}))
	require.NoError(t, os.RemoveAll(dir))
}
