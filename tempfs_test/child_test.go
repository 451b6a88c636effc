package tempfs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// What may take the process down with it, or needs one of its own, runs in a child: this test binary again, told by the environment what to do.
const (
	childKind     = "TEMPFS_TEST_CHILD"
	childArgument = "TEMPFS_TEST_CHILD_ARGUMENT"
)

// The kinds of children.
const (
	childAfero = "afero"
)

// children are what they do with their argument. Files for one system add theirs.
var children = map[string]func(argument string) error{childAfero: aferoAlone}

// child does what the environment asks for; ran is false in the process that go test started.
func child() (ran bool, err error) {
	kind := os.Getenv(childKind)
	if kind == "" {
		return false, nil
	}
	run, ok := children[kind]
	if !ok {
		return true, errors.New("no such child: " + kind)
	}
	return true, run(os.Getenv(childArgument))
}

// runChild runs a child to its end, which a time limit brings if nothing else does. It returns the way it ended and the first line it said.
func runChild(t *testing.T, kind, argument string) error {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Skipf("no child processes here: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary)
	cmd.Env = append(os.Environ(), childKind+"="+kind, childArgument+"="+argument, "GOTRACEBACK=none")
	out, err := cmd.CombinedOutput()
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skipf("no child processes here: %v", err)
	}
	if err != nil {
		said := strings.TrimLeft(string(out), "=\n")
		first, _, _ := strings.Cut(said, "\n")
		return fmt.Errorf("%w: %.200s", err, first)
	}
	return nil
}
