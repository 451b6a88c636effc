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

// useRemovableAttribute takes "hidden" for "archive" under Wine, which stores but "hidden" and "system" for a directory.
func useRemovableAttribute(t *testing.T) {
	t.Helper()
	if isWine() {
		before := removableAttribute
		removableAttribute = windows.FILE_ATTRIBUTE_HIDDEN
		t.Cleanup(func() { removableAttribute = before })
	}
}

// keepNamed makes a tree with a file and keeps it.
func keepNamed(t *testing.T, dir, name string) string {
	t.Helper()
	tree, err := makeNamed(dir, name)
	require.NoError(t, err)
	put(t, tree, "f", "x")
	require.Zero(t, tree.Keep())
	return tree.Dir()
}

func factsAt(t *testing.T, host string) rootFacts {
	t.Helper()
	a := &anchor{parent: parent{filepath.Dir(host)}, name: filepath.Base(host)}
	facts, errno := a.look()
	require.Zero(t, errno)
	return facts
}

func isOld(name []byte) bool { return strings.HasPrefix(string(name), "old") }

func TestKeptTreesThatAreRemoved(t *testing.T) {
	useRemovableAttribute(t)
	dir := t.TempDir()
	var kept []string
	var last time.Time
	for _, name := range []string{"old-c", "old-a", "old-d", "old-b"} {
		host := keepNamed(t, dir, name)
		require.True(t, factsAt(t, host).isRemovable())
		for ; !factsAt(t, host).changed.After(last); touch(t, filepath.Join(host, "g")) { // the clock of the filesystem is coarse
			require.NoError(t, os.RemoveAll(filepath.Join(host, "g")))
		}
		last = factsAt(t, host).changed
		kept = append(kept, host)
	}
	others := []string{keepNamed(t, dir, "other"), keepNamed(t, dir, "old-in-use")}
	live, err := makeNamed(dir, "old-live")
	require.NoError(t, err)
	detached, err := makeNamed(dir, "old-detached")
	require.NoError(t, err)
	require.Zero(t, setMark(detached.Dir(), keptAttribute|removableAttribute), "as a parent may pass it on")
	require.Zero(t, detached.Detach())
	others = append(others, live.Dir(), detached.Dir())
	holdToDelete(t, others[1])
	touch(t, filepath.Join(dir, "old-file"))

	RemoveKept(dir, isOld, 3) // the one in use is the last of them
	require.NoDirExists(t, kept[0])
	require.NoDirExists(t, kept[1])
	for _, host := range append(others, kept[2:]...) {
		require.DirExists(t, host)
	}
	require.FileExists(t, filepath.Join(kept[2], "f"))
	RemoveKept(dir, isOld, 0)
	for _, host := range kept {
		require.NoDirExists(t, host)
	}
	for _, host := range others {
		require.DirExists(t, host)
	}
	require.FileExists(t, filepath.Join(dir, "old-file"))
	require.NoError(t, live.Release(t.Context(), nil))
}

// TestRemoveKeptIsRacedTo has somebody come between the look and the hold.
func TestRemoveKeptIsRacedTo(t *testing.T) {
	useRemovableAttribute(t)
	for name, come := range map[string]func(t *testing.T, host string) (stays string){
		"he takes it": func(t *testing.T, host string) string {
			setAttributes(t, host, windows.FILE_ATTRIBUTE_NORMAL)
			return host
		},
		"another has its name": func(t *testing.T, host string) string {
			require.NoError(t, os.Rename(host, host+"-aside"))
			require.NoError(t, os.Mkdir(host, 0o700))
			require.Zero(t, setMark(host, keptAttribute|removableAttribute))
			touch(t, filepath.Join(host, "f"))
			return host + "-aside"
		},
		"it has gone": func(t *testing.T, host string) string {
			require.NoError(t, os.RemoveAll(host))
			return ""
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			host, stays := keepNamed(t, dir, "old"), ""
			between = func() {
				between = func() {}
				stays = come(t, host)
			}
			t.Cleanup(func() { between = func() {} })
			RemoveKept(dir, isOld, 0)
			if stays != "" {
				require.FileExists(t, filepath.Join(stays, "f"))
				require.FileExists(t, filepath.Join(host, "f"))
			}
		})
	}
}
