package tempfs_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// A release goes from open to sealed, deleting and released, or from deleting to failed and then to deleting again. This file and
// release_test.go go through that.

// endsAt is a context that ends when it was asked a number of times.
type endsAt struct {
	context.Context
	mu   sync.Mutex
	left int // guarded by mu
}

func (c *endsAt) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestReleaseEndsWithItsContext stops in the middle, keeps the Fs closed, and goes on with the next call.
func TestReleaseEndsWithItsContext(t *testing.T) {
	fsys, err := tempfs.New(tempfs.In(t.TempDir()))
	require.NoError(t, err)
	host := rootOf(t, fsys)
	const files = 2000
	for i := range files {
		require.NoError(t, os.WriteFile(filepath.Join(host, strconv.Itoa(i)), nil, 0o600))
	}
	err = fsys.ReleaseContext(&endsAt{Context: t.Context(), left: 5}, nil)
	require.ErrorIs(t, err, context.Canceled)
	var failed *tempfs.ReleaseError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, host, failed.Dir)
	require.Zero(t, failed.Count)
	require.Empty(t, failed.Causes)
	require.Equal(t, context.Canceled, failed.Ended)
	removed := failed.Progress.Entries
	require.NotZero(t, removed)
	require.Less(t, removed, int64(files))
	require.ErrorContains(t, err, fmt.Sprintf("context canceled after %d entries", removed))
	left, err := os.ReadDir(host)
	require.NoError(t, err)
	require.Len(t, left, files-int(removed))
	require.ErrorIs(t, errOf(fsys.Stat("/")), fs.ErrClosed)

	var last tempfs.Progress
	require.NoError(t, fsys.ReleaseContext(t.Context(), func(p tempfs.Progress) { last = p }))
	require.Equal(t, tempfs.Progress{Entries: files - removed}, last)
	requireGone(t, host)
}

// TestReleaseTellsItsProgress at the end at least, and the same on each backend.
func TestReleaseTellsItsProgress(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, err := tempfs.New(opts...)
		require.NoError(t, err)
		require.NoError(t, fsys.MkdirAll("/a/b", 0o755))
		require.NoError(t, put(fsys, "/a/b/f", "content"))
		require.NoError(t, fsys.SymlinkIfPossible("nowhere", "/l"))
		require.NoError(t, put(fsys, "/gone", "content"))
		require.NoError(t, fsys.Remove("/gone"))
		var last tempfs.Progress
		require.NoError(t, fsys.ReleaseContext(t.Context(), func(p tempfs.Progress) { last = p }))
		require.Equal(t, tempfs.Progress{Entries: 4, Dirs: 2}, last)
	})
}

// TestReleaseOfNothingTellsItsProgress is of an Fs that is empty.
func TestReleaseOfNothingTellsItsProgress(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, err := tempfs.New(opts...)
		require.NoError(t, err)
		told := 0
		require.NoError(t, fsys.ReleaseContext(t.Context(), func(p tempfs.Progress) {
			told++
			require.Zero(t, p)
		}))
		require.Equal(t, 1, told)
	})
}

// TestReleaseInAWalk releases the Fs that is walked. The walk then ends with fs.ErrClosed.
func TestReleaseInAWalk(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		for name, walk := range map[string]func(*tempfs.Fs, func()) error{
			"afero": func(fsys *tempfs.Fs, visit func()) error {
				return afero.Walk(fsys, "/", func(string, fs.FileInfo, error) error { visit(); return nil })
			},
			"io/fs": func(fsys *tempfs.Fs, visit func()) error {
				return fs.WalkDir(fsys.IOFS(), ".", func(string, fs.DirEntry, error) error { visit(); return nil })
			},
		} {
			fsys, err := tempfs.New(opts...)
			require.NoError(t, err)
			host := hostOf(t, fsys)
			require.NoError(t, fsys.MkdirAll("/a/b", 0o755))
			require.NoError(t, put(fsys, "/a/f", "content"))
			visits := 0
			_ = walk(fsys, func() {
				if visits++; visits == 2 {
					require.NoError(t, fsys.Release())
				}
			})
			require.GreaterOrEqual(t, visits, 2, name)
			requireGone(t, host)
		}
	})
}

// TestNothingIsMadeAfterTheSeal asks for what would have a place in a directory that was removed already: tmpfs even makes an O_TMPFILE there.
func TestNothingIsMadeAfterTheSeal(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, err := tempfs.New(opts...)
		require.NoError(t, err)
		sub, err := fsys.Sub("/")
		require.NoError(t, err)
		require.NoError(t, fsys.Release())
		for _, fsys := range []*tempfs.Fs{fsys, sub} {
			require.ErrorIs(t, errOf(fsys.TemporaryFile()), fs.ErrClosed)
			require.ErrorIs(t, fsys.Mkdir("/d", 0o755), fs.ErrClosed)
			require.ErrorIs(t, errOf(fsys.MkdirTemp("", "")), fs.ErrClosed)
			require.ErrorIs(t, errOf(fsys.CreateTemp("", "")), fs.ErrClosed)
			require.ErrorIs(t, errOf(fsys.Sub("/")), fs.ErrClosed)
		}
	})
}

// TestPanicInTheProgress leaves an Fs that can be released.
func TestPanicInTheProgress(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, err := tempfs.New(opts...)
		require.NoError(t, err)
		host := hostOf(t, fsys)
		require.NoError(t, put(fsys, "/f", "content"))
		require.PanicsWithValue(t, "mine", func() {
			_ = fsys.ReleaseContext(t.Context(), func(tempfs.Progress) { panic("mine") })
		})
		require.NoError(t, fsys.Release())
		requireGone(t, host)
	})
}

// TestReleaseErrorNamesTheFirst of many, and counts all.
func TestReleaseErrorNamesTheFirst(t *testing.T) {
	e := &tempfs.ReleaseError{Count: 3, Causes: []error{
		&fs.PathError{Op: "unlinkat", Path: "/a", Err: fs.ErrPermission}, &fs.PathError{Op: "unlinkat", Path: "/b", Err: fs.ErrPermission},
	}}
	require.EqualError(t, e, "tempfs: release: unlinkat /a: permission denied; unlinkat /b: permission denied; and 1 more")
	require.ErrorIs(t, e, fs.ErrPermission)
	require.False(t, errors.Is(e, context.Canceled))
	e.Ended = context.Canceled
	e.Progress.Entries = 7
	require.ErrorIs(t, e, context.Canceled)
	require.ErrorContains(t, e, "tempfs: release: context canceled after 7 entries; unlinkat /a: permission denied")
}
