package tempfs_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

const (
	hops   = 3
	perHop = 15
)

// hop is a name as long as one may almost be, of perHop directories, and then of as many again whose names are short.
var hop = strings.Repeat("/"+strings.Repeat("directory.", 25), perHop) + strings.Repeat("/d", perHop)

// dig makes a tree far deeper than a name can tell, by views of views, with a file at its end.
func dig(t *testing.T, fsys *tempfs.Fs) (end *tempfs.Fs) {
	t.Helper()
	for range hops {
		require.NoError(t, fsys.MkdirAll(hop, 0o755))
		fsys = descend(t, fsys)
	}
	require.NoError(t, put(fsys, "/f", "content"))
	require.NoError(t, fsys.Link("/f", "/g"))
	return fsys
}

func descend(t *testing.T, fsys *tempfs.Fs) *tempfs.Fs {
	t.Helper()
	sub, err := fsys.Sub(hop)
	require.NoError(t, err)
	return sub
}

// TestCloneOfADeepTree goes further down than a name reaches.
func TestCloneOfADeepTree(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		end := dig(t, fsys)
		require.NoError(t, end.Chmod("/", 0o500))
		for _, backend := range backendNames {
			clone := requireClone(t, fsys, cloneOptionsFor(backend)...)
			at := clone
			for range hops {
				at = descend(t, at)
			}
			require.NoError(t, has(at, "/f", "content"))
			info, err := at.Stat("/f")
			require.NoError(t, err)
			other, err := at.Stat("/g")
			require.NoError(t, err)
			require.True(t, tempfs.SameFile(info, other))
			requireMode(t, at, "/", 0o500)
		}
		require.NoError(t, end.Chmod("/", 0o755))
	})
}

// TestExportOfADeepTree that is cancelled at the end takes all of it back, and tells the whole name.
func TestExportOfADeepTree(t *testing.T) {
	name := strings.Repeat(hop, hops)
	eachPair(t, func(t *testing.T, from, to *tempfs.Fs) {
		dig(t, from)
		require.NoError(t, to.MkdirAll(hop, 0o755)) // what is there stays
		ctx, cancel := context.WithCancel(t.Context())
		var last string
		err := from.Export(to, "/", tempfs.Context(ctx), tempfs.OnProgress(func(p tempfs.CopyProgress) {
			last = p.Name
			cancel()
		}))
		failure(t, err, "export", name+"/g", context.Canceled)
		require.Equal(t, name+"/f", last)
		require.Empty(t, namesOf(t, to, hop))

		var entries int64
		require.NoError(t, from.Export(to, "/", tempfs.OnProgress(func(p tempfs.CopyProgress) { entries = p.Entries })))
		require.EqualValues(t, 2*hops*perHop+2, entries)
	})
}
