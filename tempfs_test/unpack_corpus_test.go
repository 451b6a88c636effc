package tempfs_test

import (
	"archive/tar"
	"bytes"
	"context"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// hostilePack is what an archive may try, and how it ends.
type hostilePack struct {
	name    string
	items   []packed
	verdict error
}

// packsWithNames are names that belong nowhere inside. In each spelling the file would be outside, or where another program would put it.
var packsWithNames = func() (corpus []hostilePack) {
	for _, name := range []string{
		"..", "../x", "../../../../../../etc/x", "a/../../x", "a/..", "a/b/../../..", "./../x", "a/./../../x", "..//x", "a//../../x", "first/../x",
		"/x", "//x", "///etc/x", "/../x", "/./x",
		`..\x`, `a\..\..\x`, `\x`, `\\server\share\x`, `a\b`, `C:\x`, `a/..\x`,
		"C:/x", "c:x", "C:", "C:../x",
	} {
		corpus = append(corpus, hostilePack{"name " + name, []packed{packedFile("first", "1"), packedFile(name, "2"), packedFile("last", "3")}, unpack.ErrUnsafePath})
	}
	for _, name := range []string{"/", "../x/", "/x/", "a/../", `a\b/`, "C:/x/"} {
		corpus = append(corpus, hostilePack{"directory " + name, []packed{packedDir(name)}, unpack.ErrUnsafePath})
	}
	for _, name := range []string{"../x", "/x", `a\b`} {
		corpus = append(corpus, hostilePack{"link at " + name, []packed{packedLink(name, "first")}, unpack.ErrUnsafePath})
	}
	return corpus
}()

// packsWithKinds are neither files nor directories nor links.
var packsWithKinds = []hostilePack{
	{"character device", []packed{{name: "null", kind: tar.TypeChar}}, unpack.ErrSpecial},
	{"block device", []packed{{name: "sda", kind: tar.TypeBlock}}, unpack.ErrSpecial},
	{"FIFO", []packed{{name: "pipe", kind: tar.TypeFifo}}, unpack.ErrSpecial},
}

// packsWithTwins are two entries of one name, or of one that Windows and macOS take for it.
var packsWithTwins = []hostilePack{
	{"file twice", []packed{packedFile("a", "1"), packedFile("a", "2")}, unpack.ErrDuplicate},
	{"file twice, spelled otherwise", []packed{packedFile("a/b", "1"), packedFile("./a//b", "2")}, unpack.ErrDuplicate},
	{"file and directory", []packed{packedFile("a", "1"), packedDir("a/")}, unpack.ErrDuplicate},
	{"directory and file", []packed{packedDir("a/"), packedFile("a", "1")}, unpack.ErrDuplicate},
	{"implied directory and file", []packed{packedFile("a/b", "1"), packedFile("a", "1")}, unpack.ErrDuplicate},
	{"file and link", []packed{packedFile("a", "1"), packedLink("a", "b")}, unpack.ErrDuplicate},
	{"link and file", []packed{packedLink("a", "b"), packedFile("a", "1")}, unpack.ErrDuplicate},
	{"other case", []packed{packedFile("a", "1"), packedFile("A", "2")}, unpack.ErrDuplicate},
	{"other case of a directory", []packed{packedFile("a/x", "1"), packedFile("A/y", "2")}, unpack.ErrDuplicate},
	{"file and deep directory", []packed{packedFile("a/b", "1"), packedDir("a/b/")}, unpack.ErrDuplicate},
	{"file and directory below it", []packed{packedFile("a/b", "1"), packedDir("a/b/b/")}, unpack.ErrUnsafePath},
	{"other case of a link", []packed{packedLink("git", "x"), packedFile("GIT/hooks", "1")}, unpack.ErrUnsafePath},
	{"Kelvin sign", []packed{packedFile("k", "1"), packedFile("\u212a", "2")}, unpack.ErrDuplicate},
	{"long s", []packed{packedFile("s", "1"), packedFile("\u017f", "2")}, unpack.ErrDuplicate},
	{"sigma", []packed{packedFile("\u03c3", "1"), packedFile("\u03c2", "2")}, unpack.ErrDuplicate},
}

// packsWithSizes are of names. Of content see TestUnpackRefusesBombs.
var packsWithSizes = []hostilePack{
	{"component of 256 bytes", []packed{packedFile(strings.Repeat("x", 256), "")}, unpack.ErrTooDeep},
	{"name of 300 bytes", []packed{packedDir(strings.Repeat("x", 300) + "/")}, unpack.ErrTooDeep},
	{"path of 4097 bytes", []packed{packedFile(strings.Repeat(strings.Repeat("x", 240)+"/", 17)+"x", "")}, unpack.ErrTooDeep},
	{"256 components", []packed{packedFile(strings.Repeat("x/", 255)+"x", "")}, unpack.ErrTooDeep},
	{"3000 components", []packed{packedDir(strings.Repeat("x/", 3000))}, unpack.ErrTooDeep},
	{"target of 4097 bytes", []packed{packedLink("a", strings.Repeat("x", 4097))}, unpack.ErrTooDeep},
}

// TestUnpackRefusesHostileArchives in each format, by each backend, and leaves everything as it was: what is outside, and what is inside.
func TestUnpackRefusesHostileArchives(t *testing.T) {
	for _, corpus := range [][]hostilePack{packsWithNames, packsWithKinds, packsWithTwins, packsWithSizes, packsWithLinks, packsWithHardLinks} {
		for _, h := range corpus {
			t.Run(h.name, func(t *testing.T) {
				for format, archive := range archivesOf(t, h.items...) {
					t.Run(format, func(t *testing.T) { isRefused(t, archive, h.verdict) })
				}
			})
		}
	}
}

// isRefused unpacks into an Fs of each backend that holds something already.
func isRefused(t *testing.T, archive []byte, verdict error, opts ...unpack.Option) {
	t.Helper()
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		a := inside(t, fsys)
		require.NoError(t, fsys.MkdirAll("old/sub", 0o750))
		require.NoError(t, put(fsys, "old/f", "old"))
		before := outlineOf(t, fsys)
		err := unpack.Into(context.Background(), fsys, bytes.NewReader(archive), opts...)
		require.ErrorIs(t, err, verdict)
		require.NotContains(t, err.Error(), ".unpack-")
		require.NoError(t, shows(err.Error()))
		require.Equal(t, before, outlineOf(t, fsys))
		require.NoError(t, a.escaped())
	})
}

// TestUnpackNamesTheEntryAndTheRule so that it can be printed: an archive chooses its names.
func TestUnpackNamesTheEntryAndTheRule(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.InMemory())
	err := unpack.Into(context.Background(), fsys, bytes.NewReader(packedZip(t, packedFile("../\x1b[2J\n"+strings.Repeat("x", 300), ""))))
	var e *unpack.Error
	require.ErrorAs(t, err, &e)
	require.Contains(t, e.Name, "../\x1b[2J\n")
	require.ErrorIs(t, e.Err, unpack.ErrUnsafePath)
	require.NotContains(t, err.Error(), "\x1b")
	require.NotContains(t, err.Error(), "\n")
	require.Less(t, len(err.Error()), 400)

	err = unpack.Into(context.Background(), fsys, bytes.NewReader(packedZip(t, packedFile("a/../b", ""))))
	require.EqualError(t, err, `unpack: entry "a/../b": unsafe name: it has ".." in it`)
}

// TestUnpackRefusesNamesThatOnlyAZipCanHave: a tar ends a name at a NUL, and so do we.
func TestUnpackRefusesNamesThatOnlyAZipCanHave(t *testing.T) {
	for _, name := range []string{"", "a\x00b", "a\x00/../../x", "\x00"} {
		isRefused(t, packedZip(t, packedFile(name, "1")), unpack.ErrUnsafePath)
	}
}

// TestUnpackTakesHarmlessNames that look like others.
func TestUnpackTakesHarmlessNames(t *testing.T) {
	items := []packed{
		packedDir("./"), packedDir("."), packedFile("./a", "1"), packedFile("..b", "2"), packedFile("c...", "3"), packedDir("d/"), packedFile("d//e", "4"), packedDir("d/"),
		packedFile("new\nline", "5"), packedFile("...", "6"), packedFile("bytes\xff\xfe", "7"), packedFile("bytes\xff\xfd", "8"), packedFile("~", "9"), packedFile("x/y/z", "10"),
	}
	want := map[string]string{"/a": "1", "/..b": "2", "/c...": "3", "/d/e": "4", "/new\nline": "5", "/...": "6", "/bytes\xff\xfe": "7", "/bytes\xff\xfd": "8", "/~": "9", "/x/y/z": "10"}
	for format, archive := range archivesOf(t, items...) {
		t.Run(format, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive)))
				got := map[string]string{}
				walk(t, fsys, "/", func(name string, info fs.FileInfo) {
					if info.Mode().IsRegular() {
						got[name] = contentOf(t, fsys, name)
					}
				})
				require.Equal(t, want, got)
			})
		})
	}
}
