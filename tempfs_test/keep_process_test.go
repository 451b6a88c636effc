package tempfs_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

const (
	processDir   = "TEMPFS_TEST_KEEP_DIR"
	processFails = "TEMPFS_TEST_KEEP_FAILS"
)

// TestOfAProcess is the test of a process that TestKeepOfTestProcesses starts.
func TestOfAProcess(t *testing.T) {
	dir := os.Getenv(processDir)
	if dir == "" {
		t.Skip("TestKeepOfTestProcesses runs it, in a process of its own")
	}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fill(t, fsys)
		if os.Getenv(processFails) != "" {
			t.Error("told to fail")
		}
	}, searchIn(dir), tempfs.KeepArtifacts())
}

// runOfAProcess runs this test binary as go test does, with those arguments, and returns what it said.
func runOfAProcess(t *testing.T, dir, keep string, fails bool, args ...string) string {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Skipf("no child processes here: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, append([]string{"-test.run=^TestOfAProcess$", "-test.v"}, args...)...)
	cmd.Env = append(os.Environ(), processDir+"="+dir, "TEMPFS_KEEP="+keep)
	if fails {
		cmd.Env = append(cmd.Env, processFails+"=1")
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skipf("no child processes here: %v", err)
	}
	require.Equal(t, fails, err != nil, "%v\n%s", err, out)
	require.Equal(t, fails, strings.Contains(string(out), "told to fail"), "%s", out)
	return string(out)
}

// TestKeepOfTestProcesses has real tests that pass and fail, on each backend.
func TestKeepOfTestProcesses(t *testing.T) {
	for _, c := range []struct {
		keep  string
		fails bool
		kept  int
	}{
		{"", true, 0},
		{"never", true, 0},
		{"failure", false, 0},
		{"failure", true, len(backendNames)},
		{"always", false, len(backendNames)},
		{"always", true, len(backendNames)},
	} {
		t.Run(c.keep, func(t *testing.T) {
			dir := t.TempDir()
			out := runOfAProcess(t, dir, c.keep, c.fails)
			names := keptIn(t, dir)
			require.Len(t, names, c.kept, out)
			for _, name := range names {
				host := filepath.Join(dir, name)
				requireFilled(t, host)
				require.Regexp(t, `keep_process_test\.go:\d+: tempfs\.Test: kept `+regexp.QuoteMeta(host)+`\n`, out) // a line of the test
			}
			require.Equal(t, c.kept, strings.Count(out, "/link -> d/f\n"))
		})
	}
}

// TestKeepOfArtifacts is a run of go test -artifacts, and one without.
func TestKeepOfArtifacts(t *testing.T) {
	dir, output := t.TempDir(), t.TempDir()
	out := runOfAProcess(t, dir, "failure", true, "-test.artifacts", "-test.outputdir="+output)
	var copies []string
	require.NoError(t, filepath.WalkDir(output, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), tempfs.DefaultPrefix) && len(d.Name()) > 20 {
			copies = append(copies, path)
		}
		return err
	}))
	require.Len(t, copies, len(backendNames), out)
	for _, copied := range copies {
		requireFilled(t, copied)
		require.DirExists(t, filepath.Join(dir, filepath.Base(copied)))
		require.Contains(t, out, "copied to "+copied+"\n")
		require.NoError(t, os.RemoveAll(filepath.Join(dir, filepath.Base(copied))))
	}
	require.Empty(t, keptIn(t, dir))

	output = t.TempDir()
	runOfAProcess(t, dir, "failure", true, "-test.outputdir="+output)
	require.Len(t, keptIn(t, dir), len(backendNames))
	require.Empty(t, keptIn(t, output))
}
