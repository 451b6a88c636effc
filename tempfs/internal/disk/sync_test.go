package disk

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSyncOfWhatIsOpenForReading is what a durable Persist asks for, of files and directories.
func TestSyncOfWhatIsOpenForReading(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "d/f", "x")
	for _, name := range []string{"d/f", "d", "/"} {
		h, errno := tree.OpenFile(name, os.O_RDONLY, 0)
		require.Zero(t, errno)
		require.Zero(t, h.Sync(), name)
		require.Zero(t, h.Close())
	}
}
