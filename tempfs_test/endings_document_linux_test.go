package tempfs_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the table of TestEndings into the documentation")

const (
	endingsBegin = "<!-- go test -run TestEndings ./tempfs_test -update writes what follows -->\n"
	endingsEnd   = "<!-- to here -->\n"
)

// columns of the table, after the ending's name.
var columns = []struct {
	head string
	cell func(t *testing.T, e *ending) string
}{
	{"`t.TempDir`", cellOfTempDir},
	{"Python", cellOfPython},
	{"tempfs", cellOfOurs},
	{"tempfs, after a `Sweep`", cellOfSwept},
}

const (
	isClean = "clean"
	left    = "left"
	none    = "-"
)

func (o outcome) cell(e *ending) string {
	cell := isClean
	if o.left {
		cell = left
	}
	if o.failed(e) {
		cell += ", fails"
	}
	return cell
}

func cellOfTempDir(t *testing.T, e *ending) string {
	return e.run(t, byTempDir, nil).cell(e)
}

func cellOfPython(t *testing.T, e *ending) string {
	if e.python == "" {
		return none
	}
	return e.run(t, byPython, nil).cell(e)
}

// cellOfOurs runs all forms, none of which may change the status of the process.
func cellOfOurs(t *testing.T, e *ending) string {
	byForm := map[string]string{}
	plain := e.run(t, byNew, nil)
	byForm[plain.cell(e)] = "`New`"
	for _, form := range []string{byWith, byTest} {
		o := e.run(t, form, nil)
		require.Equal(t, plain.status, o.status, "%s with %s", e.name, form)
		byForm[o.cell(e)] += ", `" + form + "`"
	}
	var cells []string
	for cell, forms := range byForm {
		if len(byForm) > 1 {
			cell += " with " + strings.TrimPrefix(forms, ", ")
		}
		cells = append(cells, cell)
	}
	if e.with != "" {
		o := e.run(t, byAided, nil)
		require.Equal(t, plain.status, o.status, "%s with %s", e.name, e.with)
		cells = append(cells, fmt.Sprintf("%s with `%s`", o.cell(e), e.with))
	}
	slices.SortFunc(cells, func(a, b string) int { return strings.Compare(b, a) }) // "left" first
	return strings.Join(cells, "; ")
}

// cellOfSwept sweeps after each ending, and nothing is done against it.
func cellOfSwept(t *testing.T, e *ending) string {
	cell := isClean
	e.run(t, byNew, func(temp string) {
		swept := exec.CommandContext(t.Context(), testBinary(t))
		bare(t, swept, childSweeps, temp)
		out, err := swept.CombinedOutput()
		require.NoError(t, err, "%s", out)
		entries, err := os.ReadDir(temp)
		require.NoError(t, err)
		if len(entries) > 0 {
			cell = left
		}
	})
	return cell
}

// TestEndings ends processes in every way and holds the table in the documentation equal to what is left of their trees. With -update it
// writes the table.
func TestEndings(t *testing.T) {
	onlyInFull(t)
	file := filepath.Join(repository(t), "docs", "endings.md")
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, begins := strings.Cut(string(page), endingsBegin)
	table, after, ends := strings.Cut(rest, endingsEnd)
	require.True(t, begins && ends, "no place for the table")

	rows := rowsOf(table)
	for i, column := range columns {
		t.Run(strings.Trim(column.head, "`"), func(t *testing.T) {
			for j := range endings {
				e := &endings[j]
				cell := column.cell(t, e)
				if *update {
					rows.of(e)[i] = cell
				}
				require.Equal(t, rows.of(e)[i], cell, "%s of %s", e.name, column.head)
			}
		})
	}
	if *update {
		table = rows.table()
		require.NoError(t, os.WriteFile(file, []byte(before+endingsBegin+table+endingsEnd+after), 0o644))
	}
	require.Equal(t, rows.table(), table)
}

// endingRows are the cells of each ending.
type endingRows map[string][]string

func rowsOf(table string) endingRows {
	rows := endingRows{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if len(cells) == 1+len(columns) {
			rows[cells[0]] = cells[1:]
		}
	}
	return rows
}

func (r endingRows) of(e *ending) []string {
	if r[e.name] == nil {
		r[e.name] = make([]string, len(columns))
	}
	return r[e.name]
}

func (r endingRows) table() string {
	var b strings.Builder
	b.WriteString("\n| ending |")
	for _, column := range columns {
		fmt.Fprintf(&b, " %s |", column.head)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for i := range endings {
		fmt.Fprintf(&b, "| %s | %s |\n", endings[i].name, strings.Join(r.of(&endings[i]), " | "))
	}
	fmt.Fprintf(&b, "| left, of %d |", len(endings))
	for column := range columns {
		fmt.Fprintf(&b, " %s |", r.count(column))
	}
	b.WriteString("\n\n")
	return b.String()
}

// count tells how many of a column are left, and how many whatever is done.
func (r endingRows) count(column int) string {
	some, always := 0, 0
	for i := range endings {
		cell := r.of(&endings[i])[column]
		if strings.Contains(cell, left) {
			some++
			if !strings.Contains(cell, isClean) {
				always++
			}
		}
	}
	if some != always {
		return fmt.Sprintf("%d; %d with what is named", some, always)
	}
	return strconv.Itoa(some)
}
