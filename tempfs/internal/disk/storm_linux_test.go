package disk

import (
	"bufio"
	"context"
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
	"golang.org/x/sys/unix"
)

// storm is a directory in which processes make trees, and others sweep, all of which are killed at random moments.
type storm struct {
	name     string
	creates  string // the kind of its creators
	sweeps   string // and that of its sweepers
	creators int    // at a time
	kills    int    // of creators
	nobody   bool
	memory   bool // on tmpfs, which is the faster one
	control  bool // must show violations
}

const stormSweepers = 3 // at a time

// storms are those of the full run: TEMPFS_TEST_STORM=full go test -v -run TestStorm -timeout 30m ./tempfs/internal/disk. Otherwise they have a sixth of the kills and a
// third of the creators.
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
			if os.Getenv("TEMPFS_TEST_STORM") != "full" {
				s.creators, s.kills = s.creators/3, s.kills/6
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
	binary := thisBinary(t)
	if s.nobody {
		require.NoError(t, os.Chown(dir, nobody, nobody))
		binary = copied(t, binary, filepath.Join(place, "binary"))
	}

	told, tell, err := os.Pipe()
	require.NoError(t, err)
	start := func(kind string) (*exec.Cmd, error) {
		cmd := newChild(t, binary, kind, dir)
		cmd.ExtraFiles = []*os.File{tell}
		if s.nobody {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
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
				errs[i] = startAndKill(start, s.creates, nil)
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
					errs[at] = startAndKill(start, s.sweeps, over)
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
func startAndKill(start func(kind string) (*exec.Cmd, error), kind string, over <-chan struct{}) error {
	cmd, err := start(kind)
	if err != nil {
		return err
	}
	moment := time.NewTimer(50*time.Millisecond + rand.N(400*time.Millisecond))
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
		cmd := newChild(t, filepath.Join(filepath.Dir(dir), "binary"), stormSweepsOnce, dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	} else {
		require.NoError(t, sweepStormOnce(dir))
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

const nobody = 65534

// stormPlace is a directory that nobody reaches, too.
func stormPlace(t *testing.T, memory bool) string {
	t.Helper()
	place, err := "", error(nil)
	if memory {
		place, err = os.MkdirTemp("/dev/shm", "storm")
	}
	if place == "" {
		place, err = os.MkdirTemp("", "storm")
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(place)) })
	require.NoError(t, os.Chmod(place, 0o755))
	return place
}

// copied is the binary where nobody may run it.
func copied(t *testing.T, binary, to string) string {
	t.Helper()
	content, err := os.ReadFile(binary)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, content, 0o755))
	if err := exec.CommandContext(t.Context(), to, "-test.list=^$").Run(); errors.Is(err, unix.EACCES) {
		t.Skip("no program runs from there")
	}
	return to
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

// What is told of: a tree was made, another name had to be taken, an orphan was swept, something is as it must not be.
const (
	toldTree      = "tree"
	toldLost      = "lost"
	toldSwept     = "swept"
	toldViolation = "violation"
)

// stormTell is one write, which comes through whole or not at all (pipe(7)).
func stormTell(what, detail string) {
	line := what + " " + strings.ReplaceAll(fmt.Sprintf("%.500s", detail), "\n", " ") + "\n"
	if _, err := unix.Write(3, []byte(line)); err != nil {
		panic(err)
	}
}

// The kinds of processes in a storm.
const (
	stormCreates           = "creates"
	stormCreatesSlowly     = "creates slowly"
	stormCreatesUnderUmask = "creates under umask 0777"
	stormCreatesAndWaits   = "creates and waits for the lock"
	stormSweeps            = "sweeps"
	stormSweepsSlowly      = "sweeps slowly"
	stormSweepsOnce        = "sweeps once"
)

func init() {
	children[stormCreates] = func(dir string) error { return createOnAndOn(dir, createTree) }
	children[stormCreatesSlowly] = func(dir string) error { widen(); return createOnAndOn(dir, createTree) }
	children[stormCreatesUnderUmask] = func(dir string) error {
		return createOnAndOn(dir, func(dir string) (string, func() error, error) {
			defer unix.Umask(unix.Umask(0o777))
			return createTree(dir)
		})
	}
	children[stormCreatesAndWaits] = func(dir string) error { widen(); return createOnAndOn(dir, createAndWait) }
	children[stormSweeps] = sweepOnAndOn
	children[stormSweepsSlowly] = func(dir string) error { widen(); return sweepOnAndOn(dir) }
	children[stormSweepsOnce] = sweepStormOnce
}

// createOnAndOn makes trees, lives in them, and releases most of them, until it is killed.
func createOnAndOn(dir string, create func(dir string) (tree string, release func() error, err error)) error {
	for i := 0; ; i++ {
		tree, release, err := create(dir)
		if errors.Is(err, errLost) {
			stormTell(toldLost, "")
			continue
		}
		if err != nil {
			stormTell(toldViolation, err.Error())
			continue
		}
		stormTell(toldTree, "")
		if err := inhabit(tree); err != nil {
			stormTell(toldViolation, err.Error())
		}
		if err := release(); err != nil {
			stormTell(toldViolation, err.Error())
		}
	}
}

// widen gives others time between the steps.
func widen() { between = func() { time.Sleep(rand.N(time.Millisecond)) } }

func stormName() string { return fmt.Sprintf("storm-%016x", rand.Uint64()) }

func createTree(dir string) (string, func() error, error) {
	names := 0
	tree, err := Make(dir, 10000, func(bool) string {
		if names++; names > 1 {
			stormTell(toldLost, "")
		}
		return stormName()
	})
	if err != nil {
		return "", nil, err
	}
	return tree.Dir(), func() error {
		if rand.N(8) == 0 {
			tree.Close() // an orphan
			return nil
		}
		return tree.Release(context.Background(), nil)
	}, nil
}

var errLost = errors.New("a sweeper was faster")

// createAndWait waits for the lock, as lockf and flock(1) do, and takes for its own what it got the lock on.
func createAndWait(dir string) (string, func() error, error) {
	tree := filepath.Join(dir, stormName())
	if err := os.Mkdir(tree, 0o700); err != nil {
		return "", nil, err
	}
	between()
	fd, err := unix.Open(tree, directoryFlagsToRead, 0)
	if err != nil {
		return "", nil, errLost
	}
	between()
	if err := flock(fd, unix.LOCK_SH); err != nil {
		return "", nil, err
	}
	return tree, func() error { return errors.Join(os.RemoveAll(tree), unix.Close(fd)) }, nil
}

// inhabit lives in a tree by its path and looks that nobody else does.
func inhabit(tree string) error {
	born, err := os.Lstat(tree)
	if err != nil {
		return err
	}
	sub := filepath.Join(tree, "d")
	if err := os.Mkdir(sub, 0o700); err != nil {
		return err
	}
	for i := range 4 {
		file := filepath.Join(sub, fmt.Sprint("f", i))
		if err := os.WriteFile(file, []byte(tree), 0o600); err != nil {
			return err
		}
		content, err := os.ReadFile(file)
		if err != nil || string(content) != tree {
			return fmt.Errorf("%s has %q: %w", file, content, err)
		}
		now, err := os.Lstat(tree)
		if err != nil || !os.SameFile(born, now) {
			return fmt.Errorf("%s is another one: %w", tree, err)
		}
	}
	entries, err := os.ReadDir(sub)
	if err == nil && len(entries) != 4 {
		err = fmt.Errorf("%s has %d files", sub, len(entries))
	}
	return err
}

func sweepOnAndOn(dir string) error {
	for {
		sweepStorm(dir)
		time.Sleep(rand.N(8 * time.Millisecond)) // or no creator would get on
	}
}

func sweepStorm(dir string) {
	o := Orphans{Dir: dir, IsName: func(name []byte) bool { return strings.HasPrefix(string(name), "storm-") }}
	s, err := o.Sweep(context.Background())
	if err != nil {
		stormTell(toldViolation, err.Error())
	}
	for _, f := range s.Failed {
		stormTell(toldViolation, f.Err.Error())
	}
	for range s.Removed {
		stormTell(toldSwept, "")
	}
}

// sweepStormOnce sweeps when all is over: what is left is told of by who looks.
func sweepStormOnce(dir string) error {
	o := Orphans{Dir: dir, IsName: func([]byte) bool { return true }}
	s, err := o.Sweep(context.Background())
	for _, f := range s.Failed {
		err = errors.Join(err, f.Err)
	}
	return err
}
