package tempfs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// childConfined runs tests of this binary in a process that may not do all that this one may.
const childConfined = "run tests confined"

func init() { children[childConfined] = runConfined }

// confinement is what such a process lacks. It goes to the child as JSON.
type confinement struct {
	Name        string
	Descriptors uint64        // RLIMIT_NOFILE; 0 leaves it
	Blocked     []uint32      // system calls
	Errno       syscall.Errno // that they fail with
	Nobody      bool          // root is nobody there
	Mounts      bool          // it has a mount namespace of its own
	Tests       string        // -test.run
	Short       bool
	Timeout     time.Duration // -test.timeout
}

// runAgain runs tests of this binary in such a process. They must pass there, and be some.
func runAgain(t *testing.T, c confinement, tests string, env ...string) {
	t.Helper()
	c.Tests, c.Short, c.Timeout = tests, testing.Short(), 5*time.Minute+attackTime(t)
	argument, err := json.Marshal(c)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), thisBinary)
	cmd.Env = append(os.Environ(), childKind+"="+childConfined, childArgument+"="+string(argument))
	cmd.Env = append(cmd.Env, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if c.Nobody {
		cmd.Env = append(cmd.Env, "TMPDIR="+openToNobody(t))
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	} else {
		cmd.Env = append(cmd.Env, "TMPDIR="+reachable(t))
	}
	if c.Mounts { // private, too: see syscall/exec_linux.go
		cmd.SysProcAttr.Unshareflags = syscall.CLONE_NEWNS
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, unix.EPERM) && cmd.Process == nil {
		t.Skipf("no such process here: %v", err)
	}
	if reason, ok := bytes.CutPrefix(out, []byte(skipPrefix)); ok {
		t.Skipf("%s", reason)
	}
	require.NoError(t, err, "%s", dull.ReplaceAll(out, nil))
	passed, skipped := results.FindAllSubmatch(out, -1), skips.FindAllSubmatch(out, -1)
	require.NotEmpty(t, append(passed, skipped...), "no tests ran: %s", out)
	for _, s := range skipped {
		t.Logf("skipped there: %s", s[1])
	}
	t.Logf("%d passed there, of subtests and all", len(passed))
}

// runConfinedIn has the tests run again in a process of each kind.
func runConfinedIn(t *testing.T, tests string, kinds []confinement) {
	t.Helper()
	for _, c := range kinds {
		t.Run(c.Name, func(t *testing.T) {
			if c.Nobody && os.Geteuid() != 0 {
				t.Skip("this is not root already")
			}
			runAgain(t, c, tests)
		})
	}
}

var (
	results = regexp.MustCompile(`(?m)^ *--- PASS: (\S+)`)
	dull    = regexp.MustCompile(`(?m)^( *--- (PASS|SKIP)|=== ).*\n`)
	skips   = regexp.MustCompile(`(?m)^ *--- SKIP: (\S+)`)
)

// skipPrefix begins what a child says that cannot be confined so.
const skipPrefix = "skip: "

func runConfined(argument string) error {
	var c confinement
	if err := json.Unmarshal([]byte(argument), &c); err != nil {
		return err
	}
	// A filter is of a thread until its process runs another program.
	runtime.LockOSThread()
	if err := limitDescriptors(c.Descriptors); err != nil {
		return err
	}
	if len(c.Blocked) > 0 {
		if err := block(c.Blocked, c.Errno); err != nil {
			return fmt.Errorf("%s%w", skipPrefix, err)
		}
	}
	if err := errors.Join(os.Unsetenv(childKind), os.Unsetenv(childArgument)); err != nil {
		return err
	}
	args := []string{os.Args[0], "-test.v", "-test.run=" + c.Tests, "-test.timeout=" + c.Timeout.String()}
	if c.Short {
		args = append(args, "-test.short")
	}
	return unix.Exec(thisBinary, args, os.Environ())
}

// auditArch of this machine is what a filter compares with, since numbers of system calls mean other calls under other ones: see seccomp(2).
var auditArch = map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}[runtime.GOARCH]

// block lets system calls fail with errno from now on, in this process and all that it becomes.
func block(calls []uint32, errno syscall.Errno) error {
	if auditArch == 0 {
		return errors.New("no filter for this machine")
	}
	// struct seccomp_data has the number at 0 and the architecture at 4.
	const number, architecture = 0, 4
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	ret := func(action uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: action}
	}
	unless := func(value uint32) unix.SockFilter { // skips the next one
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: value, Jf: 1}
	}
	program := []unix.SockFilter{
		load(architecture),
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: auditArch, Jt: 1},
		ret(unix.SECCOMP_RET_ALLOW),
		load(number),
	}
	for _, call := range calls {
		program = append(program, unless(call), ret(unix.SECCOMP_RET_ERRNO|uint32(errno)))
	}
	program = append(program, ret(unix.SECCOMP_RET_ALLOW))
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, failed := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&filter)))
	runtime.KeepAlive(program)
	if failed != 0 {
		return failed
	}
	return isBlocked(calls, errno)
}

// isBlocked proves that the filter does what it is for.
func isBlocked(calls []uint32, errno syscall.Errno) error {
	for _, call := range calls {
		if _, _, got := unix.Syscall6(uintptr(call), ^uintptr(0), 0, 0, 0, 0, 0); got != errno {
			return fmt.Errorf("system call %d fails with %w, not with %w", call, got, errno)
		}
	}
	return nil
}
