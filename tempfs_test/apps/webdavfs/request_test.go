package webdavfs_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// server is one that is asked from Go.
type server struct{ url string }

// ask sends a request, for the target as it is written, and returns status and body. Headers are written "Name: value", and may be empty.
func (s server) ask(t *testing.T, method, target, body string, headers ...string) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url, strings.NewReader(body))
	require.NoError(t, err)
	request.URL = &url.URL{Scheme: "http", Host: strings.TrimPrefix(s.url, "http://"), Opaque: target}
	for _, header := range headers {
		if name, value, isHeader := strings.Cut(header, ": "); isHeader {
			request.Header.Set(name, value)
		}
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err, "%s %s", method, target)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err, "%s %s", method, target)
	return response.StatusCode, string(text)
}

// destination is the header for a path of the server, as it is written.
func (s server) destination(path string) string { return "Destination: " + s.url + path }

// lockInfo and colour are bodies of LOCK and PROPPATCH.
const (
	lockInfo = `<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>`
	colour   = `<?xml version="1.0"?><D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><c:colour xmlns:c="urn:c">blue</c:colour></D:prop></D:set></D:propertyupdate>`
)
