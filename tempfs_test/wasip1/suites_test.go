//go:build !wasip1

package wasip1

import (
	"slices"
	"strings"
	"testing"
)

// TestGuest runs what guest_wasip1_test.go has.
func TestGuest(t *testing.T) {
	t.Parallel()
	g := compile(t, "tempfs_test/wasip1")
	t.Run("with a directory", func(t *testing.T) { g.run(t, t.TempDir(), "-test.v", "-backend=disk") })
	t.Run("without", func(t *testing.T) { g.run(t, "", "-test.v", "-backend=memory") })
}

// suite is the tests of a package, and those that cannot pass, by the reason.
type suite struct {
	dir     string
	skipped map[string][]string
}

const (
	noModes           = "WASI has no modes: chmod is ENOSYS, and what is made is shown as 0700 and 0600"
	noAbsoluteLinks   = "WASI makes no absolute symbolic links: EPERM"
	noDescriptors     = "what is open is a path to wazero: it does not follow its file through a rename"
	noNotDirectory    = "below a file there is nothing to wazero, ENOENT, and a file is read as a directory with EBADF"
	shortPaths        = "wazero hands whole paths to the host, so that 4096 bytes are the longest"
	anotherUser       = "package os says that the user is 1, the memory that there is none, who may do all"
	readOnly          = "wazero says ENOSYS of what is made in a read-only directory"
	tooSlow           = "takes ten seconds there"
	tooSlowToBeSilent = "takes so long on a busy machine that progress is told before the end"
	spins             = "waits in a loop for other goroutines, which have one thread there and are never interrupted"
)

// TestSuites runs the tests of the packages. Those of tempfs_test are many: of them whole files are left to the other systems whose tests need modes
// or a process of their own.
func TestSuites(t *testing.T) {
	for _, s := range []suite{
		{dir: "locate", skipped: map[string][]string{readOnly: {"TestSetDirThatCannotBeUsed"}}},
		{dir: "memfallback", skipped: map[string][]string{
			anotherUser: {"TestDefaultUser"},
			tooSlow:     {"TestPageTreeCutDropsNodes", "TestRemoveAllOfADeepTree"},
		}},
		{dir: "tempfs/internal/disk", skipped: map[string][]string{
			noModes:         {"TestReleaseOfModes"},
			noAbsoluteLinks: {"TestReleaseFollowsNoLink", "TestPortableRemoval", "TestSubStaysInItsDirectory"},
			noDescriptors:   {"TestReleaseLeavesAStrangerThatTookTheName", "TestSubFollowsItsDirectory"},
			noNotDirectory:  {"TestMakeWhereThereIsNoDirectory"},
		}},
		{dir: "tempfs", skipped: map[string][]string{
			noModes: {
				"TestListing/disk", "TestFileWhoseModeCannotBeSetIsNoNamedFile", "TestModeThatCannotBeSet", "TestPersistFaults", "TestPersistSyncsEverything",
				"TestPersistReplacedMeanwhile", "TestPersistTakenMeanwhile", "TestPersistReleasedMeanwhile", "TestTemporaryFileWithoutUnnamedFiles",
				"TestSpooledModeIsExactAndKept", "TestSourceThatNeverRests", "TestTransferHooks", "TestTransferHooksFail", "ExampleFs_Export",
			},
			noAbsoluteLinks:   {"TestSourceThatChanged", "ExampleFs_SymlinkIfPossible"},
			noNotDirectory:    {"TestSpooledHasNoNameInBothStates"},
			shortPaths:        {"TestKeepOfADeepTree"},
			tooSlowToBeSilent: {"ExampleFs_ReleaseContext"},
		}},
		{dir: "tempfs_test", skipped: map[string][]string{
			noModes: {
				"TestNoHostPath", "TestProgress", "TestArtifactsThatEndTheTest", "TestNothingIsKeptOfAHalf", "TestReleaseInWith", "TestDirectoryWithoutPermission",
				"Test(Clone|Export|Import|Keep|Persist|IOFS).*", "TestForgottenFsIsReleased", "TestEachMethodAsksTheHook", "TestMissingRightsComeFirst", "TestPageShowsHowAssertFails",
				"TestRemoveAllGivesBackAllThatGoes",
			},
			noAbsoluteLinks: {
				"TestRealPath", "TestRealPathOfSub", "TestSub", "FuzzNames", "TestDepthBindsEveryWayToMakeAName", "TestSymbolicLinkCountsByItsTarget", "TestUsageIsTheSameWithoutLimits",
			},
			noDescriptors: {
				"TestSubFollowsTheDirectory", "TestReleaseSparesAStranger", "TestReleaseOfAReplacedRoot", "TestRenameOverGivesBackTheVictim", "TestDepthIsFromTheRootOfTheOwner",
			},
			shortPaths:     {"TestDeepTreeIsOneOperation"},
			noNotDirectory: {"TestInWhereNothingCanBe", "TestSpillOverWhereNothingCanBe"},
			anotherUser:    {"TestConformance", "TestAfero.*"},
			spins:          {"TestReleaseDuringWork", "TestBooks.*", "TestNobodyPassesTheBrim", "TestManyTakeWhatThereIsAndNoMore", "TestUnpackOfManyAtOnce", "TestHook.*"},
			tooSlow: {
				"TestUnpack.*", "FuzzInto", "TestConformance.*", "TestFullFsFailsAsAnyOther", "TestOtherErrorsComeFirst", ".*Fixture.*", "TestTreesThat.*", "TestModesAndTimesThat.*",
				"FuzzDeploy", "TestDeploy.*", "TestImportIsWhole.*", "TestUntrusted.*", "TestTestClone.*",
			},
		}},
	} {
		t.Run(s.dir, func(t *testing.T) {
			t.Parallel()
			g := compile(t, s.dir)
			g.run(t, t.TempDir(), s.arguments()...)
		})
	}
}

// arguments are those of a test binary.
func (s *suite) arguments() []string {
	var patterns []string
	for _, names := range s.skipped {
		for _, name := range names {
			patterns = append(patterns, "^"+strings.ReplaceAll(name, "/", "$/^")+"$")
		}
	}
	if len(patterns) == 0 {
		return nil
	}
	slices.Sort(patterns)
	return []string{"-test.skip=" + strings.Join(patterns, "|")}
}
