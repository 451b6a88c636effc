package aferotest

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

// A fault is one mistake, planted into the memory backend. The suite must find it; which cases do is a table in the documentation.
type fault struct {
	name string
	by   string // a case that finds it
	in   func(right *memfallback.Fs) afero.Fs
}

var find = flag.String("find", "", "list all cases that find the faults of this name")

// allFaults has those of names, of open files and of what only many goroutines see.
func allFaults() []fault {
	return slices.Concat(nameFaults, linkFaults, metadataFaults, rightFaults, byteFaults, handleFaults, listingFaults, raceFaults)
}

// model answers as the right memory backend does, which TestMemfallback compares with package os. It does so on any system.
type model struct{}

func (model) to(c Case) ([]string, error) {
	m := newRight()
	evenRoot(m)
	p := NewPlayer(m)
	defer p.Close()
	lines := make([]string, len(c.Steps))
	for i, s := range c.Steps {
		lines[i] = p.Do(s)
	}
	return lines, nil
}

// newRight is of a user, since root passes where a fault of rights would show.
func newRight() *memfallback.Fs { return memfallback.New(memfallback.WithUser(nobody, nobody)) }

// plant is the suite on a filesystem with the fault.
func plant(f fault) Suite {
	return Suite{
		New:       func() (afero.Fs, error) { return f.in(newRight()), nil },
		TimeLimit: 2 * time.Second, // one fault hangs
	}
}

// TestFaults plants each fault and expects its case to find it.
func TestFaults(t *testing.T) {
	tests := map[string]oneTest{}
	for _, one := range allTests() {
		tests[one.name] = one
	}
	for _, f := range allFaults() {
		t.Run(f.name, func(t *testing.T) {
			one, ok := tests[f.by]
			require.True(t, ok, "no case %q", f.by)
			right := Suite{New: func() (afero.Fs, error) { return newRight(), nil }}
			require.NoError(t, right.run(one, model{}).Err, "without the fault")
			var r Result
			for range tries(one) {
				if r = plant(f).run(one, model{}); r.Err != nil {
					break
				}
			}
			require.Error(t, r.Err)
			t.Logf("%s: %v", f.by, r.Err)
		})
	}
}

// alsoFound are faults that groups find of which no case is named with a fault.
var alsoFound = map[string]string{
	"create": "O_TRUNC is lost",
	"walk":   "lstat follows",
	"random": "rename merges directories",
}

// TestEachGroupFindsAFault leaves no group that could not fail. Group huge is by its own name: nothing plants a fault of 1 TiB.
func TestEachGroupFindsAFault(t *testing.T) {
	found := map[string]bool{"huge": true}
	for _, f := range allFaults() {
		found[Case{Name: f.by}.Group()] = true
		for group, name := range alsoFound {
			if f.name != name {
				continue
			}
			s := plant(f)
			s.Groups = []string{group}
			found[group] = slices.ContainsFunc(s.tests(), func(one oneTest) bool { return s.run(one, model{}).Err != nil })
		}
	}
	for _, group := range Groups() {
		require.True(t, found[group], group)
	}
}

// tries is how often a fault may be missed: what goroutines do to each other is up to the scheduler.
func tries(one oneTest) int {
	if strings.HasPrefix(one.name, "concurrent/") {
		return 100
	}
	return 1
}

const (
	faultsPage  = "../../docs/aferotest.md"
	tableBegins = "<!-- go test -run TestFaultTable ./tempfs/aferotest -update writes what follows -->\n"
	tableEnds   = "<!-- to here -->\n"
)

// TestFaultTable holds the table in the documentation and the faults equal. With -update it writes the table, for which it runs every
// case on every fault.
func TestFaultTable(t *testing.T) {
	page, err := os.ReadFile(faultsPage)
	if err != nil {
		t.Skipf("the tests run away from their source: %v", err)
	}
	before, rest, begins := strings.Cut(string(page), tableBegins)
	table, after, ends := strings.Cut(rest, tableEnds)
	require.True(t, begins && ends, "no place for the table")
	if *update {
		table = faultTable()
		require.NoError(t, os.WriteFile(faultsPage, []byte(before+tableBegins+table+tableEnds+after), 0o644))
	}
	for _, f := range allFaults() {
		require.Contains(t, table, fmt.Sprintf("| %s | `%s` |", f.name, f.by))
	}
	require.Equal(t, len(allFaults())+3, strings.Count(table, "\n"), "a fault for each line, an empty line and the head")
}

func faultTable() string {
	var b strings.Builder
	b.WriteString("\n| fault | a case that finds it | all |\n|---|---|---|\n")
	for _, f := range allFaults() {
		fmt.Fprintf(&b, "| %s | `%s` | %d |\n", f.name, f.by, len(finders(f)))
	}
	return b.String()
}

// finders are all cases that find the fault, the shortest first. Those with much to do are left out.
func finders(f fault) []string {
	s := plant(f)
	s.TimeLimit = 500 * time.Millisecond
	s.Match = func(name string) bool { return !strings.Contains(name, "large") }
	var found []string
	for _, one := range s.tests() {
		if s.run(one, model{}).Err != nil {
			found = append(found, one.name)
		}
	}
	return found
}

// TestFindFaults lists, for who adds a fault, the cases that find it: go test -run TestFindFaults -v -find "name of the fault".
func TestFindFaults(t *testing.T) {
	if *find == "" {
		t.Skip("only with -find")
	}
	for _, f := range allFaults() {
		if !strings.Contains(f.name, *find) {
			continue
		}
		names := finders(f)
		slices.SortFunc(names, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
		t.Logf("%s: %d\n\t%s", f.name, len(names), strings.Join(names, "\n\t"))
	}
}
