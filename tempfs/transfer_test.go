package tempfs

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

// requireLstat is the info of a name that is there.
func requireLstat(t *testing.T, f *Fs, name string) fs.FileInfo {
	t.Helper()
	info, _, err := f.LstatIfPossible(name)
	require.NoError(t, err)
	return info
}

// TestSourceThatChanged is told from one that has gone, and from one that cannot be read.
func TestSourceThatChanged(t *testing.T) {
	Each(t, func(t *testing.T, f *Fs) {
		s := virtualSource{Fs: f}
		put := func(name string) { require.NoError(t, afero.WriteFile(f, name, []byte("content"), 0o644)) }
		put("/f")
		put("/other")
		require.NoError(t, f.Mkdir("/d", 0o755))
		require.NoError(t, f.SymlinkIfPossible("f", "/link"))
		file, dir, link := requireLstat(t, f, "/f"), requireLstat(t, f, "/d"), requireLstat(t, f, "/link")
		require.NoError(t, errOnly(s.readLink("/link", link)))
		require.NoError(t, errOnly(s.readDir("/d", dir)))

		all := func(want string) {
			t.Helper()
			var gone vanishedError
			_, _, opened := s.open("/f", file)
			for _, err := range []error{opened, errOnly(s.readDir("/d", dir)), errOnly(s.readLink("/link", link))} {
				switch want {
				case "gone":
					require.ErrorAs(t, err, &gone)
				case "changed":
					require.Equal(t, errChanged, err)
				}
			}
		}
		for _, name := range []string{"/f", "/d", "/link"} {
			require.NoError(t, f.Rename(name, name+".old"))
		}
		all("gone")
		for _, name := range []string{"/f", "/d", "/link"} {
			put(name)
		}
		all("changed")
		for _, name := range []string{"/f", "/d", "/link"} {
			require.NoError(t, f.Remove(name))
			require.NoError(t, f.SymlinkIfPossible(name, name)) // a loop
		}
		_, _, err := s.open("/f", file)
		require.Equal(t, errChanged, err)
		require.Equal(t, errChanged, errOnly(s.readDir("/d", dir)))
		require.NoError(t, f.Remove("/f"))
		require.NoError(t, f.SymlinkIfPossible("other", "/f")) // one that leads to a file
		_, _, err = s.open("/f", file)
		require.Equal(t, errChanged, err)

		info := requireLstat(t, f, "/other")
		require.Equal(t, errChanged, s.changing("/other", info, syscall.ENOENT), "it came back")
		require.Equal(t, syscall.EACCES, s.changing("/other", info, syscall.EACCES))
		require.NoError(t, s.changing("/other", info, nil))
	})
}

// restless is a source in which nothing stays what it is.
type restless struct {
	virtualSource
	opened int
}

func (s *restless) open(string, fs.FileInfo) (fs.File, fs.FileInfo, error) {
	s.opened++
	return nil, nil, errChanged
}

func TestSourceThatNeverRests(t *testing.T) {
	Each(t, func(t *testing.T, f *Fs) {
		require.NoError(t, f.MkdirAll("/from/a", 0o755))
		require.NoError(t, f.Mkdir("/to", 0o755))
		require.NoError(t, afero.WriteFile(f, "/from/b", nil, 0o644))
		s := &restless{virtualSource: virtualSource{Fs: f}}
		err := newTransfer(opClone, s, f, nil).copyContent(route{"/from", "/to"})
		require.Equal(t, pathError(opClone, "/from/b", syscall.EAGAIN), err)
		require.Equal(t, maxChanges, s.opened)
		left, err := afero.ReadDir(f, "/to")
		require.NoError(t, err)
		require.Empty(t, left)
	})
}

// hooked is a copy of /from to /to that calls hook for all.
func hooked(t *testing.T, f *Fs, hook func(h handle) syscall.Errno) error {
	t.Helper()
	tr := newTransfer(opExport, virtualSource{Fs: f}, f, nil)
	tr.dropsSpecial, tr.onFile, tr.onDir = true, hook, hook
	return tr.copyContent(route{"/from", "/to"})
}

// hookable makes /from/d/f and /to.
func hookable(t *testing.T, f *Fs) (past time.Time) {
	t.Helper()
	past = time.Unix(1_000_000_000, 0)
	require.NoError(t, f.MkdirAll("/from/d", 0o755))
	require.NoError(t, f.Mkdir("/to", 0o755))
	require.NoError(t, afero.WriteFile(f, "/from/d/f", []byte("content"), 0o644))
	for name, mode := range map[string]fs.FileMode{"/from/d/f": fs.ModeSetuid | 0o440, "/from/d": fs.ModeSticky | 0o511} {
		require.NoError(t, f.Chmod(name, mode))
		require.NoError(t, f.Chtimes(name, past, past))
	}
	return past
}

// TestTransferHooks come last, with the file open and the directory complete.
func TestTransferHooks(t *testing.T) {
	Each(t, func(t *testing.T, f *Fs) {
		past := hookable(t, f)
		var called []string
		require.NoError(t, hooked(t, f, func(h handle) syscall.Errno {
			info, errno := h.Stat()
			require.Zero(t, errno)
			called = append(called, info.Name()+" "+info.Mode().String())
			require.True(t, info.ModTime().Equal(past), info.ModTime())
			return 0
		}))
		require.Equal(t, []string{"f -r--r-----", "d dr-x--x--x"}, called)
	})
}

// TestTransferHooksFail the copy.
func TestTransferHooksFail(t *testing.T) {
	Each(t, func(t *testing.T, f *Fs) {
		hookable(t, f)
		for calls, name := range []string{"/from/d/f", "/from/d"} {
			err := hooked(t, f, func(handle) syscall.Errno {
				if calls--; calls < 0 {
					return syscall.EIO
				}
				return 0
			})
			require.Equal(t, pathError(opExport, name, syscall.EIO), err)
			_, err = f.Stat("/to/d")
			require.ErrorIs(t, err, fs.ErrNotExist)
		}
	})
}

// setOnly takes each whence for io.SeekStart, as embed.FS does.
type setOnly struct{}

func (setOnly) Seek(off int64, _ int) (int64, error) { return off, nil }

// holedFile has data from 5 to 7 and from 9 on, and is cut to 10 when somebody asks for the end.
type holedFile struct{}

func (holedFile) Seek(off int64, whence int) (int64, error) {
	switch {
	case off >= 10:
		return 0, syscall.ENXIO
	case whence == memfallback.SeekHole && off < 7:
		return 7, nil
	case whence == memfallback.SeekHole:
		return 0, syscall.ENXIO
	case off < 5:
		return 5, nil
	case off >= 7:
		return max(off, 9), nil
	}
	return off, nil
}

func TestNextData(t *testing.T) {
	for _, c := range []struct {
		seeker          io.Seeker
		off, data, hole int64
		err             error
	}{
		{setOnly{}, 0, 0, math.MaxInt64, nil},
		{setOnly{}, 3, 3, math.MaxInt64, nil},
		{holedFile{}, 0, 5, 7, nil},
		{holedFile{}, 6, 6, 7, nil},
		{holedFile{}, 7, 9, math.MaxInt64, nil},
		{holedFile{}, 10, 0, 0, syscall.ENXIO},
	} {
		data, hole, err := nextData(c.seeker, c.off)
		require.Equal(t, c.err, err)
		require.Equal(t, [2]int64{c.data, c.hole}, [2]int64{data, hole}, c.off)
	}
}

// TestCauseOf drops each name and keeps what anybody can ask for.
func TestCauseOf(t *testing.T) {
	inner := &fs.PathError{Op: "read", Path: "/host", Err: &os.SyscallError{Syscall: "read", Err: syscall.EIO}}
	require.Equal(t, syscall.EIO, causeOf(vanishedError{&os.LinkError{Op: "link", Old: "/host", New: "/host", Err: inner}}))
	own := errors.Join(context.Canceled)
	require.Equal(t, own, causeOf(own))
}
