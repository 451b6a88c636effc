package tempfs

import (
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestSpooledOnAFullDisk moves to a filesystem that has not room enough, in an Fs and on the host, and then has it.
func TestSpooledOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skip("a small filesystem cannot be mounted:", err)
	}
	// Detached, since a test that fails may leave a file open in it.
	t.Cleanup(func() { require.NoError(t, unix.Unmount(dir, unix.MNT_DETACH)) })
	check := func(t *testing.T, spooled spooler) {
		t.Helper()
		filler := dir + "/filler"
		require.NoError(t, os.WriteFile(filler, make([]byte, 192<<10), 0o600))
		f := spooled.must(t, 100_000)
		content := strings.Repeat("0123456789", 10_000)
		write(t, f, content)
		seek(t, f, 99_990)
		n, err := f.Write([]byte("0123456789abc"))
		require.ErrorIs(t, err, syscall.ENOSPC)
		require.Zero(t, n)
		require.False(t, f.Rolled())
		requireState(t, f, content, 99_990)
		require.EqualError(t, f.Roll(), "roll : cannot move it out of memory: no space left on device")
		requireState(t, f, content, 99_990)

		require.NoError(t, os.Remove(filler))
		write(t, f, "0123456789abc")
		require.True(t, f.Rolled())
		requireState(t, f, content+"abc", 100_003)
		require.NoError(t, f.Close())
	}
	t.Run("host", func(t *testing.T) {
		check(t, func(maxSize int64, opts ...FileOption) (*SpooledFile, error) {
			return SpooledTemporaryFile(maxSize, append(opts, In(dir))...)
		})
	})
	t.Run("Fs", func(t *testing.T) { check(t, Test(t, In(dir)).SpooledTemporaryFile) })
}

// TestSpooledRollKeepsHoles looks at the blocks that the file takes.
func TestSpooledRollKeepsHoles(t *testing.T) {
	const far = 1 << 40 // to read its zeros would take an hour
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		for _, flag := range []int{0, os.O_APPEND} {
			f := spooled.must(t, 0, Flags(flag))
			require.NoError(t, f.Truncate(1<<20))
			seek(t, f, far)
			if flag == 0 {
				write(t, f, "x")
			}
			require.NoError(t, f.Truncate(far+1<<20))
			require.NoError(t, f.Roll())
			info, err := f.Stat()
			require.NoError(t, err)
			require.EqualValues(t, far+1<<20, info.Size())
			require.Less(t, info.Sys().(*syscall.Stat_t).Blocks, int64(1000))
			got := make([]byte, 2)
			_, err = f.ReadAt(got, far)
			require.NoError(t, err)
			if flag == 0 {
				require.Equal(t, "x\x00", string(got))
			}
		}
	})
}

// TestSpooledDescriptorIsThatOfTheFile reads by it what was written to memory.
func TestSpooledDescriptorIsThatOfTheFile(t *testing.T) {
	f, err := SpooledTemporaryFile(0, In(t.TempDir()))
	require.NoError(t, err)
	defer f.Close()
	write(t, f, "content")
	conn, err := f.SyscallConn()
	require.NoError(t, err)
	require.NoError(t, conn.Control(func(fd uintptr) {
		got := make([]byte, 10)
		n, err := unix.Pread(int(fd), got, 0)
		require.NoError(t, err)
		require.Equal(t, "content", string(got[:n]))
		flags, err := unix.FcntlInt(fd, unix.F_GETFD, 0)
		require.NoError(t, err)
		require.Equal(t, unix.FD_CLOEXEC, flags&unix.FD_CLOEXEC)
	}))
}

// openIn counts the descriptors of files that are, or were, in the directory.
func openIn(t *testing.T, dir string) (n int) {
	t.Helper()
	for _, fd := range listed(t, "/proc/self/fd") {
		target, err := os.Readlink("/proc/self/fd/" + fd.Name())
		if err == nil && strings.HasPrefix(target, dir) {
			n++
		}
	}
	return n
}

// TestSpooledThatWasDroppedLeavesNoDescriptor has the garbage collector close what nobody did, and a failed roll close what it made.
func TestSpooledThatWasDroppedLeavesNoDescriptor(t *testing.T) {
	dir := t.TempDir()
	conns := make([]syscall.RawConn, 1)
	func() {
		for i := range 20 {
			f, err := SpooledTemporaryFile(-1, In(dir))
			require.NoError(t, err)
			write(t, f, strconv.Itoa(i))
			if i == 0 { // a derived object keeps the file
				conns[0], err = f.SyscallConn()
				require.NoError(t, err)
			}
		}
		require.Positive(t, openIn(t, dir))
	}()
	collect(t, dir, 1)
	require.NoError(t, conns[0].Control(func(fd uintptr) {
		got := make([]byte, 1)
		_, err := unix.Pread(int(fd), got, 0)
		require.NoError(t, err)
		require.Equal(t, "0", string(got))
	}))
	runtime.KeepAlive(conns)
	conns[0] = nil
	collect(t, dir, 0)
}

// collect wants that only so many descriptors are left in the directory. What was collected is closed a moment later, by another goroutine.
func collect(t *testing.T, dir string, want int) {
	t.Helper()
	for range 1000 {
		if openIn(t, dir) == want {
			return
		}
		runtime.GC()
	}
	require.Equal(t, want, openIn(t, dir))
}

// TestSpooledClosedLeavesNoDescriptor also closes the files of a released Fs, and those of failed opens.
func TestSpooledClosedLeavesNoDescriptor(t *testing.T) {
	dir := t.TempDir()
	f, err := SpooledTemporaryFile(1, In(dir))
	require.NoError(t, err)
	require.Zero(t, openIn(t, dir), "a descriptor for what is in memory")
	write(t, f, "ab")
	require.Equal(t, 1, openIn(t, dir))
	require.NoError(t, f.Close())
	require.Zero(t, openIn(t, dir))

	fsys, err := New(In(dir))
	require.NoError(t, err)
	f, err = fsys.SpooledTemporaryFile(-1)
	require.NoError(t, err)
	write(t, f, "ab")
	require.NoError(t, fsys.Release())
	require.Zero(t, openIn(t, dir))
	require.Empty(t, listed(t, dir))
	_, err = io.Copy(f, strings.NewReader("x"))
	require.ErrorIs(t, err, os.ErrClosed)
}
