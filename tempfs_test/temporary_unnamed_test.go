package tempfs_test

import (
	"io"
	"io/fs"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestUnnamedFileShowsNowhere: its directory lists nothing, can be removed meanwhile, and the file works on.
func TestUnnamedFileShowsNowhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a file has a name as long as it is open on Windows")
	}
	for what, opts := range map[string][]tempfs.FileOption{"default": nil, "linkable": {tempfs.Linkable()}} {
		t.Run(what, func(t *testing.T) {
			eachMaker(t, func(t *testing.T, m maker) {
				f, err := m.unnamed(opts...)
				require.NoError(t, err)
				require.NoError(t, lists(m.fs, m.dir))
				require.NoError(t, m.fs.Remove(m.dir), "it is empty")
				require.NoError(t, errOf(f.WriteString("content")))
				require.NoError(t, errOf(f.Seek(3, io.SeekStart)))
				content, err := io.ReadAll(f)
				require.NoError(t, err)
				require.Equal(t, "tent", string(content))
				require.NoError(t, f.Close())
				require.ErrorIs(t, f.Close(), fs.ErrClosed)
				require.NoError(t, m.fs.Mkdir(m.dir, 0o700)) // for the cleanup of the test
			})
		})
	}
}

// TestUnnamedFileHasNoName: neither the file nor its info invents one.
func TestUnnamedFileHasNoName(t *testing.T) {
	eachMaker(t, func(t *testing.T, m maker) {
		f, err := m.unnamed(tempfs.Prefix("given"), tempfs.Suffix("given"))
		require.NoError(t, err)
		require.Empty(t, f.Name())
		info, err := f.Stat()
		require.NoError(t, err)
		require.Empty(t, info.Name())
		hosts := []string{m.dir}
		if fsys := m.fsOf(); fsys != nil && fsys.Backend() == "disk" {
			hosts = []string{rootOf(t, fsys), filepath.Base(rootOf(t, fsys))}
		}
		if runtime.GOOS != "windows" {
			l := listener{t: t, host: hosts}
			l.hearInfo("Stat", info, nil)
		}
		require.NoError(t, f.Close())
		for what, call := range fileCalls {
			err := call(f)
			require.ErrorIs(t, err, fs.ErrClosed, what)
			(&listener{t: t, host: hosts}).hear(what, err)
		}
	})
}

// TestUnnamedFileEndsWithItsFs as any open file.
func TestUnnamedFileEndsWithItsFs(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, err := tempfs.New(opts...)
		require.NoError(t, err)
		host := hostOf(t, fsys)
		f, err := fsys.TemporaryFile()
		require.NoError(t, err)
		require.NoError(t, fsys.Release())
		requireGone(t, host)
		require.ErrorIs(t, errOf(f.WriteString("x")), fs.ErrClosed)
	})
}

// TestUnnamedFilesAreDifferent: what one holds the other does not.
func TestUnnamedFilesAreDifferent(t *testing.T) {
	eachMaker(t, func(t *testing.T, m maker) {
		one, err := m.unnamed()
		require.NoError(t, err)
		two, err := m.unnamed()
		require.NoError(t, err)
		require.NoError(t, errOf(one.WriteString("content")))
		info, err := two.Stat()
		require.NoError(t, err)
		require.Zero(t, info.Size())
		first, err := one.Stat()
		require.NoError(t, err)
		require.False(t, tempfs.SameFile(first, info))
		require.True(t, tempfs.SameFile(first, first))
		require.NoError(t, one.Close())
		require.NoError(t, two.Close())
	})
}
