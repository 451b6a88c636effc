package main

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs/fixture"
	"github.com/aferotemp/go/tempfs/unpack"
)

// FuzzTake takes in any bytes: what is taken in is what the index says, and of the host nothing else changes. Random names make the
// coverage of a run another each time, so that to make inputs small is a waste:
//
//	go test -run '^$' -fuzz FuzzTake -fuzztime 10m -fuzzminimizetime 1x ./docs/examples/intake
func FuzzTake(f *testing.F) {
	for _, archive := range archivesOf(f, delivery...) {
		f.Add(archive)
	}
	f.Fuzz(func(t *testing.T, archive []byte) {
		h := newHost(t)
		files, err := h.takeWithin(t, archive, unpack.Limits{Bytes: 1 << 20, Entries: 100}, backends["memory"])
		if err == nil {
			tree, unread := fixture.Read(h.fsys, fixture.In("/home/in/files"))
			require.NoError(t, unread)
			for path := range tree {
				is := func(f file) bool { return f.Path == path && int(f.Size) == len(tree[path].(string)) }
				require.True(t, tree[path] == nil || slices.ContainsFunc(files, is), path)
			}
			require.NoError(t, h.fsys.RemoveAll("/home/in"))
		}
		h.requireUnchanged(t, err)
	})
}
