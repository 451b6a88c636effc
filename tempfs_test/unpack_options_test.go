package tempfs_test

import (
	"archive/tar"
	"bytes"
	"compress/bzip2"
	"compress/zlib"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// TestUnpackLetsTheLastWin where it is told to: of files and links, not over directories.
func TestUnpackLetsTheLastWin(t *testing.T) {
	items := []packed{
		packedFile("a", "first"), packedFile("b", "file"), packedLink("c", "a"), packedLink("d", "a"), packedFile("e", "x"),
		packedFile("a", "last"), packedLink("b", "a"), packedFile("c", "was a link"), packedLink("d", "c"), packedFile("e", "y"), packedFile("e", "z"),
	}
	for format, archive := range archivesOf(t, items...) {
		t.Run(format, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.LastWins()))
				require.Equal(t, []string{"/a", "/b", "/c", "/d", "/e"}, namesOf(t, fsys, "/"))
				require.Equal(t, []string{"last", "last", "was a link", "was a link", "z"},
					[]string{contentOf(t, fsys, "a"), contentOf(t, fsys, "b"), contentOf(t, fsys, "c"), contentOf(t, fsys, "d"), contentOf(t, fsys, "e")})
			})
		})
	}
	for _, archive := range [][]byte{
		packedTar(t, packedDir("d/"), packedFile("d", "")), packedTar(t, packedFile("a/b", ""), packedLink("a", "x")), packedTar(t, packedFile("a", ""), packedFile("A", "")),
		packedTar(t, packedFile("d/x", ""), packedHardLink("d", "d/x")),
	} {
		isRefused(t, archive, unpack.ErrDuplicate, unpack.LastWins())
	}
	// An earlier hard link keeps its content.
	archive := packedTar(t, packedFile("a", "first"), packedHardLink("b", "a"), packedFile("a", "last"))
	fsys := tempfs.Test(t, tempfs.InMemory())
	require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.LastWins()))
	require.Equal(t, "first", contentOf(t, fsys, "b"))
	isRefused(t, packedTar(t, packedFile("a", ""), packedHardLink("a", "a")), unpack.ErrUnsafeLink, unpack.LastWins())
	isRefused(t, packedTar(t, packedFile("a", ""), packedLink("a", ".."), packedFile("a/x", "")), unpack.ErrUnsafePath, unpack.LastWins())
}

// TestUnpackTellsCasesApart where it is told to.
func TestUnpackTellsCasesApart(t *testing.T) {
	archive := packedTar(t, packedFile("readme", "1"), packedFile("README", "2"), packedFile("d/x", "3"), packedFile("D/x", "4"))
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys := tempfs.Test(t, opts...)
		if err := errors.Join(put(fsys, "case", ""), put(fsys, "CASE", "")); err != nil {
			t.Skip("the host does not tell them apart")
		}
		require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.CaseSensitive(), unpack.To("/")))
		require.Equal(t, "1", contentOf(t, fsys, "readme"))
		require.Equal(t, "4", contentOf(t, fsys, "D/x"))
	})
	isRefused(t, packedTar(t, packedLink("x", "."), packedLink("y", "X/..")), unpack.ErrUnsafeLink, unpack.CaseSensitive())
}

// TestUnpackSkipsKinds that it is told to, reports each, and lets nothing be below their names.
func TestUnpackSkipsKinds(t *testing.T) {
	items := []packed{
		packedFile("f", "1"), packedLink("evil", "/etc"), packedHardLink("hard", "f"), packedHardLink("harder", "/etc/passwd"),
		{name: "pipe", kind: tar.TypeFifo},
		{name: "d/null", kind: tar.TypeChar},
		packedLink("fine", "f"), packedFile("last", "2"),
	}
	archive := packedTar(t, items...)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		report := map[string]unpack.Kind{}
		require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive),
			unpack.Skip(unpack.SymbolicLinks|unpack.HardLinks|unpack.Specials, func(name string, kind unpack.Kind) { report[name] = kind })))
		require.Equal(t, map[string]unpack.Kind{
			"evil": unpack.SymbolicLinks, "hard": unpack.HardLinks, "harder": unpack.HardLinks, "pipe": unpack.Specials, "d/null": unpack.Specials, "fine": unpack.SymbolicLinks,
		}, report)
		require.Equal(t, []string{"/d", "/f", "/last"}, namesOf(t, fsys, "/"))
	})
	isRefused(t, archive, unpack.ErrUnsafeLink, unpack.Skip(unpack.Specials, nil))
	isRefused(t, archive, unpack.ErrSpecial, unpack.Skip(unpack.SymbolicLinks|unpack.HardLinks, nil))
	isRefused(t, packedTar(t, packedLink("x", "/etc"), packedFile("x/y", "")), unpack.ErrUnsafePath, unpack.Skip(unpack.SymbolicLinks, nil))
	isRefused(t, packedTar(t, packedLink("x", "/etc"), packedFile("x", "")), unpack.ErrDuplicate, unpack.Skip(unpack.SymbolicLinks, nil))
	isRefused(t, packedTar(t, packedLink("x", "."), packedLink("y", "x/.."), packedHardLink("z", "x")), unpack.ErrUnsafeLink, unpack.Skip(unpack.Specials, nil))
	require.Equal(t, "symbolic link, hard link, special file, Kind(3)", strings.Join([]string{
		unpack.SymbolicLinks.String(), unpack.HardLinks.String(), unpack.Specials.String(), (unpack.SymbolicLinks | unpack.HardLinks).String(),
	}, ", "))
}

// closing counts calls of Close.
type closing struct {
	io.Reader
	closed *int
}

func (c closing) Close() { *c.closed++ }

// TestUnpackTakesOtherCompressions, with the limits of those that are built in.
func TestUnpackTakesOtherCompressions(t *testing.T) {
	compress := func(content []byte) []byte {
		var b bytes.Buffer
		w := zlib.NewWriter(&b)
		_, err := w.Write(content)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		return b.Bytes()
	}
	closed := 0
	option := unpack.Compression("\x78\x9c", func(r io.Reader) (io.Reader, error) {
		opened, err := zlib.NewReader(r)
		return closing{opened, &closed}, err
	})
	archive := compress(packedTar(t, harmless()...))
	fsys := tempfs.Test(t, tempfs.InMemory())
	require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), option))
	require.Equal(t, "content", contentOf(t, fsys, "top"))
	require.Equal(t, 1, closed)
	isRefused(t, archive, unpack.ErrFormat)
	isRefused(t, archive[:len(archive)/2], unpack.ErrTruncated, option)
	isRefused(t, compress([]byte("no tar")), unpack.ErrFormat, option)
	isRefused(t, compress(packedTar(t, packedFile("zeros", strings.Repeat("\x00", 8<<20)))), unpack.ErrRatio, option)
	broken := errors.New("no such luck")
	isRefused(t, archive, broken, unpack.Compression("\x78", func(io.Reader) (io.Reader, error) { return nil, broken }))
}

// bzippedTar has the file f with "bzip2\n". The standard library cannot make one.
const bzippedTar = `QlpoOTFBWSZTWQCvQyEAAHx7kMkQAERAAH+AAADxIN4QBAAACCAAdQyTUAAeiZDT1BJKaMgZGgGgUPt77HIQQekJGNcmKQmz0CGQ+oJOEpsGNm6AqOb/EhKGuYRsFlioi/TsKivrZPaH+fYkg/F3JFOFCQAK9DIQ`

// TestUnpackTakesBzip2.
func TestUnpackTakesBzip2(t *testing.T) {
	archive, err := base64.StdEncoding.DecodeString(bzippedTar)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, bzip2.NewReader(bytes.NewReader(archive)))
	require.NoError(t, err)
	fsys := tempfs.Test(t, tempfs.InMemory())
	require.NoError(t, unpack.Into(context.Background(), fsys, onlyReader{bytes.NewReader(archive)}))
	require.Equal(t, "bzip2\n", contentOf(t, fsys, "f"))
	isRefused(t, archive[:len(archive)-3], unpack.ErrTruncated)
	isRefused(t, spoiled(bytes.Clone(archive), len(archive)/2), unpack.ErrFormat)
}

// lines is a format of a test: a line is the name of a file that has it as its content.
func lines(_ context.Context, r io.Reader, yield func(unpack.Entry) error) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for line := range strings.Lines(strings.TrimPrefix(string(text), "lines\n")) {
		name := strings.TrimSpace(line)
		e := unpack.Entry{Name: name, Mode: fs.ModeSetuid | 0o777, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(line)), nil }}
		switch {
		case strings.HasSuffix(name, "/"):
			e.Mode |= fs.ModeDir
		case strings.Contains(name, " -> "):
			e.Name, e.Linkname, _ = strings.Cut(name, " -> ")
			e.Mode |= fs.ModeSymlink
		case strings.Contains(name, " = "):
			e.Name, e.Linkname, _ = strings.Cut(name, " = ")
		}
		if err := yield(e); err != nil {
			return err
		}
	}
	return nil
}

// TestUnpackTakesOtherFormats, with all rules.
func TestUnpackTakesOtherFormats(t *testing.T) {
	option := unpack.Format("lines\n", lines)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, unpack.Into(context.Background(), fsys, strings.NewReader("lines\na/b\nd/\nd/l -> ../a/b\nh = a/b\n"), option))
		require.Equal(t, []string{"/a", "/a/b", "/d", "/d/l", "/h"}, namesOf(t, fsys, "/"))
		require.Equal(t, "a/b\n", contentOf(t, fsys, "d/l"))
		info, err := fsys.Stat("a/b")
		require.NoError(t, err)
		require.Zero(t, info.Mode()&^0o755)
	})
	for text, verdict := range map[string]error{
		"lines\n../x\n": unpack.ErrUnsafePath, "lines\na\na\n": unpack.ErrDuplicate, "lines\nx -> ..\n": unpack.ErrUnsafeLink, "lines\nx = y\n": unpack.ErrUnsafeLink,
	} {
		isRefused(t, []byte(text), verdict, option)
	}
	isRefused(t, []byte("lines\na\nb\n"), unpack.ErrTooMany, option, unpack.WithLimits(unpack.Limits{Entries: 1}))
	isRefused(t, []byte("lines\na\nb\n"), unpack.ErrTooLarge, option, unpack.WithLimits(unpack.Limits{Bytes: 3, Input: -1}))
	isRefused(t, packedTar(t), io.ErrClosedPipe, unpack.Format("", func(context.Context, io.Reader, func(unpack.Entry) error) error { return io.ErrClosedPipe }))
	both := unpack.Entry{Name: "x", Mode: fs.ModeDir | fs.ModeSymlink}
	isRefused(t, nil, unpack.ErrSpecial, unpack.Format("", func(_ context.Context, _ io.Reader, yield func(unpack.Entry) error) error { return yield(both) }))
}

// TestUnpackGivesAFormatItsReaderAsItWas: one that can be read anywhere stays that.
func TestUnpackGivesAFormatItsReaderAsItWas(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.InMemory())
	for _, c := range []struct {
		r        io.Reader
		anywhere bool
	}{{strings.NewReader("0123"), true}, {onlyReader{strings.NewReader("0123")}, false}} {
		require.NoError(t, unpack.Into(context.Background(), fsys, c.r, unpack.Format("01", func(_ context.Context, r io.Reader, _ func(unpack.Entry) error) error {
			_, anywhere := r.(io.ReaderAt)
			require.Equal(t, c.anywhere, anywhere)
			content, err := io.ReadAll(r)
			require.Equal(t, "0123", string(content))
			return err
		})))
	}
}

// TestUnpackWantsItsDirectory to be there, and to be one.
func TestUnpackWantsItsDirectory(t *testing.T) {
	archive := packedZip(t, harmless()...)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "file", ""))
		before := outlineOf(t, fsys)
		for dir, want := range map[string]error{"missing": fs.ErrNotExist, "": fs.ErrInvalid} {
			require.ErrorIs(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.To(dir)), want)
		}
		require.ErrorContains(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.To("file"), nil), "not a directory")
		require.Equal(t, before, outlineOf(t, fsys))
	})
}
