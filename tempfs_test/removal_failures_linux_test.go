package tempfs_test

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// TestRemovalOfImmutables is cases 16 and 17: what even root may not delete is told, each of it once, and all else goes.
func TestRemovalOfImmutables(t *testing.T) {
	around := []string{"a/b/c/", "a/b/c/d/e/", "a/b/c/d/e/f", "a/b/f", "a/f", "a/z/z/", "a/b/c/k/", "a/b/c/k/1", "a/b/c/k/2", "z/", "z/f"}
	for _, c := range []struct {
		name  string
		holds []string // immutable
		fails map[string]syscall.Errno
	}{
		{"16 a file", []string{"a/b/f"}, map[string]syscall.Errno{"a/b/f": unix.EPERM}},
		{"16 a file at the bottom", []string{"a/b/c/d/e/f"}, map[string]syscall.Errno{"a/b/c/d/e/f": unix.EPERM}},
		{"17 an empty directory", []string{"a/z/z"}, map[string]syscall.Errno{"a/z/z": unix.EPERM}},
		{"17 a directory", []string{"a/b/c/k"}, map[string]syscall.Errno{"a/b/c/k/1": unix.EPERM, "a/b/c/k/2": unix.EPERM}},
		{"16 three", []string{"a/f", "a/b/f", "z/f"}, map[string]syscall.Errno{"a/f": unix.EPERM, "a/b/f": unix.EPERM, "z/f": unix.EPERM}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			s.grow(t, sceneTree, around)
			free := func() {}
			for _, name := range c.holds {
				freeOne, others := makeImmutable(t, s.onHost(name)), free
				free = func() { freeOne(); others() }
			}
			defer free()
			s.requireNotRemoved(t, c.fails)
			s.requireFails(t, c.fails)
			s.requireFails(t, c.fails) // and again
			free()
			s.requireReleased(t)
		})
	}
}

// TestRemovalOfManyImmutables tells the number of all and the first of them, once each.
func TestRemovalOfManyImmutables(t *testing.T) {
	const many, told = 40, 16
	s := newScene(t)
	var frees []func()
	for i, dir := range numbered(many) {
		s.grow(t, sceneTree, []string{dir + "/sub/", dir + "/sub/f", dir + "/sub/g"})
		frees = append(frees, makeImmutable(t, s.onHost(numbered(many)[i]+"/sub/f")))
	}
	err := s.fsys.Release()
	failed := s.releaseErrorOf(t, err)
	require.Equal(t, many, failed.Count)
	require.Len(t, failed.Causes, told)
	require.Len(t, failuresOf(t, err), told)
	require.ErrorContains(t, err, strconv.Itoa(many-told)+" more")
	require.NoError(t, s.outside.changed())
	for _, dir := range numbered(many) {
		requireHolds(t, s.onHost(dir), "sub")
		requireHolds(t, s.onHost(dir+"/sub"), "f")
	}
	for _, free := range frees {
		free()
	}
	s.requireReleased(t)
}

// childReleases makes an Fs in the directory of its argument, tells where, and releases it when told. It says each failure in a line.
const childReleases = "release when told"

func init() { children[childReleases] = releaseWhenTold }

func releaseWhenTold(argument string) error {
	fsys, err := tempfs.New(tempfs.In(argument))
	if err != nil {
		return err
	}
	host, err := fsys.RealPath("/")
	if err != nil {
		return err
	}
	fmt.Println(host)
	if _, err := os.Stdin.Read(make([]byte, 1)); err != nil {
		return err
	}
	if err := fsys.Release(); err != nil {
		for _, cause := range causesOf(err) {
			fmt.Println(cause)
		}
	}
	return nil
}

// releasing is a child that releases an Fs.
type releasing struct {
	cmd  *exec.Cmd
	host string
	tell *os.File
	said *bufio.Scanner
}

// thisBinary runs this one again: a user who may not reach its path may run it all the same.
const thisBinary = "/proc/self/exe"

// nobody is a user whom modes bind, and who owns nothing.
const nobody = 65534

// startReleasing starts a child whose Fs is in dir, with a working directory; uid 0 is whoever this is.
func startReleasing(t *testing.T, dir string, uid uint32, cwd string) *releasing {
	t.Helper()
	stdin, tell, err := os.Pipe()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), thisBinary)
	cmd.Env = append(os.Environ(), childKind+"="+childReleases, childArgument+"="+dir)
	cmd.Stdin, cmd.Stderr, cmd.Dir = stdin, os.Stderr, cwd
	if uid != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	}
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	require.NoError(t, stdin.Close())
	t.Cleanup(func() { _ = tell.Close() }) // which ends it, if the test fails before
	r := &releasing{cmd: cmd, tell: tell, said: bufio.NewScanner(stdout)}
	require.True(t, r.said.Scan(), "the child has ended")
	r.host = r.said.Text()
	return r
}

// release lets it, and returns the failures.
func (r *releasing) release(t *testing.T) (failures []string) {
	t.Helper()
	_, err := r.tell.WriteString("\n")
	require.NoError(t, err)
	for r.said.Scan() {
		failures = append(failures, r.said.Text())
	}
	require.NoError(t, errors.Join(r.cmd.Wait(), r.tell.Close()))
	return failures
}

// TestRemovalOfForeignDirectories is case 18: in an Fs of one user there are directories of another one.
func TestRemovalOfForeignDirectories(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root makes directories for others")
	}
	dir := openToNobody(t)
	child := startReleasing(t, dir, nobody, "")
	for name, mode := range map[string]fs.FileMode{
		"empty": 0o700, "shut": 0o700, "readable": 0o755, "mine": 0o755, "mine/empty": 0, "mine/mine": 0o500, "mine/mine/readable": 0o755,
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(child.host, name), mode))
		require.NoError(t, os.Chmod(filepath.Join(child.host, name), mode))
	}
	for _, name := range []string{"shut/f", "readable/f", "readable/g", "mine/f", "mine/mine/f", "mine/mine/readable/f"} {
		putHost(t, filepath.Join(child.host, name), "theirs")
	}
	for _, name := range []string{"mine", "mine/mine", "mine/f", "mine/mine/f"} {
		require.NoError(t, os.Lchown(filepath.Join(child.host, name), nobody, nobody))
	}
	failures := child.release(t)
	names := make([]string, len(failures))
	for i, failure := range failures {
		require.NotContains(t, failure, dir)
		rest, isPermission := strings.CutSuffix(failure, ": "+unix.EACCES.Error())
		if !isPermission {
			rest, isPermission = strings.CutSuffix(failure, ": "+unix.EPERM.Error())
		}
		require.True(t, isPermission, failure)
		_, names[i], _ = strings.Cut(rest, " /")
	}
	require.ElementsMatch(t, []string{"shut", "readable/f", "readable/g", "mine/mine/readable/f"}, names)
	requireHolds(t, child.host, "shut", "readable", "mine")
	requireHolds(t, filepath.Join(child.host, "mine"), "mine")
	requireHolds(t, filepath.Join(child.host, "mine/mine"), "readable")
	for name, mode := range map[string]fs.FileMode{"shut": 0o700, "readable": 0o755, "shut/f": 0o600} {
		info, err := os.Stat(filepath.Join(child.host, name))
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm())
	}
}

// openToNobody is a directory of that user, which can be reached.
func openToNobody(t *testing.T) (dir string) {
	t.Helper()
	dir = reachable(t)
	require.NoError(t, os.Chown(dir, nobody, nobody))
	cmd := exec.CommandContext(t.Context(), "test", "-w", dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if err := cmd.Run(); err != nil {
		t.Skipf("user %d cannot reach the temp directory: %v", nobody, err)
	}
	return dir
}

// reachable is a spacious directory whose path everybody may walk, as far as it is of these tests: see privateTemp.
func reachable(t *testing.T) (dir string) {
	t.Helper()
	dir = spacious(t)
	require.NoError(t, os.Chmod(dir, 0o711))
	if filepath.Dir(dir) == sharedMemory {
		return dir
	}
	private := os.TempDir()
	info, err := os.Stat(private)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(private, info.Mode().Perm()|0o011))
	t.Cleanup(func() { require.NoError(t, os.Chmod(private, info.Mode().Perm())) })
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o711))
	return dir
}
