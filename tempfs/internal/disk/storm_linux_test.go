package disk

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// storm is a directory in which processes make trees, and others sweep, all of which are killed at random moments.
type storm struct {
	name     string
	creates  string        // the kind of its creators
	sweeps   string        // and that of its sweepers
	creators int           // at a time
	kills    int           // of creators
	life     time.Duration // of a creator, at the longest
	nobody   bool
	memory   bool // on tmpfs, which is the faster one
	control  bool // must show violations
}

const (
	stormSweepers = 3                      // at a time
	stormLife     = 450 * time.Millisecond // of a process, at the longest
	longStormLife = 8 * time.Second        // of a creator in a full run
)

// storms are those of the full run: TEMPFS_TEST_STORM=full go test -v -run TestStorm -timeout 30m ./tempfs/internal/disk. Otherwise they have a sixth of the kills, a
// third of the creators, and those live shorter.
var storms = []storm{
	{name: "as it is", creates: stormCreates, sweeps: stormSweeps, creators: 24, kills: 300},
	{name: "windows widened", creates: stormCreatesSlowly, sweeps: stormSweepsSlowly, creators: 24, kills: 200, memory: true},
	{name: "nobody, under an umask of 0777", creates: stormCreatesUnderUmask, sweeps: stormSweeps, creators: 24, kills: 80, nobody: true, memory: true},
	{name: "control", creates: stormCreatesAndWaits, sweeps: stormSweepsSlowly, creators: 24, kills: 100, control: true, memory: true},
}

// TestStorm is case 43: no living tree is ever damaged, and nothing is left after a last sweep. The control does what a birth must not do, and shows that the
// test would see it.
func TestStorm(t *testing.T) {
	for _, s := range storms {
		t.Run(s.name, func(t *testing.T) {
			s.life = longStormLife
			if os.Getenv("TEMPFS_TEST_STORM") != "full" {
				s.creators, s.kills, s.life = s.creators/3, s.kills/6, stormLife
			}
			s.run(t)
		})
	}
}

func (s storm) run(t *testing.T) {
	if s.nobody && os.Geteuid() != 0 {
		t.Skip("only root can become nobody; the other storms are those of nobody now")
	}
	place := stormPlace(t, s.memory)
	dir := filepath.Join(place, "storm")
	require.NoError(t, os.Mkdir(dir, 0o700))
	if s.nobody {
		require.NoError(t, os.Chown(dir, nobody, nobody))
	}

	told, tell, err := os.Pipe()
	require.NoError(t, err)
	start := func(kind string) (*exec.Cmd, error) {
		cmd := newChild(t, kind, dir)
		cmd.ExtraFiles = []*os.File{tell}
		if s.nobody {
			asNobody(cmd)
		}
		return cmd, cmd.Start()
	}
	var seen tally
	counted := make(chan error, 1)
	go func() { counted <- seen.count(told) }()
	swept, failed := s.rage(start)
	require.NoError(t, tell.Close())
	require.NoError(t, <-counted)
	require.NoError(t, failed)

	t.Logf("killed: %d creators, %d sweepers; trees made: %d; lost races: %d; orphans swept: %d; violations: %d %q",
		s.kills, swept, seen.trees, seen.lost, seen.swept, seen.violations, seen.first)
	require.Positive(t, seen.trees)
	require.Positive(t, seen.swept)
	if s.control {
		require.Positive(t, seen.violations, "the test does not see a creator that is wrong")
	} else {
		require.Zero(t, seen.violations)
	}
	s.requireNothingLeft(t, dir)
}

// rage keeps so many processes running, and kills each after a while, until enough creators were killed. It returns the number of sweepers killed.
func (s storm) rage(start func(kind string) (*exec.Cmd, error)) (sweepers int, err error) {
	var left, sweeps atomic.Int64
	left.Store(int64(s.kills))
	over := make(chan struct{})
	errs := make([]error, s.creators+stormSweepers)
	var creating, sweeping sync.WaitGroup
	for i := range s.creators {
		creating.Go(func() {
			for errs[i] == nil && left.Add(-1) >= 0 {
				errs[i] = startAndKill(start, s.creates, s.life, nil)
			}
		})
	}
	for i := range stormSweepers {
		sweeping.Go(func() {
			for at := s.creators + i; errs[at] == nil; sweeps.Add(1) {
				select {
				case <-over:
					return
				default:
					errs[at] = startAndKill(start, s.sweeps, stormLife, over)
				}
			}
		})
	}
	creating.Wait()
	close(over)
	sweeping.Wait()
	return int(sweeps.Load()), errors.Join(errs...)
}

// startAndKill kills a process some time after its start, which is when it is at work, or when it is over.
func startAndKill(start func(kind string) (*exec.Cmd, error), kind string, life time.Duration, over <-chan struct{}) error {
	cmd, err := start(kind)
	if err != nil {
		return err
	}
	moment := time.NewTimer(life/9 + rand.N(life-life/9))
	defer moment.Stop()
	select {
	case <-moment.C:
	case <-over:
	}
	return kill(cmd)
}

func (s storm) requireNothingLeft(t *testing.T, dir string) {
	t.Helper()
	if s.nobody { // root sweeps what is root's
		out, err := asNobody(newChild(t, stormSweepsOnce, dir)).CombinedOutput()
		require.NoError(t, err, "%s", out)
	} else {
		require.NoError(t, sweepStormOnce(dir))
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

const nobody = 65534

// stormPlace is a directory that others may enter, as far as it goes.
func stormPlace(t *testing.T, memory bool) (place string) {
	t.Helper()
	if memory {
		place = newSweptForMany(t)
	} else {
		place = newSwept(t)
	}
	require.NoError(t, os.Chmod(place, 0o755))
	return place
}

func asNobody(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return cmd
}

// tally is what the processes of a storm tell, a line each time.
type tally struct {
	trees, lost, swept, violations int
	first                          []string
}

func (c *tally) count(told io.Reader) error {
	lines := bufio.NewScanner(told)
	for lines.Scan() {
		switch what, detail, _ := strings.Cut(lines.Text(), " "); what {
		case toldTree:
			c.trees++
		case toldLost:
			c.lost++
		case toldSwept:
			c.swept++
		case toldViolation:
			if c.violations++; len(c.first) < 5 {
				c.first = append(c.first, detail)
			}
		default:
			return fmt.Errorf("no line of ours: %q", lines.Text())
		}
	}
	return lines.Err()
}
