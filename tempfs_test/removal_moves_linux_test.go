package tempfs_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestRemovalUnderMoves moves directories of a deep tree out of it, and back, while the tree goes: their ".." is then a directory outside. There are
// few descriptors for the depth of the tree, but enough for several walkers.
func TestRemovalUnderMoves(t *testing.T) {
	const descriptors, levels = 256, 100
	softLimit(t, descriptors)
	const upper, lower = 3, 12
	racing(t, 2000, func(t *testing.T) int64 {
		before := held()
		s := newScene(t)
		require.NoError(t, buildWide(s.onHost("."), levels))
		out := filepath.Join(s.parent, "out")
		makePlaceOutside(t, filepath.Join(out, strconv.Itoa(upper)))
		makePlaceOutside(t, filepath.Join(out, strconv.Itoa(lower)))
		moves, err := s.during(attacking(s.moving(out, upper, lower)))
		require.NoError(t, s.outside.changed())
		requirePlaceOutside(t, filepath.Join(out, strconv.Itoa(upper)))
		requirePlaceOutside(t, filepath.Join(out, strconv.Itoa(lower)))
		if err != nil { // what is out there cannot always be removed, and is not missed
			t.Logf("released under attack: %.200v", err)
		}
		require.NoError(t, removeByCommand(out)) // package os lacks descriptors for it, where they are few
		require.NoError(t, s.fsys.Release())
		requireGone(t, s.host)
		require.NoError(t, before.leaked())
		return moves
	})
}

// makePlaceOutside makes a directory that others are moved to. What is in it has the names of what is to go.
func makePlaceOutside(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, buildAll(dir, siblings, 1))
}

func requirePlaceOutside(t *testing.T, dir string) {
	t.Helper()
	for _, name := range siblings {
		requireHolds(t, filepath.Join(dir, name), "f0")
	}
}

// meddler is a context that does something whenever somebody looks at it, which a removal does before each step.
type meddler struct {
	context.Context
	meddle func()
}

func (m meddler) Err() error {
	m.meddle()
	return nil
}

// TestRemovalOfWhatMoves moves a directory out when the walk is far below it. Its ".." is then another one, in which nothing may go.
func TestRemovalOfWhatMoves(t *testing.T) {
	const descriptors, levels, moved = 256, 100, 12
	softLimit(t, descriptors)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // one walker
	s := newScene(t)
	require.NoError(t, buildWide(s.onHost("."), levels))
	path := func(level int) string { return filepath.Join(s.onHost("."), strings.Repeat("directory/", level)) }
	out := filepath.Join(s.parent, "out")
	makePlaceOutside(t, out)
	isMoved := false
	err := s.fsys.ReleaseContext(meddler{t.Context(), func() {
		if _, err := os.Lstat(path(levels)); err != nil && !isMoved {
			isMoved = true
			require.NoError(t, os.Rename(path(moved), filepath.Join(out, "directory")))
		}
	}}, nil)
	require.True(t, isMoved)
	requirePlaceOutside(t, out)
	require.NoError(t, s.outside.changed())
	require.NoError(t, err)
	requireGone(t, s.host)
	require.NoError(t, os.RemoveAll(out)) // with what was moved
	s.requireReleased(t)
}

// moving moves the directories of two levels out of the tree, the lower one first, and back.
func (s *scene) moving(out string, upper, lower int) func(i int) error {
	in := func(level int) string { return filepath.Join(s.onHost("."), strings.Repeat("directory/", level)) }
	moved := func(level int) string { return filepath.Join(out, strconv.Itoa(level), "directory") }
	return func(i int) error {
		switch i % 4 {
		case 0:
			return os.Rename(in(lower), moved(lower))
		case 1:
			return os.Rename(in(upper), moved(upper))
		case 2:
			return os.Rename(moved(upper), in(upper))
		}
		return os.Rename(moved(lower), in(lower))
	}
}

// siblings are directories beside the way down.
var siblings = numbered(6)

// buildWide makes n levels with those, which give others something to do.
func buildWide(dir string, n int) error {
	return descending(dir, n, func(at int) error {
		for _, name := range siblings {
			if err := unix.Mkdirat(at, name, 0o700); err != nil {
				return err
			}
			for _, file := range numbered(3) {
				if err := newFile(at, name+"/"+file); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
