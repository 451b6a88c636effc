package tempfs_test

import (
	"testing"
	"testing/fstest"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/aferotest"
)

// allowAll is a hook that stops nothing.
func allowAll(tempfs.Op) error { return nil }

// TestConformanceOfHookedFs compares with package os what has a hook that stops nothing.
func TestConformanceOfHookedFs(t *testing.T) {
	onlyInFull(t)
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		opts = append(opts, tempfs.WithHook(allowAll))
		t.Run("fs", func(t *testing.T) {
			aferotest.Test(t, aferotest.Suite{New: func() (afero.Fs, error) { return tempfs.New(opts...) }, Demand: true, Process: inPlace})
		})
		t.Run("sub", func(t *testing.T) {
			aferotest.Test(t, aferotest.Suite{New: func() (afero.Fs, error) { return newSub(opts...) }, Demand: true, Process: inPlace})
		})
	})
}

func TestHookedViewPassesFSTest(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys := tempfs.Test(t, append(opts, tempfs.WithHook(allowAll))...)
		require.NoError(t, fsys.Import(fstest.MapFS{"a/b/c": {Data: []byte("c")}, "d": {Data: []byte("d")}}, "/"))
		require.NoError(t, fstest.TestFS(fsys.IOFS(), "a/b/c", "d"))
	})
}
