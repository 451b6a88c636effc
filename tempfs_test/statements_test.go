package tempfs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// statement is one promise about temporary files, made by Python's tempfile or, where that is wrong, in its place. docs/python.md tells of them in
// order of what Python has.
type statement struct {
	says  string
	tests []string // package and function
}

// notInGo are statements about what Go has no such thing of: bytes for names, text files, arguments of any type, audit hooks. They need no test.
var notInGo = []int{16, 39, 40, 41}

// statements are numbered from 1.
var statements = slices.Concat(
	[]statement{{}}, searching, naming, makingFiles, makingDirectories, makingNames, unnamedFiles, namedFiles, spooledFiles, directories,
)

// searching is gettempdir and its like.
var searching = []statement{
	{"the order is TMPDIR, TEMP, TMP, the system's list, the working directory", []string{
		"locate.TestCandidatesOnUnix", "locate.TestCandidatesOnWindows", "locate.TestCandidatesOfTheProcess",
	}},
	{"a variable that is empty is as one that is not set", []string{"locate.TestCandidatesOnUnix"}},
	{"the system's list is /tmp, /var/tmp, /usr/tmp, and longer on Windows", []string{"locate.TestCandidatesOnUnix", "locate.TestCandidatesOnWindows"}},
	{"the working directory is last, and left out where it is gone", []string{
		"locate.TestCandidatesOnUnix", "locate.TestSearchWithoutWorkingDirectory", "locate.TestSearchComesToTheWorkingDirectory", "locate.TestDeletedWorkingDirectory",
	}},
	{"the answer is absolute and clean, by its letters: links stay", []string{"locate.TestSearchMakesResultsAbsoluteAndClean", "locate.TestSearchKeepsLinks"}},
	{"so is the answer of TMPDIR=.", []string{"locate.TestSearchMakesResultsAbsoluteAndClean"}},
	{"a directory is tried: a private new file, four bytes, closed, removed", []string{
		"locate.TestProbeThatSucceeds", "locate.TestNewFileIsPrivate", "locate.TestRandomNames", "locate.TestUnnamedFileIsTriedFirst",
	}},
	{"the trial leaves nothing, whatever fails", []string{"locate.TestProbeFaults", "locate.TestProbeRemoveFaults", "locate.TestNoDescriptorIsLeft"}},
	{"a name that is taken gives another, a hundred times", []string{"locate.TestProbeTriesOtherNames", "locate.TestProbeBoundsTheNames"}},
	{"any other error gives the next directory", []string{
		"locate.TestSearchTellsWhatItSkipped", "locate.TestSearchGoesOnAfterFaults", "locate.TestSearchSkipsReadOnlyDirectory", "locate.TestReadOnlyFilesystemIsSkipped",
	}},
	{"a full filesystem is found by the write", []string{"locate.TestFullFilesystemIsSkipped", "locate.TestFilesystemWithoutInodesIsSkipped"}},
	{"on Windows a directory under the name gives another, not for ever", []string{"locate.TestProbeTriesOtherNames", "locate.TestProbeBoundsTheNames"}},
	{"no directory is an error that names all, is ErrNotExist and each of the causes", []string{
		"locate.TestNotFoundError", "locate.TestNotFoundErrorIsItsReasons", "tempfs_test.TestSearchThatFindsNothing",
	}},
	{"success is kept, failure is not", []string{"locate.TestDirIsKept", "locate.TestCacheKeepsNoFailure"}},
	{"the answer can be forgotten and set, and what is set is tried", []string{"locate.TestDirIsKept", "locate.TestSetDir", "locate.TestSetDirThatCannotBeUsed"}},
	{"gettempdir is text and gettempdirb bytes: here it is a string", []string{"locate.ExampleDir"}},
	{"upper and lower case are kept", []string{"locate.TestSearchMakesResultsAbsoluteAndClean"}},
	{"a filesystem that runs no programs is taken, unless one that does is asked for", []string{"locate.TestNoExecFilesystem", "locate.TestDemands"}},
	{"what was skipped is told, and why", []string{"locate.TestSearchTellsWhatItSkipped"}},
	{"many at once search once", []string{"locate.TestDirForManyAtOnce", "locate.TestCacheSearchesOnceForAll"}},
}

var naming = []statement{
	{"eight characters of a to z, 0 to 9 and _", []string{"tempfs.TestRandomChars", "tempfs_test.TestNamesOfNewFiles"}},
	{"the prefix is tmp, the suffix empty", []string{"tempfs_test.TestNamesOfNewFiles", "tempfs_test.TestRootName", "tempfs.TestFileOptions"}},
	{"a name is prefix, random part, suffix and nothing else", []string{"tempfs_test.TestNamesOfNewFiles", "tempfs_test.TestNamesInAnFs", "tempfs.TestPatternsOfPackageOS"}},
	{"a hundred names never repeat, drawn by many at once", []string{"tempfs_test.TestNamesNeverRepeat", "tempfs_test.TestRootNamesNeverRepeat"}},
	{"processes draw other names than their parents", []string{"tempfs_test.TestProcessesDrawOtherNames"}},
	{"one generator for the process, for any number of goroutines", []string{"tempfs_test.TestNamesNeverRepeat", "tempfs.TestRandomChars"}},
	{"a separator or NUL in prefix, suffix or pattern is ErrInvalid before anything is touched", []string{
		"tempfs_test.TestBadAffixesOfFiles", "tempfs_test.TestBadAffixes", "tempfs_test.FuzzAffixes", "tempfs.TestPatternsOfPackageOS",
	}},
	{"300 characters are ENAMETOOLONG, in memory too", []string{"tempfs_test.TestLongAffixes", "tempfs_test.TestLongPrefix"}},
	{"a suffix that climbs is ErrInvalid", []string{"tempfs_test.TestBadAffixesOfFiles", "tempfs_test.FuzzAffixes"}},
}

// makingFiles is mkstemp.
var makingFiles = []statement{
	{"the name is absolute, the file there and empty", []string{"tempfs_test.TestNewFiles", "tempfs_test.TestNamesInAnFs"}},
	{"the mode is 0600 whatever the umask", []string{"tempfs_test.TestModesUnderUmasks", "tempfs_test.TestOthersCannotRead", "tempfs.TestModeThatCannotBeSet"}},
	{"it is created and not opened, follows no link, and no program inherits it", []string{
		"tempfs_test.TestProgramsInheritNoDescriptor", "tempfs.TestPlantedNames", "tempfs_test.TestNoDescriptorIsLeftOfFailures",
	}},
	{"it is for reading and writing, from the beginning, and does not append", []string{"tempfs_test.TestNewFiles"}},
	{"a taken name gives another, 10000 times, then ErrExist", []string{"tempfs.TestTakenNamesOfFiles", "tempfs.TestNamesOfFilesRunOut"}},
	{"so does a directory under the name", []string{"tempfs.TestTakenNamesOfFiles"}},
	{"a directory that is missing, is none, or may not be written, is the error, and stays empty", []string{
		"tempfs_test.TestDirectoriesOfNoUse", "tempfs_test.TestDirectoryWithoutPermission",
	}},
	{"Windows' EACCES is a taken name if there is one, not for ever", []string{"tempfs.TestAccessThatIsATakenName"}},
	{"the caller removes it, or the release", []string{"tempfs_test.TestNewFilesAreTheCallers"}},
	{"text=True: Go has no text files", nil},
	{"str and bytes do not mix: a name is a string", nil},
	{"an audit event before each try: Go has none", nil},
}

// makingDirectories is mkdtemp.
var makingDirectories = []statement{
	{"the mode is 0700 whatever the umask", []string{"tempfs_test.TestModesUnderUmasks", "tempfs_test.TestRootIsPrivate"}},
	{"the name is absolute, for the directory . too", []string{"tempfs_test.TestNamesInAnFs", "tempfs_test.TestIn"}},
	{"a taken name gives another, 10000 times, then ErrExist", []string{"tempfs.TestTakenNamesOfDirectories", "tempfs.TestNamesOfFilesRunOut", "disk.TestNamesRunOut"}},
	{"so do a file and a link under the name", []string{"tempfs.TestTakenNamesOfDirectories", "disk.TestTakenNameGivesTheNext"}},
	{"nobody else may enter; on Windows that is what the temp directory hands down", []string{"tempfs_test.TestRootIsPrivate", "tempfs_test.TestRootStaysPrivate"}},
	{"the caller removes it, or the release", []string{"tempfs_test.TestNewFilesAreTheCallers"}},
}

// makingNames is mktemp.
var makingNames = []statement{
	{"a name for others to make is safe inside of an Fs alone", []string{"tempfs_test.TestNamesForOthersToMake"}},
	{"10000 tries, then ErrExist", []string{"tempfs.TestNamesOfFilesRunOut"}},
}

// unnamedFiles is TemporaryFile.
var unnamedFiles = []statement{
	{"its directory lists nothing and can be removed", []string{"tempfs_test.TestUnnamedFileShowsNowhere"}},
	{"it has no name and invents none", []string{"tempfs_test.TestUnnamedFileHasNoName"}},
	{"nobody else reads it; it ends with its close, which can be called again", []string{
		"tempfs_test.TestOthersCannotRead", "tempfs_test.TestUnnamedFileShowsNowhere", "tempfs_test.TestUnnamedFileEndsWithItsFs",
	}},
	{"O_TMPFILE first; where there is none a file that is removed at once; other errors are errors", []string{
		"tempfs_test.TestUnnamedFileIsOTmpfile", "tempfs.TestFilesystemWithoutUnnamedFiles", "tempfs.TestUnnamedFileThatCannotBe",
	}},
	{"a file that could not be removed is told of, and closed", []string{"tempfs.TestNameThatStays"}},
	{"bad options leave no file", []string{"tempfs_test.TestFilesThatCannotBeMade", "tempfs.TestFileOptions"}},
	{"it gets a name if that was wished for, and never otherwise", []string{"tempfs_test.TestLinkable"}},
	{"where open files keep their name it goes with the close", []string{"tempfs.TestFileThatIsRemovedOnClose", "tempfs.TestRemovedOnClose"}},
}

// namedFiles is NamedTemporaryFile.
var namedFiles = []statement{
	{"it is there while it is open, and is opened again by its name", []string{"tempfs_test.TestNamedFileIsOpenedAgain"}},
	{"its close removes it", []string{"tempfs_test.TestWhenNamedFilesGo"}},
	{"or leaves it for its release", []string{"tempfs_test.TestWhenNamedFilesGo"}},
	{"or nothing does, whatever delete_on_close says", []string{"tempfs_test.TestWhenNamedFilesGo"}},
	{"it goes also when closing fails, and both failures are told", []string{"tempfs.TestCloseThatFailsRemoves", "tempfs.TestRemovalThatFails"}},
	{"that the user removed it before is no error", []string{"tempfs_test.TestNamedFileThatTheUserRemoved"}},
	{"a stranger that took its name stays: ErrReplaced", []string{
		"tempfs_test.TestStrangerUnderTheNameOfAFile", "tempfs_test.TestStrangerWithTheNumberOfAFile", "tempfs.TestStrangerAfterARelease", "tempfs_test.TestNamedFileThatWasRenamed",
	}},
	{"the second close, and all else then, is ErrClosed", []string{"tempfs_test.TestWhenNamedFilesGo", "tempfs_test.TestClosedTemporaries"}},
	{"nothing begins with a file that is closed, nor with an Fs that was released", []string{"tempfs_test.TestClosedTemporaries", "tempfs_test.TestFilesThatCannotBeMade"}},
	{"whatever was derived of it keeps it usable", []string{
		"tempfs_test.TestWhatIsDerivedKeepsAFile", "tempfs_test.TestWhatIsDerivedKeepsANamedFile",
	}},
	{"one that was half made is closed and removed", []string{"tempfs.TestFileWhoseModeCannotBeSetIsNoNamedFile", "tempfs.TestReleaseWhileAFileIsMade"}},
	{"no finalizer is relied on: one that was forgotten goes with its Fs; that of the host with ReleaseAll, or with the garbage", []string{
		"tempfs_test.TestNamedFilesGoWithTheirFs", "tempfs_test.TestReleaseAllRemovesNamedFiles", "tempfs_test.TestForgottenNamedFileGoes",
	}},
	{"Windows removes it after the close", []string{"tempfs.TestFileThatIsRemovedOnClose", "tempfs_test.TestNamedFileIsOpenedAgain"}},
}

// spooledFiles is SpooledTemporaryFile.
var spooledFiles = []statement{
	{"it is in memory up to its budget and on disk with one byte more", []string{"tempfs.TestSpooledRollsWhenItWouldBeLargerThanItsBudget", "tempfs.TestSpooledStaysInMemoryBelowItsBudget"}},
	{"0 is no budget, for truncate too; less than 0 is disk at once", []string{
		"tempfs.TestSpooledWithBudgetZeroRollsWhenToldTo", "tempfs.TestSpooledWithNegativeBudgetIsOnDiskAtOnce",
	}},
	{"asking for its descriptor rolls", []string{"tempfs.TestSpooledSyscallConnRolls"}},
	{"a roll keeps offset and content, and happens once", []string{"tempfs.TestSpooledRollKeepsContentOffsetAndMode", "tempfs.TestSpooledModeIsExactAndKept"}},
	{"a seek does not roll, a write there does, and the hole is zeros", []string{"tempfs.TestSpooledSeekDoesNotRollAndAHoleIsZeros"}},
	{"truncate rolls beyond the budget and extends with zeros", []string{"tempfs.TestSpooledTruncateExtendsWithZeros"}},
	{"never more than the budget is held", []string{"tempfs.TestSpooledHoldsNoMoreThanItsBudget"}},
	{"a roll that fails loses nothing and can be tried again", []string{"tempfs.TestSpooledRollThatFailsLosesNothing"}},
	{"a short write in a roll is a failure of it", []string{"tempfs.TestSpooledMoveThatFailsLosesNothing"}},
	{"flags bind before the roll as after it", []string{"tempfs.TestSpooledHonoursFlagsInBothStates"}},
	{"its name does not change", []string{"tempfs.TestSpooledHasNoNameInBothStates"}},
	{"a reader reads on across the roll", []string{"tempfs.TestSpooledReaderReadsOnAcrossTheRoll"}},
	{"a directory of no use is an error of the roll, and loses nothing", []string{"tempfs.TestSpooledRollThatFailsLosesNothing", "tempfs.TestSpooledTellsThatNoTempDirectoryWasFound"}},
	{"its close frees all, and what comes then is ErrClosed", []string{"tempfs.TestSpooledIsClosedOnce", "tempfs.TestSpooledRollLetsMemoryGo"}},
	{"one that was not closed ends with its Fs", []string{"tempfs.TestSpooledEndsWithItsFs"}},
	{"any number of goroutines may use it", []string{"tempfs.TestSpooledIsSafeForConcurrentUse", "tempfs.TestSpooledConcurrentAppendsAreWhole"}},
}

// directories is TemporaryDirectory, which is New, With and Release.
var directories = []statement{
	{"With makes a directory and hands it over", []string{"tempfs_test.TestWithReleases", "tempfs_test.TestIn"}},
	{"its end removes all, can be called again, and also when the user has removed it", []string{
		"tempfs_test.TestReleaseIsIdempotent", "tempfs_test.TestReleaseOfARootThatTheUserRemoved", "disk.TestReleaseOfATreeThatIsGone",
	}},
	{"links inside are removed and not followed", []string{"disk.TestReleaseFollowsNoLink", "tempfs_test.TestRemovalUnderSwaps"}},
	{"a link in its place is not followed", []string{"tempfs_test.TestReleaseOfARootReplacedByALink"}},
	{"another directory in its place stays: ErrReplaced", []string{"tempfs_test.TestReleaseOfAReplacedRoot", "disk.TestReleaseLeavesAStrangerThatTookTheName"}},
	{"what has any mode goes", []string{"disk.TestReleaseOfModes", "disk.TestReleaseOfARootWithoutPermissions"}},
	{"nothing outside gets another mode", []string{"disk.TestReleaseFollowsNoLink", "tempfs_test.TestRemovalUnderSwaps"}},
	{"what vanishes meanwhile is no error", []string{"disk.TestReleaseOutlastsWriters", "disk.TestRemovalThatFindsItsDirectoryMovedMeetsTheNameAgain"}},
	{"what cannot go is told of, as what it is", []string{"tempfs_test.TestFailedRelease", "disk.TestFailuresAreVirtual"}},
	{"all else goes, and another release goes on", []string{"tempfs_test.TestFailedRelease", "tempfs_test.TestRemovalOfImmutables", "tempfs_test.TestFailedReleaseInWith"}},
	{"it can be kept, and handed over", []string{"tempfs_test.TestDetach", "tempfs_test.TestLiveForgetsTheDetached", "tempfs_test.TestKeepInWith"}},
	{"it goes on return, error, panic and Goexit; what was not released is listed, and goes with the garbage or with ReleaseAll", []string{
		"tempfs_test.TestWithReleases", "tempfs_test.TestWithReleasesOnPanic", "tempfs_test.TestWithReleasesOnGoexit", "tempfs_test.TestLive",
		"tempfs_test.TestForgottenFsIsReleased", "tempfs_test.TestReleaseAll",
	}},
	{"one that cannot be made is one error", []string{"tempfs_test.TestWithoutAnFs", "tempfs_test.TestInWhereNothingCanBe", "disk.TestMakeWhereThereIsNoDirectory"}},
	{"depth takes neither descriptors nor stack", []string{"disk.TestReleaseOfADeepTreeTakesFewDescriptors", "disk.TestReleaseRemovesDeepTrees"}},
	{"what the system holds immutable is named, and nothing outside is changed", []string{"tempfs_test.TestFailedRelease", "tempfs_test.TestFailedReleaseInTest"}},
	{"it goes under the working directory of the process", []string{"tempfs_test.TestReleaseUnderTheWorkingDirectory"}},
	{"open files do not keep it; they are closed first", []string{"tempfs_test.TestOpenFilesDoNotKeepTheTree", "tempfs_test.TestReleasedIsClosed"}},
}

// TestStatements wants a test for each statement, and each of these tests to be there.
func TestStatements(t *testing.T) {
	const last = 103
	require.Len(t, statements, 1+last)
	there := functions(t)
	for number, s := range statements {
		if number == 0 {
			continue
		}
		require.NotEmpty(t, s.says, "statement %d", number)
		require.True(t, len(s.tests) > 0 || slices.Contains(notInGo, number), "statement %d has no test: %s", number, s.says)
		for _, test := range s.tests {
			require.Contains(t, there, test, "of statement %d: %s", number, s.says)
		}
	}
}

// functions are the tests, examples and fuzz targets of the packages below, as package.Function.
func functions(t *testing.T) map[string]bool {
	t.Helper()
	root, all := repository(t), map[string]bool{}
	for _, dir := range []string{"locate", "memfallback", "tempfs", "tempfs/internal/disk", "tempfs_test"} {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(dir), "*_test.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files, dir)
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			for _, declared := range parsed.Decls {
				f, ok := declared.(*ast.FuncDecl)
				if ok && f.Recv == nil && isRun(f.Name.Name) {
					all[path.Base(dir)+"."+f.Name.Name] = true
				}
			}
		}
	}
	return all
}

func isRun(name string) bool {
	return strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Example") || strings.HasPrefix(name, "Fuzz")
}
