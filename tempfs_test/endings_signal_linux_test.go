package tempfs_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// childSignalled has trees, does with ReleaseOnSignal what its argument names, and waits.
const childSignalled = "waits for signals"

func init() { children[childSignalled] = waitForSignals }

// arrangements are what a child does with ReleaseOnSignal.
var arrangements = map[string]func(){
	"none":  func() {},
	"once":  func() { tempfs.ReleaseOnSignal() },
	"twice": func() { tempfs.ReleaseOnSignal(); tempfs.ReleaseOnSignal(syscall.SIGTERM) },
	"TERM":  func() { tempfs.ReleaseOnSignal(syscall.SIGTERM) },
	"USR1":  func() { tempfs.ReleaseOnSignal(syscall.SIGUSR1) },
	"stopped": func() {
		stop := tempfs.ReleaseOnSignal()
		stop()
		stop()
	},
	"one of two stopped": func() {
		stop := tempfs.ReleaseOnSignal()
		tempfs.ReleaseOnSignal()
		stop()
		stop()
	},
	"begun again": func() {
		tempfs.ReleaseOnSignal()()
		tempfs.ReleaseOnSignal()
	},
	"stopped too late": func() {
		stop := tempfs.ReleaseOnSignal()
		runtime.LockOSThread() // a signal for the thread is delivered before the call returns
		defer runtime.UnlockOSThread()
		fmt.Println("sending")
		_ = unix.Tgkill(os.Getpid(), unix.Gettid(), syscall.SIGTERM)
		stop()
	},
}

// toldOfEach is what waitForSignals says of a file that is called "file", for each backend.
var toldOfEach = slices.Repeat([]string{"told file"}, len(backendNames))

// waitForSignals says "ready" when it is, "told" with the name of each file that a release finds open, and answers each line with whether
// SIGHUP is ignored. A release of the file "block" never ends.
func waitForSignals(arrangement string) error {
	told := tempfs.OnLeak(func(l tempfs.Leak) {
		fmt.Println("told", l.File)
		if l.File == "block" {
			select {}
		}
	})
	for _, backend := range backendNames {
		fsys, err := tempfs.New(append(optionsFor(backend), told)...)
		if err != nil {
			return err
		}
		f, err := fsys.Create(os.Getenv("FILE"))
		if err != nil {
			return err
		}
		defer f.Close()
	}
	arrangements[arrangement]()
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println(signal.Ignored(syscall.SIGHUP))
	}
	return lines.Err()
}

// signalled is such a child.
type signalled struct {
	t     *testing.T
	cmd   *exec.Cmd
	temp  string
	stdin io.Writer
	said  *bufio.Scanner
}

// startSignalled has the child's files called file. prepare may change how it is started.
func startSignalled(t *testing.T, arrangement, file string, prepare func(*exec.Cmd)) *signalled {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	c := &signalled{t: t, cmd: exec.CommandContext(ctx, testBinary(t)), temp: t.TempDir()}
	c.cmd.Env = append(os.Environ(), "TMPDIR="+c.temp, "FILE="+file)
	if prepare != nil {
		prepare(c.cmd)
	}
	bare(t, c.cmd, childSignalled, arrangement)
	var err error
	c.stdin, err = c.cmd.StdinPipe()
	require.NoError(t, err)
	said, err := c.cmd.StdoutPipe()
	require.NoError(t, err)
	c.said = bufio.NewScanner(said)
	require.NoError(t, c.cmd.Start())
	return c
}

func (c *signalled) hears(want string) {
	c.t.Helper()
	require.True(c.t, c.said.Scan(), "the child has ended before it said %q", want)
	require.Equal(c.t, want, c.said.Text())
}

func (c *signalled) send(sig syscall.Signal) {
	c.t.Helper()
	require.NoError(c.t, c.cmd.Process.Signal(sig))
}

// end waits for it. It returns what it still said.
func (c *signalled) end() (status syscall.WaitStatus, said []string) {
	c.t.Helper()
	for c.said.Scan() {
		said = append(said, c.said.Text())
	}
	err := c.cmd.Wait()
	var exit *exec.ExitError
	require.True(c.t, err == nil || errors.As(err, &exit), "%v", err)
	return c.cmd.ProcessState.Sys().(syscall.WaitStatus), said
}

func (c *signalled) requireKilledBy(sig syscall.Signal) (said []string) {
	c.t.Helper()
	status, said := c.end()
	require.True(c.t, status.Signaled(), "exit status %d", status.ExitStatus())
	require.Equal(c.t, sig, status.Signal())
	return said
}

// requireLeft tells whether the tree on disk is there.
func (c *signalled) requireLeft(want bool) {
	c.t.Helper()
	entries, err := os.ReadDir(c.temp)
	require.NoError(c.t, err)
	require.Equal(c.t, want, len(entries) > 0)
}

func TestReleaseOnSignal(t *testing.T) {
	for _, test := range []struct {
		arrangement string
		sig         syscall.Signal
		releases    bool
	}{
		{"none", syscall.SIGTERM, false},
		{"once", syscall.SIGTERM, true},
		{"once", syscall.SIGINT, true},
		{"once", syscall.SIGHUP, true},
		{"TERM", syscall.SIGTERM, true},
		{"TERM", syscall.SIGINT, false},
		{"twice", syscall.SIGTERM, true},
		{"stopped", syscall.SIGTERM, false},
		{"one of two stopped", syscall.SIGTERM, true},
		{"begun again", syscall.SIGTERM, true},
	} {
		t.Run(fmt.Sprint(test.arrangement, " ", test.sig), func(t *testing.T) {
			c := startSignalled(t, test.arrangement, "file", nil)
			c.hears("ready")
			c.send(test.sig)
			said := c.requireKilledBy(test.sig)
			c.requireLeft(!test.releases)
			if test.releases {
				require.Equal(t, toldOfEach, said)
			} else {
				require.Empty(t, said)
			}
		})
	}
}

// TestSecondSignalKills has a release that never ends.
func TestSecondSignalKills(t *testing.T) {
	for _, arrangement := range []string{"once", "twice"} {
		for _, second := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
			t.Run(fmt.Sprint(arrangement, " ", second), func(t *testing.T) {
				c := startSignalled(t, arrangement, "block", nil)
				c.hears("ready")
				c.send(syscall.SIGTERM)
				for range backendNames { // of all trees at once
					c.hears("told block")
				}
				c.send(second)
				c.requireKilledBy(second)
				c.requireLeft(true)
			})
		}
	}
}

// TestStopComesAfterTheSignal sends the signal, then stops: that is too late.
func TestStopComesAfterTheSignal(t *testing.T) {
	c := startSignalled(t, "stopped too late", "file", nil)
	c.hears("sending")
	c.requireKilledBy(syscall.SIGTERM)
	c.requireLeft(false)
}

// TestSignalThatDoesNotKill sends one that package runtime takes and does nothing about.
func TestSignalThatDoesNotKill(t *testing.T) {
	c := startSignalled(t, "USR1", "file", nil)
	c.hears("ready")
	c.send(syscall.SIGUSR1)
	status, _ := c.end()
	require.Equal(t, 128+int(syscall.SIGUSR1), status.ExitStatus())
	c.requireLeft(false)
}

// TestIgnoredSignalStaysIgnored starts the child as nohup(1) does. It answers after the signal.
func TestIgnoredSignalStaysIgnored(t *testing.T) {
	for _, arrangement := range []string{"once", "begun again"} {
		t.Run(arrangement, func(t *testing.T) {
			c := startSignalled(t, arrangement, "file", func(cmd *exec.Cmd) {
				shell, err := exec.LookPath("sh")
				require.NoError(t, err)
				cmd.Args = []string{"sh", "-c", `trap "" HUP; exec "$0"`, cmd.Path}
				cmd.Path = shell
			})
			c.hears("ready")
			c.send(syscall.SIGHUP)
			_, err := io.WriteString(c.stdin, "\n")
			require.NoError(t, err)
			c.hears("true")
			c.requireLeft(true)
			c.send(syscall.SIGTERM)
			c.requireKilledBy(syscall.SIGTERM)
			c.requireLeft(false)
		})
	}
}

// TestSignalOfTheFirstProcess runs the child as the first process of a PID namespace, as a container has it.
func TestSignalOfTheFirstProcess(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root may make a PID namespace")
	}
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		c := startSignalled(t, "once", "file", func(cmd *exec.Cmd) {
			cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
		})
		c.hears("ready")
		c.send(sig)
		status, said := c.end()
		require.Equal(t, 128+int(sig), status.ExitStatus())
		require.Equal(t, toldOfEach, said)
		c.requireLeft(false)
	}
}
