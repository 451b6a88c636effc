package tempfs_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestFullDiskIsNotALimit of ours: the error is no ErrQuota, and what is told as used is what was taken, then and afterwards.
func TestFullDiskIsNotALimit(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root mounts a small filesystem")
	}
	for _, backend := range []string{"disk", "spill"} {
		t.Run(backend, func(t *testing.T) {
			opts := append(optionsIn(backend, smallFilesystem(t, "size=1m,nr_inodes=200")), tempfs.WithLimits(tempfs.Limits{Bytes: 64 << 20, Files: 10_000}))
			fsys := tempfs.Test(t, opts...)
			f := requireOpen(t, fsys, "/large", os.O_RDWR|os.O_CREATE)
			n, err := f.Write(make([]byte, 4<<20))
			require.ErrorIs(t, err, syscall.ENOSPC)
			require.NotErrorIs(t, err, tempfs.ErrQuota)
			require.Less(t, n, 4<<20)
			require.Equal(t, int64(n), sizeOf(t, fsys, "/large"))
			requireUsage(t, fsys, int64(n), 1)

			for _, name := range []string{"/a", "/b"} {
				n, err := writeOnce(fsys, name, numberedContent(1, 100_000))
				require.Equal(t, n < 100_000, err != nil)
				require.NotErrorIs(t, err, tempfs.ErrQuota)
				requireBooks(t, fsys)
			}
			require.NoError(t, f.Truncate(100))
			requireBooks(t, fsys)
			require.NoError(t, put(fsys, "/a", numberedContent(2, 100_000)))
			requireBooks(t, fsys)
			require.NoError(t, f.Close())
			require.NoError(t, fsys.RemoveAll("/"))
			requireUsage(t, fsys, 0, 0)
		})
	}
}

// TestDiskWithoutInodesIsNotALimit either: what could not be made is not counted.
func TestDiskWithoutInodesIsNotALimit(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root mounts a small filesystem")
	}
	fsys := tempfs.Test(t, tempfs.In(smallFilesystem(t, "size=1m,nr_inodes=20")), tempfs.WithLimits(tempfs.Limits{Files: 10_000}))
	made := int64(0)
	for i := range 30 {
		name := fmt.Sprintf("/%d", i)
		err := [](func() error){
			func() error { return opened(fsys.Create(name)) },
			func() error { return fsys.Mkdir(name, 0o755) },
			func() error { return fsys.SymlinkIfPossible("x", name) },
			func() error {
				f, err := fsys.TemporaryFile()
				if err == nil {
					made-- // it goes with its close
				}
				return opened(f, err)
			},
		}[i%4]()
		if err == nil {
			made++
			continue
		}
		require.ErrorIs(t, err, syscall.ENOSPC)
		require.NotErrorIs(t, err, tempfs.ErrQuota)
	}
	require.Less(t, made, int64(20))
	require.Equal(t, made, fsys.Usage().Files)
	requireBooks(t, fsys)
}

// TestDiskThatIsFullBeforeTheLimit is met by a write that the limit has cut already.
func TestDiskThatIsFullBeforeTheLimit(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root mounts a small filesystem")
	}
	fsys := tempfs.Test(t, tempfs.In(smallFilesystem(t, "size=1m")), tempfs.WithLimits(tempfs.Limits{Bytes: 2 << 20}))
	n, err := writeOnce(fsys, "/f", numberedContent(1, 4<<20))
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NotErrorIs(t, err, tempfs.ErrQuota, "of the two it was the disk")
	require.LessOrEqual(t, n, 1<<20)
	requireUsage(t, fsys, int64(n), 1)

	n, err = writeOnce(fsys, "/large", numberedContent(1, 10))
	require.Zero(t, n)
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NotErrorIs(t, err, tempfs.ErrQuota)
	requireBooks(t, fsys)
}
