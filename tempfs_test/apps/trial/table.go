package trial

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write what was found into docs/programs.md")

const (
	begins = "<!-- go -C tempfs_test/apps test -p 1 -count 1 ./... -update writes what follows -->\n"
	ends   = "<!-- to here -->\n"
)

// columns are those of the table, after the first.
var columns = []string{"disk", "memory", "spill", "BasePathFs", "MemMapFs"}

// page guards docs/programs.md in this process. Those that update it run one at a time (-p 1).
var page sync.Mutex

// Record holds the cell of the table to what was found, or, with -update, writes it there.
func (g *Ground) Record(t *testing.T, row, found string) {
	t.Helper()
	page.Lock()
	defer page.Unlock()
	name := pageName()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	changed, was, err := withCell(string(text), row, g.Name, found)
	switch {
	case err != nil:
		t.Fatalf("%s: %v", name, err)
	case was == found:
	case !*update:
		t.Errorf("docs/programs.md says %q of %s on %s, and it is %q", was, row, g.Name, found)
	default:
		if err := os.WriteFile(name, []byte(changed), 0o644); err != nil { //nolint:gosec // a page that all may read
			t.Fatal(err)
		}
	}
}

// withCell is the text of a page with this in a cell of its table, and what was there.
func withCell(text, row, column, found string) (changed, was string, err error) {
	before, rest, hasBegin := strings.Cut(text, begins)
	table, after, hasEnd := strings.Cut(rest, ends)
	if !hasBegin || !hasEnd {
		return "", "", errors.New("there is no place for the table")
	}
	rows := parse(table)
	cell := &rows.of(row)[slices.Index(columns, column)]
	was, *cell = *cell, found
	return before + begins + rows.String() + ends + after, was, nil
}

// pageName is the path of the page, from wherever a test runs.
func pageName() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..", "..", "docs", "programs.md")
}

// rows are those of the table, in its order.
type rows struct {
	names []string
	cells map[string][]string // one for each of columns
}

func parse(table string) *rows {
	r := &rows{cells: map[string][]string{}}
	lines := strings.Split(strings.TrimSpace(table), "\n")
	for _, line := range lines[min(2, len(lines)):] { // after the head and the line below it
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) == 1+len(columns) {
			copy(r.of(cells[0]), cells[1:])
		}
	}
	return r
}

// of are the cells of a row, which is the last if it was not there.
func (r *rows) of(name string) []string {
	if r.cells[name] == nil {
		r.names = append(r.names, name)
		r.cells[name] = make([]string, len(columns))
	}
	return r.cells[name]
}

func (r *rows) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| | %s |\n|---%s|\n", strings.Join(columns, " | "), strings.Repeat("|---", len(columns)))
	for _, name := range r.names {
		fmt.Fprintf(&b, "| %s | %s |\n", name, strings.Join(r.cells[name], " | "))
	}
	return b.String()
}
