package disk

import (
	"bytes"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// puncher is what memfallback asks a spill file for.
type puncher interface {
	PunchHole(off, size int64) syscall.Errno
}

// TestPunchedHole reads as zeros, takes no blocks and changes no size.
func TestPunchedHole(t *testing.T) {
	const page = 64 << 10
	h, errno := Host{"/dev/shm"}.OpenUnnamed(os.O_RDWR, 0o600, false) // tmpfs has holes wherever this runs
	require.Zero(t, errno)
	defer func() { require.Zero(t, h.Close()) }()
	data := bytes.Repeat([]byte("x"), 3*page)
	_, errno = h.WriteAt(data, 0)
	require.Zero(t, errno)
	before := blocksOf(t, h)

	require.Zero(t, h.(puncher).PunchHole(page, page))
	require.Equal(t, before-page/512, blocksOf(t, h))
	copy(data[page:2*page], make([]byte, page))
	got := make([]byte, len(data)+1)
	n, errno := h.ReadAt(got, 0)
	require.Zero(t, errno)
	require.Equal(t, data, got[:n])

	require.Zero(t, h.(puncher).PunchHole(5*page, page), "behind the end")
	info, errno := h.Stat()
	require.Zero(t, errno)
	require.EqualValues(t, len(data), info.Size())
	require.Equal(t, syscall.EINVAL, h.(puncher).PunchHole(-1, page))
}

func blocksOf(t *testing.T, h Handle) int64 {
	t.Helper()
	info, errno := h.Stat()
	require.Zero(t, errno)
	return info.Sys().(*syscall.Stat_t).Blocks
}

func TestPunchHoleOfAClosedFile(t *testing.T) {
	h, errno := Host{t.TempDir()}.OpenUnnamed(os.O_RDWR, 0o600, false)
	if errno == syscall.EOPNOTSUPP {
		t.Skip("no O_TMPFILE here")
	}
	require.Zero(t, errno)
	require.Zero(t, h.Close())
	require.Equal(t, syscall.EBADF, h.(puncher).PunchHole(0, 1))
}
