package tempfs_test

import (
	"io"
	"os"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestOffsetThatTheDescriptorMovedIsTheOneThatCounts: who has the descriptor may seek by it.
func TestOffsetThatTheDescriptorMovedIsTheOneThatCounts(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.WithLimits(tempfs.Limits{Bytes: 10}))
	f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
	require.NoError(t, errOf(f.Write([]byte("12345678"))))
	conn, err := f.(syscall.Conn).SyscallConn()
	require.NoError(t, err)
	seek := func(to int64) {
		require.NoError(t, conn.Control(func(fd uintptr) {
			_, err = syscall.Seek(int(fd), to, io.SeekStart)
		}))
		require.NoError(t, err)
	}

	seek(2)
	require.NoError(t, errOf(f.Write([]byte("abcd"))), "it grows nothing")
	requireUsage(t, fsys, 8, 1)
	seek(6)
	n, err := f.Write([]byte("efghij"))
	require.ErrorIs(t, err, tempfs.ErrQuota)
	require.Equal(t, 4, n)
	requireUsage(t, fsys, 10, 1)
	content, err := afero.ReadFile(fsys, "/f")
	require.NoError(t, err)
	require.Equal(t, "12abcdefgh", string(content))
}
