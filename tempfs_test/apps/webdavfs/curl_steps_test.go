package webdavfs_test

import (
	"fmt"
	"strings"
)

// step is a part of a check.
type step = func() error

// steps are done until one fails.
func steps(all ...step) step {
	return func() error {
		for _, each := range all {
			if err := each(); err != nil {
				return err
			}
		}
		return nil
	}
}

// expect wants a status.
func (c *curl) expect(status int, method, path string, options ...string) step {
	return func() error {
		got, err := c.ask(method, path, options...)
		if err == nil && got.status != status {
			err = fmt.Errorf("%s %s: %d, and not %d", method, path, got.status, status)
		}
		return err
	}
}

// has wants a file with this content.
func (c *curl) has(path, content string) step {
	return func() error {
		got, err := c.ask("GET", path)
		if err == nil && (got.status != 200 || got.body != content) {
			err = fmt.Errorf("GET %s: %d, %d bytes that begin %.40q, and not %d that begin %.40q", path, got.status, len(got.body), got.body, len(content), content)
		}
		return err
	}
}

func (c *curl) puts(path, content string) step {
	return c.expect(201, "PUT", path, "--data-binary", content)
}

func (c *curl) makes(path string) step { return c.expect(201, "MKCOL", path) }

func (c *curl) lacks(path string) step { return c.expect(404, "GET", path) }

// to are the options of a request with a destination.
func (c *curl) to(path string, more ...string) []string {
	return append([]string{"--header", "Destination: " + c.url + path}, more...)
}

// lists wants a PROPFIND of the first of these to have all of them, in any order, and no more.
func (c *curl) lists(depth string, paths ...string) step {
	return func() error {
		got, err := c.ask("PROPFIND", paths[0], "--header", "Depth: "+depth)
		if err != nil {
			return err
		}
		found := strings.Count(got.body, "<D:href>")
		for _, path := range paths {
			if !strings.Contains(got.body, "<D:href>"+path+"</D:href>") {
				return fmt.Errorf("PROPFIND %s: %d, without %s: %s", paths[0], got.status, path, got.body)
			}
		}
		if got.status != 207 || found != len(paths) {
			return fmt.Errorf("PROPFIND %s: %d with %d, and not %d: %s", paths[0], got.status, found, len(paths), got.body)
		}
		return nil
	}
}
