package tempfs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
)

// nowhere is a search that finds no directory.
func nowhere(t *testing.T) SharedOption {
	t.Helper()
	missing := filepath.Join(t.TempDir(), "missing")
	getenv := func(name string) string {
		if name == "TMPDIR" {
			return missing
		}
		return ""
	}
	// On Unix the directories of Windows are no absolute paths, and without a working directory they are nowhere.
	getwd := func() (string, error) { return "", syscall.ENOENT }
	return WithSearch(locate.Options{Getenv: getenv, Getwd: getwd, GOOS: "windows"})
}

func TestTemporaryFileIsInMemoryWhereThereIsNoDirectory(t *testing.T) {
	for name, opts := range map[string][]FileOption{
		"read and write": nil,
		"linkable":       {Linkable()},
		"append":         {Flags(os.O_APPEND)},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := TemporaryFile(append(opts, nowhere(t))...)
			require.NoError(t, err)
			defer f.Close()
			for _, s := range []string{"one", "two"} {
				_, err = f.Seek(0, io.SeekStart)
				require.NoError(t, err)
				_, err = f.WriteString(s)
				require.NoError(t, err)
			}
			got := make([]byte, 6)
			n, err := f.ReadAt(got, 0)
			if name == "append" {
				require.NoError(t, err)
				require.Equal(t, "onetwo", string(got))
			} else {
				require.ErrorIs(t, err, io.EOF)
				require.Equal(t, "two", string(got[:n]))
			}
			info, err := f.Stat()
			require.NoError(t, err)
			require.Equal(t, fs.FileMode(0o600), info.Mode())
			require.Empty(t, info.Name())
			require.Empty(t, f.Name())
		})
	}
}

func TestTemporaryFileInMemoryHonoursWriteOnly(t *testing.T) {
	f, err := TemporaryFile(nowhere(t), Flags(os.O_WRONLY))
	require.NoError(t, err)
	defer f.Close()
	_, err = f.WriteString("x")
	require.NoError(t, err)
	_, err = f.ReadAt(make([]byte, 1), 0)
	require.ErrorIs(t, err, syscall.EBADF)
}

// A name must be somewhere: memory does not help.
func TestNamedTemporaryFileNeedsADirectory(t *testing.T) {
	_, err := NamedTemporaryFile(nowhere(t))
	var none *locate.NotFoundError
	require.ErrorAs(t, err, &none)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// A directory that is asked for is not replaced by memory.
func TestTemporaryFileTakesNoOtherDirectoryThanIn(t *testing.T) {
	_, err := TemporaryFile(In(filepath.Join(t.TempDir(), "missing")))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestAbsoluteDir(t *testing.T) {
	for given, want := range map[string]string{
		"":             "",
		"/":            "",
		".":            "",
		"a":            "/a",
		"/a/":          "/a",
		"./a//b/./c/.": "/a/b/c",
		"link/../b":    "/link/../b",
		"..":           "/..",
	} {
		require.Equal(t, want, absoluteDir(given), "%q", given)
	}
}

// No unnamed file but a file that is removed at once: where the filesystem has no O_TMPFILE.
type withoutUnnamed struct {
	place
	cannotRemove syscall.Errno
}

func (withoutUnnamed) openUnnamed(int, fs.FileMode, bool) (handle, syscall.Errno) {
	return nil, syscall.EOPNOTSUPP
}

func (p withoutUnnamed) remove(base string) syscall.Errno {
	if p.cannotRemove != 0 {
		return p.cannotRemove
	}
	return p.place.remove(base)
}

func TestTemporaryFileWithoutUnnamedFiles(t *testing.T) {
	Each(t, func(t *testing.T, fsys *Fs) {
		c, err := newFileConfig([]FileOption{Perm(0o640)})
		require.NoError(t, err)
		p, err := fsys.placeIn(c)
		require.NoError(t, err)

		f, err := newTemporary(withoutUnnamed{place: p}, c)
		require.NoError(t, err)
		_, err = f.WriteString("x")
		require.NoError(t, err)
		info, err := f.Stat()
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o640), info.Mode())
		names, err := fs.ReadDir(fsys.IOFS(), ".")
		require.NoError(t, err)
		if removesOpenFiles {
			require.Empty(t, names)
		}
		require.NoError(t, f.Close())

		_, err = newTemporary(withoutUnnamed{place: p, cannotRemove: syscall.EROFS}, c)
		if removesOpenFiles {
			require.ErrorIs(t, err, syscall.EROFS)
			var left *fs.PathError
			require.ErrorAs(t, err, &left)
			_, err = fsys.Stat(left.Path)
			require.NoError(t, err, "the error names the file that is left")
			require.Zero(t, fsys.files.first, "and it is closed")
		}
	})
}

// Where open files cannot be removed the file has a name as long as it is open.
func TestRemovedOnClose(t *testing.T) {
	Each(t, func(t *testing.T, fsys *Fs) {
		c, err := newFileConfig(nil)
		require.NoError(t, err)
		p, err := fsys.placeIn(c)
		require.NoError(t, err)
		h, base, _, err := createNamed(p, c)
		require.NoError(t, err)
		r := &removedOnClose{handle: h, place: p, base: base}
		require.Zero(t, r.Close())
		_, err = fsys.Stat(p.path(base))
		require.True(t, errors.Is(err, fs.ErrNotExist), "%v", err)
	})
}
