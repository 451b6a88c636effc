package tempfs_test

import (
	"errors"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// spy is a hook that remembers what it was asked.
type spy struct {
	mu   sync.Mutex
	ops  []tempfs.Op
	stop func(tempfs.Op) error // nil: stops nothing
}

func (s *spy) hook(op tempfs.Op) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ops = append(s.ops, op)
	if s.stop == nil {
		return nil
	}
	return s.stop(op)
}

// stopping begins anew with another answer.
func (s *spy) stopping(stop func(tempfs.Op) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ops, s.stop = nil, stop
}

// randomName is the part of a temporary file's name that is another each time.
var randomName = regexp.MustCompile(`tmp[a-z0-9_]{8}`)

// said are the operations since stopping, in words and without random names.
func (s *spy) said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	words := make([]string, 0, len(s.ops))
	for _, op := range s.ops {
		words = append(words, randomName.ReplaceAllString(op.String(), "tmp*"))
	}
	return words
}

// stopError is an error that no errno can stand for.
type stopError struct{ op tempfs.Op }

func (*stopError) Error() string { return "stopped" }

// stopAll stops each operation with an error of its own.
func stopAll(op tempfs.Op) error { return &stopError{op} }

// newSpied makes an Fs with a directory /d with a file x, a file /f and a link /link to it, and a spy that has seen nothing.
func newSpied(t *testing.T, opts ...tempfs.Option) (*tempfs.Fs, *spy) {
	t.Helper()
	s := &spy{}
	fsys := tempfs.Test(t, append(opts, tempfs.WithHook(s.hook))...)
	require.NoError(t, fsys.Mkdir("/d", 0o755))
	require.NoError(t, errors.Join(put(fsys, "/d/x", "x"), put(fsys, "/f", "content"), fsys.SymlinkIfPossible("f", "/link")))
	s.stopping(nil)
	return fsys, s
}
