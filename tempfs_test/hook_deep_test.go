package tempfs_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestDeepTreeIsOneOperation of a clone, and of a persist, which go down by Subs of their own.
func TestDeepTreeIsOneOperation(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, s := newSpied(t, opts...)
		dig(t, fsys)
		s.stopping(nil)
		for _, backend := range backendNames {
			clone, err := fsys.Clone(cloneOptionsFor(backend)...)
			require.NoError(t, err)
			require.NoError(t, clone.Release())
		}
		require.Equal(t, []string{"clone /", "clone /", "clone /"}, s.said())

		s.stopping(nil)
		to := filepath.Join(t.TempDir(), "to")
		require.NoError(t, fsys.Persist(hop[:251], to))
		require.Equal(t, tempfs.OpPersist, s.ops[0].Kind)
		require.Len(t, s.said(), 1)
	})
}

// TestForgottenFsWhoseHookHoldsIt is garbage all the same, and is released.
func TestForgottenFsWhoseHookHoldsIt(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		told := newLeaks()
		hold := func(fsys *tempfs.Fs) (none struct{}, err error) {
			var hook tempfs.Hook
			clone, err := fsys.Clone(told.option(), tempfs.WithHook(func(op tempfs.Op) error { return hook(op) }))
			hook = func(tempfs.Op) error { return errors.Join(fsys.Release(), clone.Release()) }
			return none, err
		}
		_, _ = dropped(t, hold, opts...)
		require.Empty(t, told.next(t).File)
	})
}
