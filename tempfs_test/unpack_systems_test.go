package tempfs_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs/unpack"
)

// aferos are filesystems of afero, and a directory of each.
func aferos(t *testing.T) map[string]afero.Fs {
	t.Helper()
	return map[string]afero.Fs{
		"MemMapFs":           afero.NewMemMapFs(),
		"BasePathFs":         afero.NewBasePathFs(afero.NewOsFs(), t.TempDir()),
		"BasePathFs, memory": afero.NewBasePathFs(afero.NewMemMapFs(), "/base"),
		"OsFs":               afero.NewOsFs(),
	}
}

// TestUnpackServesEveryAfero with what it has. MemMapFs has no links; BasePathFs rewrites the targets of links, which is refused.
func TestUnpackServesEveryAfero(t *testing.T) {
	plain := []packed{packedFile("top", "1"), packedDir("d/"), packedFile("d/e/f", "2"), {name: "run", content: "#!", mode: 0o755}}
	for name, fsys := range aferos(t) {
		t.Run(name, func(t *testing.T) {
			dir := "/in"
			if name == "OsFs" {
				dir = filepath.Join(t.TempDir(), "in")
			}
			require.NoError(t, fsys.Mkdir(dir, 0o755))
			for format, archive := range archivesOf(t, plain...) {
				require.NoError(t, unpack.Into(context.Background(), fsys, onlyReader{bytes.NewReader(archive)}, unpack.To(dir)), format)
				require.Equal(t, "2", contentOf(t, fsys, dir+"/d/e/f"))
				info, err := fsys.Stat(dir + "/run")
				require.NoError(t, err)
				require.NotZero(t, info.Mode()&0o100)
				require.ErrorIs(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.To(dir)), fs.ErrExist)
				infos, err := afero.ReadDir(fsys, dir)
				require.NoError(t, err)
				require.Len(t, infos, 3)
				require.NoError(t, fsys.RemoveAll(dir))
				require.NoError(t, fsys.Mkdir(dir, 0o755))
			}
			if name == "OsFs" {
				return
			}
			links := packedTar(t, packedFile("f", "1"), packedLink("l", "f"))
			require.ErrorIs(t, unpack.Into(context.Background(), fsys, bytes.NewReader(links), unpack.To(dir)), afero.ErrNoSymlink)
			deep := packedTar(t, packedFile("d/f", "1"), packedLink("d/l", "f"))
			require.ErrorIs(t, unpack.Into(context.Background(), fsys, bytes.NewReader(deep), unpack.To(dir)), afero.ErrNoSymlink)
			infos, err := afero.ReadDir(fsys, dir)
			require.NoError(t, err)
			require.Empty(t, infos)
			require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(links), unpack.To(dir), unpack.Skip(unpack.SymbolicLinks, nil)))
		})
	}
}

// TestUnpackCopiesHardLinks where there are none. The copies count.
func TestUnpackCopiesHardLinks(t *testing.T) {
	archive := packedTar(t, packed{name: "d/f", content: "0123456789", mode: 0o755}, packedHardLink("g", "d/f"), packedHardLink("h", "g"))
	for name, fsys := range aferos(t) {
		if name == "OsFs" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			require.NoError(t, fsys.Mkdir("/in", 0o755))
			require.ErrorIs(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.To("/in"), unpack.WithLimits(unpack.Limits{Bytes: 29, Input: -1})), unpack.ErrTooLarge)
			require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.To("/in"), unpack.WithLimits(unpack.Limits{Bytes: 30, Input: -1})))
			for _, name := range []string{"/in/g", "/in/h"} {
				require.Equal(t, "0123456789", contentOf(t, fsys, name))
				info, err := fsys.Stat(name)
				require.NoError(t, err)
				require.NotZero(t, info.Mode()&0o100)
				require.Equal(t, longAgo.Unix(), info.ModTime().Unix())
			}
		})
	}
}

// TestUnpackKeepsLinksOnTheHost as they are, by an afero.OsFs.
func TestUnpackKeepsLinksOnTheHost(t *testing.T) {
	dir := t.TempDir()
	archive := packedTar(t, packedFile("d/f", "content"), packedLink("d/up", "../l"), packedLink("l", "d/f"))
	if err := os.Symlink("x", filepath.Join(dir, "try")); err != nil {
		t.Skipf("no links here: %v", err)
	}
	require.NoError(t, unpack.Into(context.Background(), afero.NewOsFs(), bytes.NewReader(archive), unpack.To(dir)))
	content, err := os.ReadFile(filepath.Join(dir, "d", "up"))
	require.NoError(t, err)
	require.Equal(t, "content", string(content))
}
