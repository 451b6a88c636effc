package trial

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	emptyPage = "# Page\n\n" + begins + ends + "\n## More\n"
	fullPage  = "# Page\n\n" + begins + `| | disk | memory | spill | BasePathFs | MemMapFs |
|---|---|---|---|---|---|
| curl, 20 checks | 20/20 |  | ok |  | 16/20 |
| ftp |  |  |  | varies |  |
` + ends + "\n## More\n"
)

// TestCellsAreWritten each into its row and column, whatever the order, and nothing else changes.
func TestCellsAreWritten(t *testing.T) {
	page := emptyPage
	for _, c := range [][3]string{
		{"curl, 20 checks", "MemMapFs", "16/20"}, {"ftp", "BasePathFs", "varies"}, {"curl, 20 checks", "disk", "20/20"}, {"curl, 20 checks", "spill", "ok"},
	} {
		var was string
		var err error
		page, was, err = withCell(page, c[0], c[1], c[2])
		require.NoError(t, err)
		require.Empty(t, was)
	}
	require.Equal(t, fullPage, page)
}

// TestCellsAreReadAndReplaced: what is there is told, and the same again leaves the page as it is.
func TestCellsAreReadAndReplaced(t *testing.T) {
	page, was, err := withCell(fullPage, "curl, 20 checks", "MemMapFs", "16/20")
	require.NoError(t, err)
	require.Equal(t, "16/20", was)
	require.Equal(t, fullPage, page)

	page, was, err = withCell(fullPage, "curl, 20 checks", "MemMapFs", "17/20")
	require.NoError(t, err)
	require.Equal(t, "16/20", was)
	require.Contains(t, page, "| curl, 20 checks | 20/20 |  | ok |  | 17/20 |\n| ftp |")
}

func TestAPageWithoutATable(t *testing.T) {
	for _, page := range []string{"", begins, ends, ends + begins} {
		_, _, err := withCell(page, "row", "disk", "1/1")
		require.Error(t, err, "%q", page)
	}
}
