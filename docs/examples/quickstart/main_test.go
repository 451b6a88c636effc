package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/tempfs"
)

// quickstart runs the program with a temp directory of its own, in which nothing may be left.
func quickstart(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	locate.Reset()
	t.Cleanup(locate.Reset)

	var out, errs bytes.Buffer
	status = run(args, &out, &errs)

	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	require.Empty(t, left, "left in the temp directory")
	require.Empty(t, tempfs.Live())
	return status, out.String(), errs.String()
}

// onDisk writes an archive to a file whose name tells nothing.
func onDisk(t *testing.T, content []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "archive")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

// refused wants one line that says why, and exit status 1.
func refused(t *testing.T, why string, args ...string) {
	t.Helper()
	status, stdout, stderr := quickstart(t, args...)
	require.Equal(t, 1, status, stderr)
	require.Empty(t, stdout)
	require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	require.Contains(t, stderr, why)
}

var story = []item{
	{name: "story/", mode: fs.ModeDir | 0o755},
	{name: "story/one.txt", content: "first\n\tTODO: the middle\nlast\n"},
	{name: "story/deep/er/two.txt", content: "TODO TODO\nnothing\n"},
	{name: "story/deep/tool", content: "\x7fELF\x00TODO", mode: 0o755},
	{name: "story/empty", content: ""},
}

func TestArchives(t *testing.T) {
	for kind, archive := range map[string][]byte{"zip": zipOf(t, story...), "tar.gz": tarGzOf(t, story...)} {
		t.Run(kind, func(t *testing.T) {
			path := onDisk(t, archive)
			status, stdout, stderr := quickstart(t, path)
			require.Equal(t, 0, status, stderr)
			require.Empty(t, stderr)
			require.Contains(t, stdout, path+" ("+kind+", ")
			// The four files and the result; /in, story, deep, er and /out.
			require.Contains(t, stdout, "\ndisk      5 files, 5 directories, ")
			require.Contains(t, stdout, "\nmemory    5 files, 5 directories, ")
			require.Contains(t, stdout, `"TODO" is in 2 lines of 2 files`)
			require.Contains(t, stdout, "\nrewritten /in/story/deep/er/two.txt\n")
			require.Contains(t, stdout, "\n          /in/story/one.txt:2: TODO: the middle\n")
			require.NotContains(t, stdout, "skipped")
			require.Regexp(t, `released  disk: .* is gone\nreleased  memory: .*\nlive      0\n$`, stdout)
		})
	}
}

func TestResultIsCarriedOut(t *testing.T) {
	output := filepath.Join(t.TempDir(), "result")
	status, stdout, stderr := quickstart(t, "-o", output, "-search", "last", onDisk(t, zipOf(t, story...)))
	require.Equal(t, 0, status, stderr)
	require.Contains(t, stdout, "in "+output)
	result, err := os.ReadFile(output)
	require.NoError(t, err)
	require.Equal(t, "/in/story/one.txt:3: last\n", string(result))

	belowFile := filepath.Join(output, "x")
	refused(t, belowFile, "-o", belowFile, onDisk(t, zipOf(t, story...)))
}

// withoutTelemetry keeps the go command from leaving its counters in the home directory, which may be a temporary one. Linux goes by this variable.
func withoutTelemetry(t *testing.T) {
	t.Helper()
	config := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(config, "go", "telemetry"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(config, "go", "telemetry", "mode"), []byte("off"), 0o600))
	t.Setenv("XDG_CONFIG_HOME", config)
}

// TestDefaultArchive has afero's module from the module cache.
func TestDefaultArchive(t *testing.T) {
	withoutTelemetry(t)
	if _, err := aferoZip(); err != nil {
		t.Skipf("no archive here: %v", err)
	}
	status, stdout, stderr := quickstart(t)
	require.Equal(t, 0, status, stderr)
	require.Contains(t, stdout, "afero@v1")
}

func TestNoDefaultArchive(t *testing.T) {
	withoutTelemetry(t)
	t.Setenv("GOMODCACHE", t.TempDir())
	refused(t, "name an archive")
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"one", "two"}, {"-search", ""}, {"-nonsense"}} {
		status, stdout, stderr := quickstart(t, args...)
		require.Equal(t, 2, status)
		require.Empty(t, stdout)
		require.Contains(t, stderr, "Usage")
	}
}

// TestDifferenceIsTold has two backends that do not agree.
func TestDifferenceIsTold(t *testing.T) {
	r := &report{outcomes: []*outcome{{backend: "a", tree: tree{hash: "1"}}, {backend: "b", tree: tree{hash: "2"}}}}
	require.ErrorContains(t, r.check(), "a and b differ")
}

func TestGone(t *testing.T) {
	dir := t.TempDir()
	require.ErrorContains(t, gone(dir), dir+" is still there")
	require.NoError(t, gone(filepath.Join(dir, "none")))
	fsys := tempfs.Test(t)
	require.ErrorContains(t, gone(""), "not released")
	require.NoError(t, fsys.Release())
	require.NoError(t, gone(""))
}

// TestFullOutput tells of a report that could not be written.
func TestFullOutput(t *testing.T) {
	full := errors.New("no space")
	r := &report{outcomes: []*outcome{{}}}
	require.ErrorIs(t, r.print(failing{full}, ""), full)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestPrintable(t *testing.T) {
	require.Equal(t, "a b?[31mc?d", printable("a\tb\x1b[31mc\nd"))
	require.Len(t, printable(strings.Repeat("x", 10_000)), 503)
}
