package webdavfs_test

import (
	"sync"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs_test/apps/webdavfs"
)

// TestReleased serves an Fs that is no more: nothing succeeds. Which error it is the handler says, which knows few.
func TestReleased(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, afero.WriteFile(fsys, "/file", []byte(secret), 0o600))
		s := server{serve(t, webdavfs.DeadProps(webdavfs.New(fsys)))}
		status, _ := s.ask(t, "GET", "/file", "")
		require.Equal(t, 200, status)
		require.NoError(t, fsys.Release())
		for _, c := range []struct {
			method, body string
			status       int
		}{
			{"GET", "", 404},
			{"HEAD", "", 404},
			{"PUT", "x", 404},
			{"MKCOL", "", 405},
			{"DELETE", "", 405},
			{"PROPFIND", "", 405},
			{"PROPPATCH", colour, 405},
			{"COPY", "", 500},
			{"MOVE", "", 403},
			{"LOCK", lockInfo, 500},
		} {
			status, answer := s.ask(t, c.method, "/file", c.body, s.destination("/new"))
			require.Equal(t, c.status, status, c.method)
			require.NotContains(t, answer, secret)
		}
	})
}

// TestReleaseUnderWay comes while clients are at work: each of their requests is answered, and none panics.
func TestReleaseUnderWay(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		s := server{serve(t, webdavfs.DeadProps(webdavfs.New(fsys)))}
		var clients sync.WaitGroup
		written := make(chan struct{}, 4)
		for _, name := range []string{"/a", "/b", "/c", "/d"} {
			clients.Go(func() {
				status := 0
				for range 5 {
					status, _ = s.ask(t, "PUT", name, "content")
				}
				written <- struct{}{}
				for status < 400 { // until the release, after which nothing succeeds
					_, _ = s.ask(t, "PROPFIND", "/", "")
					_, _ = s.ask(t, "MOVE", name, "", s.destination(name+"-moved"), "Overwrite: T")
					status, _ = s.ask(t, "PUT", name, "content")
				}
			})
		}
		for range 4 {
			<-written
		}
		require.NoError(t, fsys.Release())
		clients.Wait()
	})
}
