package tempfs_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// immutable is FS_IMMUTABLE_FL of linux/fs.h, chattr(1)'s +i.
const immutable = 0x10

// makeImmutable sets the flag on a directory that is empty or keeps what is in it.
func makeImmutable(t *testing.T, dir string) (free func()) {
	t.Helper()
	f, err := os.Open(dir)
	require.NoError(t, err)
	flags, err := unix.IoctlGetInt(int(f.Fd()), unix.FS_IOC_GETFLAGS)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, flags|immutable)
	}
	if err != nil {
		require.NoError(t, f.Close())
		t.Skipf("the filesystem of the temp directory has no immutable files, or this root may not make them: %v", err)
	}
	freed := false
	free = func() {
		if freed {
			return
		}
		freed = true
		require.NoError(t, unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, flags))
		require.NoError(t, f.Close())
	}
	t.Cleanup(free)
	return free
}
