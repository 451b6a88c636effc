package memfallback

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// farPages are the first page, which is in no tree, and pages at the edges of nodes of each level.
var farPages = []int64{0, 1, fanout - 1, fanout, fanout + 1, fanout*fanout - 1, fanout * fanout, fanout*fanout + fanout, 3 * fanout * fanout}

func putPage(t *testing.T, h Handle, page int64, content string) {
	t.Helper()
	n, errno := h.WriteAt([]byte(content), page*pageSize+5)
	require.Zero(t, errno)
	require.Len(t, content, n)
}

func requirePage(t *testing.T, h Handle, page int64, content string) {
	t.Helper()
	p := make([]byte, len(content))
	n, errno := h.ReadAt(p, page*pageSize+5)
	require.Zero(t, errno)
	require.Equal(t, content, string(p[:n]), "page %d", page)
}

// A clone shares the pages of a file whose tree of them has levels. Each page is changed on one side, which the other does not see.
func TestClonesShareFarPages(t *testing.T) {
	for name, budget := range budgets {
		t.Run(name, func(t *testing.T) {
			tree := newSpillingTree(t, budget)
			ours := mustOpen(t, tree, "f", os.O_RDWR|os.O_CREATE)
			for _, page := range farPages {
				putPage(t, ours, page, "before")
			}
			clone, errno := tree.Clone()
			require.Zero(t, errno)
			theirs := mustOpen(t, clone, "f", os.O_RDWR)

			for i, page := range farPages {
				putPage(t, []Handle{ours, theirs}[i%2], page, "after")
			}
			for i, page := range farPages {
				requirePage(t, []Handle{ours, theirs}[i%2], page, "after")
				requirePage(t, []Handle{theirs, ours}[i%2], page, "before")
			}

			require.Zero(t, theirs.Truncate((fanout+1)*pageSize))
			requirePage(t, theirs, fanout, "after")
			require.Zero(t, theirs.Truncate(farPages[len(farPages)-1]*pageSize))
			requirePage(t, theirs, fanout+1, "\x00\x00\x00\x00\x00")
			requirePage(t, ours, fanout*fanout, "after")

			require.Zero(t, ours.Close())
			require.Zero(t, theirs.Close())
			requireNothingIsLeft(t, []*Tree{tree, clone})
		})
	}
}
