package wasip1

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/tempfs"
)

// What is in this file is run inside, by TestGuest.

var backend = flag.String("backend", "", "that MemoryFallback is to choose")

// TestRoundTrip is what a program does with an Fs that lives where it can.
func TestRoundTrip(t *testing.T) {
	fsys, err := tempfs.New(tempfs.MemoryFallback())
	require.NoError(t, err)
	require.Equal(t, *backend, fsys.Backend())
	require.Len(t, tempfs.Live(), 1)

	require.NoError(t, fsys.MkdirAll("/out/deep", 0o755))
	require.NoError(t, afero.WriteFile(fsys, "/out/deep/report", []byte("content"), 0o644))
	require.NoError(t, fsys.Rename("/out/deep/report", "/out/report"))
	require.NoError(t, fsys.Link("/out/report", "/out/again"))
	require.NoError(t, fsys.SymlinkIfPossible("../report", "/out/deep/link"))
	require.NoError(t, fsys.SymlinkIfPossible("../../../../outside", "/out/deep/escape"))
	for _, name := range []string{"/out/report", "out/again", "/../out/deep/link"} {
		requireContent(t, fsys, name)
	}
	_, err = fsys.Open("/out/deep/escape")
	require.ErrorIs(t, err, fs.ErrNotExist)
	names, err := afero.ReadDir(fsys, "/out")
	require.NoError(t, err)
	require.Len(t, names, 3)

	f, err := fsys.CreateTemp("", "x*")
	require.NoError(t, err)
	require.NoError(t, fsys.Remove(f.Name()))
	_, err = f.WriteString("without a name")
	require.NoError(t, err)

	require.NoError(t, fsys.Release())
	_, err = fsys.Stat("/out/report")
	require.ErrorIs(t, err, fs.ErrClosed)
	_, err = f.WriteString("x")
	require.ErrorIs(t, err, fs.ErrClosed)
	require.Empty(t, tempfs.Live())
}

func requireContent(t *testing.T, fsys afero.Fs, name string) {
	t.Helper()
	content, err := afero.ReadFile(fsys, name)
	require.NoError(t, err, name)
	require.Equal(t, "content", string(content), name)
}

// TestTemporaryFiles are those that need no Fs. Without a directory there is nowhere to make them, except in memory.
func TestTemporaryFiles(t *testing.T) {
	spooled, err := tempfs.SpooledTemporaryFile(1 << 10)
	require.NoError(t, err)
	_, err = spooled.WriteString(strings.Repeat("x", 100))
	require.NoError(t, err)
	require.NoError(t, spooled.Close())

	f, err := tempfs.NamedTemporaryFile()
	if *backend == "memory" {
		require.ErrorAs(t, err, new(*locate.NotFoundError))
		return
	}
	require.NoError(t, err)
	require.FileExists(t, f.Name())
	require.NoError(t, f.Close())
	require.NoFileExists(t, f.Name())
}

// TestPersist hands a result to the host.
func TestPersist(t *testing.T) {
	if *backend == "memory" {
		t.Skip("there is no directory to put it")
	}
	for _, opts := range [][]tempfs.Option{{tempfs.InMemory()}, {tempfs.SpillOver(1)}, nil} {
		fsys := tempfs.Test(t, opts...)
		require.NoError(t, afero.WriteFile(fsys, "/f", []byte("content"), 0o644))
		for i, options := range [][]tempfs.PersistOption{{tempfs.Durable()}, {tempfs.NoReplace()}} {
			name := t.TempDir() + "/f"
			require.NoError(t, fsys.Persist("/f", name, options...), i)
			content, err := os.ReadFile(name)
			require.NoError(t, err)
			require.Equal(t, "content", string(content))
			require.NoError(t, afero.WriteFile(fsys, "/f", content, 0o644))
		}
		require.NoError(t, fsys.Mkdir("/d", 0o700))
		require.NoError(t, afero.WriteFile(fsys, "/d/f", []byte("content"), 0o600))
		copied, err := fsys.Clone()
		require.NoError(t, err)
		require.NoError(t, fsys.Import(copied.IOFS(), "/imported"))
		require.NoError(t, copied.Release())
		name := t.TempDir() + "/d"
		require.NoError(t, fsys.Persist("/imported/d", name, tempfs.Durable()))
		require.FileExists(t, name+"/f")
	}
}

// TestSpillOver needs a directory, and is memory alone without.
func TestSpillOver(t *testing.T) {
	content := strings.Repeat("content", 100_000)
	fsys := tempfs.Test(t, tempfs.SpillOver(1<<10), tempfs.MemoryFallback())
	require.NoError(t, afero.WriteFile(fsys, "/f", []byte(content), 0o644))
	got, err := afero.ReadFile(fsys, "/f")
	require.NoError(t, err)
	require.True(t, content == string(got))
	fsys, err = tempfs.New(tempfs.SpillOver(1 << 10))
	if *backend == "memory" {
		require.ErrorAs(t, err, new(*locate.NotFoundError))
		return
	}
	require.NoError(t, err)
	require.Equal(t, "spill", fsys.Backend())
	require.NoError(t, fsys.Release())
}

// TestWhatWASIHasNot is what the page on platforms says.
func TestWhatWASIHasNot(t *testing.T) {
	if *backend == "memory" {
		t.Skip("memory has it all")
	}
	fsys := tempfs.Test(t)
	require.NoError(t, afero.WriteFile(fsys, "/f", nil, 0o644))
	require.ErrorIs(t, fsys.Chmod("/f", 0o600), errors.ErrUnsupported)
	require.ErrorIs(t, fsys.SymlinkIfPossible("/f", "/absolute"), fs.ErrPermission)
	_, err := tempfs.Sweep()
	require.ErrorIs(t, err, tempfs.ErrUnsafeFS)
}
