package disk

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestTargetAndEntryStay where they were found when the paths to them lead elsewhere.
func TestTargetAndEntryStay(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "d/f", "content")
	dir := t.TempDir()
	for _, name := range []string{"host", "stranger"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "stranger", "f"), []byte("theirs"), 0o600))
	target := openTarget(t, filepath.Join(dir, "host", "f"))
	entry := entryOf(t, tree, "d/f")

	d := filepath.Join(tree.Dir(), "d")
	require.NoError(t, os.Rename(d, d+"2"))
	require.NoError(t, os.Symlink(filepath.Join(dir, "stranger"), d))
	require.NoError(t, os.Rename(filepath.Join(dir, "host"), filepath.Join(dir, "host2")))
	require.NoError(t, os.Symlink("stranger", filepath.Join(dir, "host")))

	_, errno := target.Rename(entry, false, true)
	require.Zero(t, errno)
	require.Equal(t, "content", contentOf(t, filepath.Join(dir, "host2", "f")))
	require.Equal(t, "theirs", contentOf(t, filepath.Join(dir, "stranger", "f")))
	require.Empty(t, namesIn(t, d+"2"))
}

// TestExchangeWithLatecomer takes back the exchange with a file that came in the place of a directory.
func TestExchangeWithLatecomer(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	dir := t.TempDir()
	host := filepath.Join(dir, "host")
	require.NoError(t, os.WriteFile(host, []byte("theirs"), 0o600))
	exchanged, errno := openTarget(t, host).exchange(entryOf(t, tree, "d"))
	if errno == syscall.ENOTEMPTY {
		t.Skip("no RENAME_EXCHANGE here")
	}
	require.Equal(t, syscall.ENOTDIR, errno)
	require.False(t, exchanged)
	require.Equal(t, "theirs", contentOf(t, host))
	info, errno := tree.Lstat("d")
	require.Zero(t, errno)
	require.True(t, info.IsDir())
}

// TestLinkOfDescriptor is about the file that is open, whatever has its name.
func TestLinkOfDescriptor(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "name")
	f, err := os.Create(name)
	require.NoError(t, err)
	defer f.Close()
	_, err = f.WriteString("ours")
	require.NoError(t, err)
	require.NoError(t, os.Rename(name, name+"2"))
	require.NoError(t, os.WriteFile(name, []byte("stranger"), 0o600))

	target := openTarget(t, filepath.Join(dir, "host"))
	require.Zero(t, target.Link(f, false))
	require.Equal(t, syscall.EEXIST, target.Link(f, false))
	require.Zero(t, target.Link(f, true), "over itself")
	require.Equal(t, "ours", contentOf(t, filepath.Join(dir, "host")))
	require.Equal(t, []string{"host", "name", "name2"}, namesIn(t, dir))

	require.NoError(t, os.Remove(name+"2"))
	require.NoError(t, os.Remove(filepath.Join(dir, "host")))
	require.Equal(t, syscall.ENOENT, target.Link(f, false), "its last name is gone")
	fd, err := unix.MemfdCreate("x", unix.MFD_CLOEXEC)
	require.NoError(t, err)
	memory := os.NewFile(uintptr(fd), "x")
	defer memory.Close()
	require.Equal(t, syscall.EXDEV, target.Link(memory, true))
	require.Equal(t, []string{"name"}, namesIn(t, dir))
}

// TestScratchWithoutOtmpfile has a name from the beginning.
func TestScratchWithoutOtmpfile(t *testing.T) {
	dir := t.TempDir()
	target := openTarget(t, filepath.Join(dir, "host"))
	s := &Scratch{target: target}
	var errno syscall.Errno
	s.base, errno = target.temporary(func(base string) (errno syscall.Errno) {
		s.file, errno = target.dir.create(base)
		return errno
	})
	require.Zero(t, errno)
	require.Len(t, namesIn(t, dir), 1)
	_, errno = s.Handle().Write([]byte("content"))
	require.Zero(t, errno)
	_, _, errno = s.Publish(true)
	require.Zero(t, errno)
	require.Equal(t, "content", contentOf(t, filepath.Join(dir, "host")))
	require.Equal(t, []string{"host"}, namesIn(t, dir))
}

// TestIsAcross asks rename(2) without moving anything.
func TestIsAcross(t *testing.T) {
	tree := newTree(t)
	put(t, tree, "f", "content")
	entry := entryOf(t, tree, "f")
	dir := t.TempDir()
	require.False(t, openTarget(t, filepath.Join(dir, "host")).IsAcross(entry))
	if target, errno := OpenTarget("/proc/host"); errno == 0 {
		require.True(t, target.IsAcross(entry))
		target.Close()
	}
	require.Equal(t, []string{"f"}, namesIn(t, tree.Dir()))
	require.Empty(t, namesIn(t, dir))
}
