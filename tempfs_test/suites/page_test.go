package suites

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-billy/v5/memfs"
	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs/aferotest"
)

var update = flag.Bool("update", false, "write the table into the documentation")

const (
	page   = "../../docs/conformance.md"
	begins = "<!-- go -C tempfs_test/suites test -run TestConformancePage -update . writes what follows -->\n"
	ends   = "<!-- to here -->\n"
)

// suite is memfs of go-billy without what it does not claim: it has no hard links, owners and times, its modes are kept and bind nobody, and its
// errors are texts.
func suite(t *testing.T) aferotest.Suite {
	t.Helper()
	again, dir := aferotest.TestProcess(t.Name()), t.TempDir()
	return aferotest.Suite{
		Name: "go-billy memfs",
		New:  func() (afero.Fs, error) { return billyFs{memfs.New()}, nil },
		Without: []aferotest.Ability{
			aferotest.HardLinks, aferotest.Owners, aferotest.Times, aferotest.Modes, aferotest.Errors,
		},
		Process: func() *exec.Cmd {
			cmd := again()
			cmd.Env = append(cmd.Environ(), "TMPDIR="+dir)
			return cmd
		},
	}
}

// finding is a difference from package os that hurts, on the page with the case that shows it.
type finding struct{ by, does, expected string }

var findings = []finding{
	{"rename/a sibling with the same beginning", "Rename of `a` takes `ab` and `a.txt` along", "they stay"},
	{"append/two handles in turn", "O_APPEND looks for the end at open, not at each write: two writers overwrite each other", "each write goes to the end"},
	{"rename/a directory over one that is not empty", "Rename puts a directory over one with files in it", "EEXIST"},
	{"rename/a directory into itself", "a directory can be moved into itself", "EINVAL"},
	{"mkdirall/a file on the way", "MkdirAll makes a directory below a file", "ENOTDIR"},
	{"open/missing parent", "to make a file makes the parents that are missing", "ENOENT"},
	{"remove/through a link", "Remove does not follow a link in the middle of a name", "it is followed"},
	{"truncate/needs a handle that writes", "a file that was opened for reading can be truncated", "EINVAL"},
	{"seek/before the start", "Seek goes before the start", "EINVAL"},
	{"write/at offsets that no file has", "a write at the largest offset panics", "EINVAL"},
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

// TestConformancePage prints the table and, with -update, writes it into docs/conformance.md. Nothing holds the table to it: what a release of
// go-billy changes is no failure of ours.
func TestConformancePage(t *testing.T) {
	needsOracle(t)
	report := suite(t).Run()
	if aferotest.Isolated() {
		return
	}
	table := "\n" + aferotest.Markdown(report) + "\n" + findingsTable()
	t.Log(table)
	t.Log(report)
	if !*update {
		return
	}
	text, err := os.ReadFile(filepath.FromSlash(page))
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), begins)
	_, after, closed := strings.Cut(rest, ends)
	require.True(t, found && closed, "no place for the table")
	require.NoError(t, os.WriteFile(page, []byte(before+begins+table+ends+after), 0o644))
}

// TestFindings plays the case of each. The version of go-billy is in go.mod: another may do better.
func TestFindings(t *testing.T) {
	needsOracle(t)
	for _, f := range findings {
		s := suite(t)
		s.Match = func(name string) bool { return name == f.by }
		r := s.Run()
		require.Len(t, r.Failed(), 1, f.by)
	}
}

func findingsTable() string {
	var b strings.Builder
	b.WriteString("| what happens | package os | case |\n|---|---|---|\n")
	for _, f := range findings {
		fmt.Fprintf(&b, "| %s | %s | `%s` |\n", f.does, f.expected, f.by)
	}
	return b.String()
}
