package locate

import (
	"io/fs"
	"sync"
)

// found is the answer of Dir.
var found cache

// cache keeps a directory once there is one. It keeps no failure.
type cache struct {
	mu  sync.Mutex
	dir string // guarded by mu; "" before the first success
}

// get returns the directory that is kept, else that of search. It searches under the lock, so that all who ask at once
// wait for one search.
func (c *cache) get(search func() (string, error)) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir == "" {
		dir, err := search()
		if err != nil {
			return "", err
		}
		c.dir = dir
	}
	return c.dir, nil
}

func (c *cache) set(dir string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dir = dir
}

// Dir returns the directory for temporary files of this process: absolute, clean, links not resolved. It mirrors Python's
// tempfile.gettempdir.
//
// The first success is kept: from then on neither the environment nor the directory is looked at, until [SetDir] or [Reset]. A
// search that failed runs again at the next call; its error is a [*NotFoundError]. Any number of goroutines may call it, and those
// who call first search once.
func Dir() (string, error) {
	return found.get(func() (string, error) {
		r, err := Search(Options{})
		return r.Dir, err
	})
}

// SetDir makes dir the answer of [Dir], made absolute, and proven as the search proves its candidates. It mirrors an assignment to
// Python's tempfile.tempdir, which proves nothing.
//
// A dir that cannot be used changes nothing. The error is then a *fs.PathError whose Op is "setdir". By [errors.Is] it is
// fs.ErrNotExist when dir is missing or "", fs.ErrPermission when it may not be written to, else the errno, such as
// ENOTDIR or ENOSPC. Any number of goroutines may call it.
func SetDir(dir string) error {
	abs, err := absolute(dir, Options{})
	if err == nil {
		err = probe(abs, realSystem)
	}
	if err != nil {
		return &fs.PathError{Op: "setdir", Path: dir, Err: err}
	}
	found.set(abs)
	return nil
}

// Reset makes the next [Dir] search again. Any number of goroutines may call it.
func Reset() {
	found.set("")
}
