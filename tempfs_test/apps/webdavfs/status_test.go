package webdavfs_test

import (
	"context"
	"io/fs"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/webdav"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
	"github.com/aferotemp/go/tempfs_test/apps/webdavfs"
)

// TestBelowAFile is what the handler answers about names below a file, which package os says ENOTDIR of. For LOCK and for the destination of MOVE it has one status for all errors.
func TestBelowAFile(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		tree := fixture.Tree{"file": "content", "other": "other", "dir/": fixture.Dir{}}
		fixture.Build(t, fsys, tree)
		s := server{serve(t, webdavfs.New(fsys))}
		for _, c := range []struct {
			method, target, to string
			status             int
		}{
			{"GET", "/file/x", "", 404},
			{"PROPFIND", "/file/x", "", 404},
			{"PROPPATCH", "/file/x", "", 404},
			{"DELETE", "/file/x", "", 404},
			{"DELETE", "/file/x/y", "", 404},
			{"COPY", "/file/x", "/new", 404},
			{"PUT", "/file/x", "", 409},
			{"MKCOL", "/file/x", "", 409},
			{"MKCOL", "/file/x/y/", "", 409},
			{"COPY", "/other", "/file/x", 409},
			{"COPY", "/dir", "/file/x", 403},
			{"MOVE", "/other", "/file/x", 403},
			{"LOCK", "/file/x", "", 500},
		} {
			body := map[string]string{"LOCK": lockInfo, "PROPPATCH": colour, "PUT": "x"}[c.method]
			status, _ := s.ask(t, c.method, c.target, body, s.destination(c.to), "Overwrite: T")
			require.Equal(t, c.status, status, "%s %s %s", c.method, c.target, c.to)
		}
		fixture.Assert(t, fsys, tree)
	})
}

// TestRootStays, whatever it is called, with all that is in it.
func TestRootStays(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		tree := fixture.Tree{"file": "content", "dir/deep": "deep"}
		fixture.Build(t, fsys, tree)
		s := server{serve(t, webdavfs.New(fsys))}
		for _, root := range []string{"/", "/.", "/..", "/dir/..", "/%2e%2e/"} {
			status, _ := s.ask(t, "DELETE", root, "")
			require.Equal(t, 405, status, root)
			for method, target := range map[string]string{"MOVE": "/file", "COPY": "/dir"} {
				status, _ = s.ask(t, method, target, "", s.destination(root), "Overwrite: T")
				require.Equal(t, 403, status, "%s to %s", method, root)
			}
			status, _ = s.ask(t, "MOVE", root, "", s.destination("/new"), "Overwrite: T")
			require.Contains(t, []int{403, 423}, status, root) // 423, where the handler finds two locks of a part in each other
		}
		fixture.Assert(t, fsys, tree)
	})
}

// TestErrors are those that the handler does not show.
func TestErrors(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, fixture.Tree{"file": "content"})
		files := webdavfs.New(fsys)
		_, err := files.Stat(t.Context(), "file/x")
		require.True(t, os.IsNotExist(err), err)
		require.EqualError(t, err, "stat /file/x: file does not exist")
		file, err := files.OpenFile(t.Context(), "file/x", os.O_RDWR|os.O_CREATE, 0o600)
		require.Nil(t, file)
		require.True(t, os.IsNotExist(err), err)
		require.ErrorIs(t, files.Mkdir(t.Context(), "file", 0o700), fs.ErrExist)
		require.ErrorIs(t, files.RemoveAll(t.Context(), ""), fs.ErrInvalid)
		require.ErrorIs(t, files.Rename(t.Context(), "file", "/"), fs.ErrInvalid)
		require.ErrorIs(t, files.Rename(t.Context(), ".", "/new"), fs.ErrInvalid)
	})
}

// TestMoveIsCompletedForClientThatHasGone: what it replaces is removed by then.
func TestMoveIsCompletedForClientThatHasGone(t *testing.T) {
	gone, leave := context.WithCancel(t.Context())
	leave()
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, fixture.Tree{"from": "new"})
		for _, files := range []webdav.FileSystem{webdavfs.New(fsys), webdavfs.DeadProps(webdavfs.New(fsys))} {
			require.NoError(t, files.Rename(gone, "/from", "/to"))
			require.NoError(t, files.Rename(gone, "/to", "/from"))
		}
	})
}

// TestNamesGoByTheirLetters: ".." of a link is where the link is, and not where it leads, and a slash at the end may be there or not.
func TestNamesGoByTheirLetters(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, fixture.Tree{"file": "by letters", "dir/file": "by the link", "dir/deep/": fixture.Dir{}, "link": fixture.Link("dir/deep")})
		s := server{serve(t, webdavfs.New(fsys))}
		status, answer := s.ask(t, "GET", "/link/../file/", "")
		require.Equal(t, 200, status)
		require.Equal(t, "by letters", answer)
		status, _ = s.ask(t, "PUT", "/link/.//new/", "new")
		require.Equal(t, 201, status)
		_, err := fsys.Stat("dir/deep/new")
		require.NoError(t, err)
	})
}
