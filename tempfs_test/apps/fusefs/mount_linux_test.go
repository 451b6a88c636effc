package fusefs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs_test/apps/fusefs"
)

// mount mounts fsys until the end of the test, at which no file may be open any more. Where there is no FUSE, or no right to mount, the test is skipped, wherever it
// runs: containers often lack it, and no package can bring it.
func mount(t *testing.T, fsys *tempfs.Fs) (dir string) {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); errors.Is(err, fs.ErrNotExist) {
		t.Skip("there is no /dev/fuse on this host")
	}
	dir = t.TempDir()
	m, err := fusefs.New(fsys, dir)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skipf("this process may not mount: %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	t.Cleanup(func() {
		// The kernel tells of the last close when it has the time.
		require.EventuallyWithT(t, func(c *assert.CollectT) {
			require.Zero(c, fsys.Usage().OpenFiles, "files that nobody has open any more are open")
		}, time.Minute, time.Millisecond)
	})
	return dir
}

// TestNamesThatChangeMeanwhile: who has a directory, or another name of a file, finds what is there whatever it is called by now.
func TestNamesThatChangeMeanwhile(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		dir := mount(t, fsys)
		in := func(name string) string { return filepath.Join(dir, name) }
		require.NoError(t, os.MkdirAll(in("up/down"), 0o755))
		require.NoError(t, os.WriteFile(in("up/down/file"), []byte("text"), 0o644))
		down, err := syscall.Open(in("up/down"), syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
		require.NoError(t, err)
		defer func() { _ = syscall.Close(down) }()

		var changed sync.WaitGroup
		stop := make(chan struct{})
		changed.Go(func() {
			for name, next := in("up"), in("other"); ; name, next = next, name {
				select {
				case <-stop:
					return
				default:
				}
				if err := os.Rename(name, next); err != nil {
					t.Error(err)
					return
				}
			}
		})
		changed.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := unix.Linkat(down, "file", down, "again", 0); err != nil {
					t.Errorf("link: %v", err)
					return
				}
				if err := unix.Unlinkat(down, "again", 0); err != nil {
					t.Errorf("unlink: %v", err)
					return
				}
			}
		})
		for range 300 {
			fd, err := syscall.Openat(down, "file", syscall.O_RDWR, 0)
			if err != nil {
				t.Errorf("open: %v", err)
				break
			}
			if err := unix.Fchmodat(down, "file", 0o640, 0); err != nil {
				t.Errorf("chmod: %v", err)
			}
			_ = syscall.Close(fd)
		}
		close(stop)
		changed.Wait()
	})
}

// TestDirectoryIsReadAgain from its start: it has what came since.
func TestDirectoryIsReadAgain(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		dir, err := os.Open(mount(t, fsys))
		require.NoError(t, err)
		defer dir.Close()
		names, err := dir.Readdirnames(-1)
		require.NoError(t, err)
		require.Empty(t, names)
		require.NoError(t, os.Mkdir(filepath.Join(dir.Name(), "new"), 0o755))
		_, err = dir.Seek(0, 0)
		require.NoError(t, err)
		names, err = dir.Readdirnames(-1)
		require.NoError(t, err)
		require.Equal(t, []string{"new"}, names)
	})
}

// TestLimitsOfTheFs are the end of the disk for a program.
func TestLimitsOfTheFs(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		dir := mount(t, fsys)
		host := t.TempDir()
		require.NoError(t, run(t, dir, host, `fails dd if=/dev/zero of=big bs=64K count=100`))
		require.NoError(t, run(t, dir, host, `rm big; (dd if=/dev/zero of=big bs=64K count=100 2>&1 || true) >$HOST/said; grep 'No space left on device' $HOST/said; grep '^1000000 bytes' $HOST/said`))
		require.NoError(t, run(t, dir, host, `test "$(stat -c %s big)" = 1000000; fails bash -c 'echo x >>big'; rm big; echo x >small`))
		require.NoError(t, run(t, dir, host, `for i in $(seq 18); do touch $i; done; (touch one too many 2>&1 || true) | grep 'No space left on device'`))
	}, tempfs.WithLimits(tempfs.Limits{Bytes: 1_000_000, Files: 20}))
}

// TestBusyMountGoes, says so, and lets nobody hang.
func TestBusyMountGoes(t *testing.T) {
	mount(t, tempfs.Test(t)) // for its reasons to skip
	dir := t.TempDir()
	m, err := fusefs.New(tempfs.Test(t), dir)
	require.NoError(t, err)
	f, err := os.Create(filepath.Join(dir, "f"))
	require.NoError(t, err)
	defer f.Close()

	require.Error(t, m.Close())
	_, err = f.WriteString("x")
	require.Error(t, err)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries, "the mount is gone")
}

// TestReleasedFs: the mount stays, and each call is an error.
func TestReleasedFs(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		dir := mount(t, fsys)
		f, err := os.Create(filepath.Join(dir, "f"))
		require.NoError(t, err)
		require.NoError(t, fsys.Release())
		_, err = f.WriteString("x")
		require.ErrorIs(t, err, syscall.EIO)
		require.NoError(t, f.Close())
		require.ErrorIs(t, os.Mkdir(filepath.Join(dir, "d"), 0o755), syscall.EIO)
	})
}
