package unpack

import (
	"archive/zip"
	"bytes"
	"io"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// counting counts the bytes that are read.
type counting struct {
	io.ReaderAt
	n int
}

func (c *counting) ReadAt(p []byte, offset int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, offset)
	c.n += n
	return n, err
}

// TestDirectoryOfAZipIsNotReadToItsEnd if it has too many entries: each takes memory.
func TestDirectoryOfAZipIsNotReadToItsEnd(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range 30_000 {
		_, err := w.CreateHeader(&zip.FileHeader{Name: strconv.Itoa(i)})
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	r := &counting{ReaderAt: bytes.NewReader(b.Bytes())}
	_, err := membersOf(io.NewSectionReader(r, 0, int64(b.Len())), 10)
	require.ErrorIs(t, err, ErrTooMany)
	require.Less(t, r.n, b.Len()/4, "of which the directory is more than a half")

	r.n = 0
	members, err := membersOf(io.NewSectionReader(r, 0, int64(b.Len())), 30_000)
	require.NoError(t, err)
	require.Len(t, members, 30_000)
	require.Greater(t, r.n, b.Len()/4)
}
