package tempfs_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs/aferotest"
)

const (
	conformanceBegins = "<!-- go test -run TestConformancePage ./tempfs_test -update writes what follows -->\n"
	conformanceEnds   = "<!-- to here -->\n"
)

// ourColumns are the columns that TestConformance holds: with a failure in one of them it fails, and so need not run here again.
var ourColumns = backendNames

// chance are the rows that no run has to repeat: goroutines, and the sum.
var chance = []string{"concurrent", "**all**"}

// TestConformancePage holds docs/conformance.md to what the filesystems of afero do, and with -update writes it, as root.
func TestConformancePage(t *testing.T) {
	onlyInFull(t)
	needsOracle(t)
	name := filepath.Join(repository(t), "docs", "conformance.md")
	page, err := os.ReadFile(name)
	require.NoError(t, err)
	before, rest, begins := strings.Cut(string(page), conformanceBegins)
	table, after, ends := strings.Cut(rest, conformanceEnds)
	require.True(t, begins && ends, "no place for the table")

	var reports []aferotest.Report
	for _, c := range conformers {
		if !*update && !aferotest.Isolated() && slices.Contains(ourColumns, c.name) {
			continue
		}
		t.Run(c.name, func(t *testing.T) { reports = append(reports, c.suite(t).Run()) })
	}
	if aferotest.Isolated() {
		return
	}
	if *update {
		table = "\n" + aferotest.Markdown(reports...) + "\n" + findingsTable()
		require.NoError(t, os.WriteFile(name, []byte(before+conformanceBegins+table+conformanceEnds+after), 0o644))
	}
	told := cells(table)
	for _, r := range reports {
		for group, cell := range cells(aferotest.Markdown(r))[r.Name] {
			if !slices.Contains(chance, group) {
				assert.Equal(t, cell, told[r.Name][group], "%s of %s", group, r.Name)
			}
		}
	}
	for _, c := range ourColumns {
		require.NotEmpty(t, told[c])
		for group, cell := range told[c] {
			assert.Regexp(t, `^\d+$`, cell, "%s of %s: all pass", group, c)
		}
	}
	assert.Contains(t, table, findingsTable())
}

// TestFindings plays the case of each finding. It fails on the day on which the filesystem does what package os does.
func TestFindings(t *testing.T) {
	needsOracle(t)
	for _, f := range findings {
		at := slices.IndexFunc(conformers, func(c conformer) bool { return c.name == f.of })
		require.GreaterOrEqual(t, at, 0, f.of)
		r := aferotest.Suite{New: conformers[at].newFs, Match: func(name string) bool { return name == f.by }}.Run()
		require.Len(t, r.Results, 1, f.by)
		require.Error(t, r.Results[0].Err, "%s: %s", f.of, f.by)
	}
}

func needsOracle(t *testing.T) {
	t.Helper()
	oracle, err := aferotest.NewOracle()
	if errors.Is(err, aferotest.ErrNoOracle) {
		t.Skip(err)
	}
	require.NoError(t, err)
	require.NoError(t, oracle.Close())
}

// suite runs what may end its process where it leaves nothing.
func (c conformer) suite(t *testing.T) aferotest.Suite {
	t.Helper()
	again, dir := aferotest.TestProcess(t.Name()), t.TempDir()
	return aferotest.Suite{Name: c.name, New: c.newFs, Without: c.without, Process: func() *exec.Cmd {
		cmd := again()
		cmd.Env = append(cmd.Environ(), "TMPDIR="+dir)
		return cmd
	}}
}

func findingsTable() string {
	var b strings.Builder
	b.WriteString("| filesystem | what happens | package os | case |\n|---|---|---|---|\n")
	for _, f := range findings {
		fmt.Fprintf(&b, "| %s | %s | %s | `%s` |\n", f.of, f.does, f.expected, f.by)
	}
	return b.String()
}

var betweenBars = regexp.MustCompile(`\s*\|\s*`)

// cells are those of the first table in the text, by column and first cell of the row.
func cells(text string) map[string]map[string]string {
	all := map[string]map[string]string{}
	var head []string
	for line := range strings.Lines(text) {
		row := betweenBars.Split(strings.Trim(line, "|\n "), -1)
		switch {
		case line == "\n" && head != nil:
			return all
		case !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|-"):
			continue
		case head == nil:
			head = row
			continue
		}
		for i := 1; i < len(row) && i < len(head); i++ {
			if all[head[i]] == nil {
				all[head[i]] = map[string]string{}
			}
			all[head[i]][row[0]] = row[i]
		}
	}
	return all
}
