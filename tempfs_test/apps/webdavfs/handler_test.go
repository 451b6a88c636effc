package webdavfs_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/webdav"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
	"github.com/aferotemp/go/tempfs_test/apps/webdavfs"
)

// What docs/programs.md says of x/net's handler: when one of these fails, something there has become better, and the page is to say so.

// TestStatusesOfLimits: there is no 507 Insufficient Storage.
func TestStatusesOfLimits(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, fixture.Tree{"dir/deep/": fixture.Dir{}, "file": "123"})
		s := server{serve(t, webdavfs.New(fsys))}
		for _, c := range []struct {
			status               int
			method, target, body string
		}{
			{405, "PUT", "/large", "12345"}, {404, "PUT", "/dir/deep/file", ""}, {405, "MKCOL", "/dir/deep/dir", ""}, {500, "COPY", "/file", ""}, {403, "COPY", "/dir", ""},
		} {
			status, _ := s.ask(t, c.method, c.target, c.body, s.destination("/dir/new"))
			require.Equal(t, c.status, status, "%s %s", c.method, c.target)
		}
	}, tempfs.WithLimits(tempfs.Limits{Bytes: 5, Depth: 2}))
}

// TestCopyIntoItself ends where the limit of depth is. Without one the handler ends it, a thousand collections further down.
func TestCopyIntoItself(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, fixture.Tree{"dir/file": "content"})
		s := server{serve(t, webdavfs.New(fsys))}
		status, _ := s.ask(t, "COPY", "/dir", "", s.destination("/dir/in"))
		require.Equal(t, 403, status)
		require.LessOrEqual(t, fsys.Usage().Files, int64(2*4+1))
	}, tempfs.WithLimits(tempfs.Limits{Depth: 4}))
}

// TestCopyToItsOwnName empties a collection, on a filesystem of x/net as on ours.
func TestCopyToItsOwnName(t *testing.T) {
	for _, files := range []webdav.FileSystem{webdavfs.New(tempfs.Test(t)), webdav.Dir(t.TempDir())} {
		require.NoError(t, files.Mkdir(t.Context(), "/dir", 0o700))
		writeNew(t, files, "/dir/file")
		s := server{serve(t, files)}
		status, _ := s.ask(t, "COPY", "/dir", "", s.destination("/dir/"))
		require.Equal(t, 403, status)
		status, _ = s.ask(t, "GET", "/dir/file", "")
		require.Equal(t, 404, status)
	}
}
