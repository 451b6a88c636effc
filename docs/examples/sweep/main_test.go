//go:build unix && !aix && !solaris

package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	fsys, err := tempfs.New(tempfs.In(dir))
	require.NoError(t, err)
	tree, err := fsys.Detach()
	require.NoError(t, err)
	require.NoError(t, os.Chmod(tree, 0o700)) // no mark any more: an orphan

	for _, c := range []struct {
		args   []string
		said   string
		status int
		stays  bool
	}{
		{[]string{"-dir", dir}, "", 0, true}, // it is not an hour old
		{[]string{"-dir", dir, "-older", "0", "-prefix", "other"}, "", 0, true},
		{[]string{"-dir", dir, "-older", "0", "-n"}, tree + "\n", 0, true},
		{[]string{"-dir", dir, "-older", "0", "-timeout", "-1s"}, "", 1, true},
		{[]string{"-dir", dir, "-older", "0"}, tree + "\n", 0, false},
		{[]string{"-dir", tree}, "", 1, false},
		{[]string{"-older", "soon"}, "", 2, false},
		{[]string{dir}, "", 2, false},
	} {
		var stdout, stderr bytes.Buffer
		require.Equal(t, c.status, run(c.args, &stdout, &stderr), "%q: %s", c.args, &stderr)
		require.Equal(t, c.said, stdout.String(), "%q", c.args)
		require.Equal(t, c.status == 1, stdout.Len() == 0 && stderr.Len() > 0 && c.status != 2, "%q", c.args)
		_, err := os.Lstat(tree)
		require.Equal(t, c.stays, err == nil, "%q", c.args)
	}
}
