package fusefs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// TestWhatAMountCannot is said in docs/programs.md, and each program gets the errno that it knows for it.
func TestWhatAMountCannot(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		dir := mount(t, fsys)
		in := func(name string) string { return filepath.Join(dir, name) }
		require.NoError(t, os.WriteFile(in("a"), nil, 0o644))
		require.NoError(t, os.WriteFile(in("b"), nil, 0o644))
		require.NoError(t, os.Symlink("a", in("link")))

		require.Equal(t, syscall.EINVAL, unix.Renameat2(unix.AT_FDCWD, in("a"), unix.AT_FDCWD, in("b"), unix.RENAME_EXCHANGE))
		require.Equal(t, syscall.EPERM, syscall.Mkfifo(in("fifo"), 0o644))
		require.Equal(t, syscall.EPERM, syscall.Mknod(in("socket"), syscall.S_IFSOCK|0o644, 0))
		require.Equal(t, syscall.EOPNOTSUPP, syscall.Setxattr(in("a"), "user.name", []byte("x"), 0))
		_, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR, 0o600)
		require.Equal(t, syscall.EOPNOTSUPP, err)

		before := modified(t, in("link"))
		require.NoError(t, unix.UtimesNanoAt(unix.AT_FDCWD, in("link"), []unix.Timespec{{Sec: 1}, {Sec: 1}}, unix.AT_SYMLINK_NOFOLLOW))
		require.Equal(t, before, modified(t, in("link")), "the time of a link stays")

		f, err := os.OpenFile(in("a"), os.O_RDWR, 0)
		require.NoError(t, err)
		defer f.Close()
		require.Equal(t, syscall.EOPNOTSUPP, syscall.Fallocate(int(f.Fd()), 0, 0, 4096))
		require.NoError(t, os.Remove(in("a")))
		require.ErrorIs(t, f.Chmod(0o600), syscall.ENOENT, "it has no name by which to change its mode")
		_, err = os.Open(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
		require.ErrorIs(t, err, syscall.ENOENT, "nor one by which to open it again")
	})
}

// TestDeepDirectories go as far as a path does.
func TestDeepDirectories(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		dir, err := syscall.Open(mount(t, fsys), syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
		require.NoError(t, err)
		name := strings.Repeat("d", 255)
		for range 15 { // 16 of 256 bytes are 4,096
			require.NoError(t, syscall.Mkdirat(dir, name, 0o755))
			below, err := syscall.Openat(dir, name, syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
			require.NoError(t, err)
			require.NoError(t, syscall.Close(dir))
			dir = below
		}
		require.Equal(t, syscall.ENAMETOOLONG, syscall.Mkdirat(dir, name, 0o755))
		require.NoError(t, syscall.Mkdirat(dir, name[1:], 0o755))
		require.NoError(t, syscall.Close(dir))
	})
}

func modified(t *testing.T, name string) time.Time {
	t.Helper()
	info, err := os.Lstat(name)
	require.NoError(t, err)
	return info.ModTime()
}
