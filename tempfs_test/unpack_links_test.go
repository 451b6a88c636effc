package tempfs_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// packsWithLinks lead outside, some only with the help of others. The attacks of CPython's TestExtractionFilters are among them.
var packsWithLinks = []hostilePack{
	{"absolute", []packed{packedLink("a", "/etc/passwd")}, unpack.ErrUnsafeLink},
	{"root", []packed{packedLink("a", "/")}, unpack.ErrUnsafeLink},
	{"drive", []packed{packedLink("a", "C:/x")}, unpack.ErrUnsafeLink},
	{"backslash", []packed{packedLink("a", `..\..\x`)}, unpack.ErrUnsafeLink},
	{"empty", []packed{packedLink("a", "")}, unpack.ErrUnsafeLink},
	{"parent", []packed{packedLink("a", "..")}, unpack.ErrUnsafeLink},
	{"climbing", []packed{packedLink("a", "../../x")}, unpack.ErrUnsafeLink},
	{"climbing from a directory", []packed{packedLink("d/a", "../../x")}, unpack.ErrUnsafeLink},
	{"climbing and back", []packed{packedFile("d/f", ""), packedLink("a", "../root/d/f")}, unpack.ErrUnsafeLink},
	{"climbing behind a directory", []packed{packedDir("d/"), packedLink("a", "d/../../x")}, unpack.ErrUnsafeLink},
	{"with dots and slashes", []packed{packedDir("d/"), packedLink("a", "./d/.//.././../x")}, unpack.ErrUnsafeLink},

	// parent_symlink and parent_symlink2: what the words of the second seem to cancel, the first has used up already.
	{"link to here, then up from it", []packed{packedLink("x", "."), packedLink("y", "x/.."), packedFile("last", "")}, unpack.ErrUnsafeLink},
	{"the same, second first", []packed{packedLink("y", "x/.."), packedLink("x", ".")}, unpack.ErrUnsafeLink},
	{"link to a parent, then up twice", []packed{packedDir("d/e/"), packedLink("d/e/x", ".."), packedLink("d/y", "e/x/../..")}, unpack.ErrUnsafeLink},
	{"through a link of the same name in another case", []packed{packedLink("x", "."), packedLink("y", "X/..")}, unpack.ErrUnsafeLink},
	{"up from what is not there", []packed{packedLink("y", "missing/../z")}, unpack.ErrUnsafeLink},
	{"up from a file", []packed{packedFile("f", ""), packedLink("y", "f/../z")}, unpack.ErrUnsafeLink},
	{"up from a dangling link", []packed{packedLink("x", "missing"), packedLink("y", "x/..")}, unpack.ErrUnsafeLink},

	// parent_symlink and absolute_symlink: a link, and an entry that would be written through it.
	{"written through", []packed{packedLink("x", ".."), packedFile("x/evil", "2")}, unpack.ErrUnsafePath},
	{"written through an absolute one", []packed{packedLink("x", "/tmp"), packedFile("x/evil", "2")}, unpack.ErrUnsafeLink},
	{"written through a harmless one", []packed{packedDir("d/"), packedLink("x", "d"), packedFile("x/evil", "2")}, unpack.ErrUnsafePath},
	{"directory through a link", []packed{packedDir("d/"), packedLink("x", "d"), packedDir("x/e/")}, unpack.ErrUnsafePath},
	{"link through a link", []packed{packedDir("d/"), packedLink("x", "d"), packedLink("x/l", "..")}, unpack.ErrUnsafePath},
	{"directory in place of a link", []packed{packedDir("d/"), packedLink("x", "d"), packedDir("x/")}, unpack.ErrDuplicate},
	{"below a file", []packed{packedFile("x", "1"), packedFile("x/evil", "2")}, unpack.ErrUnsafePath},

	// sly_relative0, sly_relative2 and deep_symlink.
	{"name that only looks relative", []packed{packedLink("../moo", "..//tmp/moo")}, unpack.ErrUnsafePath},
	{"target that only looks relative", []packed{packedDir("tmp/"), packedLink("tmp/moo", "..//../tmp/moo")}, unpack.ErrUnsafeLink},
	{"deep", chainOfParents(10), unpack.ErrUnsafeLink},
	{"loop", []packed{packedLink("a", "b"), packedLink("b", "a")}, unpack.ErrUnsafeLink},
	{"loop of one", []packed{packedLink("a", "a")}, unpack.ErrUnsafeLink},
	{"chain of 41", chainOfLinks(41), unpack.ErrUnsafeLink},
	{"chain of 41, last first", reversed(chainOfLinks(41)), unpack.ErrUnsafeLink},
	{"long chain", chainOfLinks(5000), unpack.ErrUnsafeLink},
	{"wide chain", wideLinks(20), unpack.ErrUnsafeLink},
}

// packsWithHardLinks are links to what is no file that the archive made before them. A zip has none.
var packsWithHardLinks = []hostilePack{
	{"hard link to an absolute name", []packed{packedHardLink("a", "/etc/passwd")}, unpack.ErrUnsafeLink},
	{"hard link that climbs", []packed{packedHardLink("a", "../secret")}, unpack.ErrUnsafeLink},
	{"hard link that climbs from a directory", []packed{packedFile("d/f", ""), packedHardLink("d/a", "../secret")}, unpack.ErrUnsafeLink},
	{"hard link to what was there before", []packed{packedHardLink("a", "old/f")}, unpack.ErrUnsafeLink},
	{"hard link to what comes later", []packed{packedHardLink("a", "b"), packedFile("b", "")}, unpack.ErrUnsafeLink},
	{"hard link to a directory", []packed{packedDir("d/"), packedHardLink("a", "d")}, unpack.ErrUnsafeLink},
	{"hard link to the root", []packed{packedHardLink("a", ".")}, unpack.ErrUnsafeLink},
	{"hard link to a symbolic one", []packed{packedLink("l", "f"), packedFile("f", ""), packedHardLink("a", "l")}, unpack.ErrUnsafeLink},
	{"hard link through a symbolic one", []packed{packedFile("d/f", ""), packedLink("l", "d"), packedHardLink("a", "l/f")}, unpack.ErrUnsafeLink},
	{"hard link through a file", []packed{packedFile("f", ""), packedHardLink("a", "f/x")}, unpack.ErrUnsafeLink},
	{"hard link to itself", []packed{packedHardLink("a", "a")}, unpack.ErrUnsafeLink},
	{"hard link to another case", []packed{packedFile("f", ""), packedHardLink("a", "F")}, unpack.ErrUnsafeLink},
	{"hard link without a target", []packed{packedHardLink("a", "")}, unpack.ErrSpecial},
	{"hard link with a backslash", []packed{packedFile("f", ""), packedHardLink("a", `.\f`)}, unpack.ErrUnsafeLink},
	// absolute_hardlink, and its sequel: to write through the link.
	{"file over a hard link", []packed{packedFile("f", "1"), packedHardLink("a", "f"), packedFile("a", "2")}, unpack.ErrDuplicate},
}

// chainOfParents is the attack on the length of names, CVE-2025-4517: each link leads to its own directory in many words, and the last one up from there.
func chainOfParents(n int) (items []packed) {
	dir := ""
	for i := range n {
		component := strings.Repeat(string(rune('a'+i)), 200)
		items = append(items, packedDir(dir+component+"/"), packedLink(dir+string(rune('a'+i)), component))
		dir += component + "/"
	}
	through := strings.Join(strings.Split("abcdefghijklmnopqrstuvwxyz"[:n], ""), "/")
	items = append(items, packedLink("link", through), packedLink("escape", "link"+strings.Repeat("/..", n+1)))
	return items
}

// chainOfLinks ends at a file.
func chainOfLinks(n int) (items []packed) {
	for i := range n {
		items = append(items, packedLink(fmt.Sprint("l", i), fmt.Sprint("l", i+1)))
	}
	return append(items, packedFile(fmt.Sprint("l", n), "end"))
}

// wideLinks take 2 to the power of n steps to whoever follows each link anew.
func wideLinks(n int) (items []packed) {
	items = append(items, packedLink("w0", "."))
	for i := range n {
		items = append(items, packedLink(fmt.Sprint("w", i+1), fmt.Sprintf("w%d/w%d", i, i)))
	}
	return items
}

func reversed(items []packed) (backwards []packed) {
	for i := range items {
		backwards = append(backwards, items[len(items)-1-i])
	}
	return backwards
}

// TestUnpackKeepsLinksThatLeadInside, or to nothing that is inside, with their targets as they are.
func TestUnpackKeepsLinksThatLeadInside(t *testing.T) {
	items := append(chainOfLinks(40),
		packedLink("early", "d/late"), packedFile("d/f", "content"), packedLink("d/late", "../d/./f"), packedLink("dangling", "missing/deep"),
		packedLink("here", "."), packedLink("d/up", ".."), packedLink("d/round", "up/d/up/d//"), packedLink("behind", "d/f/x"), packedLink("slash", "d/"),
	)
	for format, archive := range archivesOf(t, items...) {
		t.Run(format, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive)))
				for _, i := range items {
					if i.target != "" {
						target, err := fsys.ReadlinkIfPossible("/" + i.name)
						require.NoError(t, err)
						require.Equal(t, i.target, target)
					}
				}
				require.Equal(t, "content", contentOf(t, fsys, "early"))
				require.Equal(t, "end", contentOf(t, fsys, "l0"))
				require.Equal(t, "content", contentOf(t, fsys, "d/round/f"))
			})
		})
	}
}

// TestUnpackLeavesHardLinksTogether where the Fs has them.
func TestUnpackLeavesHardLinksTogether(t *testing.T) {
	archive := packedTar(t, packedFile("d/f", "content"), packedHardLink("e/g", "d/f"), packedHardLink("top", "./e//g"))
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive)))
		first, err := fsys.Stat("d/f")
		require.NoError(t, err)
		for _, name := range []string{"e/g", "top"} {
			info, err := fsys.Stat(name)
			require.NoError(t, err)
			require.True(t, tempfs.SameFile(first, info))
		}
	})
}

// TestUnpackMergesAsAskedButNotThroughLinks of the user: a link in the place of a directory is in the way.
func TestUnpackMergesAsAskedButNotThroughLinks(t *testing.T) {
	archive := packedTar(t, packedFile("d/new", "new"), packedLink("d/l", "new"))
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("real", 0o755))
		require.NoError(t, fsys.SymlinkIfPossible("real", "d"))
		before := outlineOf(t, fsys)
		require.ErrorIs(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive)), fs.ErrExist)
		require.Equal(t, before, outlineOf(t, fsys))

		require.NoError(t, fsys.Remove("d"))
		require.NoError(t, fsys.Mkdir("d", 0o711))
		require.NoError(t, put(fsys, "d/old", "old"))
		require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive)))
		require.Equal(t, []string{"/d", "/d/l", "/d/new", "/d/old", "/real"}, namesOf(t, fsys, "/"))
		info, err := fsys.Stat("d")
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o711), info.Mode().Perm()&^0o066)
		require.Equal(t, "new", contentOf(t, fsys, "d/l"))
	})
}

// leadsOutside tells whether a link of an Fs, of which only the tree is known, can be followed to above its root, with nothing clamped. It is an oracle of its own: it follows
// by names, a component at a time, as path_resolution(7) says.
func leadsOutside(tb testing.TB, fsys afero.Fs, link string) bool {
	tb.Helper()
	dir, todo, follows := "/", []string{path.Base(link)}, 0
	if d := path.Dir(link); d != "." {
		dir = d
	}
	for len(todo) > 0 {
		part := todo[0]
		todo = todo[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			if dir == "/" {
				return true
			}
			dir = path.Dir(dir)
			continue
		}
		info, _, err := fsys.(afero.Lstater).LstatIfPossible(path.Join(dir, part))
		if err != nil {
			return false
		}
		if info.Mode().Type() != fs.ModeSymlink {
			dir = path.Join(dir, part)
			continue
		}
		target, err := fsys.(afero.LinkReader).ReadlinkIfPossible(path.Join(dir, part))
		require.NoError(tb, err)
		if follows++; strings.HasPrefix(target, "/") {
			return true
		}
		if follows > 40 {
			return false
		}
		todo = append(strings.Split(target, "/"), todo...)
	}
	return false
}
