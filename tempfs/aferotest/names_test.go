package aferotest

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const goldenNames = "testdata/names.txt"

// TestNamesOfCasesAreStable holds the names to a list, since others leave cases out by them: to rename one is a change for all of them.
// go test -run TestNamesOfCasesAreStable -update writes the list.
func TestNamesOfCasesAreStable(t *testing.T) {
	var names []string
	for _, one := range allTests() {
		names = append(names, one.name)
	}
	got := strings.Join(names, "\n") + "\n"
	if *update {
		require.NoError(t, os.WriteFile(goldenNames, []byte(got), 0o644))
	}
	want, err := os.ReadFile(goldenNames)
	if err != nil {
		t.Skipf("the tests run away from their source: %v", err)
	}
	require.Equal(t, string(want), got)
}
