package tempfs_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRemovalSystemCalls is case 27: the system calls of a release beside the fewest that there can be, which are an unlinkat for each entry, and
// open, getdents and close for each directory. The shapes are smaller than those that are measured; their full size, and the figures:
//
//	TEMPFS_TEST_SHAPES=full go test -v -run TestRemovalSystemCalls ./tempfs_test
func TestRemovalSystemCalls(t *testing.T) {
	onlyInFull(t)
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skipf("no strace here: %v", err)
	}
	most := map[string]float64{"modules": 1.02, "directories": 1.02, "flat": 1.02}
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			n := s.n
			if os.Getenv("TEMPFS_TEST_SHAPES") != "full" {
				n = max(1, n/10)
			}
			dir := spacious(t)
			child := startReleasing(t, dir, 0, "")
			require.NoError(t, s.build(child.host, n))
			calls := countCalls(t, strace, child)
			entries, directories := s.entries(n), s.directories(n)
			floor := entries + 3*directories
			total := 0
			for _, count := range calls {
				total += count
			}
			t.Logf("%s: %d entries, %d directories: %d calls, %.3f an entry, %.3f of the fewest: %v",
				s.name, entries, directories, total, float64(total)/float64(entries), float64(total)/float64(floor), calls)
			if want, ok := most[s.name]; ok {
				require.LessOrEqual(t, float64(total), want*float64(floor))
			}
			requireEmpty(t, dir)
		})
	}
}

// ofRuntime are system calls of Go's scheduler, collector and poller, and of the child's talk with the test: as many as time passes.
var ofRuntime = map[string]bool{
	"futex": true, "nanosleep": true, "clock_nanosleep": true, "epoll_pwait": true, "epoll_ctl": true, "eventfd2": true, "epoll_create1": true,
	"sched_yield": true, "tgkill": true, "getpid": true, "gettid": true, "rt_sigreturn": true, "rt_sigprocmask": true, "sigaltstack": true,
	"clone": true, "clone3": true, "madvise": true, "mmap": true, "munmap": true, "mprotect": true, "read": true, "write": true, "exit_group": true,
	"exit": true, "restart_syscall": true, "set_robust_list": true, "rseq": true, "prctl": true, "sched_getaffinity": true, "timer_create": true,
}

// countCalls lets the child release under strace, and counts its system calls but those of the runtime.
func countCalls(t *testing.T, strace string, child *releasing) map[string]int {
	t.Helper()
	report := filepath.Join(t.TempDir(), "strace")
	cmd := exec.CommandContext(t.Context(), strace, "-f", "-c", "-o", report, "-p", strconv.Itoa(child.cmd.Process.Pid))
	said, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(said)
	if !lines.Scan() || !strings.Contains(lines.Text(), "attached") {
		_ = cmd.Wait()
		t.Skipf("strace may not attach here: %s", lines.Text())
	}
	require.Empty(t, child.release(t))
	for lines.Scan() { // to its end
		continue
	}
	require.NoError(t, cmd.Wait())
	content, err := os.ReadFile(report)
	require.NoError(t, err)
	return parseCounts(t, content)
}

// parseCounts reads lines of "% time, seconds, usecs/call, calls, errors, syscall", of which errors may be empty.
func parseCounts(t *testing.T, report []byte) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for line := range bytes.Lines(report) {
		fields := strings.Fields(string(line))
		if len(fields) < 5 {
			continue
		}
		count, err := strconv.Atoi(fields[3])
		name := fields[len(fields)-1]
		if err == nil && name != "total" && !ofRuntime[name] {
			counts[name] = count
		}
	}
	require.NotEmpty(t, counts, "%s", report)
	return counts
}
