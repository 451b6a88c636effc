package tempfs_test

import (
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// script makes a tree with tempfile.TemporaryDirectory, in a with statement or held by a variable alone, and ends. A skipped test is no
// failure, as with module unittest.
func (e *ending) script() string {
	const (
		imports = "import os, sys, tempfile, unittest\n"
		ready   = `print("ready", made, flush=True); sys.stdin.read(); `
	)
	if e.dropped {
		return imports + "kept = tempfile.TemporaryDirectory(); made = kept.name\n" + ready + e.python + "\n"
	}
	return imports + "try:\n" +
		"    with tempfile.TemporaryDirectory() as made:\n        " + ready + e.python + "\n" +
		"except unittest.SkipTest: pass\n"
}

// interpreterProgram is the interpreter itself, which a wrapper in the search path would start as another process.
var interpreterProgram = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	return strings.TrimSpace(string(out)), err
})

func interpreter(t *testing.T) string {
	t.Helper()
	program, err := interpreterProgram()
	if err != nil {
		t.Skipf("no Python here: %v", err)
	}
	return program
}
