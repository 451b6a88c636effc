package tempfs_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// notAnAfero is the cell of what takes an afero.Fs, for one that is none.
const notAnAfero = "–"

// TestFigures holds the rows of README's table "Why not ..." that are counts to the pages that they are of: the conformance suite, and real programs.
func TestFigures(t *testing.T) {
	readme, programs, conformance := pageOf(t, "README.md"), pageOf(t, "docs/programs.md"), pageOf(t, "docs/conformance.md")

	head, all := cellsOfRow(conformance, "group"), cellsOfRow(conformance, "**all**")
	passed := func(column string) string {
		for i, name := range head {
			if name == column {
				return regexp.MustCompile(`^\d+`).FindString(all[i])
			}
		}
		return "no column " + column
	}
	require.Equal(t, []string{notAnAfero, passed("BasePathFs(OsFs)"), passed("MemMapFs"), notAnAfero, passed("disk")},
		cellsOfRow(readme, "as package os, of "+passed("disk")+" cases"))
	require.Equal(t, []string{passed("disk"), passed("disk")}, []string{passed("memory"), passed("spill")})

	for _, row := range []string{"WebDAV by curl", "go-billy v5 suite", "go-git, with links"} {
		of := cellsOfRow(programs, row) // disk, memory, spill, BasePathFs, MemMapFs
		require.Len(t, of, 5, row)
		require.Equal(t, []string{of[0], of[0]}, of[1:3], "our backends differ: %s", row)
		require.Equal(t, []string{notAnAfero, of[3], of[4], notAnAfero, of[0]}, cellsOfRow(readme, row), row)
	}
}

// cellsOfRow are those behind the first cell of a table's row, which names it.
func cellsOfRow(page, name string) []string {
	_, rest, _ := strings.Cut(page, "\n| "+name+" |")
	line, _, _ := strings.Cut(rest, "\n")
	return tableCells(line)
}
