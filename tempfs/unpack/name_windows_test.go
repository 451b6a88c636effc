package unpack

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNamesThatWindowsReservesAreRefused(t *testing.T) {
	l := Limits{Depth: defaultDepth, Name: defaultName, Path: defaultPath}
	for _, name := range []string{"NUL", "con", "a/COM1", "file:stream", "a./b", "a /b", "x.", "lpt9/x"} {
		_, err := l.cleanName(name)
		require.ErrorIs(t, err, ErrUnsafePath, name)
	}
	for _, name := range []string{"nulls", ".hidden", "a.b", "a b"} {
		_, err := l.cleanName(name)
		require.NoError(t, err, name)
	}
}
