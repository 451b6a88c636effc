package tempfs

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPartOfAFileThatTheKernelTakesForEmpty is of those of proc(5), of which copy_file_range(2) said so up to Linux 5.18: what stands in for
// it is a descriptor of an empty file.
func TestPartOfAFileThatTheKernelTakesForEmpty(t *testing.T) {
	dir := t.TempDir()
	open := func(name, content string) *os.File {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR, 0)
		require.NoError(t, err)
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	to, from, empty := open("to", ""), open("from", "content"), open("empty", "")
	c := &content{transfer: &transfer{ctx: context.Background()}, to: to, from: from, toConn: to, fromConn: empty}
	end, err := c.part(0, math.MaxInt64)
	require.NoError(t, err)
	require.EqualValues(t, 7, end)
	copied, err := os.ReadFile(to.Name())
	require.NoError(t, err)
	require.Equal(t, "content", string(copied))
}
