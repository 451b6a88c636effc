package web

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/faults"
	"github.com/aferotemp/go/tempfs/fixture"
	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   string
}

// server serves an fs.FS, on an address of this machine.
type server struct{ *httptest.Server }

func serve(fsys fs.FS) server { return server{httptest.NewServer(http.FileServerFS(fsys))} }

// ask sends one request, with headers in pairs, and follows no redirection. The path goes over the wire as it is.
func (s server) ask(method, path string, headers ...string) (answer, error) {
	request, err := http.NewRequest(method, s.URL, http.NoBody)
	if err != nil {
		return answer{}, err
	}
	request.URL.Opaque = strings.TrimPrefix(s.URL, "http:") + path
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := s.Client().Transport.RoundTrip(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(body)}, err
}

// want asks for a path and says whether status and body are these.
func (s server) want(status int, body, path string, headers ...string) error {
	got, err := s.ask(http.MethodGet, path, headers...)
	return errors.Join(err, differ("status", got.status, status), differ("body", got.body, body))
}

func get(fsys fs.FS, path, want string) error {
	s := serve(fsys)
	defer s.Close()
	return s.want(http.StatusOK, want, path)
}

// TestServer has a file server do what a browser asks of one.
func TestServer(t *testing.T) {
	secret := t.TempDir() + "/secret"
	require.NoError(t, os.WriteFile(secret, []byte("of the host"), 0o600))
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		s := serve(build(t, on, site()))
		defer s.Close()
		checks := on.Checks(t)
		checkNames(checks, s)
		checkParts(checks, s)
		checkTimes(checks, s, on)
		checks.Check("a path that climbs", func() error {
			return errors.Join(s.refuses("/../../../../../../.."+secret), s.refuses("/notes/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e"+secret), s.refuses(secret))
		})
		checks.Check("a link, planted by somebody else, that leads out", func() error {
			if err := plant(on, secret, "leak"); err != nil {
				return err
			}
			return s.refuses("/leak")
		})
		checks.Record("http.FileServer")
	})
}

func checkNames(checks *trial.Checks, s server) {
	checks.Check("a directory is its index.html", func() error {
		got, err := s.ask(http.MethodGet, "/")
		return errors.Join(err, differ("body", got.body, "<h1>hello</h1>\n"),
			differ("type", got.header.Get("Content-Type"), "text/html; charset=utf-8"))
	})
	checks.Check("index.html is its directory", func() error { return s.redirects("/index.html", "./") })
	checks.Check("a directory without its slash", func() error { return s.redirects("/notes", "notes/") })
	checks.Check("a file with a slash", func() error { return s.redirects("/style.css/", "../style.css") })
	checks.Check("a listing, sorted and escaped", func() error {
		got, err := s.ask(http.MethodGet, "/notes/")
		_, list, _ := strings.Cut(got.body, "<pre>\n")
		list, _, _ = strings.Cut(list, "</pre>")
		return errors.Join(err, differ("listing", list, `<a href="50%25%23%C3%BC.txt">50%#ü.txt</a>
<a href="a.txt">a.txt</a>
<a href="b%20&%20c.txt">b &amp; c.txt</a>
<a href="empty.txt">empty.txt</a>
`))
	})
	checks.Check("names of all kinds", func() error {
		return errors.Join(s.want(http.StatusOK, "c", "/notes/50%25%23%C3%BC.txt"), s.want(http.StatusOK, "b", "/notes/b%20&%20c.txt"))
	})
	checks.Check("an empty file", func() error { return s.want(http.StatusOK, "", "/notes/empty.txt") })
	checks.Check("what is missing", func() error { return s.refuses("/notes/d.txt") })
	checks.Check("what is below a file", func() error { return s.refuses("/style.css/x") })
}

func checkParts(checks *trial.Checks, s server) {
	checks.Check("HEAD", func() error {
		got, err := s.ask(http.MethodHead, "/photo.txt")
		return errors.Join(err, differ("body", got.body, ""), differ("length", got.header.Get("Content-Length"), strconv.Itoa(len(photo))))
	})
	checks.Check("a range", func() error {
		return s.want(http.StatusPartialContent, photo[60_000:60_100], "/photo.txt", "Range", "bytes=60000-60099")
	})
	checks.Check("the end", func() error {
		return s.want(http.StatusPartialContent, photo[len(photo)-7:], "/photo.txt", "Range", "bytes=-7")
	})
	checks.Check("two ranges", func() error {
		got, err := s.ask(http.MethodGet, "/photo.txt", "Range", "bytes=0-5,90000-90005")
		if err != nil {
			return err
		}
		_, boundary, _ := strings.Cut(got.header.Get("Content-Type"), "boundary=")
		var parts []string
		for r := multipart.NewReader(strings.NewReader(got.body), boundary); ; {
			part, err := r.NextPart()
			if errors.Is(err, io.EOF) {
				return differ("parts", parts, []string{photo[:6], photo[90_000:90_006]})
			}
			if err != nil {
				return err
			}
			content, err := io.ReadAll(part)
			if err != nil {
				return err
			}
			parts = append(parts, string(content))
		}
	})
	checks.Check("a range past the end", func() error {
		got, err := s.ask(http.MethodGet, "/photo.txt", "Range", "bytes=999999-")
		return errors.Join(err, differ("status", got.status, http.StatusRequestedRangeNotSatisfiable))
	})
}

func checkTimes(checks *trial.Checks, s server, on *trial.Ground) {
	date, later := written.Format(http.TimeFormat), written.Add(time.Hour)
	checks.Check("Last-Modified", func() error {
		got, err := s.ask(http.MethodGet, "/style.css")
		return errors.Join(err, differ("date", got.header.Get("Last-Modified"), date))
	})
	checks.Check("If-Modified-Since", func() error {
		return s.want(http.StatusNotModified, "", "/style.css", "If-Modified-Since", date)
	})
	checks.Check("If-Range of another version is the whole", func() error {
		return s.want(http.StatusOK, photo, "/photo.txt", "Range", "bytes=0-5", "If-Range", written.Add(-time.Hour).Format(http.TimeFormat))
	})
	checks.Check("a file that has changed", func() error {
		err := fixture.Write(on.Fs, fixture.Tree{"style.css": fixture.File{Data: "h1 {}\n", ModTime: later}}, fixture.In("."), fixture.Overwrite())
		return errors.Join(err, s.want(http.StatusOK, "h1 {}\n", "/style.css", "If-Modified-Since", date))
	})
}

func (s server) redirects(path, to string) error {
	got, err := s.ask(http.MethodGet, path)
	return errors.Join(err, differ("status", got.status, http.StatusMovedPermanently), differ("to", got.header.Get("Location"), to))
}

func (s server) refuses(path string) error {
	return s.want(http.StatusNotFound, "404 page not found\n", path)
}

// plant makes a symbolic link that leads to target, an absolute path, as another program would: past the Fs where its files have a path on the host.
func plant(on *trial.Ground, target, name string) error {
	if rooted, isRooted := on.Fs.(interface {
		RealPath(name string) (string, error)
	}); isRooted {
		if path, err := rooted.RealPath(name); err == nil {
			return os.Symlink(target, path)
		}
	}
	if on.Ours != nil {
		return on.Ours.SymlinkIfPossible(target, name)
	}
	return nil // a MemMapFs has no links
}

// TestServerOfWhatFails: who asks learns the status alone. An open that fails otherwise than by permission net/http takes for a file that is not there.
func TestServerOfWhatFails(t *testing.T) {
	for _, c := range []struct {
		kind   tempfs.OpKind
		errno  syscall.Errno
		status int
	}{
		{tempfs.OpOpen, syscall.EACCES, http.StatusForbidden},
		{tempfs.OpOpen, syscall.EIO, http.StatusNotFound},
		{tempfs.OpStat, syscall.EIO, http.StatusInternalServerError},
	} {
		tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
			s := serve(fixture.Build(t, fsys, fixture.Tree{"private": "x", "public": "y"}).IOFS())
			defer s.Close()
			got, err := s.ask(http.MethodGet, "/private")
			require.NoError(t, err)
			require.Equal(t, c.status, got.status)
			require.NotContains(t, got.body, "private")
			require.NoError(t, s.want(http.StatusOK, "y", "/public"))
		}, tempfs.WithHook(faults.Fail(c.errno, faults.On(c.kind), faults.Path("private"))))
	}
}

// TestServerOfAReleasedFs goes on, and has nothing.
func TestServerOfAReleasedFs(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		s := serve(fixture.Build(t, fsys, site()).IOFS())
		defer s.Close()
		require.NoError(t, s.want(http.StatusOK, photo, "/photo.txt"))
		require.NoError(t, fsys.Release())
		got, err := s.ask(http.MethodGet, "/photo.txt")
		require.NoError(t, err)
		require.Equal(t, http.StatusInternalServerError, got.status)
	})
}

// TestServerByAfero: http.FileServer itself takes the file that this opens, and not a wrapper around it, so that the kernel sends it (sendfile(2)) if it is on disk.
func TestServerByAfero(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, site())
		s := server{httptest.NewServer(
			http.FileServer(afero.NewHttpFs(fsys)),
		)}
		defer s.Close()
		require.NoError(t, s.want(http.StatusOK, photo, "/photo.txt"))
		require.NoError(t, s.want(http.StatusPartialContent, photo[:6], "/photo.txt", "Range", "bytes=0-5"))
		require.NoError(t, s.redirects("/notes", "notes/"))
	})
}

// TestServerWhileItIsReplaced: each visitor sees one version or the other, whole, while a deployment puts new ones in its place by rename.
func TestServerWhileItIsReplaced(t *testing.T) {
	versions := []string{strings.Repeat("old\n", 5_000), strings.Repeat("new, and longer\n", 5_000)}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, afero.WriteFile(fsys, "page.txt", []byte(versions[0]), 0o644))
		s := serve(fsys.IOFS())
		defer s.Close()
		failures := make(chan error, 4)
		visit := func() error {
			for range 25 {
				got, err := s.ask(http.MethodGet, "/page.txt")
				if err != nil {
					return err
				}
				if !slices.Contains(versions, got.body) {
					return fmt.Errorf("status %d and %d bytes, which is neither version", got.status, len(got.body))
				}
			}
			return nil
		}
		for range cap(failures) {
			go func() { failures <- visit() }()
		}
		for i := range 50 {
			require.NoError(t, afero.WriteFile(fsys, "next", []byte(versions[(i+1)%2]), 0o644))
			require.NoError(t, fsys.Rename("next", "page.txt"))
		}
		for range cap(failures) {
			require.NoError(t, <-failures)
		}
	})
}
