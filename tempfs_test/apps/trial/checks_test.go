package trial

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestChecksCount what passed on filesystems that are here for comparison, and have no failure of theirs fail the test.
func TestChecksCount(t *testing.T) {
	checks := (&Ground{Name: "MemMapFs"}).Checks(t)
	for _, err := range []error{nil, errors.New("no links"), nil} {
		checks.Check("a check", func() error { return err })
	}
	require.Equal(t, 2, checks.passed)
	require.Equal(t, 3, checks.total)
	require.False(t, t.Failed())
}

// TestGrounds are those that the table has columns for, and each is empty and its own.
func TestGrounds(t *testing.T) {
	var names []string
	Each(t, func(t *testing.T, on *Ground) {
		names = append(names, on.Name)
		require.Equal(t, on.Ours != nil, on.Fs.Name() == "tempfs")
		require.NoError(t, on.Fs.Mkdir("/mine", 0o755))
	})
	require.Equal(t, columns, names)
}
