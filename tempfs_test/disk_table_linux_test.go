package tempfs_test

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// diskLine is a row at one depth, as it was measured.
type diskLine struct {
	row         row
	depth       int
	wall        map[string]float64 // nanoseconds, by contender
	allocations map[string]int
}

// toOS is the time to that of package os.
func (l diskLine) toOS(contender string) float64 { return l.wall[contender] / l.wall[contenderOS] }

// asked is the ratio that ours may have.
func (l diskLine) asked(tmpfs bool) float64 {
	r := l.row.shallow
	if l.depth > 1 {
		r = l.row.deep
	}
	if tmpfs {
		return r.tmpfs
	}
	return r.others
}

type diskTable []diskLine

// write makes Markdown of it, for a file, or for the standard output, which is "-". What misses its figure, to the digits that show, is bold and called missed.
func (t diskTable) write(file string, tmpfs bool) error {
	var out bytes.Buffer
	out.WriteString("| operation | depth | package os, ns | ours | asked | BasePathFs | os.Root | allocations | asked | package os | |\n")
	out.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n")
	for _, l := range t {
		missed := []string{}
		mark := func(got string, missing bool, what string) string {
			if !missing {
				return got
			}
			missed = append(missed, what)
			return "**" + got + "**"
		}
		asked, atMost := l.asked(tmpfs), l.row.allocations
		wall := strconv.FormatFloat(l.toOS(contenderOurs), 'f', 2, 64)
		shown, err := strconv.ParseFloat(wall, 64)
		if err != nil {
			return err
		}
		wall = mark(wall, shown > asked, "time")
		allocations := mark(strconv.Itoa(l.allocations[contenderOurs]), atMost != unasked && l.allocations[contenderOurs] > atMost, "allocations")
		askedAllocations := ""
		if atMost != unasked {
			askedAllocations = strconv.Itoa(atMost)
		}
		if len(missed) > 0 {
			missed = []string{"missed: " + strings.Join(missed, ", ")}
		}
		fmt.Fprintf(&out, "| %s | %d | %.0f | %s | %.2f | %.2f | %.2f | %s | %s | %d | %s |\n", l.row.name, l.depth, l.wall[contenderOS], wall, asked,
			l.toOS(contenderBasePath), l.toOS(contenderRoot), allocations, askedAllocations, l.allocations[contenderOS], strings.Join(missed, ""))
	}
	if file == "-" {
		_, err := out.WriteTo(os.Stdout)
		return err
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}

// onTmpfs is about the temp directory. Some figures differ there.
func onTmpfs(b *testing.B) bool {
	b.Helper()
	var s unix.Statfs_t
	require.NoError(b, unix.Statfs(os.TempDir(), &s))
	return s.Type == unix.TMPFS_MAGIC
}
