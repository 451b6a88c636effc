package trial

import (
	"os"
	"os/exec"
	"testing"
)

// required names the variable that .ci/run sets: a program that is missing fails its test then, and skips it otherwise.
const required = "TEMPFS_TEST_PROGRAMS"

// Program is the path of a program of the host, which is looked for in $PATH.
func Program(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	if os.Getenv(required) == "required" {
		t.Fatalf("there is no %s, and $%s says that there must be", name, required)
	}
	t.Skipf("there is no %s on this host; .ci/run installs it", name)
	return ""
}
