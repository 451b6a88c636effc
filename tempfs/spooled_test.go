package tempfs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
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
	Each(t, func(t *testing.T, fsys *Fs) {
		if fsys.Backend() == backendDisk {
			skipUnlessPOSIX(t)
		}
		fn(t, fsys.SpooledTemporaryFile)
	})
	t.Run("host", func(t *testing.T) {
		skipUnlessPOSIX(t)
		dir := t.TempDir()
		fn(t, func(maxSize int64, opts ...FileOption) (*SpooledFile, error) {
			return SpooledTemporaryFile(maxSize, append([]FileOption{In(dir)}, opts...)...)
		})
		if removesOpenFiles { // what is open is closed when the test has ended
			require.Empty(t, listed(t, dir))
		}
	})
}

func skipUnlessPOSIX(t *testing.T) {
	t.Helper()
	if !hostIsPOSIX {
		t.Skip("the files of this host have offsets and errnos of their own")
	}
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
		shaped, ok := err.(*fs.PathError) //nolint:errorlint // the outermost is meant
		require.True(t, ok, "%T", err)
		require.Equal(t, "open", shaped.Op)
		require.Contains(t, shaped.Path, "such")
	})
	_, err := SpooledTemporaryFile(-1, nowhere(t))
	require.IsType(t, &locate.NotFoundError{}, err)
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
