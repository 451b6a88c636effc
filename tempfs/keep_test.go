package tempfs

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
)

// TestListing is bounded, in order, and each entry a line, whatever its name.
func TestListing(t *testing.T) {
	Each(t, func(t *testing.T, f *Fs) {
		require.Empty(t, listing(f))
		require.NoError(t, f.MkdirAll("/b/c", 0o755))
		require.NoError(t, f.Chmod("/b", 0o755))
		require.NoError(t, f.Chmod("/b/c", 0o700))
		require.NoError(t, afero.WriteFile(f, "/b/ä b", []byte("12345"), 0o600))
		require.NoError(t, afero.WriteFile(f, "/b0", nil, 0o600))
		require.NoError(t, f.SymlinkIfPossible("/b\tc", "/a"))
		require.Equal(t, strings.TrimPrefix(`
  Lrwxrwxrwx            /a -> "/b\tc"
  drwxr-xr-x            /b
  drwx------            /b/c
  -rw-------          5 /b/ä b
  -rw-------          0 /b0`, "\n"), listing(f))
	})
}

func TestListingOfMany(t *testing.T) {
	Each(t, func(t *testing.T, f *Fs) {
		require.NoError(t, f.Mkdir("/d", 0o755))
		files := 1 // d
		add := func(total int) {
			for ; files < total; files++ {
				require.NoError(t, afero.WriteFile(f, fmt.Sprintf("/d/%05d", files), nil, 0o600))
			}
		}
		lines := func() []string { return strings.Split(listing(f), "\n") }
		add(maxListed)
		require.Len(t, lines(), maxListed)
		require.NotContains(t, listing(f), "...")
		add(maxListed + 1)
		require.Len(t, lines(), maxListed+1)
		require.Equal(t, "  ... and 1 more", lines()[maxListed])
		require.Regexp(t, "/d/00099$", lines()[maxListed-1])
		if f.kind == backendMemory {
			add(maxCounted)
			require.Equal(t, "  ... and 9900 more", lines()[maxListed])
			add(maxCounted + 1)
			require.Equal(t, "  ... and more than 9900 more", lines()[maxListed])
		}
	})
}

// TestKeepOfADeepTree in memory, deeper than a name can tell, copies it to the end.
func TestKeepOfADeepTree(t *testing.T) {
	const levels = 100
	f, err := New(InMemory())
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Release()) }()
	for inner := f; depth(t, f) < levels; {
		require.NoError(t, inner.Mkdir("/"+strings.Repeat("x", 200), 0o755))
		inner, err = inner.Sub("/" + strings.Repeat("x", 200))
		require.NoError(t, err)
	}
	if !hostIsPOSIX {
		t.Skip("a path cannot be that long on the host")
	}
	to := Test(t)
	require.NoError(t, f.inside().copyReadable(to))
	require.Equal(t, levels, depth(t, to))
	require.Contains(t, listing(f), syscall.ENAMETOOLONG.Error())
}

// depth is how many directories are in each other.
func depth(t *testing.T, f *Fs) (levels int) {
	t.Helper()
	for {
		entries, err := afero.ReadDir(f, "/")
		require.NoError(t, err)
		inner := ""
		for _, e := range entries {
			if e.IsDir() {
				inner = e.Name()
			}
		}
		if inner == "" {
			return levels
		}
		levels++
		f, err = f.Sub(inner)
		require.NoError(t, err)
	}
}

// TestSourceOfTheReadable takes what may not be read for gone, and nothing else.
func TestSourceOfTheReadable(t *testing.T) {
	s := virtualSource{readableOnly: true}
	var gone vanishedError
	require.ErrorAs(t, s.unreadable(pathError(opOpen, "/f", syscall.EACCES)), &gone)
	require.Equal(t, syscall.EIO, s.unreadable(syscall.EIO))
	require.NoError(t, s.unreadable(nil))
	s.readableOnly = false
	require.Equal(t, syscall.EACCES, s.unreadable(syscall.EACCES))
}

// TestKeepThatFails leaves nothing of a copy that was begun.
func TestKeepThatFails(t *testing.T) {
	dir := t.TempDir()
	f := Test(t, InMemory())
	require.NoError(t, afero.WriteFile(f, "/f", nil, 0o600))
	b := &failing{f.backend}
	broken := &Fs{backend: b, kind: f.kind, config: f.config, gate: newGate()}
	_, err := broken.copyInto(dir, maxNames, func(locked bool) string { return rootName("tmp", "", locked) })
	require.Equal(t, pathError(opKeep, "/f", syscall.EIO), err)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// failing is a backend that cannot read files.
type failing struct{ backend }

func (b *failing) OpenFile(name string, flag int, perm fs.FileMode) (handle, syscall.Errno) {
	if name == "/f" {
		return nil, syscall.EIO
	}
	return b.backend.OpenFile(name, flag, perm)
}
