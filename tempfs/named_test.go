package tempfs

import (
	"io/fs"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
)

// named makes a named file in p.
func named(t *testing.T, p place, opts ...FileOption) *NamedFile {
	t.Helper()
	f, err := makeNamed(opts, func(*fileConfig) (place, error) { return p, nil })
	require.NoError(t, err)
	return f
}

// TestCloseThatFailsRemoves tells of both, and closes what was opened.
func TestCloseThatFailsRemoves(t *testing.T) {
	for _, end := range []func(*NamedFile) error{(*NamedFile).Close, (*NamedFile).Release} {
		eachGround(t, func(t *testing.T, g ground) {
			p := &odd{place: g, close: syscall.EIO}
			f := named(t, p)
			require.ErrorIs(t, end(f), syscall.EIO)
			require.Empty(t, g.names(t))
			p.requireClosed(t)
			require.NoError(t, f.Release())
			require.ErrorIs(t, f.Close(), fs.ErrClosed)
		})
	}
}

// TestRemovalThatFails is told and can be tried again.
func TestRemovalThatFails(t *testing.T) {
	for _, end := range []func(*NamedFile) error{(*NamedFile).Close, (*NamedFile).Release} {
		eachGround(t, func(t *testing.T, g ground) {
			p := &odd{place: g, removal: syscall.EBUSY, close: syscall.EIO}
			f := named(t, p)
			err := end(f)
			require.ErrorIs(t, err, syscall.EBUSY)
			require.ErrorIs(t, err, syscall.EIO)
			require.Contains(t, err.Error(), f.Name())
			p.requireClosed(t)

			require.ErrorIs(t, f.Release(), syscall.EBUSY)
			require.Len(t, g.names(t), 1)
			p.removal = 0
			require.NoError(t, f.Release())
			require.Empty(t, g.names(t))
			require.NoError(t, f.Release())
		})
	}
}

// TestStrangerAfterARelease has another file take the name once ours is gone: it is not looked at any more.
func TestStrangerAfterARelease(t *testing.T) {
	eachGround(t, func(t *testing.T, g ground) {
		for _, opts := range [][]FileOption{nil, {KeepOnClose()}, {KeepFile()}} {
			f := named(t, g, opts...)
			require.NoError(t, f.Close())
			require.NoError(t, f.Release())
			_ = g.fs.Remove(f.Name())
			require.NoError(t, afero.WriteFile(g.fs, f.Name(), []byte("theirs"), 0o600))
			require.NoError(t, f.Release())
			require.ErrorIs(t, f.Close(), fs.ErrClosed)
			content, err := afero.ReadFile(g.fs, f.Name())
			require.NoError(t, err)
			require.Equal(t, "theirs", string(content))
			require.NoError(t, g.fs.Remove(f.Name()))
		}
	})
}

// TestFileWhoseModeCannotBeSetIsNoNamedFile leaves nothing.
func TestFileWhoseModeCannotBeSetIsNoNamedFile(t *testing.T) {
	eachGround(t, func(t *testing.T, g ground) {
		p := &odd{place: g, chmod: syscall.EPERM}
		f, err := makeNamed(nil, func(*fileConfig) (place, error) { return p, nil })
		require.ErrorIs(t, err, syscall.EPERM)
		require.Nil(t, f)
		p.requireClosed(t)
		require.Empty(t, g.names(t))
	})
}

// TestHeldFileIsClosed once it is removed, replaced or released: no descriptor is left.
func TestHeldFileIsClosed(t *testing.T) {
	if !removesOpenFiles {
		t.Skip("nothing is held where that would keep others from removing it")
	}
	eachGround(t, func(t *testing.T, g ground) {
		for what, between := range map[string]func(name string) error{
			"nothing":  func(string) error { return nil },
			"removed":  func(name string) error { return g.fs.Remove(name) },
			"replaced": func(name string) error { return g.fs.Rename(name, name+"-moved") },
		} {
			f := named(t, g, KeepOnClose())
			require.NoError(t, f.Close())
			require.NotNil(t, f.entry.held, what)
			require.NoError(t, between(f.Name()))
			if what == "replaced" {
				require.NoError(t, afero.WriteFile(g.fs, f.Name(), []byte("theirs"), 0o600))
				require.ErrorIs(t, f.Release(), ErrReplaced)
			} else {
				require.NoError(t, f.Release())
			}
			_, err := f.entry.held.Stat()
			require.ErrorIs(t, err, fs.ErrClosed, what)
		}
	})
}

// TestFileThatCannotBeHeld is left to its number alone. One that is gone by its close is not looked for any more.
func TestFileThatCannotBeHeld(t *testing.T) {
	eachGround(t, func(t *testing.T, g ground) {
		p := &odd{place: g, reading: syscall.EACCES}
		f := named(t, p, KeepOnClose())
		require.NoError(t, f.Close())
		require.Nil(t, f.entry.held)
		require.NoError(t, f.Release())
		require.Empty(t, g.names(t))

		if !removesOpenFiles {
			return
		}
		f = named(t, g, KeepOnClose())
		require.NoError(t, g.fs.Remove(f.Name()))
		require.NoError(t, f.Close())
		require.NoError(t, afero.WriteFile(g.fs, f.Name(), []byte("theirs"), 0o600))
		require.NoError(t, f.Release())
		require.Len(t, g.names(t), 1)
	})
}
