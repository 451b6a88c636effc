package tempfs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestPersistOfSub moves what is below the view, and a view's own root, which the view then still has.
func TestPersistOfSub(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		dir := t.TempDir()
		require.NoError(t, fsys.MkdirAll("/view/d", 0o755))
		require.NoError(t, put(fsys, "/view/d/f", "content"))
		sub, err := fsys.Sub("/view")
		require.NoError(t, err)
		require.NoError(t, sub.Persist("/d", filepath.Join(dir, "d")))
		require.NoError(t, lists(fsys, "/view"))
		require.NoError(t, put(sub, "/g", "content"))
		require.NoError(t, sub.Persist("/", filepath.Join(dir, "root")))
		require.NoError(t, lists(fsys, "/view"))
		require.NoError(t, fsys.Persist("/view", filepath.Join(dir, "view")))
		requireHolds(t, dir, "d", "root", "view")
		require.Error(t, put(sub, "/h", "content"), "the view does not lead out")
		requireHolds(t, filepath.Join(dir, "view"))
		require.NoError(t, sub.Release())
		err = sub.Persist("/", filepath.Join(dir, "late"))
		require.ErrorIs(t, err, fs.ErrClosed)
	})
}

// TestPersistBusy finds files that are open for writing, of a view too.
func TestPersistBusy(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
				require.NoError(t, put(fsys, "/d/e/f", "content"))
				require.NoError(t, fsys.Link("/d/e/f", "/other"))
				sub, err := fsys.Sub("/d")
				require.NoError(t, err)
				dir := where.makeDir(t)
				host := filepath.Join(dir, "host")
				for _, open := range []func() (afero.File, error){
					func() (afero.File, error) { return fsys.OpenFile("/d/e/f", os.O_WRONLY, 0) },
					func() (afero.File, error) { return fsys.OpenFile("/other", os.O_RDWR|os.O_APPEND, 0) },
					func() (afero.File, error) { return sub.OpenFile("/e/f", os.O_RDWR, 0) },
				} {
					w, failed := open()
					require.NoError(t, failed)
					for _, view := range []*tempfs.Fs{fsys, sub} {
						name := "/d"
						if view == sub {
							name = "/e"
						}
						err = view.Persist(name, host)
						require.ErrorIs(t, err, syscall.EBUSY)
						requireNothingChanged(t, err)
						require.ErrorContains(t, err, name+"/")
					}
					require.NoError(t, w.Close())
				}
				requireHolds(t, dir)
				f, err := fsys.Open("/d/e/f") // for reading
				require.NoError(t, err)
				defer f.Close()
				w, err := fsys.OpenFile("/d/e/f", os.O_WRONLY, 0)
				require.NoError(t, err)
				defer w.Close()
				require.ErrorIs(t, tempfs.PersistFile(f, host), syscall.EBUSY)
				require.NoError(t, fsys.Persist("/d", host, tempfs.AllowWriters()))
			})
		})
	}
}

// TestPersistSameFilesystem refuses the copy.
func TestPersistSameFilesystem(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				makeTree(t, fsys, "/d")
				f, err := fsys.TemporaryFile(tempfs.Linkable())
				require.NoError(t, err)
				dir := where.makeDir(t)
				hosts := []string{filepath.Join(dir, "d"), filepath.Join(dir, "f")}
				all := []error{tempfs.PersistFile(f, hosts[1], tempfs.SameFilesystem())}
				if byDescriptor || fsys.Backend() != "disk" { // a rename needs none
					all = append(all, fsys.Persist("/d", hosts[0], tempfs.SameFilesystem()))
				}
				if !where.isAcross && fsys.Backend() == "disk" && byDescriptor {
					require.NoError(t, errors.Join(all...))
					requireHolds(t, dir, "d", "f")
					return
				}
				for _, err := range all {
					require.ErrorIs(t, err, syscall.EXDEV)
					requireNothingChanged(t, err)
				}
				requireHolds(t, dir)
				require.NoError(t, has(fsys, "/d/f", "the content"))
			})
		})
	}
}

// TestPersistError is one line that tells both names and the step.
func TestPersistError(t *testing.T) {
	fsys := tempfs.Test(t)
	err := fsys.Persist("/missing", "host")
	require.EqualError(t, err, "persist /missing to host: look: "+syscall.ENOENT.Error())
	require.NoError(t, put(fsys, "/f", ""))
	err = fsys.Persist("/f", "host", tempfs.Mode(fs.ModeDir|0o755))
	require.ErrorIs(t, err, fs.ErrInvalid)
	require.NoError(t, fsys.Release())
	err = fsys.Persist("/f", "host")
	require.ErrorIs(t, err, fs.ErrClosed)
	require.NoFileExists(t, "host")
}

// TestPersistOntoItself is nothing to be done, by another name of the same file too.
func TestPersistOntoItself(t *testing.T) {
	fsys := tempfs.Test(t)
	root := rootOf(t, fsys)
	makeFile(t, fsys, "/f")
	require.NoError(t, fsys.Persist("/f", filepath.Join(root, "f")))
	require.NoError(t, has(fsys, "/f", "the content"))
	f, err := fsys.Open("/f")
	require.NoError(t, err)
	require.NoError(t, tempfs.PersistFile(f, filepath.Join(root, "f")))
	require.NoError(t, has(fsys, "/f", "the content"))
	require.NoError(t, fsys.Link("/f", "/g"))
	require.NoError(t, fsys.Persist("/f", filepath.Join(root, "g")))
	require.NoError(t, lists(fsys, "/", "g"))
	require.NoError(t, tempfs.PersistFile(f, filepath.Join(root, "g")))
	require.NoError(t, lists(fsys, "/", "g"))

	makeTree(t, fsys, "/d")
	require.NoError(t, fsys.Persist("/d", filepath.Join(root, "d")))
	for _, noReplace := range [][]tempfs.PersistOption{nil, {tempfs.NoReplace()}} {
		for _, name := range []string{"/d", "/"} {
			err := fsys.Persist(name, filepath.Join(root, "d", "empty", "x"), noReplace...)
			require.ErrorIs(t, err, syscall.EINVAL, name)
			requireNothingChanged(t, err)
		}
	}
	require.Equal(t, subjects["directory"].want, describeHost(t, filepath.Join(root, "d")))
}
