package tempfs_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

// byDescriptor: files can be linked, and directories held, by their descriptors; the times of files are exact.
const byDescriptor = true

// destinations are the places that this user can have.
func destinations(t *testing.T) []destination {
	t.Helper()
	all := []destination{sameFilesystem}
	if otherFilesystem(t) != "" || os.Geteuid() == 0 {
		all = append(all, destination{"other filesystem", dirOnOther, true})
	}
	if os.Geteuid() == 0 {
		all = append(all, destination{"bind mount", bindMount, true})
	}
	return all
}

func deviceOf(t *testing.T, dir string) uint64 {
	t.Helper()
	info, err := os.Stat(dir)
	require.NoError(t, err)
	return uint64(info.Sys().(*syscall.Stat_t).Dev) //nolint:unconvert,nolintlint // of another type on mips
}

// otherFilesystem is a directory of one that is not that of the temp directory, "" if none is known.
func otherFilesystem(t *testing.T) string {
	t.Helper()
	const shm = "/dev/shm"
	if unix.Access(shm, unix.W_OK|unix.X_OK) != nil || deviceOf(t, shm) == deviceOf(t, os.TempDir()) {
		return ""
	}
	return shm
}

func dirOnOther(t *testing.T) string {
	t.Helper()
	other := otherFilesystem(t)
	if other == "" {
		return smallFilesystem(t, "size=4m")
	}
	dir, err := os.MkdirTemp(other, "persist") //nolint:usetesting // that would be on the same filesystem
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	mayRemove(t, dir)
	return dir
}

// smallFilesystem is a new one in memory.
func smallFilesystem(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("no mounts here: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(dir, unix.MNT_DETACH)) })
	return dir
}

// bindMount is a directory of the filesystem of the temp directory, with the same device, under a mount of its own.
func bindMount(t *testing.T) string {
	t.Helper()
	from, to := t.TempDir(), t.TempDir()
	if err := unix.Mount(from, to, "", unix.MS_BIND, ""); err != nil {
		t.Skipf("no mounts here: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(to, unix.MNT_DETACH)) })
	require.Equal(t, deviceOf(t, os.TempDir()), deviceOf(t, to))
	return to
}

// TestPersistKeepsOwners of whatever it is, alone and in a directory, moved or copied.
func TestPersistKeepsOwners(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				names := []string{"f", "l", "d", "d/f", "d/l"}
				fixture.Build(t, fsys, fixture.Tree{"f": "content", "l": fixture.Link("f"), "d/f": "content", "d/l": fixture.Link("f")})
				for _, name := range names {
					require.NoError(t, fsys.Lchown(name, 3, 4))
				}
				dir := where.makeDir(t)
				for _, name := range names[:3] {
					require.NoError(t, fsys.Persist(name, filepath.Join(dir, name)))
				}
				for _, name := range names {
					info, err := os.Lstat(filepath.Join(dir, name))
					require.NoError(t, err)
					stat := info.Sys().(*syscall.Stat_t)
					require.Equal(t, [2]uint32{3, 4}, [2]uint32{stat.Uid, stat.Gid}, name)
				}
			})
		})
	}
}
