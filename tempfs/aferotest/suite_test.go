package aferotest

import (
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

func only1(name string) func(string) bool { return func(n string) bool { return n == name } }

func TestSuiteWithoutAFilesystem(t *testing.T) {
	failed := errors.New("no room")
	r := Suite{New: func() (afero.Fs, error) { return nil, failed }, Match: only1("mkdir/new")}.Run()
	require.Len(t, r.Failed(), 1)
	require.ErrorIs(t, r.Failed()[0].Err, failed)
}

func TestSuiteOfWhatIsUnsupported(t *testing.T) {
	s := Suite{New: func() (afero.Fs, error) { return afero.NewMemMapFs(), nil }, Match: only1("link/a directory")}
	r := s.Run()
	require.Empty(t, r.Failed())
	require.Len(t, r.Skipped(), 1)
	require.Equal(t, "Link", r.Skipped()[0].Unsupported)
	require.Equal(t, "1 cases: 0 passed, 0 failed, 1 not applicable\n  not applicable for want of Link: 1\n", r.String())

	s.Demand = true
	require.ErrorContains(t, s.Run().Failed()[0].Err, "lacks Link")
}

type closing struct {
	*memfallback.Fs
	err error
}

func (c closing) Close() error { return c.err }

func TestSuiteClosesTheFilesystem(t *testing.T) {
	failed := errors.New("busy")
	s := Suite{New: func() (afero.Fs, error) { return closing{memfallback.New(), failed}, nil }, Match: only1("mkdir/new")}
	require.ErrorIs(t, s.Run().Failed()[0].Err, failed)
}

func TestSuiteEndsWhatHangs(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	s := Suite{
		New: func() (afero.Fs, error) {
			return &broken{Fs: memfallback.New(), mkdirAll: func(string, fs.FileMode) error { <-release; return nil }}, nil
		},
		Match:     only1("mkdirall/new"),
		TimeLimit: 50 * time.Millisecond,
	}
	require.ErrorContains(t, s.Run().Failed()[0].Err, "not finished")
}

func TestSuiteOfGroups(t *testing.T) {
	s := Suite{New: func() (afero.Fs, error) { return memfallback.New(), nil }, Groups: []string{"umask"}}
	r := s.Run()
	require.Len(t, r.Results, 4)
	require.Empty(t, r.Failed())
	for _, one := range (Suite{}).tests() {
		require.NotContains(t, one.name, "huge/", "a group to ask for")
	}
}
