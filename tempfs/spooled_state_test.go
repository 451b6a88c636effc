package tempfs

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

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
			require.Equal(t, budget != 0, f.Rolled(), "the end of the file counts, not the offset")
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
		if name := t.Name(); strings.HasSuffix(name, "/"+backendMemory) || strings.HasSuffix(name, "/"+backendSpill) {
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
			if fsys.Backend() != backendDisk {
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

// TestSpooledWithoutUnnamedFiles moves to a file that has, or had, a name.
func TestSpooledWithoutUnnamedFiles(t *testing.T) {
	check := func(t *testing.T, p place) {
		t.Helper()
		c, err := newFileConfig(nil)
		require.NoError(t, err)
		f, err := newSpooled(3, c, p, func() (place, error) { return withoutUnnamed{place: p}, nil })
		require.NoError(t, err)
		write(t, f, "content")
		require.True(t, f.Rolled())
		requireState(t, f, "content", 7)
		info, err := f.Stat()
		require.NoError(t, err)
		require.Empty(t, info.Name())
		require.NoError(t, f.Close())
	}
	Each(t, func(t *testing.T, fsys *Fs) {
		if fsys.Backend() == backendDisk { // the others have them everywhere
			check(t, virtualPlace{fsys, ""})
		}
	})
	dir := t.TempDir()
	check(t, hostPlace{disk.Host{Dir: dir}})
	require.Empty(t, listed(t, dir))
}
