package tempfs_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// attackTable gives the rows of the table of known attacks in docs/sandbox.md, cell by cell.
func attackTable(t *testing.T) (rows [][]string) {
	t.Helper()
	_, section, found := strings.Cut(pageOf(t, "docs/sandbox.md"), "\n## Known attacks\n")
	require.True(t, found)
	for line := range strings.Lines(section) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| attack |") {
			continue
		}
		cells := tableCells(line)
		require.Len(t, cells, 4, line)
		rows = append(rows, cells)
	}
	require.Greater(t, len(rows), 15)
	return rows
}

// TestKnownAttacksAreTested wants a test for each row of the table, and each of these tests to be there.
func TestKnownAttacksAreTested(t *testing.T) {
	there := map[string]bool{}
	for function := range functions(t) {
		_, name, _ := strings.Cut(function, ".")
		there[name] = true
	}
	for _, row := range attackTable(t) {
		tests := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[3], -1)
		require.NotEmpty(t, tests, "no test of %s", row[0])
		for _, test := range tests {
			require.True(t, isRun(test[1]), test[1])
			require.Contains(t, there, test[1], "of %s", row[0])
		}
	}
}

// TestKnownAttacksAreWellFormed wants numbers of CVEs that are ones.
func TestKnownAttacksAreWellFormed(t *testing.T) {
	for _, row := range attackTable(t) {
		require.NotEmpty(t, row[0])
		require.NotEmpty(t, row[2])
		for _, number := range regexp.MustCompile(`CVE\S*`).FindAllString(row[1], -1) {
			require.Regexp(t, `^CVE-(19|20)\d\d-\d{4,7},?$`, number)
		}
	}
}
