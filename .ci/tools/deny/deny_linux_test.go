package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestMain is the program itself when a test wants that.
func TestMain(m *testing.M) {
	switch os.Getenv("DENY_TEST") {
	case "deny":
		os.Setenv("DENY_TEST", "openat2")
		main()
	case "openat2": // what is denied here?
		_, err := unix.Openat2(unix.AT_FDCWD, ".", &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC})
		if err != nil {
			os.Stdout.WriteString(err.Error())
		}
		return
	}
	os.Exit(m.Run())
}

// runDeny runs the program.
func runDeny(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", arguments...)
	cmd.Env = append(os.Environ(), "DENY_TEST=deny")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestDeny(t *testing.T) {
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for call, want := range map[string]string{"openat2": unix.ENOSYS.Error(), "fchmodat2": ""} {
		if got, err := runDeny(t, call, "--", "sh", "-c", `"$0" in a process below`, binary); err != nil || got != want {
			t.Errorf("%s denied: openat2 fails with %q, %v, not with %q", call, got, err, want)
		}
	}
	if got, err := runDeny(t, "openat2", "--", "sh", "-c", "exit 3"); err == nil || err.Error() != "exit status 3" {
		t.Errorf("not the status of the command: %q, %v", got, err)
	}
}

func TestDenyRefuses(t *testing.T) {
	for _, arguments := range [][]string{nil, {"openat2"}, {"openat2", "--"}, {"--", "true"}, {"nonsense", "--", "true"}, {"openat2", "--", "./missing"}} {
		got, err := runDeny(t, arguments...)
		if err == nil || !strings.Contains(err.Error(), "exit status 125") || !strings.HasPrefix(got, "deny: ") {
			t.Errorf("%q: %q, %v", arguments, got, err)
		}
	}
}
