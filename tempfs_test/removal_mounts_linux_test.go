package tempfs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// mounting is a way to mount something into a tree that is to go.
type mounting struct {
	name  string
	at    []string // which the tree has
	mount func(s *scene, target string) error
	errno syscall.Errno
}

func bindOutside(s *scene, target string) error {
	return unix.Mount(s.outside.dir, target, "", unix.MS_BIND, "")
}

func bindEmpty(s *scene, target string) error {
	return unix.Mount(filepath.Join(s.outside.dir, "sub", "empty"), target, "", unix.MS_BIND, "")
}

func bindFile(s *scene, target string) error {
	return unix.Mount(filepath.Join(s.outside.dir, "secret"), target, "", unix.MS_BIND, "")
}

// bindSelf mounts a directory on itself: device and inode are those that were met.
func bindSelf(_ *scene, target string) error {
	return unix.Mount(target, target, "", unix.MS_BIND, "")
}

func mountTmpfs(_ *scene, target string) error {
	if err := unix.Mount("tmpfs", target, "tmpfs", 0, "size=1m"); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(target, "theirs"), []byte("kept"), 0o600)
}

func mountings() []mounting {
	return []mounting{
		{"19 bind mount of outside", []string{"a/mount"}, bindOutside, unix.EXDEV},
		{"19 bind mount of an empty directory", []string{"a/mount"}, bindEmpty, unix.EXDEV},
		{"19 bind mount of itself", []string{"a/full"}, bindSelf, unix.EXDEV},
		{"19 bind mount of outside at the top", []string{"top"}, bindOutside, unix.EXDEV},
		{"19 bind mounts of outside", []string{"a/mount", "a/b/c/mount", "top"}, bindOutside, unix.EXDEV},
		{"20 tmpfs", []string{"a/mount"}, mountTmpfs, unix.EXDEV},
		{"20 tmpfs on what is not empty", []string{"a/full"}, mountTmpfs, unix.EXDEV},
		{"20 bind mount of a file", []string{"a/b/f"}, bindFile, unix.EBUSY},
	}
}

// TestRemovalOfMounts is cases 19 and 20: a mount point is not entered, and told.
func TestRemovalOfMounts(t *testing.T) {
	if !inMountNamespace(t) {
		return
	}
	for _, m := range mountings() {
		t.Run(m.name, func(t *testing.T) {
			s := newScene(t)
			s.grow(t, sceneTree, []string{"a/mount/", "a/full/d/", "a/full/f", "a/b/c/mount/", "a/b/c/f", "a/b/f", "a/f", "top/", "z/z/", "z/f"})
			fails := map[string]syscall.Errno{}
			for _, at := range m.at {
				target := s.onHost(at)
				if err := m.mount(s, target); err != nil {
					t.Skipf("no mounts here: %v", err)
				}
				t.Cleanup(func() { _ = unix.Unmount(target, unix.MNT_DETACH) })
				fails[at] = m.errno
			}
			before := s.mounted(t, m)
			s.requireNotRemoved(t, fails)
			s.requireFails(t, fails)
			require.Equal(t, before, s.mounted(t, m), "what is mounted is as it was")
			for _, at := range m.at {
				require.NoError(t, unix.Unmount(s.onHost(at), 0), "it is mounted still")
			}
			s.requireReleased(t)
		})
	}
}

// mounted describes what is behind the mount points.
func (s *scene) mounted(t *testing.T, m mounting) string {
	t.Helper()
	var state strings.Builder
	for _, at := range m.at {
		o := outside{dir: s.onHost(at)}
		more, err := o.look()
		require.NoError(t, err)
		state.WriteString(more)
	}
	return state.String()
}

// TestRemovalOfAMountItself is RemoveAll of the name of a mount point, and of what is in the mount, which may go: the caller has named it.
func TestRemovalOfAMountItself(t *testing.T) {
	if !inMountNamespace(t) {
		return
	}
	s := newScene(t)
	s.grow(t, sceneTree, []string{"mount/"})
	if err := bindOutside(s, s.onHost("mount")); err != nil {
		t.Skipf("no mounts here: %v", err)
	}
	name := sceneTree + "/mount"
	require.Equal(t, error(&fs.PathError{Op: "unlinkat", Path: name, Err: unix.EXDEV}), s.fsys.RemoveAll(name))
	require.Equal(t, error(&fs.PathError{Op: "unlinkat", Path: name, Err: unix.EXDEV}), s.fsys.RemoveAll("/"))
	require.NoError(t, s.outside.changed())
	require.NoError(t, unix.Unmount(s.onHost("mount"), 0))
	require.NoError(t, lists(s.fsys, "/", "tree"))
	s.requireReleased(t)
}

// TestRemovalOfACoveredRoot has something mounted on the root itself, which is then not what it was.
func TestRemovalOfACoveredRoot(t *testing.T) {
	if !inMountNamespace(t) {
		return
	}
	s := plainScene(t)
	if err := bindOutside(s, s.host); err != nil {
		t.Skipf("no mounts here: %v", err)
	}
	s.requireRootError(t, s.fsys.Release(), tempfs.ErrReplaced)
	require.NoError(t, unix.Unmount(s.host, 0))
	s.requireReleased(t)
}

// inMountNamespace is true in a process whose mounts nobody else sees: it runs the test in such a one, unless it is there already.
func inMountNamespace(t *testing.T) bool {
	t.Helper()
	const namespaced = "TEMPFS_TEST_MOUNTS"
	if os.Getenv(namespaced) != "" {
		return true
	}
	if os.Geteuid() != 0 {
		t.Skip("only root mounts")
	}
	runAgain(t, confinement{Mounts: true}, "^"+t.Name()+"$", namespaced+"=1")
	return false
}
