package tempfs_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// The kinds of children: one sweeps its argument, another makes a tree there and waits to be killed.
const (
	childSweepsAndTells = "sweep and tell"
	childOwns           = "own a tree"
)

func init() {
	children[childSweepsAndTells] = sweepAndTell
	children[childOwns] = ownUntilKilled
}

// sweptThere is what a child finds in a directory with one tree.
type sweptThere struct {
	Report tempfs.SweepReport
	Lock   string // the answer to a lock of its root directory that excludes all others
}

func sweepAndTell(dir string) error {
	var s sweptThere
	var err error
	if s.Report, err = tempfs.Sweep(tempfs.In(dir)); err != nil {
		return err
	}
	if trees, _ := filepath.Glob(filepath.Join(dir, "tmp*")); len(trees) == 1 {
		s.Lock = lockOf(trees[0])
	}
	return json.NewEncoder(os.Stdout).Encode(s)
}

// lockOf opens a directory and gives the answer to such a lock.
func lockOf(dir string) string {
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err == nil {
		err = unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB)
		_ = unix.Close(fd)
	}
	return fmt.Sprint(err)
}

func ownUntilKilled(dir string) error {
	fsys, err := tempfs.New(tempfs.In(dir))
	if err == nil {
		err = fsys.MkdirAll("/d/e", 0o700)
	}
	if err != nil {
		return err
	}
	path, err := fsys.RealPath("/")
	if err != nil {
		return err
	}
	fmt.Println(path)
	_, err = bufio.NewReader(os.Stdin).ReadByte() // which never comes
	return errors.Join(err, fsys.Release())
}

// owner is a process with a tree.
type owner struct {
	cmd  *exec.Cmd
	tree string
}

func newOwner(t *testing.T, dir string) owner {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), thisBinary)
	cmd.Env = append(os.Environ(), childKind+"="+childOwns, childArgument+"="+dir)
	cmd.Stderr = os.Stderr
	_, err := cmd.StdinPipe()
	require.NoError(t, err)
	said, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(said).ReadString('\n')
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() }) // for a test that ends before it
	return owner{cmd, strings.TrimSpace(line)}
}

func (o owner) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, o.cmd.Process.Kill())
	require.Error(t, o.cmd.Wait())
}

// sweepIn sweeps dir in a process of its own.
func sweepIn(t *testing.T, dir string, attr *syscall.SysProcAttr) (s sweptThere) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), thisBinary)
	cmd.Env = append(os.Environ(), childKind+"="+childSweepsAndTells, childArgument+"="+dir)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = attr
	out, err := cmd.Output()
	if cmd.Process == nil && (errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EINVAL)) {
		t.Skipf("no such namespaces here: %v", err)
	}
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(out, &s), "%s", out)
	return s
}

// TestLockIsSeenEverywhere is case 40: by another process, from other namespaces, and in the same process. The lock of a process that was killed is gone for all
// of them.
func TestLockIsSeenEverywhere(t *testing.T) {
	self := []syscall.SysProcIDMap{{ContainerID: os.Geteuid(), HostID: os.Geteuid(), Size: 1}}
	user := syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER, UidMappings: self}
	all := user
	all.Cloneflags |= syscall.CLONE_NEWPID | syscall.CLONE_NEWNS
	for name, attr := range map[string]*syscall.SysProcAttr{
		"another process":         {},
		"another user namespace":  &user,
		"another PID namespace":   {Cloneflags: syscall.CLONE_NEWPID},
		"another mount namespace": {Unshareflags: syscall.CLONE_NEWNS},
		"all three":               &all,
	} {
		t.Run(name, func(t *testing.T) {
			dir := newSwept(t)
			o := newOwner(t, dir)
			s := sweepIn(t, dir, attr)
			require.Equal(t, tempfs.SweepReport{Dir: dir, Seen: 1, Live: 1}, s.Report)
			require.Equal(t, unix.EWOULDBLOCK.Error(), s.Lock)
			o.kill(t)
			s = sweepIn(t, dir, attr)
			require.Equal(t, tempfs.SweepReport{Dir: dir, Seen: 1, Removed: []string{o.tree}}, s.Report)
			require.NoDirExists(t, o.tree)
		})
	}
	t.Run("the same process", func(t *testing.T) {
		dir := newSwept(t)
		path := lively(t, dir)
		r, err := tempfs.Sweep(tempfs.In(dir))
		require.NoError(t, err)
		require.Equal(t, tempfs.SweepReport{Dir: dir, Seen: 1, Live: 1}, r)
		require.Equal(t, unix.EWOULDBLOCK.Error(), lockOf(path))
	})
}

// TestSystemdSparesWhatIsLive is case 42: systemd's takes what nobody holds, and leaves what is live.
func TestSystemdSparesWhatIsLive(t *testing.T) {
	tmpfiles, err := exec.LookPath("systemd-tmpfiles")
	if err != nil {
		t.Skipf("no systemd-tmpfiles here: %v", err)
	}
	dir := newSwept(t)
	path := lively(t, dir)
	left := orphan(t, dir)
	killed := newOwner(t, dir)
	killed.kill(t)
	config := filepath.Join(t.TempDir(), "tempfs.conf")
	require.NoError(t, os.WriteFile(config, []byte("d "+dir+" - - - 0\n"), 0o600))
	out, err := exec.CommandContext(t.Context(), tmpfiles, "--clean", config).CombinedOutput()
	if err != nil {
		t.Skipf("systemd-tmpfiles does not work here: %v: %s", err, out)
	}
	require.NoDirExists(t, left, "it has cleaned nothing: %s", out)
	require.NoDirExists(t, killed.tree)
	require.FileExists(t, filepath.Join(path, "f"))
}

// TestSweepOpensOnlyItsNames is case 50, seen by strace: of 10,000 names that are not of trees none is so much as looked at.
func TestSweepOpensOnlyItsNames(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skipf("no strace here; a test of the disk backend asks the kernel: %v", err)
	}
	dir := newSweptForMany(t)
	for i := range 10_000 {
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("tmp%09dabc", i)), nil, 0o600))
	}
	left := orphan(t, dir)
	report := filepath.Join(t.TempDir(), "strace")
	cmd := exec.CommandContext(t.Context(), strace, "-f", "-s", "300", "-o", report, "-e", "trace=%file", thisBinary)
	binary, err := os.Executable()
	require.NoError(t, err)
	cmd.Args[len(cmd.Args)-1] = binary // strace runs another program first
	cmd.Env = append(os.Environ(), childKind+"="+childSweepsAndTells, childArgument+"="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Skipf("strace does not work here: %v: %s", err, out)
	}
	calls, err := os.ReadFile(report)
	require.NoError(t, err)
	require.NoDirExists(t, left)
	require.Contains(t, string(calls), filepath.Base(left))
	require.Empty(t, regexp.MustCompile(`.*"[^"]*tmp\d{9}abc.*`).FindAllString(string(calls), 3))
}

// TestSweepOfOtherFilesystems: procfs is none that is known to have locks.
func TestSweepOfOtherFilesystems(t *testing.T) {
	r, err := tempfs.Sweep(tempfs.In("/proc"))
	require.ErrorIs(t, err, tempfs.ErrUnsafeFS)
	require.EqualError(t, err, "sweep /proc: "+tempfs.ErrUnsafeFS.Error())
	require.Equal(t, tempfs.SweepReport{Dir: "/proc"}, r)
}

// sweepTests are what is run again in processes that lack something.
const sweepTests = "^(TestSweep|TestSweepOf.*|TestSweepLeaves.*|TestSweepFinds.*|TestTwoSweepers.*|TestSystemd.*|TestLockIsSeenEverywhere)$"

// TestConfinedSweep: sweeps are the same for a user, and where the kernel or a sandbox has no openat2.
func TestConfinedSweep(t *testing.T) {
	onlyInFull(t)
	openat2 := []uint32{unix.SYS_OPENAT2}
	old := []uint32{unix.SYS_OPENAT2, unix.SYS_STATX, unix.SYS_FCHMODAT2}
	runConfinedIn(t, sweepTests, []confinement{
		{Name: "openat2 forbidden", Blocked: openat2, Errno: unix.EPERM},
		{Name: "no openat2, statx, fchmodat2", Blocked: old, Errno: unix.ENOSYS},
		{Name: "nobody", Nobody: true},
		{Name: "nobody, no openat2, statx, fchmodat2, 64 descriptors", Nobody: true, Blocked: old, Errno: unix.ENOSYS, Descriptors: 64},
	})
}
