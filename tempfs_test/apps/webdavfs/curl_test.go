package webdavfs_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/aferotemp/go/tempfs_test/apps/trial"
	"github.com/aferotemp/go/tempfs_test/apps/webdavfs"
)

// TestCurl makes each request of RFC 4918, and looks at what the answer says and at what becomes of the files. No check counts on what an earlier one has left out.
func TestCurl(t *testing.T) {
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		c, checks := newCurl(t, serve(t, webdavfs.New(on.Fs))), on.Checks(t)
		for _, part := range []func(*curl, *trial.Checks){checkPut, checkGet, checkMkcol, checkTrees, checkLock} {
			part(c, checks)
		}
		checks.Record("WebDAV by curl")
	})
}

func checkPut(c *curl, checks *trial.Checks) {
	checks.Check("OPTIONS", func() error {
		got, err := c.ask("OPTIONS", "/")
		if err == nil && got.header("DAV") != "1, 2" {
			err = fmt.Errorf("no classes of WebDAV in %s", got.head)
		}
		return err
	})
	checks.Check("PUT", steps(c.puts("/new", "content"), c.has("/new", "content")))
	checks.Check("PUT again", steps(c.puts("/over", "long content"), c.puts("/over", "short"), c.has("/over", "short")))
	checks.Check("PUT in a missing parent", steps(c.expect(409, "PUT", "/lost/file", "--data", "x"), c.lacks("/lost")))
	checks.Check("PUT below a file", steps(c.puts("/above", "content"), c.expect(409, "PUT", "/above/file", "--data", "x"), c.has("/above", "content")))

	content := make([]byte, 3<<20+1) // which is more than the spill ground keeps in memory
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	source := filepath.Join(c.dir, "large")
	checks.Check("PUT large", steps(func() error { return os.WriteFile(source, content, 0o600) },
		c.expect(201, "PUT", "/large", "--upload-file", source), c.has("/large", string(content))))
}

func checkGet(c *curl, checks *trial.Checks) {
	checks.Check("GET", steps(c.puts("/numbers", "0123456789"), c.has("/numbers", "0123456789")))
	checks.Check("GET a range", func() error {
		got, err := c.ask("GET", "/numbers", "--range", "2-4")
		if err == nil && (got.status != 206 || got.body != "234" || got.header("Content-Range") != "bytes 2-4/10") {
			err = fmt.Errorf("%d, %q, %s", got.status, got.body, got.head)
		}
		return err
	})
	checks.Check("GET what is missing", c.lacks("/missing"))
	checks.Check("HEAD", func() error {
		got, err := c.ask("HEAD", "/numbers")
		if err == nil && (got.status != 200 || got.header("Content-Length") != "10") {
			err = fmt.Errorf("%d, %s", got.status, got.head)
		}
		return err
	})
}

func checkMkcol(c *curl, checks *trial.Checks) {
	checks.Check("MKCOL", steps(c.makes("/dir"), c.puts("/dir/file", "content"), c.has("/dir/file", "content")))
	checks.Check("MKCOL again", steps(c.expect(405, "MKCOL", "/dir"), c.has("/dir/file", "content")))
	checks.Check("MKCOL in a missing parent", steps(c.expect(409, "MKCOL", "/lost%20too/dir"), c.lacks("/lost%20too")))
	checks.Check("MKCOL below a file", steps(c.puts("/leaf", "content"), c.expect(409, "MKCOL", "/leaf/dir"), c.has("/leaf", "content")))
}

func checkTrees(c *curl, checks *trial.Checks) {
	checks.Check("PROPFIND", steps(
		c.makes("/found"), c.makes("/found/deep"), c.puts("/found/a%20file", "x"), c.puts("/found/deep/below", "x"),
		c.lists("0", "/found/"),
		c.lists("1", "/found/", "/found/a%20file", "/found/deep/"),
		c.expect(404, "PROPFIND", "/missing"),
	))
	checks.Check("COPY", steps(
		c.makes("/source"), c.puts("/source/file", "content"),
		c.expect(201, "COPY", "/source/file", c.to("/copy")...), c.has("/copy", "content"),
		c.expect(201, "COPY", "/source/", c.to("/copies/")...), c.has("/copies/file", "content"),
		c.has("/source/file", "content"),
	))
	checks.Check("MOVE", steps(
		c.makes("/from"), c.puts("/from/file", "content"), c.puts("/to", "old"),
		c.expect(412, "MOVE", "/from/", c.to("/to", "--header", "Overwrite: F")...), c.has("/to", "old"), c.has("/from/file", "content"),
		c.expect(204, "MOVE", "/from/", c.to("/to", "--header", "Overwrite: T")...), c.has("/to/file", "content"),
		c.lacks("/from/file"), c.lacks("/from"),
	))
	checks.Check("DELETE", steps(
		c.makes("/doomed"), c.puts("/doomed/a", "x"), c.puts("/doomed/b", "x"),
		c.expect(204, "DELETE", "/doomed/a"), c.lacks("/doomed/a"),
		c.expect(204, "DELETE", "/doomed/"), c.lacks("/doomed/b"), c.lacks("/doomed"),
		c.expect(404, "DELETE", "/doomed"),
	))
}

func checkLock(c *curl, checks *trial.Checks) {
	var token string
	lock := func() error {
		got, err := c.ask("LOCK", "/locked", "--data", lockInfo)
		if token = got.header("Lock-Token"); err == nil && token == "" {
			err = fmt.Errorf("%d and no token in %s", got.status, got.head)
		}
		return err
	}
	checks.Check("LOCK, and PUT without the token", steps(
		c.puts("/locked", "content"), lock,
		c.expect(423, "PUT", "/locked", "--data", "other"),
		c.expect(423, "PUT", "/dir/../locked/", "--data", "other"), // which is the same file
		c.has("/locked", "content"),
	))
	checks.Check("PUT with the token", func() error { // which is known by now
		return steps(
			c.expect(201, "PUT", "/locked", "--data", "mine", "--header", "If: ("+token+")"), c.has("/locked", "mine"),
			c.expect(204, "UNLOCK", "/locked", "--header", "Lock-Token: "+token), c.puts("/locked", "anybody's"),
		)()
	})
}
