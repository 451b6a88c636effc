package tempfs_test

import (
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

const (
	// childBare becomes the command in its arguments, without what root and nohup(1) would change. If that is this binary, it is the kind of
	// child that childNext names.
	childBare = "a bare command"
	childNext = "TEMPFS_TEST_CHILD_NEXT"

	// childEnds ends as its argument says: maker|name of the ending.
	childEnds = "an ending"
	// childSweeps sweeps the directory that its argument names.
	childSweeps = "a sweep"
)

func init() {
	children[childBare] = runBare
	children[childEnds] = endAsTold
	children[childSweeps] = func(dir string) error { return errOf(tempfs.Sweep(tempfs.In(dir))) }
}

// runBare replaces the process by a command that has the rights of a user who owns what he makes, even as root: a read-only directory
// binds it. Signals that are ignored are not ignored there, since execve(2) resets those that are caught.
func runBare(string) error {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT, syscall.SIGHUP, syscall.SIGTERM, syscall.SIGQUIT)
	runtime.LockOSThread() // capabilities are a thread's, capabilities(7)
	if os.Geteuid() == 0 {
		// execve(2) gives root all that the bounding set has.
		for _, right := range []uintptr{unix.CAP_DAC_OVERRIDE, unix.CAP_DAC_READ_SEARCH} {
			if err := unix.Prctl(unix.PR_CAPBSET_DROP, right, 0, 0, 0); err != nil {
				return fmt.Errorf("capability %d: %w", right, err)
			}
		}
	}
	if err := os.Setenv(childKind, os.Getenv(childNext)); err != nil {
		return err
	}
	path, err := exec.LookPath(os.Args[1])
	if err != nil {
		return err
	}
	return syscall.Exec(path, os.Args[1:], os.Environ())
}

// bare makes the command a child that becomes it, of a kind if it is this binary.
func bare(t *testing.T, cmd *exec.Cmd, kind, argument string) {
	t.Helper()
	cmd.Args = append([]string{"", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = testBinary(t)
	cmd.Env = append(cmd.Environ(), childKind+"="+childBare, childNext+"="+kind, childArgument+"="+argument)
}

// endAsTold is a run of go test's with a single test.
func endAsTold(argument string) error {
	by, name, _ := strings.Cut(argument, "|")
	for i := range endings {
		if e := &endings[i]; e.name == name {
			test := testing.InternalTest{Name: "TestEnding", F: func(t *testing.T) { e.inTest(t, by) }}
			testing.Main(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{test}, nil, nil)
		}
	}
	return fmt.Errorf("no such ending: %s", name)
}

// inTest makes the tree and ends.
func (e *ending) inTest(t *testing.T, by string) {
	switch by {
	case byTempDir:
		e.reach(t, t.TempDir(), false)
	case byTest:
		e.reach(t, rootOf(t, tempfs.Test(t)), false)
	case byWith:
		err := tempfs.With(func(fsys *tempfs.Fs) error {
			e.reach(t, rootOf(t, fsys), false)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	case byNew, byAided:
		if by == byAided && e.sig != 0 {
			e.listen()
		}
		fsys, err := tempfs.New()
		if err != nil {
			t.Fatal(err)
		}
		if !e.dropped {
			defer func() {
				if err := fsys.Release(); err != nil {
					t.Error(err)
				}
			}()
		}
		e.reach(t, rootOf(t, fsys), by == byAided)
	}
}

func (e *ending) listen() {
	if e.sig == syscall.SIGQUIT {
		tempfs.ReleaseOnSignal(syscall.SIGQUIT)
		return
	}
	tempfs.ReleaseOnSignal()
}

// reach tells that the tree is there, waits until whoever started the process wants its end, and ends.
func (e *ending) reach(t *testing.T, dir string, aided bool) {
	fmt.Println("ready", dir)
	_, _ = io.Copy(io.Discard, os.Stdin)
	switch {
	case aided && e.aided != nil:
		e.aided()
	case e.end != nil:
		e.end(t)
	}
}

// The ends, in functions that do not look as if they never returned.

func goexit() { runtime.Goexit() }

func fatal() { new(sync.Mutex).Unlock() }

func panicElsewhere(*testing.T) {
	go panic("an ending")
	select {}
}

func logFatal(*testing.T) { log.Fatal("an ending") }

func exitThree() { tempfs.Exit(3) }

func logAndExit() {
	log.Print("an ending")
	tempfs.Exit(1)
}
