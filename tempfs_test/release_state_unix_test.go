//go:build unix

package tempfs_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// TestDescriptorsThatWereHandedOut are those of whoever has them: what he duplicated stays readable.
func TestDescriptorsThatWereHandedOut(t *testing.T) {
	var told []string
	fsys, err := tempfs.New(tempfs.OnLeak(func(l tempfs.Leak) { told = append(told, l.File) }))
	require.NoError(t, err)
	require.NoError(t, put(fsys, "/f", "content"))
	f, err := fsys.Open("/f")
	require.NoError(t, err)
	conn, err := f.(syscall.Conn).SyscallConn()
	require.NoError(t, err)
	var copied int
	require.NoError(t, conn.Control(func(fd uintptr) { copied, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0) }))
	require.NoError(t, err)
	file := os.NewFile(uintptr(copied), "copy")
	defer file.Close()

	require.NoError(t, fsys.Release())
	require.Equal(t, []string{"/f"}, told)
	require.ErrorIs(t, errOf(f.Read(make([]byte, 1))), fs.ErrClosed)
	require.Error(t, conn.Control(func(uintptr) { t.Error("a descriptor that was closed") }))
	content, err := io.ReadAll(file)
	require.NoError(t, err)
	require.Equal(t, "content", string(content))
}

// TestReleaseBesideAStuckRead ends a read that waits for a FIFO.
func TestReleaseBesideAStuckRead(t *testing.T) {
	fsys, err := tempfs.New()
	require.NoError(t, err)
	host := rootOf(t, fsys)
	require.NoError(t, unix.Mkfifo(filepath.Join(host, "fifo"), 0o600))
	f, err := fsys.OpenFile("/fifo", os.O_RDWR, 0) // so that there is a writer, and a read waits
	require.NoError(t, err)
	var reading sync.WaitGroup
	reading.Add(1)
	ended := make(chan error, 1)
	go func() {
		reading.Done()
		_, err := f.Read(make([]byte, 1))
		ended <- err
	}()
	reading.Wait()
	require.NoError(t, fsys.Release())
	require.ErrorIs(t, <-ended, fs.ErrClosed)
	requireGone(t, host)
}

// TestReleaseTouchesNoForeignDescriptor has 8 goroutines work when the Fs is released, and others open files all the time, which get the
// numbers of descriptors that were just closed. Nothing may be written to them, read from them, or closed under them.
func TestReleaseTouchesNoForeignDescriptor(t *testing.T) {
	dir := t.TempDir()
	const rounds, workers = 8, 8
	for round := range rounds {
		fsys, err := tempfs.New()
		require.NoError(t, err)
		host := rootOf(t, fsys)
		stop := make(chan struct{})
		var canaries sync.WaitGroup
		for i := range 2 {
			canaries.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					if err := canary(filepath.Join(dir, fmt.Sprint(round, i, n))); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		var warm sync.WaitGroup
		warm.Add(workers)
		require.NoError(t, parallel(workers+1, func(i int) error {
			if i == workers {
				warm.Wait()
				return fsys.Release()
			}
			isWarm := sync.OnceFunc(warm.Done)
			defer isWarm()
			err := workUntilClosed(fsys, fmt.Sprintf("/%d", i), rand.New(rand.NewPCG(uint64(round), uint64(i))), isWarm)
			if errors.Is(err, syscall.EBADF) {
				return fmt.Errorf("a descriptor that was closed: %w", err)
			}
			return wants(err, fs.ErrClosed)
		}))
		close(stop)
		canaries.Wait()
		requireGone(t, host)
	}
}

// canary is a file that only this function may touch.
func canary(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString("canary")
	content := make([]byte, 16)
	n, failed := f.ReadAt(content, 0)
	if !errors.Is(failed, io.EOF) || string(content[:n]) != "canary" {
		err = errors.Join(err, failed, fmt.Errorf("it holds %q", content[:n]))
	}
	return errors.Join(err, f.Close(), os.Remove(path))
}
