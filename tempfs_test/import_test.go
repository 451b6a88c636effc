package tempfs_test

import (
	"archive/zip"
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs"
)

//go:embed testdata/import
var embedded embed.FS

// requireMode is the mode without its type.
func requireMode(t *testing.T, fsys afero.Fs, name string, mode fs.FileMode) {
	t.Helper()
	info, err := fsys.Stat(name)
	require.NoError(t, err)
	require.Equal(t, mode, info.Mode()&^fs.ModeDir, name)
}

// The modes of what a process makes that has no wish about them.
var (
	plainFile = 0o666 &^ memfallback.Umask()
	plainDir  = 0o777 &^ memfallback.Umask()
)

// TestImportOfEmbed gives what has no mode the one that it would have been made with, and no time.
func TestImportOfEmbed(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		before, err := fsys.Stat("/")
		require.NoError(t, err)
		require.NoError(t, fsys.Import(embedded, "/a/b"))
		require.Equal(t, []string{
			"/a/b/testdata", "/a/b/testdata/import", "/a/b/testdata/import/dir", "/a/b/testdata/import/dir/page.txt",
			"/a/b/testdata/import/site.txt",
		}, namesOf(t, fsys, "/a/b"))
		require.NoError(t, has(fsys, "/a/b/testdata/import/dir/page.txt", "a page\n"))
		for name, mode := range map[string]fs.FileMode{
			"/a": plainDir, "/a/b": plainDir, "/a/b/testdata": plainDir, "/a/b/testdata/import/site.txt": plainFile,
		} {
			requireMode(t, fsys, name, mode)
			info, err := fsys.Stat(name)
			require.NoError(t, err)
			require.False(t, info.ModTime().Before(before.ModTime()), name)
		}
	})
}

func TestImportOfMapFS(t *testing.T) {
	src := fstest.MapFS{
		"plain":      {Data: []byte("content")},
		"d/private":  {Data: []byte("secret"), Mode: 0o600, ModTime: longAgo},
		"d/readable": {Data: []byte("readable"), Mode: 0o444, ModTime: longAgo},
		"d/run":      {Data: []byte("#!"), Mode: 0o755},
		"closed":     {Mode: fs.ModeDir | 0o511, ModTime: longAgo},
		"closed/f":   {Data: []byte("in"), Mode: 0o640},
		"link":       {Data: []byte("d/../plain"), Mode: fs.ModeSymlink | 0o777},
		"nowhere":    {Data: []byte("/nowhere"), Mode: fs.ModeSymlink | 0o777},
		"setuid":     {Mode: fs.ModeSetuid | fs.ModeSetgid | 0o755},
	}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Import(src, "/"))
		for name, mode := range map[string]fs.FileMode{
			"plain": plainFile, "d": plainDir, "d/private": 0o600, "d/readable": 0o444, "d/run": 0o755, "closed": 0o511,
			"closed/f": 0o640, "setuid": fs.ModeSetuid | fs.ModeSetgid | 0o755,
		} {
			requireMode(t, fsys, name, mode)
		}
		for _, name := range []string{"d/private", "closed"} {
			require.NoError(t, hasTime(fsys, name, longAgo))
		}
		require.NoError(t, has(fsys, "link", "content"))
		target, err := fsys.ReadlinkIfPossible("link")
		require.NoError(t, err)
		require.Equal(t, "d/../plain", target)
		require.NoError(t, fsys.Chmod("closed", 0o700))
	})
}

// zipped has a file with a mode, one without, a directory and a link.
func zipped(t *testing.T) *zip.Reader {
	t.Helper()
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	add := func(name, content string, mode fs.FileMode) {
		header := &zip.FileHeader{Name: name, Modified: longAgo, Method: zip.Deflate}
		header.SetMode(mode)
		f, err := w.CreateHeader(header)
		require.NoError(t, err)
		_, err = f.Write([]byte(content))
		require.NoError(t, err)
	}
	add("d/", "", fs.ModeDir|0o750)
	add("d/f", strings.Repeat("content ", 100_000), 0o640)
	add("implied/f", "more", 0o600)
	add("d/link", "../d/f", fs.ModeSymlink|0o777)
	require.NoError(t, w.Close())
	r, err := zip.NewReader(bytes.NewReader(buffer.Bytes()), int64(buffer.Len()))
	require.NoError(t, err)
	return r
}

// TestImportOfZip takes the content of a link for its target. Package zip says 0555 of each directory.
func TestImportOfZip(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Import(zipped(t), "in"))
		require.NoError(t, has(fsys, "/in/d/f", strings.Repeat("content ", 100_000)))
		target, err := fsys.ReadlinkIfPossible("/in/d/link")
		require.NoError(t, err)
		require.Equal(t, "../d/f", target)
		requireMode(t, fsys, "/in/d", plainDir)
		requireMode(t, fsys, "/in/implied", plainDir)
		requireMode(t, fsys, "/in/d/f", 0o640)
		require.NoError(t, hasTime(fsys, "/in/d/f", longAgo))
		require.NoError(t, hasTime(fsys, "/in/d", longAgo))
	})
}

// followingFS is an fs.FS that follows its links and tells of them only in listings, as those before Go 1.25 do.
type followingFS struct{ src fs.FS }

func (s followingFS) Open(name string) (fs.File, error)          { return s.src.Open(name) }
func (s followingFS) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(s.src, name) }

func TestImportOfLinksThatNobodyCanRead(t *testing.T) {
	src := followingFS{fstest.MapFS{"d/f": {}, "d/link": {Data: []byte("f"), Mode: fs.ModeSymlink}}}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		failure(t, fsys.Import(src, "/in"), "import", "/in/d/link", errors.ErrUnsupported)
		require.Empty(t, namesOf(t, fsys, "/"))
	})
}

// TestImportOfAnFs is a copy between two Fs, or in one.
func TestImportOfAnFs(t *testing.T) {
	eachPair(t, func(t *testing.T, from, to *tempfs.Fs) {
		plant(t, from, "")
		require.NoError(t, to.Import(from.IOFS(), "/in"))
		require.Equal(t, treeOf(t, from, "/"), treeOf(t, to, "/in/"))
		sub, err := fs.Sub(from.IOFS(), "d")
		require.NoError(t, err)
		require.NoError(t, from.Import(sub, "/copy"))
		require.Equal(t, treeOf(t, from, "/d/"), treeOf(t, from, "/copy/"))
	})
}

// TestImportIntoItself does not copy the copy.
func TestImportIntoItself(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/a/b", 0o755))
		failure(t, fsys.Import(fsys.IOFS(), "/a/b/c"), "import", "/a/b/c/a/b/c", syscall.EINVAL)
		require.Equal(t, []string{"/a", "/a/b"}, namesOf(t, fsys, "/"))
		require.NoError(t, fsys.Import(fsys.IOFS(), "/"), "directories alone: nothing is to be made")
	})
}

// TestImportMerges fills directories that are there and keeps their mode and what is in them.
func TestImportMerges(t *testing.T) {
	src := fstest.MapFS{
		"d": {Mode: fs.ModeDir | 0o777, ModTime: longAgo}, "d/new": {Data: []byte("new")}, "d/sub/x": {Data: []byte("x")},
	}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/in/d", 0o755))
		require.NoError(t, fsys.Chmod("/in/d", 0o710))
		require.NoError(t, put(fsys, "/in/d/old", "old"))
		require.NoError(t, fsys.Import(src, "in"))
		require.Equal(t, []string{"/in/d", "/in/d/new", "/in/d/old", "/in/d/sub", "/in/d/sub/x"}, namesOf(t, fsys, "/in"))
		requireMode(t, fsys, "/in/d", 0o710)
		info, err := fsys.Stat("/in/d")
		require.NoError(t, err)
		require.True(t, info.ModTime().After(longAgo))
	})
}

// TestImportOverwritesNothing and goes through no link that is there.
func TestImportOverwritesNothing(t *testing.T) {
	for name, there := range map[string]func(fsys *tempfs.Fs) error{
		"file":     func(fsys *tempfs.Fs) error { return put(fsys, "/in/m", "theirs") },
		"dir":      func(fsys *tempfs.Fs) error { return fsys.Mkdir("/in/m", 0o755) },
		"link":     func(fsys *tempfs.Fs) error { return fsys.SymlinkIfPossible("/other/dir", "/in/m") },
		"dangling": func(fsys *tempfs.Fs) error { return fsys.SymlinkIfPossible("missing", "/in/m") },
		"to file":  func(fsys *tempfs.Fs) error { return fsys.SymlinkIfPossible("/other/f", "/in/m") },
	} {
		for kind, src := range map[string]fstest.MapFS{
			"file": {"a": {}, "d/f": {}, "m": {Data: []byte("ours")}},
			"dir":  {"a": {}, "d/f": {}, "m/f": {Data: []byte("ours")}},
			"link": {"a": {}, "d/f": {}, "m": {Data: []byte("f"), Mode: fs.ModeSymlink}},
		} {
			if name == "dir" && kind == "dir" {
				continue // that is a merge
			}
			t.Run(kind+" over "+name, func(t *testing.T) {
				tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
					require.NoError(t, fsys.MkdirAll("/other/dir", 0o755))
					require.NoError(t, put(fsys, "/other/f", "theirs"))
					require.NoError(t, fsys.Mkdir("/in", 0o755))
					require.NoError(t, there(fsys))
					before := treeWithoutTimes(t, fsys)
					failure(t, fsys.Import(src, "in"), "import", "/in/m", fs.ErrExist)
					require.Equal(t, before, treeWithoutTimes(t, fsys))
				})
			})
		}
	}
}

// treeWithoutTimes is for a tree in which something was made and removed again.
func treeWithoutTimes(t *testing.T, fsys afero.Fs) string {
	t.Helper()
	var all strings.Builder
	walk(t, fsys, "/", func(name string, info fs.FileInfo) {
		size := info.Size()
		if info.IsDir() {
			size = 0
		}
		fmt.Fprintln(&all, name, info.Mode(), size)
	})
	return all.String()
}

func TestImportThroughADirThatIsALink(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("/real", 0o755))
		require.NoError(t, fsys.SymlinkIfPossible("real", "/link"))
		require.NoError(t, fsys.Import(fstest.MapFS{"f": {}}, "/link/./new/"), "what the caller names is followed")
		require.Equal(t, []string{"/link", "/real", "/real/new", "/real/new/f"}, namesOf(t, fsys, "/"))
	})
}

// TestImportFails for each thing that is wrong with the directory, and makes none.
func TestImportFails(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/file", ""))
		require.NoError(t, fsys.SymlinkIfPossible("missing", "/dangling"))
		src := fstest.MapFS{"f": {}}
		failure(t, fsys.Import(src, ""), "import", "", fs.ErrNotExist)
		failure(t, fsys.Import(src, "new/../file/x"), "import", "/new/../file", syscall.ENOTDIR)
		failure(t, fsys.Import(src, "new/../dangling"), "import", "/new/../dangling", fs.ErrExist)
		failure(t, fsys.Import(src, "a\x00"), "import", "/a\x00", syscall.EINVAL)
		failure(t, fsys.Import(nil, "/new"), "import", "/new", fs.ErrInvalid)
		sub, err := fs.Sub(src, "missing")
		require.NoError(t, err)
		failure(t, fsys.Import(sub, "new/deep"), "import", "/new/deep", fs.ErrNotExist)
		require.Equal(t, []string{"/dangling", "/file"}, namesOf(t, fsys, "/"))
	})
}

// TestImportOfASourceThatFails takes back what was made, and nothing else. No path of the host is in the error.
func TestImportOfASourceThatFails(t *testing.T) {
	files := fstest.MapFS{
		"a/f": {}, "b/c/d/f": {Data: []byte("x")}, "b/c/z": {Mode: fs.ModeDir | 0o555, ModTime: longAgo}, "b/c/z/f": {},
		"b/y": {Data: []byte("y")}, "new/f": {},
	}
	for _, openFail := range []bool{true, false} {
		tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
			require.NoError(t, fsys.MkdirAll("/b", 0o755))
			require.NoError(t, put(fsys, "/b/mine", ""))
			require.NoError(t, fsys.Chmod("/b", 0o710))
			err := fsys.Import(failingFS{files, "b/y", openFail}, "/")
			failure(t, err, "import", "/b/y", errSource)
			require.NotContains(t, err.Error(), "host")
			require.Equal(t, []string{"/b", "/b/mine"}, namesOf(t, fsys, "/"))
			requireMode(t, fsys, "/b", 0o710)

			err = fsys.Import(failingFS{files, "b/y", openFail}, "/new/er/dir")
			failure(t, err, "import", "/new/er/dir/b/y", errSource)
			require.Equal(t, []string{"/b", "/b/mine"}, namesOf(t, fsys, "/"))
		})
	}
}

// TestImportOfAHostileFS refuses what keeps no rule, and writes nothing for it.
func TestImportOfAHostileFS(t *testing.T) {
	file := func(n int, err error) fs.File { return wildFile{n: n, err: err} }
	for _, c := range []struct {
		entry hostile
		at    string
		want  error
	}{
		{hostile{name: ""}, "/in/", fs.ErrInvalid},
		{hostile{name: "."}, "/in/.", fs.ErrInvalid},
		{hostile{name: ".."}, "/in/..", fs.ErrInvalid},
		{hostile{name: "../out"}, "/in/../out", fs.ErrInvalid},
		{hostile{name: "/out"}, "/in//out", fs.ErrInvalid},
		{hostile{name: "a/b", mode: fs.ModeDir}, "/in/a/b", fs.ErrInvalid},
		{hostile{name: "a\x00"}, "/in/a\x00", fs.ErrInvalid},
		{hostile{name: "\xff"}, "/in/\xff", fs.ErrInvalid},
		{hostile{isNil: true}, "/in", fs.ErrInvalid},
		{hostile{name: "f", noInfo: true}, "/in/f", fs.ErrInvalid},
		{hostile{name: "f"}, "/in/f", fs.ErrInvalid}, // Open gives nothing
		{hostile{name: "f", content: file(-1, nil)}, "/in/f", io.ErrNoProgress},
		{hostile{name: "f", content: file(1<<40, nil)}, "/in/f", io.ErrNoProgress},
		{hostile{name: "f", content: file(0, nil)}, "/in/f", io.ErrNoProgress},
		{hostile{name: "l", mode: fs.ModeSymlink}, "/in/l", fs.ErrInvalid},
		{hostile{name: "l", mode: fs.ModeSymlink, content: file(0, io.EOF)}, "/in/l", errors.ErrUnsupported},
		{hostile{name: "l", mode: fs.ModeSymlink, content: wildFile{hostile: hostile{mode: fs.ModeSymlink}, n: 1}}, "/in/l", syscall.ENAMETOOLONG}, // a target without end
		{hostile{name: "f", content: wildFile{hostile: hostile{noInfo: true}}}, "/in/f", fs.ErrInvalid},
		{hostile{name: "p", mode: fs.ModeNamedPipe}, "/in/p", errors.ErrUnsupported},
		{hostile{name: "s", mode: fs.ModeSocket}, "/in/s", errors.ErrUnsupported},
		{hostile{name: "c", mode: fs.ModeDevice | fs.ModeCharDevice}, "/in/c", syscall.EOPNOTSUPP},
		{hostile{name: "i", mode: fs.ModeIrregular}, "/in/i", errors.ErrUnsupported},
		{hostile{name: strings.Repeat("n", 256)}, "/in/" + strings.Repeat("n", 256), fs.ErrInvalid},
	} {
		tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
			failure(t, fsys.Import(hostileFS{c.entry}, "in"), "import", c.at, c.want)
			require.Empty(t, namesOf(t, fsys, "/"))
		})
	}
}

// TestImportOfATreeWithoutEnd is the error of the name that is too long, or of the context.
func TestImportOfATreeWithoutEnd(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		err := fsys.Import(endless{}, "in")
		require.ErrorIs(t, err, syscall.ENAMETOOLONG)
		require.Empty(t, namesOf(t, fsys, "/"))
	})
}

// endless has a directory in each directory.
type endless struct{}

func (endless) Open(name string) (fs.File, error) {
	return fstest.MapFS{path.Base(name): {Mode: fs.ModeDir}}.Open(path.Base(name))
}

func (endless) ReadDir(string) ([]fs.DirEntry, error) {
	return []fs.DirEntry{hostile{name: "directory", mode: fs.ModeDir | 0o755}}, nil
}

// TestImportIsCancelled before, between entries and within a file: nothing is left.
func TestImportIsCancelled(t *testing.T) {
	src := fstest.MapFS{
		"a": {Data: []byte("a")}, "d/big": {Data: make([]byte, 5<<20)}, "d/z": {},
	}
	cause := errors.New("not the error, the cause")
	for _, when := range []string{"", "/in/a", "/in/d/big"} {
		tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			if when == "" {
				cancel(cause)
			}
			var bytes int64
			err := fsys.Import(src, "/in", tempfs.Context(ctx), tempfs.OnProgress(func(p tempfs.CopyProgress) {
				if bytes = p.Bytes; p.Name == when {
					cancel(cause)
				}
			}))
			require.ErrorIs(t, err, context.Canceled)
			require.Empty(t, namesOf(t, fsys, "/"))
			require.Less(t, bytes, int64(2<<20))
		})
	}
	require.NoError(t, tempfs.Test(t, tempfs.InMemory()).Import(src, "/", nil, tempfs.Context(nil), tempfs.OnProgress(nil))) //nolint:staticcheck // a nil context
}

// TestProgress counts entries and bytes, and may use the Fs.
func TestProgress(t *testing.T) {
	src := fstest.MapFS{
		"a": {Data: []byte("abc")}, "big": {Data: make([]byte, 2<<20+5)}, "d/f": {Data: []byte("12")}, "l": {Data: []byte("a"), Mode: fs.ModeSymlink},
	}
	const big = 2<<20 + 5
	want := []tempfs.CopyProgress{
		{Name: "/in/a", Entries: 1, Bytes: 3},
		{Name: "/in/big", Entries: 1, Bytes: 3 + 1<<20},
		{Name: "/in/big", Entries: 1, Bytes: 3 + 2<<20},
		{Name: "/in/big", Entries: 2, Bytes: 3 + big},
		{Name: "/in/d/f", Entries: 3, Bytes: 5 + big},
		{Name: "/in/d", Entries: 4, Bytes: 5 + big},
		{Name: "/in/l", Entries: 5, Bytes: 5 + big},
	}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		var got []tempfs.CopyProgress
		progress := tempfs.OnProgress(func(p tempfs.CopyProgress) {
			_, _, err := fsys.LstatIfPossible(p.Name)
			require.NoError(t, err)
			got = append(got, p)
		})
		require.NoError(t, fsys.Import(src, "/in", progress))
		require.Equal(t, want, got)
	})
}

// TestReleaseDuringImport ends it.
func TestReleaseDuringImport(t *testing.T) {
	src := fstest.MapFS{"a": {Data: make([]byte, 4<<20)}, "b": {Data: make([]byte, 4<<20)}}
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, err := tempfs.New(opts...)
		require.NoError(t, err)
		err = fsys.Import(src, "/in", tempfs.OnProgress(func(tempfs.CopyProgress) { require.NoError(t, fsys.Release()) }))
		failure(t, err, "import", "/in/a", fs.ErrClosed)
	})
}
