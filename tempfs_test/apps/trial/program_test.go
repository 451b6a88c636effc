package trial

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProgramIsFound(t *testing.T) {
	here := filepath.Join(t.TempDir(), "greet")
	require.NoError(t, os.WriteFile(here, []byte("#!/bin/sh\n"), 0o755)) //nolint:gosec // a program
	require.Equal(t, here, Program(t, here))

	t.Setenv("PATH", filepath.Dir(here))
	require.Equal(t, here, Program(t, "greet"))
}

const (
	missing = "a-program-that-no-host-has"
	inChild = "TRIAL_TEST_CHILD" // names the variable that TestProgramSkipsOrFails sets
)

// TestProgramIsMissing is what that runs.
func TestProgramIsMissing(t *testing.T) {
	if os.Getenv(inChild) == "" {
		t.Skip("it is run by TestProgramSkipsOrFails")
	}
	_ = Program(t, missing)
}

// TestProgramSkipsOrFails as the environment says, in a process of its own, since a test cannot outlive its failure.
func TestProgramSkipsOrFails(t *testing.T) {
	for value, says := range map[string]string{"": "--- SKIP: TestProgramIsMissing", "required": "--- FAIL: TestProgramIsMissing"} {
		child := exec.Command(os.Args[0], "-test.v", "-test.run=^TestProgramIsMissing$")
		child.Env = append(os.Environ(), inChild+"=yes", required+"="+value)
		out, err := child.CombinedOutput()
		require.Equal(t, value == "", err == nil, "%s", out)
		require.Contains(t, string(out), says)
		require.Contains(t, string(out), missing)
	}
}
