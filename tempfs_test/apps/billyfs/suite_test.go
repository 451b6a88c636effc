package billyfs_test

import (
	"bytes"
	"testing"

	"github.com/go-git/go-billy/v5/test"
	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
	"gopkg.in/check.v1"

	"github.com/aferotemp/go/tempfs_test/apps/billyfs"
	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// suite is billy's own for a Filesystem.
type suite struct {
	test.FilesystemSuite
	fsys afero.Fs
}

// SetUpTest has each test begin in an empty filesystem.
func (s *suite) SetUpTest(c *check.C) {
	top, err := afero.ReadDir(s.fsys, "/")
	c.Assert(err, check.IsNil)
	for _, entry := range top {
		c.Assert(s.fsys.RemoveAll("/"+entry.Name()), check.IsNil)
	}
	s.FilesystemSuite = test.NewFilesystemSuite(billyfs.ToBilly(s.fsys))
}

func TestBillySuite(t *testing.T) {
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		var said bytes.Buffer
		result := check.Run(&suite{fsys: on.Fs}, &check.RunConf{Output: &said})
		require.NoError(t, result.RunError)
		total := result.Succeeded + result.Failed + result.Panicked + result.FixturePanicked + result.Missed + result.Skipped + result.ExpectedFailures
		require.Equal(t, 97, total, "tests of the suite")
		if result.Succeeded < total {
			t.Log(said.String())
		}
		on.Score(t, "go-billy v5 suite", result.Succeeded, total, 97)
	})
}
