package tempfs_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// artifactTB has the method that *testing.T has since Go 1.26.
type artifactTB struct {
	*loggingTB
	dir string
}

func (tb *artifactTB) ArtifactDir() string { return tb.dir }

var _ interface{ ArtifactDir() string } = (*testing.T)(nil)

// TestKeepArtifacts copies what is kept, under its name.
func TestKeepArtifacts(t *testing.T) {
	eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		artifacts := t.TempDir()
		tb := &artifactTB{newTB("TestX"), artifacts}
		fill(t, tempfs.Test(tb, append(opts, tempfs.Keep(tempfs.KeepAlways), tempfs.KeepArtifacts())...))
		tb.end()
		require.Empty(t, tb.errors)
		host, copied := requireKept(t, dir), requireKept(t, artifacts)
		require.Equal(t, filepath.Base(host), filepath.Base(copied))
		require.Equal(t, []string{"tempfs.Test: kept " + host + listedTree + "\ncopied to " + copied}, tb.logs)
	})
}

// TestKeepArtifactsOfNothing copies nothing: not what goes, not without the option, not where there is no ArtifactDir.
func TestKeepArtifactsOfNothing(t *testing.T) {
	eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		artifacts := t.TempDir()
		keep, wish := tempfs.Keep(tempfs.KeepAlways), tempfs.KeepArtifacts()
		for _, tb := range []interface {
			tempfs.TB
			end()
		}{&artifactTB{newTB("TestX"), artifacts}, newTB("TestX")} {
			with := []tempfs.Option{wish}
			if _, ok := tb.(*artifactTB); !ok {
				with = append(with, keep)
			}
			fill(t, tempfs.Test(tb, append(opts, with...)...))
			tb.end()
		}
		require.NoError(t, os.RemoveAll(requireKept(t, dir)))
		tb := &artifactTB{newTB("TestX"), artifacts}
		fill(t, tempfs.Test(tb, append(opts, keep)...))
		tb.end()
		require.NoError(t, os.RemoveAll(requireKept(t, dir)))
		require.EqualError(t, tempfs.With(func(*tempfs.Fs) error { return errMine }, append(opts, wish)...), "mine")
		require.Empty(t, keptIn(t, artifacts))
	})
}

// TestKeepArtifactsThatFails is logged and fails nothing: the tree is kept where it is.
func TestKeepArtifactsThatFails(t *testing.T) {
	eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		missing := filepath.Join(t.TempDir(), "missing")
		tb := &artifactTB{newTB("TestX"), missing}
		fill(t, tempfs.Test(tb, append(opts, tempfs.Keep(tempfs.KeepAlways), tempfs.KeepArtifacts())...))
		tb.end()
		require.Empty(t, tb.errors)
		requireKept(t, dir)
		require.Contains(t, tb.logs[0], "\nnot copied: open "+missing)
	})
}

// TestKeepWithoutADirectory has no place for what was in memory: it lists that, and in the artifacts there is room.
func TestKeepWithoutADirectory(t *testing.T) {
	opts := []tempfs.Option{tempfs.WithSearch(nowhere), tempfs.InMemory(), tempfs.Keep(tempfs.KeepAlways)}
	artifacts := t.TempDir()
	tb := &artifactTB{newTB("TestX"), artifacts}
	fsys := tempfs.Test(tb, append(opts, tempfs.KeepArtifacts())...)
	fill(t, fsys)
	tb.end()
	require.Empty(t, tb.errors)
	require.Contains(t, tb.logs[0], "tempfs.Test: not kept: ")
	require.Contains(t, tb.logs[0], listedTree+"\ncopied to "+requireKept(t, artifacts))

	err := tempfs.With(func(*tempfs.Fs) error { return errMine }, opts...)
	require.ErrorIs(t, err, errMine)
	require.ErrorContains(t, err, "mine (not kept: ")
	lines := logged(t, func() {
		require.NoError(t, tempfs.With(func(*tempfs.Fs) error { return nil }, opts...))
	})
	require.Contains(t, lines, `level=WARN msg="tempfs: tree not kept" err=`)
}

// TestArtifactsThatEndTheTest are those of a TB that has no directory to give and ends the goroutine: what is on disk is kept all the same.
func TestArtifactsThatEndTheTest(t *testing.T) {
	eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		tb := &panickingTB{newTB("TestX")}
		fsys := tempfs.Test(tb, append(opts, tempfs.Keep(tempfs.KeepAlways), tempfs.KeepArtifacts())...)
		info := newest(t)
		fill(t, fsys)
		require.PanicsWithValue(t, errMine, tb.end)
		requireKept(t, dir)
		require.NotContains(t, tempfs.Live(), info)
		require.NoError(t, errors.Join(fsys.Release(), fsys.Release()))
		requireKept(t, dir)
	})
}

type panickingTB struct{ *loggingTB }

func (*panickingTB) ArtifactDir() string { panic(errMine) }
