package tempfs_test

import (
	"testing"

	"golang.org/x/sys/unix"
)

// removalTests are what is run again in processes that lack something.
const removalTests = "^(TestRemoval|TestRemoveAllRepairsNothing|TestRemovalOf.*|TestRemovalUnder.*|TestRemovalBeside.*)$"

// TestConfinedRemoval is case 21, and all other cases: they hold where the kernel or a sandbox has no openat2, for a user, and with few descriptors.
func TestConfinedRemoval(t *testing.T) {
	onlyInFull(t)
	openat2 := []uint32{unix.SYS_OPENAT2}
	old := []uint32{unix.SYS_OPENAT2, unix.SYS_STATX, unix.SYS_FCHMODAT2}
	runConfinedIn(t, removalTests, []confinement{
		{Name: "64 descriptors", Descriptors: 64},
		{Name: "openat2 forbidden", Blocked: openat2, Errno: unix.EPERM},
		{Name: "no openat2", Blocked: openat2, Errno: unix.ENOSYS},
		{Name: "no openat2, statx, fchmodat2", Blocked: old, Errno: unix.ENOSYS},
		{Name: "nobody", Nobody: true},
		{Name: "nobody, no openat2, statx, fchmodat2, 64 descriptors", Nobody: true, Blocked: old, Errno: unix.ENOSYS, Descriptors: 64},
	})
}
