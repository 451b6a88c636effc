package webdavfs_test

import (
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"golang.org/x/net/webdav"
)

// serve is the URL, without a slash at the end, at which files are served until the test is over. A handler that panics fails it.
func serve(t *testing.T, files webdav.FileSystem) string {
	t.Helper()
	handler := &webdav.Handler{FileSystem: files, LockSystem: webdav.NewMemLS()}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if panicked := recover(); panicked != nil {
				t.Errorf("%s %s panics: %v", r.Method, r.URL, panicked)
				panic(http.ErrAbortHandler)
			}
		}()
		handler.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(t.Output(), "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}
