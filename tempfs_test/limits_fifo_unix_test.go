//go:build unix

package tempfs_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// TestFIFOWithoutAPartnerHoldsUpNothing that is done meanwhile in an Fs with limits.
func TestFIFOWithoutAPartnerHoldsUpNothing(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.WithLimits(tempfs.Limits{Bytes: 100, Files: 100}))
	require.NoError(t, unix.Mkfifo(filepath.Join(hostOf(t, fsys), "fifo"), 0o600))
	f, err := fsys.Open("/fifo")
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- errOf(f.Read(make([]byte, 1))) }()
	require.NoError(t, parallel(4, func(i int) error {
		name := "/" + string(rune('a'+i))
		return errors.Join(
			put(fsys, name, "content"), fsys.Rename(name, name+name[1:]), fsys.Remove(name+name[1:]),
			fsys.Mkdir(name, 0o755), fsys.Remove(name), unless(unix.ENXIO, opened(fsys.OpenFile("/fifo", os.O_WRONLY|os.O_CREATE, 0o600))),
		)
	}))
	require.NoError(t, f.Close())
	<-ended
	require.Zero(t, fsys.Usage().Bytes)
}

// TestFIFOCountsAsAFile from when it is opened, or removed, and has no bytes.
func TestFIFOCountsAsAFile(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.WithLimits(tempfs.Limits{Bytes: 100, Files: 100}))
	require.NoError(t, put(fsys, "/f", "content"))
	require.NoError(t, unix.Mkfifo(filepath.Join(hostOf(t, fsys), "fifo"), 0o600))
	r, err := fsys.Open("/fifo")
	require.NoError(t, err)
	w, err := fsys.OpenFile("/fifo", os.O_WRONLY, 0)
	require.NoError(t, err)
	require.NoError(t, errOf(w.WriteString("through it")))
	require.Equal(t, int64(7), fsys.Usage().Bytes)
	require.NoError(t, w.Close())
	require.NoError(t, reads(r, "through it"))
	require.NoError(t, r.Close())
	require.NoError(t, fsys.Remove("/fifo"))
	require.NoError(t, fsys.Remove("/f"))
	used := fsys.Usage()
	require.Zero(t, used.Bytes)
	require.GreaterOrEqual(t, used.Files, int64(0), "what others made was never charged, and is not given back")
}
