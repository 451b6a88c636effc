package tempfs

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
)

// TestSpooledRollThatFailsLosesNothing has no directory to move to, and then has it.
func TestSpooledRollThatFailsLosesNothing(t *testing.T) {
	type ground struct {
		spooled spooler
		mkdir   func() error
		opts    []FileOption
	}
	check := func(t *testing.T, g ground) {
		t.Helper()
		f := g.spooled.must(t, 10, g.opts...)
		write(t, f, "0123456789")
		seek(t, f, 8)

		fails := func(op string, err error) {
			t.Helper()
			require.ErrorIs(t, err, fs.ErrNotExist)
			shaped, ok := err.(*fs.PathError) //nolint:errorlint // the outermost is meant
			require.True(t, ok, "%T", err)
			require.Equal(t, op, shaped.Op)
			require.Empty(t, shaped.Path)
			var cause *fs.PathError
			require.ErrorAs(t, shaped.Err, &cause, "the directory is not named")
			require.Contains(t, cause.Path, "later")
			require.False(t, f.Rolled())
			requireState(t, f, "0123456789", 8)
		}
		for range 2 {
			n, err := f.Write([]byte("abc"))
			fails("write", err)
			require.Zero(t, n)
			n, err = f.WriteAt([]byte("abc"), 9)
			fails("write", err)
			require.Zero(t, n)
			copied, err := f.ReadFrom(strings.NewReader("abc"))
			fails("write", err)
			require.Zero(t, copied)
			fails("truncate", f.Truncate(11))
			fails("roll", f.Roll())
			fails("syscallconn", errOnly(f.SyscallConn()))
		}
		write(t, f, "89") // what memory has room for is taken
		require.False(t, f.Rolled())

		require.NoError(t, g.mkdir())
		write(t, f, "abc")
		require.True(t, f.Rolled())
		requireState(t, f, "0123456789abc", 13)
	}
	Each(t, func(t *testing.T, fsys *Fs) {
		check(t, ground{
			fsys.SpooledTemporaryFile,
			func() error { return fsys.Mkdir("/later", 0o700) },
			[]FileOption{In("later")},
		})
	})
	t.Run("host", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "later")
		check(t, ground{
			SpooledTemporaryFile,
			func() error { return os.Mkdir(dir, 0o700) },
			[]FileOption{In(dir)},
		})
	})
}

// TestSpooledAppendThatCannotRollLosesNothing has an offset that is not where the append would be.
func TestSpooledAppendThatCannotRollLosesNothing(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		f := spooled.must(t, 10, Flags(os.O_APPEND), In(noDirectory))
		write(t, f, "01234567")
		seek(t, f, 2)
		_, err := f.WriteString("abc")
		require.ErrorIs(t, err, fs.ErrNotExist)
		requireState(t, f, "01234567", 2)
		write(t, f, "89")
		requireState(t, f, "0123456789", 10)
		seek(t, f, 1000)
		require.False(t, f.Rolled())
	})
}

func TestSpooledTellsThatNoTempDirectoryWasFound(t *testing.T) {
	f, err := SpooledTemporaryFile(1, nowhere(t))
	require.NoError(t, err, "searched before it moved")
	defer f.Close()
	write(t, f, "a")
	_, err = f.Write([]byte("b"))
	var none *locate.NotFoundError
	require.ErrorAs(t, err, &none)
	require.ErrorContains(t, err, "write : cannot move it out of memory: ")
	requireState(t, f, "a", 1)
}

// TestSpooledDirectoryOfTheHostIsThatOfItsMaking changes the working directory meanwhile.
func TestSpooledDirectoryOfTheHostIsThatOfItsMaking(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("sub", 0o700))
	f, err := SpooledTemporaryFile(1, In("sub"))
	require.NoError(t, err)
	defer f.Close()
	t.Chdir(t.TempDir())
	require.NoError(t, f.Roll())
}

// faulty is a file that fails.
type faulty struct {
	handle
	room   int           // bytes that it takes
	errno  syscall.Errno // when that is not all; zero: it does not tell
	fails  string        // a method that has errno always
	closed int
}

func (h *faulty) Write(p []byte) (int, syscall.Errno) {
	if len(p) <= h.room {
		h.room -= len(p)
		return h.handle.Write(p)
	}
	n, _ := h.handle.Write(p[:h.room])
	h.room = 0
	return n, h.errno
}

func (h *faulty) Truncate(size int64) syscall.Errno {
	if h.fails == "Truncate" {
		return h.errno
	}
	return h.handle.Truncate(size)
}

func (h *faulty) Lseek(off int64, whence int) (int64, syscall.Errno) {
	if h.fails == "Lseek" {
		return 0, h.errno
	}
	return h.handle.Lseek(off, whence)
}

func (h *faulty) Chmod(mode fs.FileMode) syscall.Errno {
	if h.fails == "Chmod" {
		return h.errno
	}
	return h.handle.Chmod(mode)
}

func (h *faulty) Close() syscall.Errno {
	h.closed++
	return h.handle.Close()
}

// TestSpooledMoveThatFailsLosesNothing fails in each step of the copy, also by a write that is short and tells nothing.
func TestSpooledMoveThatFailsLosesNothing(t *testing.T) {
	const all = 1 << 30
	for name, c := range map[string]struct {
		faulty
		want error
	}{
		"full":             {faulty{room: 70_000, errno: syscall.ENOSPC}, syscall.ENOSPC},
		"full at once":     {faulty{errno: syscall.ENOSPC}, syscall.ENOSPC},
		"short":            {faulty{room: 70_000}, io.ErrShortWrite},
		"short by a byte":  {faulty{room: 99_999}, io.ErrShortWrite},
		"nothing taken":    {faulty{}, io.ErrShortWrite},
		"no hole":          {faulty{room: all, errno: syscall.EIO, fails: "Truncate"}, syscall.EIO},
		"no offset":        {faulty{room: all, errno: syscall.EINVAL, fails: "Lseek"}, syscall.EINVAL},
		"mode not settled": {faulty{room: all, errno: syscall.EPERM, fails: "Chmod"}, syscall.EPERM},
	} {
		t.Run(name, func(t *testing.T) {
			h := c.faulty
			tries := 0
			f := spooledOver(t, 200_000, func() (handle, syscall.Errno) {
				inner, errno := unnamedInMemory()
				if tries++; tries > 1 {
					return inner, errno
				}
				h.handle = inner
				return &h, errno
			})
			content := strings.Repeat("0123456789", 10_000)
			write(t, f, content)
			require.NoError(t, f.Truncate(200_000))
			require.Zero(t, f.spool.Chmod(0o640))
			seek(t, f, 12_345)

			err := f.Roll()
			require.ErrorIs(t, err, c.want)
			require.False(t, f.Rolled())
			require.Equal(t, 1, h.closed, "the file that it did not move to is open")
			requireState(t, f, content+string(make([]byte, 100_000)), 12_345)
			require.NoError(t, f.Roll())
			requireState(t, f, content+string(make([]byte, 100_000)), 12_345)
			require.Equal(t, fs.FileMode(0o640), modeOf(t, f))
		})
	}
}
