package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestRemovalLeavesMountsAlone mounts another filesystem, and an outside directory of the same one, into a tree.
func TestRemovalLeavesMountsAlone(t *testing.T) {
	outside := t.TempDir()
	for name, mount := range map[string]func(target string) error{
		"tmpfs": func(target string) error { return unix.Mount("tmpfs", target, "tmpfs", 0, "size=1m") },
		"bind":  func(target string) error { return unix.Mount(outside, target, "", unix.MS_BIND, "") },
	} {
		t.Run(name, func(t *testing.T) {
			tree := newTree(t)
			require.Zero(t, tree.Mkdir("d", 0o755))
			require.Zero(t, tree.Mkdir("d/mnt", 0o755))
			put(t, tree, "d/f", "x")
			target := filepath.Join(tree.Dir(), "d", "mnt")
			if err := mount(target); err != nil {
				t.Skipf("no mounts here: %v", err)
			}
			defer func() { _ = unix.Unmount(target, unix.MNT_DETACH) }()
			theirs := filepath.Join(target, "theirs")
			require.NoError(t, os.WriteFile(theirs, []byte("x"), 0o600))

			failed, errno := tree.RemoveAll("d/mnt")
			require.Equal(t, unix.EXDEV, errno)
			require.Empty(t, failed)
			err := tree.Release(t.Context(), nil)
			require.ErrorIs(t, err, unix.EXDEV)
			require.ErrorContains(t, err, "unlinkat /d/mnt:")
			require.FileExists(t, theirs)
			_, errno = tree.Stat("d/f")
			require.Equal(t, unix.ENOENT, errno, "all else goes")

			require.NoError(t, unix.Unmount(target, 0))
			require.NoError(t, tree.Release(t.Context(), nil))
			_, err = os.Lstat(tree.Dir())
			require.ErrorIs(t, err, fs.ErrNotExist)
		})
	}
}
