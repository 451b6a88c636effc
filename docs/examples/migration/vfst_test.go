package migration

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

func TestBackupFollowsALink(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fixture.Build(t, fsys, fixture.Tree{
			"home/anna/app.conf": fixture.File{Data: "port = 80\n", Mode: 0o640},
			"etc/app.conf":       fixture.Link("/home/anna/app.conf"),
		})
		require.NoError(t, backup(fsys, "/etc/app.conf"))
		fixture.Assert(t, fsys, fixture.Tree{
			"app.conf.bak": fixture.File{Data: "port = 80\n", Mode: 0o600},
			"app.conf":     fixture.Link("/home/anna/app.conf"),
		}, fixture.In("/etc"))
	})
}
