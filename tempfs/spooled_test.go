package tempfs

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/memfallback"
)

// spooler makes spooled files on one backend, or on the host.
type spooler func(maxSize int64, opts ...FileOption) (*SpooledFile, error)

func eachSpooler(t *testing.T, fn func(t *testing.T, spooled spooler)) {
	t.Helper()
	Each(t, func(t *testing.T, fsys *Fs) { fn(t, fsys.SpooledTemporaryFile) })
	t.Run("host", func(t *testing.T) {
		dir := t.TempDir()
		fn(t, func(maxSize int64, opts ...FileOption) (*SpooledFile, error) {
			return SpooledTemporaryFile(maxSize, append([]FileOption{In(dir)}, opts...)...)
		})
		require.Empty(t, listed(t, dir))
	})
}

func listed(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	return entries
}

// must closes the file with the test.
func (s spooler) must(t *testing.T, maxSize int64, opts ...FileOption) *SpooledFile {
	t.Helper()
	f, err := s(maxSize, opts...)
	require.NoError(t, err)
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			require.ErrorIs(t, err, fs.ErrClosed)
		}
	})
	return f
}

func write(t *testing.T, f afero.File, content string) {
	t.Helper()
	n, err := f.WriteString(content)
	require.NoError(t, err)
	require.Equal(t, len(content), n)
}

func seek(t *testing.T, f afero.File, offset int64) {
	t.Helper()
	_, err := f.Seek(offset, io.SeekStart)
	require.NoError(t, err)
}

// requireState wants of the file this content and this offset, and leaves both.
func requireState(t *testing.T, f afero.File, content string, offset int64) {
	t.Helper()
	at, err := f.Seek(0, io.SeekCurrent)
	require.NoError(t, err)
	require.Equal(t, offset, at, "offset")
	info, err := f.Stat()
	require.NoError(t, err)
	require.EqualValues(t, len(content), info.Size(), "size")
	got, err := io.ReadAll(io.NewSectionReader(f, 0, int64(len(content))+1))
	require.NoError(t, err)
	require.Equal(t, content, string(got))
}

const noDirectory = "/no/such/directory"

// growers are the ways to make a file of size bytes of a new one.
var growers = map[string]func(f *SpooledFile, size int) error{
	"Write":       func(f *SpooledFile, size int) error { return errOnly(f.Write(make([]byte, size))) },
	"WriteString": func(f *SpooledFile, size int) error { return errOnly(f.WriteString(strings.Repeat("x", size))) },
	"WriteAt":     func(f *SpooledFile, size int) error { return errOnly(f.WriteAt([]byte("x"), int64(size)-1)) },
	"Truncate":    func(f *SpooledFile, size int) error { return f.Truncate(int64(size)) },
	"ReadFrom": func(f *SpooledFile, size int) error {
		return errOnly(f.ReadFrom(io.LimitReader(zeros{}, int64(size))))
	},
	"bytes": func(f *SpooledFile, size int) error {
		for range size {
			if _, err := f.Write([]byte{'x'}); err != nil {
				return err
			}
		}
		return nil
	},
	"a write behind a hole": func(f *SpooledFile, size int) error {
		_, err := f.Seek(int64(size)-1, io.SeekStart)
		return errors.Join(err, errOnly(f.Write([]byte{'x'})))
	},
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestSpooledRollsWhenItWouldBeLargerThanItsBudget(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		for name, grow := range growers {
			for size, want := range map[int]bool{99: false, 100: false, 101: true, 1000: true} {
				f := spooled.must(t, 100)
				require.NoError(t, grow(f, size), name)
				require.Equal(t, want, f.Rolled(), "%s of %d bytes", name, size)
				info, err := f.Stat()
				require.NoError(t, err)
				require.EqualValues(t, size, info.Size(), name)
			}
		}
	})
}

// TestSpooledStaysInMemoryBelowItsBudget overwrites, shrinks and appends up to the last byte that memory has room for.
func TestSpooledStaysInMemoryBelowItsBudget(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		f := spooled.must(t, 10)
		for range 3 {
			seek(t, f, 0)
			write(t, f, "0123456789")
			require.NoError(t, f.Truncate(5))
		}
		_, err := f.WriteAt([]byte("abcde"), 5)
		require.NoError(t, err)
		requireState(t, f, "01234abcde", 10)
		require.False(t, f.Rolled())
		write(t, f, "f")
		require.True(t, f.Rolled())
		requireState(t, f, "01234abcdef", 11)
	})
}

func TestSpooledWithBudgetZeroRollsWhenToldTo(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		for name, grow := range growers {
			f := spooled.must(t, 0)
			require.NoError(t, grow(f, 100_000), name)
			require.False(t, f.Rolled(), name)
			require.NoError(t, f.Roll(), name)
			require.True(t, f.Rolled(), name)
		}
		f := spooled.must(t, 0)
		_, err := f.WriteAt([]byte("xy"), 1<<63-2)
		require.Error(t, err)
		require.False(t, f.Rolled())
	})
}

func TestSpooledWithNegativeBudgetIsOnDiskAtOnce(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		f := spooled.must(t, -1)
		require.True(t, f.Rolled())
		write(t, f, "content")
		requireState(t, f, "content", 7)

		_, err := spooled(-1, In(noDirectory))
		require.ErrorIs(t, err, fs.ErrNotExist)
		var shaped *fs.PathError
		require.ErrorAs(t, err, &shaped)
	})
	_, err := SpooledTemporaryFile(-1, nowhere(t))
	var none *locate.NotFoundError
	require.ErrorAs(t, err, &none)
}

func TestSpooledRollKeepsContentOffsetAndMode(t *testing.T) {
	contents := map[string]string{
		"nothing": "", "a byte": "x", "text": "0123456789", "pages": strings.Repeat("0123456789abcdef", 20_000),
		"zeros": string(make([]byte, 200_000)),
	}
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		for name, content := range contents {
			for _, offset := range []int64{0, 1, int64(len(content)), 1 << 30} {
				for _, flag := range []int{0, os.O_APPEND} {
					f := spooled.must(t, 1<<20, Flags(flag))
					write(t, f, content)
					seek(t, f, offset)
					require.NoError(t, f.Roll())
					requireState(t, f, content, offset)
					require.NoError(t, f.Roll(), "again")
					requireState(t, f, content, offset)
					require.True(t, f.Rolled(), name)
				}
			}
		}
	})
}

func TestSpooledModeIsExactAndKept(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		for _, perm := range []fs.FileMode{0o600, 0o666, 0o444, 0} {
			f := spooled.must(t, 0, Perm(perm))
			write(t, f, "content")
			require.Equal(t, shown(perm), modeOf(t, f))
			require.NoError(t, f.Roll())
			require.Equal(t, shown(perm), modeOf(t, f))
		}
		f := spooled.must(t, 0)
		require.Equal(t, shown(0o600), modeOf(t, f))
		require.Zero(t, f.spool.Chmod(0o640))
		require.NoError(t, f.Roll())
		require.Equal(t, shown(0o640), modeOf(t, f))
	})
}

// shown is what of a mode a file of this system has. Windows keeps whether a file can be written, for everybody.
func shown(perm fs.FileMode) fs.FileMode {
	if filepath.Separator == '/' {
		return perm
	}
	return perm & 0o200
}

func modeOf(t *testing.T, f afero.File) fs.FileMode {
	t.Helper()
	info, err := f.Stat()
	require.NoError(t, err)
	if filepath.Separator == '/' {
		return info.Mode()
	}
	return info.Mode() & 0o200
}

func TestSpooledSeekDoesNotRollAndAHoleIsZeros(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		f := spooled.must(t, 10)
		write(t, f, "abc")
		seek(t, f, 1000)
		_, err := f.Write(nil)
		require.NoError(t, err)
		_, err = f.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF)
		require.False(t, f.Rolled())
		requireState(t, f, "abc", 1000)
		write(t, f, "x")
		require.True(t, f.Rolled())
		requireState(t, f, "abc"+string(make([]byte, 997))+"x", 1001)
	})
}

func TestSpooledTruncateExtendsWithZeros(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		for _, size := range []int64{50, 100, 101, 70_000} {
			for _, budget := range []int64{0, 100, -1} {
				f := spooled.must(t, budget)
				write(t, f, "abcdef")
				require.NoError(t, f.Truncate(3))
				require.NoError(t, f.Truncate(size))
				requireState(t, f, "abc"+string(make([]byte, size-3)), 6)
				require.Equal(t, budget < 0 || budget > 0 && size > budget, f.Rolled())
			}
		}
	})
}

// TestSpooledHoldsNoMoreThanItsBudget looks into memory at the moment of the roll.
func TestSpooledHoldsNoMoreThanItsBudget(t *testing.T) {
	for name, grow := range growers {
		looked := 0
		var f *SpooledFile
		f = spooledOver(t, 1000, func() (handle, syscall.Errno) {
			looked++
			info, errno := f.spool.current.Stat()
			require.Zero(t, errno)
			require.LessOrEqual(t, info.Size(), int64(1000), name)
			return unnamedInMemory()
		})
		write(t, f, strings.Repeat("x", 999))
		seek(t, f, 0)
		require.NoError(t, grow(f, 100_000), name)
		require.Equal(t, 1, looked, name)
	}
}

// spooledOver is a spooled file that moves to what open gives it.
func spooledOver(t *testing.T, maxSize int64, open func() (handle, syscall.Errno)) *SpooledFile {
	t.Helper()
	c, err := newFileConfig(nil)
	require.NoError(t, err)
	p := openedPlace{open: open}
	f, err := newSpooled(maxSize, c, p, func() (place, error) { return p, nil })
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// openedPlace has the files without a name from open.
type openedPlace struct {
	hostPlace
	open func() (handle, syscall.Errno)
}

func (p openedPlace) openUnnamed(int, fs.FileMode, bool) (handle, syscall.Errno) {
	return p.open()
}

func unnamedInMemory() (handle, syscall.Errno) {
	return memfallback.NewTree().OpenUnnamed("/", os.O_RDWR, 0o600, false)
}

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

func TestSpooledHonoursFlagsInBothStates(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		for _, budget := range []int64{0, 4, -1} {
			f := spooled.must(t, budget, Flags(os.O_APPEND))
			write(t, f, "abc")
			seek(t, f, 0)
			write(t, f, "Z")
			require.Equal(t, budget < 0, f.Rolled())
			seek(t, f, 0)
			write(t, f, "Y")
			requireState(t, f, "abcZY", 5)
			_, err := f.WriteAt([]byte("x"), 0)
			require.ErrorIs(t, err, errWriteAtAppend)

			f = spooled.must(t, budget, Flags(os.O_WRONLY))
			write(t, f, "0123456789")
			_, err = f.ReadAt(make([]byte, 1), 0)
			require.ErrorIs(t, err, syscall.EBADF)
			_, err = f.Read(make([]byte, 1))
			require.ErrorIs(t, err, syscall.EBADF)
			_, err = f.Read(nil)
			require.NoError(t, err)
			require.NoError(t, f.Roll())
			_, err = f.ReadAt(make([]byte, 1), 0)
			require.ErrorIs(t, err, syscall.EBADF)
			info, err := f.Stat()
			require.NoError(t, err)
			require.EqualValues(t, 10, info.Size())
		}
		_, err := spooled(1, Flags(os.O_RDWR|os.O_WRONLY))
		require.ErrorIs(t, err, fs.ErrInvalid)
		_, err = spooled(1, Prefix("../"))
		require.ErrorIs(t, err, fs.ErrInvalid)
	})
}

func TestSpooledHasNoNameInBothStates(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		f := spooled.must(t, 0)
		for range 2 {
			require.Empty(t, f.Name())
			info, err := f.Stat()
			require.NoError(t, err)
			require.Empty(t, info.Name())
			require.True(t, info.Mode().IsRegular())
			_, err = f.Readdirnames(-1)
			require.ErrorIs(t, err, syscall.ENOTDIR)
			require.NoError(t, f.Sync())
			require.NoError(t, f.Roll())
		}
	})
}

// TestSpooledReaderReadsOnAcrossTheRoll has three readers from before.
func TestSpooledReaderReadsOnAcrossTheRoll(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		f := spooled.must(t, 20)
		write(t, f, "line 1\nline 2\n")
		seek(t, f, 0)
		lines := bufio.NewReaderSize(f, 16)
		line, err := lines.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "line 1\n", line)
		section := io.NewSectionReader(f, 7, 100)

		write(t, f, "line 3\n")
		require.True(t, f.Rolled())
		seek(t, f, 14)
		rest, err := io.ReadAll(lines)
		require.NoError(t, err)
		require.Equal(t, "line 2\nline 3\n", string(rest))
		all, err := io.ReadAll(section)
		require.NoError(t, err)
		require.Equal(t, "line 2\nline 3\n", string(all))
	})
}

func TestSpooledCopiesFastBothWays(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		for _, budget := range []int64{0, 1000, -1} {
			f := spooled.must(t, budget)
			content := strings.Repeat("0123456789", 20_000)
			n, err := io.Copy(f, strings.NewReader(content))
			require.NoError(t, err)
			require.EqualValues(t, len(content), n)
			seek(t, f, 0)
			var b bytes.Buffer
			n, err = io.Copy(&b, f)
			require.NoError(t, err)
			require.EqualValues(t, len(content), n)
			require.Equal(t, content, b.String())
		}
	})
}

func TestSpooledSyscallConnRolls(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		f := spooled.must(t, 0)
		write(t, f, "content")
		conn, err := f.SyscallConn()
		require.True(t, f.Rolled())
		if strings.HasSuffix(t.Name(), "/memory") {
			require.ErrorIs(t, err, errors.ErrUnsupported)
			require.EqualError(t, err, "syscallconn : unsupported operation")
			return
		}
		require.NoError(t, err)
		called := false
		require.NoError(t, conn.Control(func(uintptr) { called = true }))
		require.True(t, called)
		requireState(t, f, "content", 7)
	})
}

// TestSyscallConnOfOtherFiles asks the files that have nothing to roll.
func TestSyscallConnOfOtherFiles(t *testing.T) {
	Each(t, func(t *testing.T, fsys *Fs) {
		opened, err := fsys.Create("/f")
		require.NoError(t, err)
		dir, err := fsys.Open("/")
		require.NoError(t, err)
		named, err := fsys.NamedTemporaryFile()
		require.NoError(t, err)
		unnamed, err := fsys.TemporaryFile()
		require.NoError(t, err)
		removed := &file{handle: &removedOnClose{handle: opened.(*file).handle}}
		for _, f := range []any{opened, dir, named, unnamed, removed} {
			_, err := f.(syscall.Conn).SyscallConn()
			if fsys.Backend() == backendMemory {
				require.ErrorIs(t, err, errors.ErrUnsupported)
				require.ErrorAs(t, err, new(*fs.PathError))
			} else {
				require.NoError(t, err)
			}
		}
	})
}

func TestNamedFileCopiesFastBothWays(t *testing.T) {
	Each(t, func(t *testing.T, fsys *Fs) {
		f, err := fsys.NamedTemporaryFile()
		require.NoError(t, err)
		_, err = io.Copy(f, struct{ io.Reader }{strings.NewReader("content")})
		require.NoError(t, err)
		seek(t, f, 0)
		var b bytes.Buffer
		_, err = io.Copy(struct{ io.Writer }{&b}, f)
		require.NoError(t, err)
		require.Equal(t, "content", b.String())
		require.NoError(t, f.Close())
	})
}

func TestSpooledIsClosedOnce(t *testing.T) {
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		for _, budget := range []int64{0, -1} {
			f, err := spooled(budget)
			require.NoError(t, err)
			write(t, f, "content")
			require.NoError(t, f.Close())
			for name, err := range map[string]error{
				"Close": f.Close(), "Roll": f.Roll(), "Truncate": f.Truncate(1), "Sync": f.Sync(),
				"Read": errOnly(f.Read(make([]byte, 1))), "ReadAt": errOnly(f.ReadAt(make([]byte, 1), 0)),
				"Write": errOnly(f.Write([]byte("x"))), "WriteAt": errOnly(f.WriteAt([]byte("x"), 0)),
				"WriteString": errOnly(f.WriteString("x")), "Seek": errOnly(f.Seek(0, io.SeekStart)),
				"Stat": errOnly(f.Stat()), "ReadFrom": errOnly(f.ReadFrom(strings.NewReader("x"))),
				"WriteTo": errOnly(f.WriteTo(io.Discard)), "SyscallConn": errOnly(f.SyscallConn()),
				"Readdir": errOnly(f.Readdir(-1)),
			} {
				require.ErrorIs(t, err, fs.ErrClosed, name)
				require.ErrorAs(t, err, new(*fs.PathError), name)
			}
			require.Equal(t, budget < 0, f.Rolled())
			require.Empty(t, f.Name())
			_, errno := f.spool.current.Stat()
			require.Equal(t, syscall.EBADF, errno, "what holds the content is open")
		}
	})
}

// TestSpooledRollLetsMemoryGo asks the handle that was left.
func TestSpooledRollLetsMemoryGo(t *testing.T) {
	f := spooledOver(t, 0, unnamedInMemory)
	memory := f.spool.current
	require.NoError(t, f.Roll())
	_, errno := memory.Stat()
	require.Equal(t, syscall.EBADF, errno)
}

func TestSpooledEndsWithItsFs(t *testing.T) {
	for _, budget := range []int64{0, 1, -1} {
		Each(t, func(t *testing.T, fsys *Fs) {
			f, err := fsys.SpooledTemporaryFile(budget)
			require.NoError(t, err)
			write(t, f, "content")
			require.NoError(t, fsys.Release())
			_, err = f.Write([]byte("x"))
			require.ErrorIs(t, err, fs.ErrClosed)
			require.ErrorIs(t, f.Roll(), fs.ErrClosed)
			_, err = fsys.SpooledTemporaryFile(budget)
			require.ErrorIs(t, err, fs.ErrClosed)
			require.ErrorAs(t, err, new(*fs.PathError))
		})
	}
}

// TestSpooledRollEndsForAClose closes while the file is moving.
func TestSpooledRollEndsForAClose(t *testing.T) {
	var f *SpooledFile
	var moved faulty
	closed := make(chan error)
	f = spooledOver(t, 0, func() (handle, syscall.Errno) {
		go func() { closed <- f.Close() }()
		for !f.spool.closed.Load() {
			runtime.Gosched()
		}
		inner, errno := unnamedInMemory()
		moved = faulty{handle: inner, room: 1 << 30}
		return &moved, errno
	})
	write(t, f, "content")
	require.ErrorIs(t, f.Roll(), fs.ErrClosed)
	require.NoError(t, <-closed)
	require.Equal(t, 1, moved.closed)
	require.False(t, f.Rolled())
}

// TestSpooledReleaseWhileRolling has files that move at the moment of the release.
func TestSpooledReleaseWhileRolling(t *testing.T) {
	Each(t, func(t *testing.T, fsys *Fs) {
		var wg sync.WaitGroup
		var began atomic.Int64
		for range 4 {
			wg.Go(func() {
				for {
					f, err := fsys.SpooledTemporaryFile(1000)
					for err == nil {
						began.Add(1)
						_, err = f.Write(make([]byte, 600))
						if f.Rolled() {
							err = errors.Join(err, f.Close())
							break
						}
					}
					if err != nil {
						require.ErrorIs(t, err, fs.ErrClosed)
						return
					}
				}
			})
		}
		for began.Load() < 100 {
			runtime.Gosched()
		}
		require.NoError(t, fsys.Release())
		wg.Wait()
	})
}

// TestSpooledIsSafeForConcurrentUse has writers of regions of their own and readers of them, who see zeros or what was written, while the file moves.
func TestSpooledIsSafeForConcurrentUse(t *testing.T) {
	const writers, region = 8, 1000
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		for range 5 {
			f := spooled.must(t, writers*region/2)
			var writing, reading sync.WaitGroup
			var done atomic.Bool
			for w := range writers {
				writing.Go(func() {
					p := bytes.Repeat([]byte{byte('A' + w)}, 10)
					for at := w * region; at < (w+1)*region; at += len(p) {
						require.NoError(t, errOnly(f.WriteAt(p, int64(at))))
						got := make([]byte, len(p))
						require.NoError(t, errOnly(f.ReadAt(got, int64(at))))
						require.Equal(t, p, got)
					}
				})
			}
			for range 2 {
				reading.Go(func() {
					p := make([]byte, writers*region)
					for !done.Load() {
						n, err := f.ReadAt(p, 0)
						if err != nil {
							require.ErrorIs(t, err, io.EOF)
						}
						for i, c := range p[:n] {
							require.True(t, c == 0 || c == byte('A'+i/region), "byte %d is %q", i, c)
						}
						f.Rolled()
						require.NoError(t, errOnly(f.Stat()))
					}
				})
			}
			writing.Wait()
			done.Store(true)
			reading.Wait()
			require.True(t, f.Rolled())
			var want strings.Builder
			for w := range writers {
				want.WriteString(strings.Repeat(string(rune('A'+w)), region))
			}
			requireState(t, f, want.String(), 0)
		}
	})
}

// TestSpooledConcurrentAppendsAreWhole also rolls at any time.
func TestSpooledConcurrentAppendsAreWhole(t *testing.T) {
	const writers, records = 4, 100
	eachSpooler(t, func(t *testing.T, spooled spooler) {
		for _, flag := range []int{0, os.O_APPEND} {
			f := spooled.must(t, 1000, Flags(flag))
			var wg sync.WaitGroup
			for w := range writers {
				wg.Go(func() {
					for r := range records {
						require.NoError(t, errOnly(f.WriteString(string(rune('a'+w))+strings.Repeat("-", 8)+"\n")))
						if w == 0 && r == records/10 {
							require.NoError(t, f.Roll())
						}
					}
				})
			}
			wg.Wait()
			seek(t, f, 0)
			content, err := io.ReadAll(f)
			require.NoError(t, err)
			require.Len(t, content, writers*records*10)
			for w := range writers {
				require.Equal(t, records, bytes.Count(content, []byte(string(rune('a'+w))+"--------\n")))
			}
		}
	})
}
