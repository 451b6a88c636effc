package webdavfs_test

import (
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/webdav"

	"github.com/aferotemp/go/tempfs_test/apps/trial"
	"github.com/aferotemp/go/tempfs_test/apps/webdavfs"
)

// TestLitmus runs the suite that servers of WebDAV are tested with. docs/programs.md tells of what x/net/webdav misses on any filesystem.
func TestLitmus(t *testing.T) {
	litmus := trial.Program(t, "litmus")
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		plain := webdavfs.New(on.Fs)
		withDeadProps := webdavfs.DeadProps(webdavfs.New(on.Fs))
		for _, suite := range []struct {
			row, name string
			files     webdav.FileSystem
			least     int
		}{
			{"litmus basic", "basic", plain, 16},
			{"litmus copymove", "copymove", plain, 13},
			{"litmus props", "props", plain, 10},
			{"litmus props, with dead properties", "props", withDeadProps, 29},
			{"litmus locks", "locks", plain, 30},
			{"litmus locks, with dead properties", "locks", withDeadProps, 32},
			{"litmus http", "http", plain, 4},
		} {
			passed, total := runLitmus(t, litmus, suite.name, serve(t, suite.files))
			on.Score(t, suite.row, passed, total, suite.least)
		}
	})
}

var litmusSummary = regexp.MustCompile("<- summary for `[a-z]+': of (\\d+) tests run: (\\d+) passed, ")

// runLitmus counts what passes of one of its suites. It ends with an error if something does not pass.
func runLitmus(t *testing.T, litmus, suite, url string) (passed, total int) {
	t.Helper()
	command := exec.CommandContext(t.Context(), litmus, url+"/")
	command.Dir = t.TempDir() // for its logs
	command.Env = append(alone(t), "TESTS="+suite)
	output, err := command.CombinedOutput()
	t.Logf("%s", output)
	summary := litmusSummary.FindSubmatch(output)
	require.NotNil(t, summary, "litmus says nothing: %v", err)
	total, _ = strconv.Atoi(string(summary[1]))
	passed, _ = strconv.Atoi(string(summary[2]))
	return passed, total
}
