package disk

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// childKind has the kind of a child process and, behind "|", its argument.
const childKind = "TEMPFS_DISK_TEST_CHILD"

// children are what they do with their argument: this test binary again.
var children = map[string]func(argument string) error{}

// TestAsChild is what a child process runs. In others it has nothing to do.
func TestAsChild(t *testing.T) {
	kind, argument, ok := strings.Cut(os.Getenv(childKind), "|")
	if ok {
		require.NoError(t, children[kind](argument))
	}
}

// newChild is a child that was not started yet. A user who may not reach the path of this binary may run it all the same.
func newChild(t *testing.T, kind, argument string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestAsChild$")
	cmd.Env = append(os.Environ(), childKind+"="+kind+"|"+argument)
	cmd.Dir = "/"
	return cmd
}

// kill ends the child as nothing else does: without a word to it.
func kill(cmd *exec.Cmd) error {
	if err := cmd.Process.Kill(); err != nil {
		return err
	}
	var ended *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &ended) || ended.Exited() {
		return errors.Join(errors.New("it has ended before it was killed"), err)
	}
	return nil
}
