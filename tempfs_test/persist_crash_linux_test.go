package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// childPersist persists once, when it is told to.
const childPersist = "persist once"

func init() { children[childPersist] = persistOnce }

// crash is a Persist that is killed. It is written into the argument of the child.
type crash struct {
	backend, kind string
	noReplace     bool
	dir           string // with the directories fs, for the Fs, and host
}

func (c crash) String() string {
	return fmt.Sprintf("%s/%s/noReplace=%v", c.backend, c.kind, c.noReplace)
}

func (c crash) host() string { return filepath.Join(c.dir, "host", "target") }

func persistOnce(argument string) error {
	fields := strings.Split(argument, "|")
	c := crash{fields[0], fields[1], fields[2] == "true", fields[3]}
	where := optionsIn(c.backend, filepath.Join(c.dir, "fs"))
	if c.backend == "spill" {
		where = append(where, tempfs.SpillOver(0))
	}
	fsys, err := tempfs.New(where...)
	if err != nil {
		return err
	}
	open, err := c.makeSource(fsys)
	if err != nil {
		return err
	}
	if _, err := os.Stdout.WriteString("ready"); err != nil {
		return err
	}
	if _, err := os.Stdin.Read(make([]byte, 1)); err != nil {
		return err
	}
	var opts []tempfs.PersistOption
	if c.noReplace {
		opts = append(opts, tempfs.NoReplace())
	}
	if open != nil {
		return tempfs.PersistFile(open, c.host(), opts...)
	}
	return fsys.Persist("/source", c.host(), opts...)
}

func (c crash) makeSource(fsys *tempfs.Fs) (open afero.File, err error) {
	switch c.kind {
	case "open":
		if open, err = fsys.TemporaryFile(tempfs.Linkable(), tempfs.Perm(0o600)); err == nil {
			_, err = open.WriteString("new")
		}
		return open, err
	case "file":
		return nil, putPrivate(fsys, "/source")
	}
	for _, name := range []string{"/source", "/source/d"} {
		if err := fsys.Mkdir(name, 0o700); err != nil {
			return nil, err
		}
	}
	return nil, errors.Join(putPrivate(fsys, "/source/a"), putPrivate(fsys, "/source/d/b"))
}

func putPrivate(fsys *tempfs.Fs, name string) error {
	return errors.Join(put(fsys, name, "new"), fsys.Chmod(name, 0o600))
}

const (
	wholeFile      = ". -rw------- \"new\"\n"
	wholeDirectory = ". drwx------\na -rw------- \"new\"\nd drwx------\nd/b -rw------- \"new\"\n"
)

// makeOld prepares what is there before, and returns its description, "" for nothing.
func (c crash) makeOld(t *testing.T) (before string) {
	t.Helper()
	for _, name := range []string{"fs", "host"} {
		require.NoError(t, os.MkdirAll(filepath.Join(c.dir, name), 0o700))
	}
	switch {
	case c.noReplace:
		return ""
	case c.kind == "directory":
		require.NoError(t, os.MkdirAll(filepath.Join(c.host(), "old"), 0o700))
		putHost(t, filepath.Join(c.host(), "old", "f"), "old")
	default:
		putHost(t, c.host(), "old")
	}
	return describeHost(t, c.host())
}

// TestPersistCrash kills the process at each system call of a Persist: each time the name has all of the old or all of the new.
func TestPersistCrash(t *testing.T) {
	stride := 1
	if testing.Short() {
		stride = 11
	}
	for _, backend := range backendNames {
		for _, kind := range []string{"file", "directory", "open"} {
			if backend == "spill" && kind != "file" {
				continue // to Persist it is memory that is read from a disk
			}
			for _, noReplace := range []bool{false, true} {
				c := crash{backend: backend, kind: kind, noReplace: noReplace}
				t.Run(c.String(), func(t *testing.T) { testCrash(t, c, stride) })
			}
		}
	}
}

func testCrash(t *testing.T, c crash, stride int) {
	dir := t.TempDir()
	seen := map[string]int{}
	for n := 1; ; n += stride {
		require.Less(t, n, 10_000, "it never ends")
		c.dir = filepath.Join(dir, strconv.Itoa(n))
		before := c.makeOld(t)
		finished := killAt(t, c, n)
		state := c.check(t, before, finished)
		seen[state]++
		require.NoError(t, os.RemoveAll(c.dir))
		if finished {
			require.Equal(t, "new", state)
			break
		}
	}
	t.Log(seen)
	require.NotZero(t, seen["old"])
	require.Greater(t, seen["new"], 0)
}

// check returns which of the two there is.
func (c crash) check(t *testing.T, before string, finished bool) (state string) {
	t.Helper()
	want := wholeFile
	if c.kind == "directory" {
		want = wholeDirectory
	}
	now := ""
	if _, err := os.Lstat(c.host()); !errors.Is(err, fs.ErrNotExist) {
		now = describeHost(t, c.host())
	}
	require.Contains(t, []string{before, want}, now)
	c.checkNames(t, finished)
	if now == want {
		return "new"
	}
	if c.backend == "disk" && c.kind != "open" { // the source is whole then
		sources, err := filepath.Glob(filepath.Join(c.dir, "fs", "*", "source"))
		require.NoError(t, err)
		require.Len(t, sources, 1)
		require.Equal(t, want, describeHost(t, sources[0]))
	}
	return "old"
}

var temporaryName = regexp.MustCompile(`^\.target\.tmp-[0-9a-f]{16}$`)

// checkNames allows a killed process one temporary name.
func (c crash) checkNames(t *testing.T, finished bool) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(c.host()))
	require.NoError(t, err)
	left := 0
	for _, e := range entries {
		if e.Name() != "target" {
			require.Regexp(t, temporaryName, e.Name())
			left++
		}
	}
	require.LessOrEqual(t, left, 1)
	if finished {
		require.Zero(t, left)
	}
}

// killAt runs the child and kills it where it is about to do its nth system call since it was told to go on. finished: it did fewer.
func killAt(t *testing.T, c crash, n int) (finished bool) {
	t.Helper()
	// Only the thread that traces may ask for anything, see ptrace(2).
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	child, ready, proceed := startPersistOnce(t, c)
	defer func() { require.NoError(t, errors.Join(ready.Close(), proceed.Close())) }()
	_, err := ready.Read(make([]byte, len("ready")))
	require.NoError(t, err)
	tracer := tracer{t: t, pid: child, at: n}
	defer tracer.reap()
	tracer.seize()
	_, err = proceed.Write([]byte{'\n'})
	require.NoError(t, err)
	return tracer.run()
}

func startPersistOnce(t *testing.T, c crash) (pid int, ready, proceed *os.File) {
	t.Helper()
	stdin, proceed, err := os.Pipe()
	require.NoError(t, err)
	ready, stdout, err := os.Pipe()
	require.NoError(t, err)
	binary, err := os.Executable()
	require.NoError(t, err)
	argument := fmt.Sprintf("%s|%s|%v|%s", c.backend, c.kind, c.noReplace, c.dir)
	env := append(os.Environ(), childKind+"="+childPersist, childArgument+"="+argument, "GOMAXPROCS=1", "GOGC=off")
	p, err := os.StartProcess(binary, []string{binary}, &os.ProcAttr{Env: env, Files: []*os.File{stdin, stdout, os.Stderr}})
	require.NoError(t, err)
	require.NoError(t, errors.Join(stdin.Close(), stdout.Close()))
	pid = p.Pid
	require.NoError(t, p.Release())
	return pid, ready, proceed
}

// tracer traces all threads of a process.
type tracer struct {
	t   *testing.T
	pid int
	at  int // the system call that it is killed at

	calls int
	ended bool
}

// seize begins with each thread that there is, and stops it. PTRACE_O_TRACECLONE adds those to come.
func (r *tracer) seize() {
	const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_EXITKILL
	seized := map[int]bool{}
	for found := true; found; {
		found = false
		tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", r.pid))
		require.NoError(r.t, err)
		for _, task := range tasks {
			tid, err := strconv.Atoi(task.Name())
			require.NoError(r.t, err)
			if seized[tid] {
				continue
			}
			found, seized[tid] = true, true
			err = ptrace(unix.PTRACE_SEIZE, tid, 0, options)
			if errors.Is(err, unix.EPERM) && len(seized) == 1 {
				r.t.Skip("ptrace is not permitted here: ", err)
			}
			if !errors.Is(err, unix.EPERM) { // that one is traced already, as the clone of another
				require.NoError(r.t, err)
				require.NoError(r.t, ptrace(unix.PTRACE_INTERRUPT, tid, 0, 0))
			}
		}
	}
}

func ptrace(request, tid int, addr, data uintptr) error {
	_, _, errno := unix.Syscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), addr, data, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// run ends when the process has.
func (r *tracer) run() (finished bool) {
	for {
		tid, status := r.wait()
		switch {
		case tid == r.pid && (status.Exited() || status.Signaled()):
			r.ended = true
			if r.calls >= r.at {
				return false
			}
			require.True(r.t, status.Exited() && status.ExitStatus() == 0, "the child failed: %v", status)
			return true
		case !status.Stopped():
			continue // a thread has ended
		}
		r.resume(tid, status)
	}
}

func (r *tracer) wait() (tid int, status unix.WaitStatus) {
	for {
		tid, err := unix.Wait4(-1, &status, unix.WALL, nil)
		if !errors.Is(err, unix.EINTR) {
			require.NoError(r.t, err)
			return tid, status
		}
	}
}

// resume lets a thread that is stopped go on, or kills the process.
func (r *tracer) resume(tid int, status unix.WaitStatus) {
	signal := status.StopSignal()
	switch {
	case signal == unix.SIGTRAP|0x80:
		if isEntry(tid) {
			if r.calls++; r.calls == r.at {
				_ = unix.Kill(r.pid, unix.SIGKILL)
				return
			}
		}
		signal = 0
	case status>>16 != 0: // an event of ptrace
		signal = 0
	}
	err := ptrace(unix.PTRACE_SYSCALL, tid, 0, uintptr(signal))
	if !errors.Is(err, unix.ESRCH) { // it was killed
		require.NoError(r.t, err)
	}
}

// isEntry asks whether the thread is before or after its system call.
func isEntry(tid int) bool {
	const isBefore = 1             // PTRACE_SYSCALL_INFO_ENTRY
	info := make([]uint64, 88/8+1) // struct ptrace_syscall_info
	err := ptrace(unix.PTRACE_GET_SYSCALL_INFO, tid, uintptr(len(info)*8), uintptr(unsafe.Pointer(&info[0])))
	return err == nil && byte(info[0]) == isBefore
}

// reap is for a test that fails or skips before the process has ended.
func (r *tracer) reap() {
	if r.ended {
		return
	}
	_ = unix.Kill(r.pid, unix.SIGKILL)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		var status unix.WaitStatus
		tid, err := unix.Wait4(-1, &status, unix.WALL, nil)
		if tid == r.pid && !status.Stopped() || errors.Is(err, unix.ECHILD) {
			return
		}
	}
}
