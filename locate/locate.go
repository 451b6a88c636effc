package locate

import (
	"path/filepath"
	"sync"
)

// cached is the answer of Dir: one search for all that ask at once, kept when it found something.
var cached struct {
	mu  sync.Mutex
	dir string // guarded by mu; "" before the first success
}

// Dir returns the directory for temporary files of this process: absolute, clean, links not resolved. The search runs
// once: an environment that changes later has no effect. A search that failed runs again at the next call; its error
// is a *NotFoundError. Any number of goroutines may call it.
func Dir() (string, error) {
	cached.mu.Lock()
	defer cached.mu.Unlock()
	if cached.dir == "" {
		r, err := Search(Options{})
		if err != nil {
			return "", err
		}
		cached.dir = r.Dir
	}
	return cached.dir, nil
}

// SetDir makes dir the answer of [Dir], made absolute and proven as the search proves its candidates. A dir that cannot be
// used changes nothing; the error names it.
func SetDir(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := probe(abs, realSystem); err != nil {
		return err
	}
	cached.mu.Lock()
	defer cached.mu.Unlock()
	cached.dir = abs
	return nil
}

// Reset makes the next [Dir] search again.
func Reset() {
	cached.mu.Lock()
	defer cached.mu.Unlock()
	cached.dir = ""
}
