package tempfs_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/faults"
	"github.com/aferotemp/go/tempfs/fixture"
)

// deepTree has one of each kind, with all that can be said of it, below a directory.
var deepTree = fixture.Tree{
	"d/":    fixture.Dir{Mode: 0o750, ModTime: longAgo},
	"d/f":   fixture.File{Data: "x", Mode: 0o600, ModTime: longAgo},
	"d/h":   fixture.HardLink("d/f"),
	"d/l":   fixture.Link("f"),
	"d/e/f": "",
}

// TestFixtureThatCannotBeReadSaysWhere, at whichever operation.
func TestFixtureThatCannotBeReadSaysWhere(t *testing.T) {
	eachFault(t,
		func(fsys *tempfs.Fs) error { return fixture.Write(fsys, deepTree) },
		func(fsys *tempfs.Fs) error {
			_, err := fixture.Read(fsys, fixture.WithModes(), fixture.WithTimes(), fixture.WithHardLinks())
			return err
		},
		func(t *testing.T, _ *tempfs.Fs, fault *faults.Fault, err error) {
			t.Helper()
			requireRead(t, fault, err)
		})
}

// TestFixtureThatCannotBeReadByIOFSSaysWhere too.
func TestFixtureThatCannotBeReadByIOFSSaysWhere(t *testing.T) {
	eachFault(t,
		func(fsys *tempfs.Fs) error { return fixture.Write(fsys, deepTree) },
		func(fsys *tempfs.Fs) error {
			_, err := fixture.FromFS(struct{ fs.ReadLinkFS }{fsys.IOFS().(fs.ReadLinkFS)})
			return err
		},
		func(t *testing.T, _ *tempfs.Fs, fault *faults.Fault, err error) {
			t.Helper()
			requireRead(t, fault, err)
		})
}

// requireRead wants a failure to name a path of the tree, once.
func requireRead(t *testing.T, fault *faults.Fault, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var failed *fixture.PathError
	require.ErrorAs(t, err, &failed, fault)
	require.Equal(t, "read", failed.Op, fault)
	require.NotErrorAs(t, failed.Err, new(*fixture.PathError), fault)
}

// TestFixtureThatReplacesAndFailsLeavesNothingNew: what was to be replaced is there as it was, or is gone.
func TestFixtureThatReplacesAndFailsLeavesNothingNew(t *testing.T) {
	replacing := fixture.Tree{"d/f": fixture.File{Data: "new", ModTime: longAgo}, "d/l": fixture.Link("e"), "d/h": fixture.HardLink("d/f"), "new/f": "new"}
	eachFault(t,
		func(fsys *tempfs.Fs) error { return fixture.Write(fsys, deepTree) },
		func(fsys *tempfs.Fs) error { return fixture.Write(fsys, replacing, fixture.Overwrite()) },
		func(t *testing.T, fsys *tempfs.Fs, fault *faults.Fault, err error) {
			t.Helper()
			tree, unread := fixture.Read(fsys)
			require.NoError(t, unread, fault)
			if err == nil {
				require.Equal(t, "new", tree["d/f"], fault)
				return
			}
			require.ErrorAs(t, err, new(*fixture.PathError), fault)
			require.NotContains(t, tree, "new/f", fault)
			for name, old := range (fixture.Tree{"d/f": "x", "d/l": fixture.Link("f"), "d/h": "x"}) {
				if there, ok := tree[name]; ok {
					require.Equal(t, old, there, "%s, %v", name, fault)
				}
			}
		})
}
