package aferotest

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

var update = flag.Bool("update", false, "record the answers of this system anew (as root, with umask 022)")

// nobody is the user that the recorded answers to a user were given to.
const nobody = 65534

func TestNamesOfCasesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, one := range allTests() {
		require.False(t, seen[one.name], one.name)
		seen[one.name] = true
	}
	require.GreaterOrEqual(t, len(seen), 250)
}

// TestOracle runs the suite on what it is judged by: it must not depend on chance.
func TestOracle(t *testing.T) {
	if o, err := NewOracle(); err != nil {
		t.Skip(err)
	} else {
		require.NoError(t, o.Close())
	}
	Test(t, Suite{New: func() (afero.Fs, error) { return NewOracle() }, Demand: true})
}

func TestMemfallback(t *testing.T) {
	Test(t, Suite{New: func() (afero.Fs, error) { return memfallback.New(), nil }, Demand: true})
}

// TestMemfallbackAsNobody has the memory backend act as a user, and judges it by what the kernel says to that user.
func TestMemfallbackAsNobody(t *testing.T) {
	var a answers = recorded{isUser: true}
	asNobody := func() (*Oracle, error) { return NewOracleFor(nobody, nobody) }
	if o, err := asNobody(); err == nil {
		require.NoError(t, o.Close())
		a = live{asNobody}
	}
	s := Suite{New: func() (afero.Fs, error) {
		return memfallback.New(memfallback.WithUser(nobody, nobody)), nil
	}, Demand: true}
	for _, one := range s.tests() {
		t.Run(one.name, func(t *testing.T) {
			if r := s.run(one, a); r.Err != nil {
				t.Error(r.Err)
			}
		})
	}
}

// TestRecord holds the recorded answers and the kernel equal.
func TestRecord(t *testing.T) {
	for file, newOracle := range map[string]func() (*Oracle, error){
		recordOfRoot: NewOracle,
		recordOfUser: func() (*Oracle, error) { return NewOracleFor(nobody, nobody) },
	} {
		if o, err := newOracle(); err != nil {
			t.Skip(err)
		} else {
			require.NoError(t, o.Close())
		}
		var b strings.Builder
		for _, c := range append(Cases(), randomCases()...) {
			lines, err := live{newOracle}.to(c)
			require.NoError(t, err, c.Name)
			fmt.Fprintf(&b, "== %s\n", c.Name)
			for _, line := range lines {
				b.WriteString(line + "\n")
			}
		}
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
			continue
		}
		want, err := recordFiles.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), b.String(), file)
	}
}

func TestStepsReadAsTheyPrint(t *testing.T) {
	for _, c := range Cases() {
		for _, s := range c.Steps {
			again, err := ParseStep(s.String())
			require.NoError(t, err)
			require.Equal(t, s, again)
		}
	}
	for _, arg := range []string{"", "a b", "{x}", `\x7b`, "\x00", "\xff", strings.Repeat("x", 300), "é", `"`, "\n", "a\tb"} {
		again, err := ParseStep(NewStep("stat", arg).String())
		require.NoError(t, err)
		require.Equal(t, []string{arg}, again.Args)
	}
}

func TestStepsThatAreWrong(t *testing.T) {
	for _, line := range []string{"", "fly", "stat", "stat a b", `stat "a`, "stat {x*-1}", "stat {x", "stat {x*99999999}"} {
		_, err := ParseStep(line)
		require.Error(t, err, "%q", line)
	}
}
