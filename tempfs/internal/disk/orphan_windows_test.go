package disk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// sweepRoots sweeps all names that begin with "root".
func sweepRoots(t *testing.T, o Orphans) Swept {
	t.Helper()
	o.IsName = func(name []byte) bool { return strings.HasPrefix(string(name), "root") }
	s, err := o.Sweep(t.Context())
	require.NoError(t, err)
	return s
}

func TestSweepTakesWhatAKilledProcessLeft(t *testing.T) {
	dir := t.TempDir()
	owner := makeInProcess(t, dir)
	require.Equal(t, Swept{Seen: 1, Live: 1}, sweepRoots(t, Orphans{Dir: dir}))
	require.DirExists(t, filepath.Join(dir, "root", "d"))

	require.NoError(t, owner.Process.Kill())
	_ = owner.Wait()
	require.Equal(t, Swept{Seen: 1, Removed: []string{"root"}}, sweepRoots(t, Orphans{Dir: dir, DryRun: true}))
	require.DirExists(t, filepath.Join(dir, "root", "d"))
	require.Equal(t, Swept{Seen: 1, Young: 1}, sweepRoots(t, Orphans{Dir: dir, MinAge: time.Hour}))
	require.Equal(t, Swept{Seen: 1, Removed: []string{"root"}}, sweepRoots(t, Orphans{Dir: dir}))
	require.NoDirExists(t, filepath.Join(dir, "root"))
}

// TestSweepSparesLiveTreesOfItsOwnProcess would fail with a lock that belongs to a process.
func TestSweepSparesLiveTreesOfItsOwnProcess(t *testing.T) {
	tree := newTree(t)
	require.Equal(t, Swept{Seen: 1, Live: 1}, sweepRoots(t, Orphans{Dir: filepath.Dir(tree.Dir())}))
	put(t, tree, "f", "x")
	require.NoError(t, tree.Release(t.Context(), nil))
}

func TestSweepLeavesWhatIsNotAnOrphan(t *testing.T) {
	dir := t.TempDir()
	touch(t, filepath.Join(dir, "root-file"))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "root-kept"), 0o700))
	require.Zero(t, setMark(filepath.Join(dir, "root-kept"), keptAttribute))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "root-held"), 0o700))
	holdToDelete(t, filepath.Join(dir, "root-held"))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "other"), 0o700))
	require.Equal(t, Swept{Seen: 3, Foreign: 1, Kept: 1, Live: 1}, sweepRoots(t, Orphans{Dir: dir}))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 4)
}

func TestSweepLeavesJunctions(t *testing.T) {
	dir := t.TempDir()
	target := junction(t, filepath.Join(dir, "root"))
	require.Equal(t, Swept{Seen: 1, Foreign: 1}, sweepRoots(t, Orphans{Dir: dir}))
	require.FileExists(t, filepath.Join(target, "theirs"))
	require.True(t, isReparsePoint(filepath.Join(dir, "root")))
}

// TestSweepOfWhatChangesHands has an orphan taken between the look at it and the hold on it.
func TestSweepOfWhatChangesHands(t *testing.T) {
	for name, c := range map[string]struct {
		take func(t *testing.T, root string)
		want Swept
	}{
		"removed": {func(t *testing.T, root string) { require.NoError(t, os.RemoveAll(root)) }, Swept{Seen: 1}},
		"held":    {holdToDelete, Swept{Seen: 1, Live: 1}},
		"another": {func(t *testing.T, root string) {
			require.NoError(t, os.Rename(root, filepath.Join(filepath.Dir(root), "theirs")))
			require.NoError(t, os.Mkdir(root, 0o700))
		}, Swept{Seen: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			root := filepath.Join(dir, "root")
			require.NoError(t, os.Mkdir(root, 0o700))
			touch(t, filepath.Join(root, "f"))
			between = func() {
				between = func() {}
				c.take(t, root)
			}
			require.Equal(t, c.want, sweepRoots(t, Orphans{Dir: dir}))
			if name == "another" {
				require.DirExists(t, root)
				require.FileExists(t, filepath.Join(dir, "theirs", "f"))
			}
		})
	}
}

// TestSweepHoldsWhatItRemoves until it is gone: what a release does when it lets go of its directory has no place there.
func TestSweepHoldsWhatItRemoves(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "root"), 0o700))
	touch(t, filepath.Join(dir, "root", "f"))
	moments := 0
	between = func() { moments++ }
	t.Cleanup(func() { between = func() {} })
	require.Equal(t, Swept{Seen: 1, Removed: []string{"root"}}, sweepRoots(t, Orphans{Dir: dir}))
	require.NoDirExists(t, filepath.Join(dir, "root"))
	require.Equal(t, 1, moments, "before it is held")
}

func TestSweepOfWhatIsInUseGoesOnLater(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "root")
	require.NoError(t, os.MkdirAll(filepath.Join(root, "d"), 0o700))
	touch(t, filepath.Join(root, "d", "f"))
	touch(t, filepath.Join(root, "g"))
	setAttributes(t, root, windows.FILE_ATTRIBUTE_READONLY)
	f, err := os.Open(filepath.Join(root, "d", "f"))
	require.NoError(t, err)
	s := sweepRoots(t, Orphans{Dir: dir})
	require.Len(t, s.Failed, 1)
	require.NoFileExists(t, filepath.Join(root, "g"))
	require.NoError(t, f.Close())
	require.Equal(t, Swept{Seen: 1, Removed: []string{"root"}}, sweepRoots(t, Orphans{Dir: dir}))
	require.NoDirExists(t, root)
}
