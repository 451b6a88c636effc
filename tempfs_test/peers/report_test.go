package peers

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATextIsFilledInBetweenItsMarks(t *testing.T) {
	const document = "a\n<!-- table:one -->\nold\n<!-- /table -->\nb\n<!-- table:two -->\n<!-- /table -->\nc\n"
	one, err := filledIn(document, "one", "new\n")
	require.NoError(t, err)
	both, err := filledIn(one, "two", "more")
	require.NoError(t, err)
	require.Equal(t, "a\n<!-- table:one -->\nnew\n<!-- /table -->\nb\n<!-- table:two -->\nmore\n<!-- /table -->\nc\n", both)
	_, err = filledIn(document, "three", "")
	require.Error(t, err)
}

func TestTheDocumentHasAPlaceForEachTable(t *testing.T) {
	for _, name := range []string{"peers", "allocations", "footprint", "scale", "faults", "spill"} {
		content, err := os.ReadFile("../../docs/memory.md")
		if err != nil {
			t.Skipf("the tests run away from the documents: %v", err)
		}
		_, err = filledIn(string(content), name, "")
		require.NoError(t, err)
	}
}

func TestFiguresAreShortAndSaySomething(t *testing.T) {
	for want, got := range map[string]string{
		"< 0.001": ratio(0.0004), "0.004": ratio(0.0041), "0.87": ratio(0.8694), "9.94": ratio(9.94), "10": ratio(9.96), "1,234": ratio(1234.4),
		"999 ns": duration(999), "1.00 µs": duration(999.8), "12.3 ms": duration(12.34e6), "2.50 s": duration(2.5e9), "12,345,678": thousands(12345678),
	} {
		require.Equal(t, want, got)
	}
	require.Equal(t, 2.0, median([]float64{9, 1, 2}))
	require.Equal(t, 1.5, median([]float64{9, 1, 1, 2}))
}

func TestTheBestPeerIsTheFastestThatCan(t *testing.T) {
	all := []contender{{name: "slow", peer: true}, {name: "unable", peer: true}, {name: "fast", peer: true}, {name: nameOfMemory}}
	took := func(nanoseconds float64) result { return result{figure: figure{nanoseconds: nanoseconds}} }
	l := newLine(row{demand: demand{speed: 3}}, all, map[string]result{
		"slow": took(30), "unable": {cannot: "it cannot"}, "fast": took(10), nameOfMemory: took(4),
	})
	require.Equal(t, "fast", l.best)
	require.Equal(t, 2.5, l.speed(nameOfMemory, l.best))
	require.True(t, l.slower())
	l.demand.speed = 2.5
	require.False(t, l.slower())
	require.Equal(t, "–", l.cell("unable", nil))
}
