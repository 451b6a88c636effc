package disk_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

// twoFiles are one with that content and an empty one, in one directory.
func twoFiles(t *testing.T, content string) (to, from *os.File) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "from"), []byte(content), 0o644))
	from, err := os.Open(filepath.Join(dir, "from"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = from.Close() })
	to, err = os.Create(filepath.Join(dir, "to"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = to.Close() })
	return to, from
}

func TestCopyRange(t *testing.T) {
	to, from := twoFiles(t, "0123456789")
	n, errno := disk.CopyRange(to, from, 3, 4)
	if errno == syscall.ENOSYS || errno == syscall.EOPNOTSUPP {
		t.Skipf("no copy_file_range here: %v", errno)
	}
	require.Zero(t, errno)
	require.Equal(t, 4, n)
	n, errno = disk.CopyRange(to, from, 7, 100)
	require.Zero(t, errno)
	require.Equal(t, 3, n)
	n, errno = disk.CopyRange(to, from, 10, 100)
	require.Zero(t, errno)
	require.Zero(t, n, "the end")
	content, err := os.ReadFile(to.Name())
	require.NoError(t, err)
	require.Equal(t, "\x00\x00\x003456789", string(content))
	for _, f := range []*os.File{to, from} {
		off, err := f.Seek(0, 1)
		require.NoError(t, err)
		require.Zero(t, off, "no offset moves")
	}
	_, errno = disk.CopyRange(from, to, 0, 1)
	require.Equal(t, syscall.EBADF, errno, "it is not open for writing")
	require.NoError(t, from.Close())
	_, errno = disk.CopyRange(to, from, 0, 1)
	require.Equal(t, syscall.EBADF, errno)
	require.NoError(t, to.Close())
	_, errno = disk.CopyRange(to, from, 0, 1)
	require.Equal(t, syscall.EBADF, errno)
}

func TestReflink(t *testing.T) {
	to, from := twoFiles(t, "0123456789")
	errno := disk.Reflink(to, from)
	if errno == syscall.EOPNOTSUPP || errno == syscall.EXDEV || errno == syscall.ENOTTY {
		content, err := os.ReadFile(to.Name())
		require.NoError(t, err)
		require.Empty(t, content)
		t.Skipf("the filesystem of the temp directory shares no blocks: %v", errno)
	}
	require.Zero(t, errno)
	content, err := os.ReadFile(to.Name())
	require.NoError(t, err)
	require.Equal(t, "0123456789", string(content))
	require.NoError(t, from.Close())
	require.Equal(t, syscall.EBADF, disk.Reflink(to, from))
}
