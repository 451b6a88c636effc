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
	child := func(kind string) *exec.Cmd {
		cmd := newChild(t, kind, dir)
		cmd.ExtraFiles = []*os.File{tell}
		if s.nobody {
			asNobody(cmd)
		}
		return cmd
	}
	var seen tally
	counted := make(chan error, 1)
	go func() { counted <- seen.count(told) }()
	latest := time.Now().Add(time.Minute)
	swept, failed := s.rage(child, func() bool { return seen.enough(s.control) || time.Now().After(latest) })
	require.NoError(t, tell.Close())
	require.NoError(t, <-counted)
	require.NoError(t, failed)

	t.Logf("killed: %d creators, %d sweepers; trees made: %d; lost races: %d; orphans swept: %d; violations: %d %q",
		s.kills, swept, seen.trees.Load(), seen.lost.Load(), seen.swept.Load(), seen.violations.Load(), seen.first)
	require.True(t, seen.enough(s.control), "no trees, no orphans, or a test that does not see a creator that is wrong")
	if !s.control {
		require.Zero(t, seen.violations.Load())
	}
	s.requireNothingLeft(t, dir)
}

// rage keeps so many processes running, and kills each after a while, until enough creators were killed and enough was seen. It returns the number of sweepers
// killed.
func (s storm) rage(child func(kind string) *exec.Cmd, enough func() bool) (sweepers int, err error) {
	var left, sweeps atomic.Int64
	left.Store(int64(s.kills))
	over := make(chan struct{})
	errs := make([]error, s.creators+stormSweepers)
	var creating, sweeping sync.WaitGroup
	for i := range s.creators {
		creating.Go(func() {
			for errs[i] == nil && (left.Add(-1) >= 0 || !enough()) {
				errs[i] = startAndKill(child, s.creates, s.life, nil)
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
					errs[at] = startAndKill(child, s.sweeps, stormLife, over)
				}
			}
		})
	}
	creating.Wait()
	close(over)
	sweeping.Wait()
	return int(sweeps.Load()), errors.Join(errs...)
}

// startAndKill kills a process some time after it has said that it is at work, or when all is over.
func startAndKill(child func(kind string) *exec.Cmd, kind string, life time.Duration, over <-chan struct{}) error {
	cmd := child(kind)
	said, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err = cmd.Start(); err != nil {
		return err
	}
	if _, err = said.Read(make([]byte, 1)); err != nil {
		return errors.Join(err, cmd.Wait())
	}
	moment := time.NewTimer(rand.N(life))
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
	trees, lost, swept, violations atomic.Int64

	first []string // violations; readable when all are counted
}

// enough was seen to say something.
func (c *tally) enough(control bool) bool {
	return c.trees.Load() > 0 && c.swept.Load() > 0 && (!control || c.violations.Load() > 0)
}

func (c *tally) count(told io.Reader) error {
	lines := bufio.NewScanner(told)
	for lines.Scan() {
		switch what, detail, _ := strings.Cut(lines.Text(), " "); what {
		case toldTree:
			c.trees.Add(1)
		case toldLost:
			c.lost.Add(1)
		case toldSwept:
			c.swept.Add(1)
		case toldViolation:
			if c.violations.Add(1); len(c.first) < 5 {
				c.first = append(c.first, detail)
			}
		default:
			return fmt.Errorf("no line of ours: %q", lines.Text())
		}
	}
	return lines.Err()
}
