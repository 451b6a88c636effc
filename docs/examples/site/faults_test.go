package main

import (
	"errors"
	"iter"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/faults"
	"github.com/aferotemp/go/tempfs/fixture"
)

// eachFault calls round with a site that a change has happened to, for each fault that the next build can meet. The site is built once on each backend, the change made once for each change; a round has a clone.
func eachFault(t *testing.T, every func() iter.Seq[*faults.Fault], round func(t *testing.T, fsys *tempfs.Fs, before, after fixture.Tree, fault *faults.Fault)) {
	t.Helper()
	tempfs.Each(t, func(t *testing.T, built *tempfs.Fs) {
		fixture.Build(t, built, source(t))
		_, err := build(built, false)
		require.NoError(t, err)
		for _, name := range []string{"nothing", "a page", "a directory less", "a file where a directory was", "strangers in public", "public is gone"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				changed := clone(t, built)
				changes[name].do(t, changed)
				before, after := fixture.Tree{}, fromScratch(t, changed)
				if name != "public is gone" {
					before = publicOf(t, changed)
				}
				for fault := range every() {
					fsys := clone(t, changed, tempfs.WithHook(fault.Hook))
					round(t, fsys, before, after, fault)
					require.NoError(t, fsys.Release())
				}
			})
		}
	})
}

// requireWhole wants each file of public to be what it was before the build or what it is after one.
func requireWhole(t *testing.T, fsys *tempfs.Fs, before, after fixture.Tree, fault *faults.Fault) {
	t.Helper()
	if isThere, err := fsys.Stat(public); err != nil || !isThere.IsDir() {
		return
	}
	there, err := fixture.Read(fsys, fixture.In(public), fixture.WithModes(), fixture.Ignore(".site-*"))
	require.NoError(t, err)
	for name, content := range there {
		if _, isDir := content.(fixture.Dir); !isDir {
			require.Contains(t, []any{before[name], after[name]}, content, "%s after %v", name, fault)
		}
	}
}

// TestEachOperationOfABuildFails once: no page is half written, no temporary file is left, and the next build makes up for it.
func TestEachOperationOfABuildFails(t *testing.T) {
	every := func() iter.Seq[*faults.Fault] { return faults.Every(syscall.ENOSPC) }
	eachFault(t, every, func(t *testing.T, fsys *tempfs.Fs, before, after fixture.Tree, fault *faults.Fault) {
		err := fault.Run(func() error { _, err := build(fsys, false); return err })
		if err == nil { // also where the failure did no harm
			fixture.Assert(t, fsys, after, fixture.In(public))
			return
		}
		requireWhole(t, fsys, before, after, fault)
		requireNoTemporary(t, fsys, before, fault)
		requireNextBuild(t, fsys, after, fault)
	})
}

// TestBuildIsKilled: from some operation on it does nothing any more. A temporary file may stay until the next build.
func TestBuildIsKilled(t *testing.T) {
	every := func() iter.Seq[*faults.Fault] { return faults.FromEvery(errors.New("killed")) }
	eachFault(t, every, func(t *testing.T, fsys *tempfs.Fs, before, after fixture.Tree, fault *faults.Fault) {
		_ = fault.Run(func() error { _, err := build(fsys, false); return err })
		requireWhole(t, fsys, before, after, fault)
		requireNextBuild(t, fsys, after, fault)
	})
}

// requireNoTemporary wants no other temporary file than was there before.
func requireNoTemporary(t *testing.T, fsys *tempfs.Fs, before fixture.Tree, fault *faults.Fault) {
	t.Helper()
	found, err := fixture.Read(fsys, fixture.Only(".site-*"))
	require.NoError(t, err)
	for name := range found {
		require.Equal(t, "public/.site-1", name, fault)
		require.Contains(t, before, ".site-1", fault)
	}
}

func requireNextBuild(t *testing.T, fsys *tempfs.Fs, after fixture.Tree, fault *faults.Fault) {
	t.Helper()
	_, err := build(fsys, false)
	require.NoError(t, err, fault)
	if !fixture.Assert(t, fsys, after, fixture.In(public)) {
		t.Fatal(fault)
	}
}
