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

// litmusSuite is one of litmus's programs.
type litmusSuite struct {
	name          string
	withDeadProps bool
	least         int
	// misses are the tests that x/net/webdav fails on any filesystem. docs/programs.md says why.
	misses []string
}

var litmusSuites = []litmusSuite{
	{name: "basic", least: 16},
	{name: "copymove", least: 13},
	{name: "props", least: 10, misses: []string{"propfind_invalid2", "propset", "propmanyns", "propget"}},
	{name: "props", withDeadProps: true, least: 29, misses: []string{"propfind_invalid2"}},
	{name: "locks", least: 30, misses: []string{"owner_modify", "fail_complex_cond_put", "lock_shared", "owner_modify"}},
	{name: "locks", withDeadProps: true, least: 32, misses: []string{"fail_complex_cond_put", "lock_shared"}},
	{name: "http", least: 4},
}

// TestLitmus runs the suite that servers of WebDAV are tested with.
func TestLitmus(t *testing.T) {
	litmus := trial.Program(t, "litmus")
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		for _, suite := range litmusSuites {
			files, row := webdavfs.New(on.Fs), "litmus "+suite.name
			if suite.withDeadProps {
				files, row = webdavfs.DeadProps(files), row+", with dead properties"
			}
			result := runLitmus(t, litmus, suite.name, serve(t, files))
			on.Score(t, row, result.passed, result.total, suite.least)
			if on.Ours != nil {
				require.Equal(t, suite.misses, result.failed, row)
			}
		}
	})
}

// TestLitmusOnOtherFilesystems is what docs/programs.md says of those of x/net/webdav itself: Dir has no dead properties, and its filesystem in memory has.
func TestLitmusOnOtherFilesystems(t *testing.T) {
	litmus := trial.Program(t, "litmus")
	for _, suite := range litmusSuites {
		files := webdav.FileSystem(webdav.Dir(t.TempDir()))
		if suite.withDeadProps {
			files = webdav.NewMemFS()
		}
		require.Equal(t, suite.misses, runLitmus(t, litmus, suite.name, serve(t, files)).failed, suite.name)
	}
}

// litmusResult is what litmus says at the end of a suite, and which tests fail.
type litmusResult struct {
	passed, total int
	failed        []string
}

var (
	litmusSummary = regexp.MustCompile("<- summary for `[a-z]+': of (\\d+) tests run: (\\d+) passed, ")
	litmusFailed  = regexp.MustCompile(`(\w+)\.+ FAIL `)
)

// runLitmus runs a suite. That litmus ends with an error says only that something has failed.
func runLitmus(t *testing.T, litmus, suite, url string) (result litmusResult) {
	t.Helper()
	command := exec.CommandContext(t.Context(), litmus, url+"/")
	command.Dir = t.TempDir() // for its logs
	command.Env = append(alone(t), "TESTS="+suite)
	output, err := command.CombinedOutput()
	t.Logf("%s", output)
	summary := litmusSummary.FindSubmatch(output)
	require.NotNil(t, summary, "litmus says nothing: %v", err)
	result.total, _ = strconv.Atoi(string(summary[1]))
	result.passed, _ = strconv.Atoi(string(summary[2]))
	for _, failed := range litmusFailed.FindAllSubmatch(output, -1) {
		result.failed = append(result.failed, string(failed[1]))
	}
	return result
}
