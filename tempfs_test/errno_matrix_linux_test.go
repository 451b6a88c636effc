package tempfs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Here each operation meets each name, and the kernel says what comes of it: the error, or all that stat(2) shows afterwards. It is in the spirit of
// pjdfstest, whose tables are the errors sections of the man pages; here nobody had to write them down.

// errnoBench has one filesystem with the tree of errnoNames at a time, and makes another when an operation has changed it.
type errnoBench struct {
	system         errnoSystem
	fsys           posix
	end            func()
	before         treeState
	countsDirLinks bool
}

func newErrnoBench(t *testing.T, system errnoSystem, countsDirLinks bool) *errnoBench {
	t.Helper()
	b := &errnoBench{system: system, countsDirLinks: countsDirLinks}
	b.begin(t)
	return b
}

func (b *errnoBench) begin(t *testing.T) {
	t.Helper()
	b.fsys, b.end = b.system.make(t)
	plantErrnoTree(t, b.fsys)
	require.NoError(t, put(b.fsys, tickName, "tick"))
	b.before = stateOf(b.fsys)
	b.before.tick(t, b.fsys)
	for range 3 {
		if !b.system.remembers {
			return
		}
		for _, name := range errnoNames {
			_, _ = b.fsys.Stat(name)
		}
	}
}

// result is the error of an operation, or what has changed unless it only looks.
func (b *errnoBench) result(t *testing.T, looks bool, do func(fsys posix) error) string {
	t.Helper()
	switch err := do(b.fsys); {
	case err != nil:
		return err.Error()
	case looks:
		return "ok"
	}
	after := stateOf(b.fsys)
	changes := after.since(b.before, b.countsDirLinks)
	if changes != "" {
		b.end()
		b.begin(t)
	}
	return "ok " + changes
}

// close checks that what failed, or only looked, has changed nothing.
func (b *errnoBench) close(t *testing.T) {
	t.Helper()
	after := stateOf(b.fsys)
	require.Empty(t, after.since(b.before, b.countsDirLinks), "changed on %s by what should not", b.system.name)
	b.end()
}

// errnoAsker asks a system for the result of an operation, and keeps it.
type errnoAsker func(says string, looks bool, do func(fsys posix) error)

// compareErrnoGroups has fn ask each system of a group for results, which must be the same.
func compareErrnoGroups(t *testing.T, fn func(t *testing.T, system errnoSystem, countsDirLinks bool) []errnoResult) {
	t.Helper()
	for user, systems := range errnoGroups(t) {
		t.Run(user, func(t *testing.T) {
			counts := true
			for _, system := range systems {
				system.use(t, func() { counts = system.countsDirLinks(t) && counts })
			}
			var want []errnoResult
			for _, system := range systems {
				var got []errnoResult
				system.use(t, func() { got = fn(t, system, counts) })
				if want == nil {
					want = got
				}
				require.Len(t, got, len(want))
				for i := range want {
					if got[i] != want[i] {
						t.Errorf("%s\n%6s: %s\n%6s: %s", want[i].says, systems[0].name, want[i].result, system.name, got[i].result)
					}
				}
			}
		})
	}
}

type errnoResult struct{ says, result string }

func (s errnoSystem) use(t *testing.T, fn func()) {
	t.Helper()
	if s.within == nil {
		fn()
		return
	}
	require.NoError(t, s.within(t, fn))
}

// eachErrnoGroup has fn ask all systems of a group, one after the other.
func eachErrnoGroup(t *testing.T, fn func(ask errnoAsker)) {
	t.Helper()
	if raceDetector {
		t.Skip("one goroutine has nothing to race with, and this would take long")
	}
	compareErrnoGroups(t, func(t *testing.T, system errnoSystem, countsDirLinks bool) []errnoResult {
		t.Helper()
		return newErrnoBench(t, system, countsDirLinks).ask(t, fn)
	})
}

func (b *errnoBench) ask(t *testing.T, fn func(ask errnoAsker)) (all []errnoResult) {
	t.Helper()
	fn(func(says string, looks bool, do func(fsys posix) error) {
		all = append(all, errnoResult{shortened(says), shortened(b.result(t, looks, do))})
	})
	b.close(t)
	return all
}

// countsDirLinks reports whether the link count of a directory tells of the directories in it, as on most filesystems.
func (s errnoSystem) countsDirLinks(t *testing.T) bool {
	t.Helper()
	fsys, end := s.make(t)
	defer end()
	require.NoError(t, fsys.MkdirAll("/counted/in", 0o755))
	return statOf(t, fsys, "/counted").Nlink == 3
}

// shortened keeps names at their limits out of reports.
func shortened(s string) string {
	return strings.NewReplacer(
		tooLongName, "{n*256}", longName, "{n*255}", tooLongPath, "{path*4096}", longPath, "{path*4095}", manyLinks(41), "{sd/../*41}", manyLinks(40), "{sd/../*40}", manyLinks(39), "{sd/../*39}",
	).Replace(s)
}

func TestErrnoOfEachOperationOnEachName(t *testing.T) {
	onlyInFull(t)
	eachErrnoGroup(t, func(ask errnoAsker) {
		for _, operation := range errnoOperations {
			for _, name := range errnoNames {
				if isRoot(name) && strings.HasPrefix(operation.says, "chmod") {
					continue // TestRootStaysPrivate
				}
				ask(fmt.Sprintf("%s %q", operation.says, name), operation.looks, func(fsys posix) error { return operation.do(fsys, name) })
			}
		}
	})
}

func TestErrnoOfEachPairOfNames(t *testing.T) {
	onlyInFull(t)
	eachErrnoGroup(t, func(ask errnoAsker) {
		for _, operation := range errnoPairs {
			for _, from := range errnoPairNames {
				for _, to := range errnoPairNames {
					ask(fmt.Sprintf("%s %q %q", operation.says, from, to), false, func(fsys posix) error { return operation.do(fsys, from, to) })
				}
			}
		}
	})
}
