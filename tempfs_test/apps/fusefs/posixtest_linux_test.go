package fusefs_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hanwen/go-fuse/v2/posixtest"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// cannot are the tests of posixtest that ask for what no afero.Fs has, but for one.
var cannot = map[string]string{
	"Fallocate":           "an afero.File has no fallocate(2)",
	"FallocateKeepSize":   "an afero.File has no fallocate(2)",
	"SetattrSymlink":      "package os cannot set the times of a symbolic link",
	"Tmpfile":             "a file without a name cannot be given one",
	"XAttr":               "there are no extended attributes",
	"XAttrLarge":          "there are no extended attributes",
	"FcntlFlockLocksFile": "a process does not lock itself out, by fcntl(2), and no filesystem of the kernel does that to it",
}

// TestPosixtest is the suite by which go-fuse tries filesystems.
func TestPosixtest(t *testing.T) {
	const row = "FUSE: posixtest of go-fuse"
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		if on.Ours == nil {
			on.Record(t, row, "-")
			return
		}
		dir := mount(t, on.Ours)
		passed := 0
		for _, name := range slices.Sorted(maps.Keys(posixtest.All)) {
			ok := t.Run(name, func(t *testing.T) {
				if why := cannot[name]; why != "" {
					t.Skip(why)
				}
				own := filepath.Join(dir, name)
				require.NoError(t, os.Mkdir(own, 0o755))
				posixtest.All[name](t, own)
			})
			if ok && cannot[name] == "" {
				passed++
			}
		}
		on.Score(t, row, passed, len(posixtest.All), len(posixtest.All)-len(cannot))
	})
}
