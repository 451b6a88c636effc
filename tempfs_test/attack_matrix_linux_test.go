package tempfs_test

import (
	"testing"

	"golang.org/x/sys/unix"
)

// attackTests are what is run again in processes that lack something: what can tell on disk, since memory asks the kernel for nothing.
const attackTests = "^(TestAttackRaces|TestAttackBy.*|TestNoDevices|FuzzNames)$|^TestNothingEscapes.*$/^disk$"

// TestConfinedAttacks has the attacks where the kernel or a sandbox has no openat2, and for a user.
func TestConfinedAttacks(t *testing.T) {
	onlyInFull(t)
	if raceDetector {
		t.Skip("the race detector sees the same code in TestAttackRaces, and these take minutes with it")
	}
	openat2 := []uint32{unix.SYS_OPENAT2}
	runConfinedIn(t, attackTests, []confinement{
		{Name: "no openat2", Blocked: openat2, Errno: unix.ENOSYS},
		{Name: "nobody", Nobody: true},
		{Name: "nobody, no openat2", Nobody: true, Blocked: openat2, Errno: unix.ENOSYS},
	})
}
