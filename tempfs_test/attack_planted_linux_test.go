package tempfs_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// requireUntouched wants nothing outside to be read, changed or made.
func (g *ground) requireUntouched(t *testing.T, what any) {
	t.Helper()
	require.NoError(t, errors.Join(g.out.touched(), g.yard.touched()), what)
	entries, err := os.ReadDir(g.parent)
	require.NoError(t, err)
	require.Len(t, entries, 3, what)
}

// TestAttackBySpecialFiles has what blocks or does something when it is opened where files are expected. No operation waits for it.
func TestAttackBySpecialFiles(t *testing.T) {
	kinds := map[string]uint32{"FIFO": unix.S_IFIFO, "socket": unix.S_IFSOCK, "device": unix.S_IFCHR}
	for kind, mode := range kinds {
		t.Run(kind, func(t *testing.T) {
			g := newGround(t, spacious(t))
			g.inhabit(t, "door")
			null := int(unix.Mkdev(1, 3))
			for _, o := range slices.Concat(aferoOperations, removingOperations, tempfsOperations, viewOperations) {
				if o.reach&reachesSelf != 0 {
					continue
				}
				for _, name := range []string{"secret", "sub/secret"} {
					_ = unix.Unlinkat(g.home, name, 0)
					g.refurnish()
					require.NoError(t, unix.Unlinkat(g.home, name, 0))
					if err := unix.Mknodat(g.home, name, mode|0o600, null); errors.Is(err, unix.EPERM) {
						t.Skip("only root makes devices")
					} else {
						require.NoError(t, err)
					}
					_, escaped := g.play(o, "/door")
					require.NoError(t, escaped, o)
				}
			}
			require.NoError(t, unix.Mknod(g.onHost("last"), mode|0o600, null))
			require.NoError(t, g.fs.RemoveAll("/door"))
			g.requireUntouched(t, kind)
		})
	}
}

// TestNoDevices shows that no method makes a device: neither by a mode nor by a copy.
func TestNoDevices(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		for _, mode := range []fs.FileMode{fs.ModeDevice, fs.ModeDevice | fs.ModeCharDevice, fs.ModeNamedPipe, fs.ModeSocket, fs.ModeIrregular} {
			f, err := fsys.OpenFile("/f", os.O_CREATE|os.O_RDWR, mode|0o600)
			require.NoError(t, opened(f, err))
			require.NoError(t, fsys.Mkdir("/d", mode|0o700))
			require.NoError(t, fsys.Chmod("/f", mode|0o640))
			for name, want := range map[string]fs.FileMode{"/f": 0o640, "/d": fs.ModeDir | 0o700} {
				info, err := fsys.Stat(name)
				require.NoError(t, err)
				require.Equal(t, want, info.Mode())
				require.NoError(t, fsys.Remove(name))
			}
			require.Error(t, fsys.Import(fstest.MapFS{"it": {Mode: mode | 0o600}}, "/"), mode)
			require.NoError(t, lists(fsys, "/"), mode)
		}
	})
}

// TestAttackByHardLinks plants hard links to a file outside. Removal takes the links; the file keeps content, mode, owner and times.
func TestAttackByHardLinks(t *testing.T) {
	for how, remove := range map[string]func(fsys *tempfs.Fs) error{
		"RemoveAll": func(fsys *tempfs.Fs) error { return fsys.RemoveAll("/door") },
		"Release":   func(fsys *tempfs.Fs) error { return fsys.Release() },
	} {
		t.Run(how, func(t *testing.T) {
			g := newGround(t, spacious(t))
			o := newOutside(t, filepath.Join(spacious(t), "outside"))
			for _, dir := range []string{"door", "door/a", "door/a/b"} {
				require.NoError(t, os.Mkdir(g.onHost(dir), 0o755))
				for _, name := range []string{"secret", secretName} {
					require.NoError(t, os.Link(filepath.Join(o.dir, name), filepath.Join(g.onHost(dir), name)))
				}
			}
			if how == "Release" { // which repairs what it may not enter
				require.NoError(t, os.Chmod(g.onHost("door/a/b"), 0))
				require.NoError(t, os.Chmod(g.onHost("door/a"), 0o500))
			}
			require.NoError(t, remove(g.fs.(*tempfs.Fs)))
			require.NoError(t, o.changed())
		})
	}
}

// TestAttackByArchives imports what names and links of an archive may try, and writes through what it has left.
func TestAttackByArchives(t *testing.T) {
	for how, entries := range map[string][][2]string{
		"dots":              {{"../evil", "mine"}, {"a/../../evil", "mine"}, {"..", ""}},
		"absolute names":    {{"/evil", "mine"}, {"//evil", "mine"}, {"/../outside/new", "mine"}},
		"backslashes":       {{`..\evil`, "mine"}, {`a\..\..\outside\new`, "mine"}},
		"link and file":     {{"door", "-> ../outside"}, {"door/new", "mine"}, {"door/secret", "mine"}},
		"link over link":    {{"a/up", "-> .."}, {"a/up/out", "-> ../../outside"}, {"a/up/out/new", "mine"}},
		"absolute link":     {{"door", "-> /proc/self/root/"}, {"door/new", "mine"}},
		"link and file, it": {{"secret", "-> ../outside/secret"}, {"secret", "mine"}},
		"directory of link": {{"door", "-> ../outside"}, {"door/", ""}, {"door/sub/", ""}, {"door/sub/new", "mine"}},
	} {
		t.Run(how, func(t *testing.T) {
			g := newGround(t, spacious(t))
			fsys := g.fs.(*tempfs.Fs)
			_ = fsys.Import(zipOf(t, entries), "/")
			g.requireUntouched(t, how)
			links := 0
			for _, entry := range entries { // one after the other, so that each meets what the others have left
				_ = fsys.Import(zipOf(t, [][2]string{entry}), "/")
				_ = fsys.Import(mapOf(entry), "/")
				g.requireUntouched(t, how)
				if info, _, err := fsys.LstatIfPossible(entry[0]); err == nil && info.Mode()&fs.ModeSymlink != 0 {
					links++
				}
				_ = put(fsys, entry[0], "mine")
				_ = fsys.MkdirAll(entry[0]+"/new", 0o755)
				_ = fsys.Chmod(entry[0], 0o777)
				g.requireUntouched(t, how)
			}
			planted := strings.Contains(fmt.Sprint(entries), "-> ")
			require.Equal(t, planted, links > 0, "the links are there")
		})
	}
}

// mapOf is a filesystem with one entry, of any name.
func mapOf(entry [2]string) fs.FS {
	target, isLink := strings.CutPrefix(entry[1], "-> ")
	file := &fstest.MapFile{Data: []byte(target), Mode: 0o644}
	if isLink {
		file.Mode = fs.ModeSymlink | 0o777
	}
	return fstest.MapFS{entry[0]: file}
}

// zipOf is an archive with these entries: "-> " begins the target of a link.
func zipOf(t *testing.T, entries [][2]string) *zip.Reader {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, entry := range entries {
		header := &zip.FileHeader{Name: entry[0]}
		content, isLink := bytes.CutPrefix([]byte(entry[1]), []byte("-> "))
		if header.SetMode(0o644); isLink {
			header.SetMode(fs.ModeSymlink | 0o777)
		}
		f, err := w.CreateHeader(header)
		require.NoError(t, err)
		if len(content) > 0 {
			_, err = f.Write(content)
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
	r, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	if !errors.Is(err, zip.ErrInsecurePath) {
		require.NoError(t, err)
	}
	return r
}
