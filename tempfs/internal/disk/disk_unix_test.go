//go:build unix && !js

package disk

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// umask is of the whole process: these tests do not run in parallel with others.
func withUmask(t *testing.T, mask int) {
	t.Helper()
	old := syscall.Umask(mask)
	t.Cleanup(func() { syscall.Umask(old) })
}

func TestRootIsPrivateWhateverTheUmask(t *testing.T) {
	for _, mask := range []int{0, 0o077, 0o777} {
		dir := t.TempDir()
		withUmask(t, mask)
		tree, err := makeNamed(dir, "root")
		require.NoError(t, err)
		host, err := os.Lstat(tree.Dir())
		require.NoError(t, err)
		require.Equal(t, fs.ModeDir|0o700, host.Mode(), "umask %o", mask)
		require.NoError(t, tree.Release(t.Context(), nil))
	}
}

func fifo(t *testing.T, tree *Tree) string {
	t.Helper()
	path := filepath.Join(tree.Dir(), "fifo")
	require.NoError(t, unix.Mkfifo(path, 0o600))
	return path
}

func TestFIFOBlocksNeitherOpenNorRelease(t *testing.T) {
	tree := newTree(t)
	fifo(t, tree)
	h, errno := tree.OpenFile("fifo", os.O_RDONLY, 0)
	require.Zero(t, errno)
	require.Zero(t, h.Close())
	_, errno = tree.OpenFile("fifo", os.O_WRONLY, 0)
	require.Equal(t, syscall.ENXIO, errno)
	require.Equal(t, syscall.EINVAL, tree.Truncate("fifo", 0))

	t.Chdir(tree.Dir()) // the path of a socket must be short
	l, err := net.Listen("unix", "s")
	require.NoError(t, err)
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	require.NoError(t, l.Close())
	require.NoError(t, tree.Release(t.Context(), nil))
}

func TestCloseEndsABlockedRead(t *testing.T) {
	tree := newTree(t)
	path := fifo(t, tree)
	h, errno := tree.OpenFile("fifo", os.O_RDONLY, 0)
	require.Zero(t, errno)
	// A writer that does not write: the read has to wait.
	w, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	defer w.Close()

	var reads sync.WaitGroup
	reads.Go(func() {
		if _, errno := h.Read(make([]byte, 1)); errno != syscall.EBADF {
			t.Errorf("a read that was ended: errno %d", errno)
		}
	})
	require.Zero(t, h.Close())
	reads.Wait()
}

// TestCloseBesideReadDir has package os drop the buffer of a listing under the listing.
func TestCloseBesideReadDir(t *testing.T) {
	tree := newTree(t)
	for _, name := range []string{"a", "b", "c"} {
		put(t, tree, name, "")
	}
	for range 300 {
		h, errno := tree.OpenFile("/", os.O_RDONLY, 0)
		require.Zero(t, errno)
		var both sync.WaitGroup
		both.Go(func() { h.Close() })
		if entries, errno := h.ReadDir(-1); errno != syscall.EBADF && (errno != 0 || len(entries) != 3) {
			t.Errorf("%d entries, errno %d", len(entries), errno)
		}
		both.Wait()
	}
}

func TestSpecialBitsFollowNoLinkThatCameBetween(t *testing.T) {
	tree := newTree(t)
	put(t, tree, "f", "x")
	require.Zero(t, tree.Symlink("f", "l"))
	require.Zero(t, tree.Chmod("l", 0o755|fs.ModeSetuid))
	info, errno := tree.Stat("f")
	require.Zero(t, errno)
	require.Equal(t, 0o755|fs.ModeSetuid, info.Mode())
	require.Error(t, guardOf(t, tree).chmodPath("l", 0o755|fs.ModeSetuid), "the path of a link")
}
