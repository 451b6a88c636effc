package tempfs_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// levels is a name of so many components.
func levels(n int) string { return strings.Repeat("/d", n) }

// TestDepthBindsEveryWayToMakeAName at one level too many, and none of the names at the last.
func TestDepthBindsEveryWayToMakeAName(t *testing.T) {
	const depth = 3
	ways := map[string]func(fsys *tempfs.Fs, dir string) error{
		"Create":             func(fsys *tempfs.Fs, dir string) error { return opened(fsys.Create(dir + "/new")) },
		"Mkdir":              func(fsys *tempfs.Fs, dir string) error { return fsys.Mkdir(dir+"/new", 0o755) },
		"MkdirAll":           func(fsys *tempfs.Fs, dir string) error { return fsys.MkdirAll(dir+"/new", 0o755) },
		"Link":               func(fsys *tempfs.Fs, dir string) error { return fsys.Link("/f", dir+"/new") },
		"SymlinkIfPossible":  func(fsys *tempfs.Fs, dir string) error { return fsys.SymlinkIfPossible("x", dir+"/new") },
		"Rename of a file":   func(fsys *tempfs.Fs, dir string) error { return fsys.Rename("/f", dir+"/new") },
		"Rename of a dir":    func(fsys *tempfs.Fs, dir string) error { return fsys.Rename("/e", dir+"/new") },
		"Rename of a link":   func(fsys *tempfs.Fs, dir string) error { return fsys.Rename("/l", dir+"/new") },
		"CreateTemp":         func(fsys *tempfs.Fs, dir string) error { return opened(fsys.CreateTemp(dir, "new")) },
		"MkdirTemp":          func(fsys *tempfs.Fs, dir string) error { return errOf(fsys.MkdirTemp(dir, "new")) },
		"NamedTemporaryFile": func(fsys *tempfs.Fs, dir string) error { return errOf(fsys.NamedTemporaryFile(tempfs.In(dir))) },
		"Import":             func(fsys *tempfs.Fs, dir string) error { return fsys.Import(fstest.MapFS{"new": {}}, dir) },
		"Create by dangling": func(fsys *tempfs.Fs, dir string) error {
			if err := fsys.SymlinkIfPossible(dir+"/new", "/dangling"); err != nil {
				return err
			}
			return opened(fsys.Create("/dangling"))
		},
		"Create through a link": func(fsys *tempfs.Fs, dir string) error {
			if err := fsys.SymlinkIfPossible(dir, "/short"); err != nil {
				return err
			}
			return opened(fsys.Create("/short/new"))
		},
		"Create by a winding name": func(fsys *tempfs.Fs, dir string) error {
			return opened(fsys.Create(dir + "/../" + path.Base(dir) + "/./new"))
		},
	}
	for how, makeName := range ways {
		t.Run(how, func(t *testing.T) {
			eachLimited(t, tempfs.Limits{Depth: depth}, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, put(fsys, "/f", "content"))
				require.NoError(t, fsys.Mkdir("/e", 0o755))
				require.NoError(t, fsys.SymlinkIfPossible("f", "/l"))
				require.NoError(t, fsys.MkdirAll(levels(depth), 0o755))
				before := namesOf(t, fsys, "/d")
				err := makeName(fsys, levels(depth))
				require.Equal(t, int64(depth), requireRefused(t, err, tempfs.LimitDepth).Max)
				require.Equal(t, before, namesOf(t, fsys, "/d"))
				for _, planted := range []string{"/dangling", "/short"} {
					require.NoError(t, fsys.RemoveAll(planted))
				}
				require.NoError(t, lists(fsys, "/", "d", "e", "f", "l"))
				require.NoError(t, makeName(fsys, levels(depth-1)))
			})
		})
	}
}

// TestRenameOfATallDirectoryIsRefused when anything in it would be too deep, and nothing of it is moved.
func TestRenameOfATallDirectoryIsRefused(t *testing.T) {
	eachLimited(t, tempfs.Limits{Depth: 4}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/tall/a/b", 0o755))
		require.NoError(t, put(fsys, "/tall/a/b/f", "content"))
		require.NoError(t, fsys.MkdirAll("/to/deeper", 0o755))
		before := namesOf(t, fsys, "/")
		for oldname, newname := range map[string]string{"/tall": "/to/tall", "/tall/a": "/to/deeper/a", "/tall/a/b": "/to/deeper/b/"} {
			refused := oldname != "/tall/a/b"
			err := fsys.Rename(oldname, newname)
			if !refused {
				require.NoError(t, err, "%s fits", newname)
				require.NoError(t, fsys.Rename("/to/deeper/b", oldname))
				continue
			}
			requireRefused(t, err, tempfs.LimitDepth)
		}
		require.Equal(t, before, namesOf(t, fsys, "/"))
		require.NoError(t, fsys.Rename("/tall/a", "/to/a"))
		require.NoError(t, has(fsys, "/to/a/b/f", "content"))
		require.NoError(t, fsys.Rename("/to/a", "/a"), "up is always right")
		require.NoError(t, fsys.Remove("/a/b/f"))
		require.NoError(t, fsys.Rename("/a", "/to/deeper/a"), "it is not tall any more")
	})
}

// TestDepthIsFromTheRootOfTheOwner in a view, and of a view.
func TestDepthIsFromTheRootOfTheOwner(t *testing.T) {
	eachLimited(t, tempfs.Limits{Depth: 4}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/a/b", 0o755))
		sub, err := fsys.Sub("/a")
		require.NoError(t, err)
		subsub, err := sub.Sub("/b")
		require.NoError(t, err)
		require.NoError(t, subsub.Mkdir("/c", 0o755))
		require.NoError(t, put(subsub, "/c/f", "content"))
		requireRefused(t, subsub.MkdirAll("/c/d/e", 0o755), tempfs.LimitDepth)
		requireRefused(t, opened(sub.Create("/b/c/d/f")), tempfs.LimitDepth)
		require.NoError(t, sub.Rename("/b/c", "/c"))
		require.NoError(t, sub.MkdirAll("/c/d", 0o755))
		require.NoError(t, fsys.RemoveAll("/a/c/d"))

		require.NoError(t, fsys.MkdirAll("/x", 0o755), "a view that has moved is as deep as it is now")
		require.NoError(t, fsys.Rename("/a/b", "/b"))
		require.NoError(t, subsub.MkdirAll("/1/2/3", 0o755))
		requireRefused(t, subsub.Mkdir("/1/2/3/4", 0o755), tempfs.LimitDepth)
		requireRefused(t, fsys.Rename("/b", "/x/b"), tempfs.LimitDepth)
	})
}

// TestDepthWithImplicitParents counts those too.
func TestDepthWithImplicitParents(t *testing.T) {
	eachLimited(t, tempfs.Limits{Depth: 3}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, opened(fsys.Create("/a/b/f")))
		requireRefused(t, opened(fsys.Create("/x/y/z/f")), tempfs.LimitDepth)
		requireRefused(t, fsys.MkdirAll("/a/b/c/d", 0o755), tempfs.LimitDepth)
	}, tempfs.ImplicitParents())
}

// TestDeepNamesThatAreThereStay usable: a limit is of what is made.
func TestDeepNamesThatAreThereStay(t *testing.T) {
	eachLimited(t, tempfs.Limits{Depth: 2}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		require.NoError(t, put(fsys, "/d/f", "content"))
		require.NoError(t, has(fsys, "/d/../d/./../d/f", "content"))
		require.NoError(t, put(fsys, "/d/../d/f", "written over"))
		require.ErrorIs(t, errOf(fsys.Stat("/d/missing/f")), fs.ErrNotExist)
		require.NoError(t, fsys.Remove("/d/f"))
	})
}
