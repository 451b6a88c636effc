package tempfs_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestAttackByMounts has the directory outside mounted where the victim works. Nothing below the mount point is reached.
func TestAttackByMounts(t *testing.T) {
	if !inMountNamespace(t) {
		return
	}
	if fd, err := unix.Openat2(unix.AT_FDCWD, "/", &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC}); err != nil {
		t.Skipf("nothing else refuses to enter mounts: openat2: %v", err)
	} else {
		require.NoError(t, unix.Close(fd))
	}
	g := newGround(t, spacious(t))
	g.inhabit(t, "spare")
	door := g.onHost("door")
	require.NoError(t, os.Mkdir(door, 0o755))
	if err := unix.Mount(g.out.dir, door, "", unix.MS_BIND, ""); err != nil {
		t.Skipf("no mounts here: %v", err)
	}
	defer func() { require.NoError(t, unix.Unmount(door, unix.MNT_DETACH)) }()
	for _, o := range allOperations() {
		err, escaped := g.play(o, "/door")
		require.NoError(t, escaped, o)
		// Glob ignores errors. RealPath tells where the host has a name, touches nothing, and leaves the rest to its caller.
		if o.method != "IOFS.Glob" && o.method != "RealPath" {
			require.ErrorIs(t, err, unix.EXDEV, o)
		}
	}
	g.requireUntouched(t, "the mount")
}
