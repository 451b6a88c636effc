package tempfs_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// harmless is an archive with one of all that can be unpacked.
func harmless() []packed {
	return []packed{
		packedFile("top", "content"), packedDir("d/"), packedFile("d/e/f", strings.Repeat("deep ", 1000)), packedLink("d/l", "e/f"), packedLink("link", "d"),
		{name: "d/run", content: "#!", mode: 0o755},
		{name: "secret", content: "s", mode: 0o400},
		{name: "shut/", kind: '5', mode: 0o500},
		packedFile("shut/in", "inside"),
	}
}

// TestUnpackReplacesNothing that exists, deep or at the top, of whatever kind, and leaves nothing of the archive then.
func TestUnpackReplacesNothing(t *testing.T) {
	archive := packedTar(t, harmless()...)
	for name, plant := range map[string]func(fsys *tempfs.Fs) error{
		"file at the top":      func(fsys *tempfs.Fs) error { return put(fsys, "top", "old") },
		"directory for a file": func(fsys *tempfs.Fs) error { return fsys.Mkdir("top", 0o755) },
		"link for a file":      func(fsys *tempfs.Fs) error { return fsys.SymlinkIfPossible("nowhere", "top") },
		"file for a link":      func(fsys *tempfs.Fs) error { return put(fsys, "link", "old") },
		"link for a link":      func(fsys *tempfs.Fs) error { return fsys.SymlinkIfPossible("d", "link") },
		"file for a directory": func(fsys *tempfs.Fs) error { return put(fsys, "d", "old") },
		"link for a directory": func(fsys *tempfs.Fs) error { return fsys.SymlinkIfPossible("nowhere", "d") },
		"deep file": func(fsys *tempfs.Fs) error {
			return errors.Join(fsys.MkdirAll("d/e", 0o755), put(fsys, "d/e/f", "old"))
		},
		"deep link": func(fsys *tempfs.Fs) error {
			return errors.Join(fsys.Mkdir("d", 0o755), fsys.SymlinkIfPossible("x", "d/l"))
		},
		"the last": func(fsys *tempfs.Fs) error { return put(fsys, "shut", "old") },
		"file in a directory": func(fsys *tempfs.Fs) error {
			return errors.Join(fsys.Mkdir("shut", 0o711), put(fsys, "shut/in", "old"))
		},
		"directory below the top": func(fsys *tempfs.Fs) error { return fsys.MkdirAll("d/e/f", 0o711) },
	} {
		t.Run(name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, plant(fsys))
				before := outlineOf(t, fsys)
				require.ErrorIs(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive)), fs.ErrExist)
				require.Equal(t, before, outlineOf(t, fsys))
			})
		})
	}
}

// TestUnpackGivesModesAndTimes of the archive, directories included, and nothing beyond 0755.
func TestUnpackGivesModesAndTimes(t *testing.T) {
	items := []packed{
		{name: "d/", kind: '5', mode: 0o700},
		{name: "d/f", mode: 0o640},
		{name: "open", mode: 0o777},
		{name: "run", mode: 0o711},
		{name: "late/x", mode: 0o600},
		{name: "late/", kind: '5', mode: 0o511},
		{name: "late/deep/", kind: '5', mode: 0o555},
		{name: "wide/", kind: '5', mode: 0o777},
		{name: "none/", kind: '5', mode: 0o055},
		{name: "set", mode: 0o755},
		{name: "setdir/", kind: '5', mode: 0o755},
	}
	want := map[string]fs.FileMode{
		"d": 0o700, "d/f": 0o640, "open": 0o755, "run": 0o711, "late": 0o511, "late/x": 0o600, "late/deep": 0o555, "wide": 0o755, "none": 0o055, "set": 0o755, "setdir": 0o755,
	}
	for format, archive := range archivesOf(t, items...) {
		t.Run(format, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, fsys.Mkdir("umask", 0o777))
				masked, err := fsys.Stat("umask")
				require.NoError(t, err)
				require.NoError(t, fsys.Mkdir("in", 0o755))
				require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.To("in")))
				for name, mode := range want {
					info, err := fsys.Stat("in/" + name)
					require.NoError(t, err)
					require.Equal(t, mode&masked.Mode().Perm(), info.Mode()&^fs.ModeDir, name)
					require.Equal(t, longAgo.Unix(), info.ModTime().Unix(), name)
				}
			})
		})
	}
}

// TestUnpackEndsWithItsContext, wherever it is, and leaves nothing.
func TestUnpackEndsWithItsContext(t *testing.T) {
	items := append(harmless(), packedFile("large", incompressible(3<<20)))
	for format, archive := range archivesOf(t, items...) {
		t.Run(format, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				before := outlineOf(t, fsys)
				ended, cancel := context.WithCancel(context.Background())
				cancel()
				require.ErrorIs(t, unpack.Into(ended, fsys, bytes.NewReader(archive)), context.Canceled)
				require.Equal(t, before, outlineOf(t, fsys))
				for after := range len(items) + 1 {
					ctx, cancel := context.WithCancel(context.Background())
					calls := 0
					err := unpack.Into(ctx, fsys, onlyReader{bytes.NewReader(archive)}, unpack.OnProgress(func(unpack.Progress) {
						if calls++; calls > after {
							cancel()
						}
					}))
					cancel()
					require.ErrorIs(t, err, context.Canceled, after)
					require.Equal(t, before, outlineOf(t, fsys))
				}
			})
		})
	}
}

// TestUnpackEndsInsideOfAFile when its context does: the progress within a file is the last that is seen.
func TestUnpackEndsInsideOfAFile(t *testing.T) {
	archive := packedTar(t, packedFile("large", strings.Repeat("x", 8<<20)))
	fsys := tempfs.Test(t, tempfs.InMemory())
	ctx, cancel := context.WithCancel(context.Background())
	var last unpack.Progress
	err := unpack.Into(ctx, fsys, bytes.NewReader(archive), unpack.OnProgress(func(p unpack.Progress) { cancel(); last = p }))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, "large", last.Name)
	require.Zero(t, last.Entries)
	require.Less(t, last.Bytes, int64(2<<20))
	require.Empty(t, namesOf(t, fsys, "/"))
}

// TestUnpackTellsItsProgress up to all there is.
func TestUnpackTellsItsProgress(t *testing.T) {
	items := harmless()
	for format, archive := range archivesOf(t, items...) {
		t.Run(format, func(t *testing.T) {
			fsys := tempfs.Test(t, tempfs.InMemory())
			var last unpack.Progress
			require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.OnProgress(func(p unpack.Progress) {
				require.GreaterOrEqual(t, p.Entries, last.Entries)
				require.GreaterOrEqual(t, p.Bytes, last.Bytes)
				last = p
			})))
			require.Equal(t, unpack.Progress{Name: "shut/in", Entries: int64(len(items)), Bytes: int64(7 + 5000 + 3 + 1 + 2 + 1 + 6)}, last)
		})
	}
}

// TestUnpackSurvivesThePanicOfACallback: it goes on to the caller, and the Fs is as it was.
func TestUnpackSurvivesThePanicOfACallback(t *testing.T) {
	archive := packedTar(t, harmless()...)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.PanicsWithValue(t, "enough", func() {
			_ = unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.OnProgress(func(unpack.Progress) { panic("enough") }))
		})
		require.Empty(t, namesOf(t, fsys, "/"))
	})
}

// TestUnpackHandsOnTheErrorOfItsReader, from each byte on, and leaves nothing.
func TestUnpackHandsOnTheErrorOfItsReader(t *testing.T) {
	broken := errors.New("the line is dead")
	for format, archive := range archivesOf(t, harmless()...) {
		t.Run(format, func(t *testing.T) {
			fsys := tempfs.Test(t, tempfs.InMemory())
			for n := 0; n < len(archive); n += 1 + len(archive)/300 {
				r := io.MultiReader(bytes.NewReader(archive[:n]), iotest.ErrReader(broken))
				require.ErrorIs(t, unpack.Into(context.Background(), fsys, r), broken, n)
				require.Empty(t, namesOf(t, fsys, "/"))
			}
		})
	}
}

// TestUnpackPrefersTheErrorOfItsReader to what a decompressor makes of it.
func TestUnpackPrefersTheErrorOfItsReader(t *testing.T) {
	broken := errors.New("the line is dead")
	secretive := unpack.Compression("x", func(r io.Reader) (io.Reader, error) {
		return readerFunc(func(p []byte) (int, error) {
			n, err := r.Read(p)
			if err != nil {
				err = errors.New("corrupt")
			}
			return n, err
		}), nil
	})
	fsys := tempfs.Test(t, tempfs.InMemory())
	r := io.MultiReader(bytes.NewReader(packedTar(t, packedFile("x", incompressible(5000)))[:3000]), iotest.ErrReader(broken))
	require.ErrorIs(t, unpack.Into(context.Background(), fsys, r, secretive), broken)
	require.Empty(t, namesOf(t, fsys, "/"))
}

// TestUnpackRefusesCutArchives: cut at any byte, and read in place or once.
func TestUnpackRefusesCutArchives(t *testing.T) {
	for format, archive := range archivesOf(t, harmless()...) {
		t.Run(format, func(t *testing.T) {
			fsys := tempfs.Test(t, tempfs.InMemory())
			whole := len(archive)
			if format == "tar" {
				whole = len(bytes.TrimRight(archive, "\x00"))
				whole += -whole&511 + 1024 // a record may be shorter than usual
			}
			for n := 0; n < whole; n += 1 + whole/600 {
				err := unpack.Into(context.Background(), fsys, bytes.NewReader(archive[:n]))
				require.Error(t, err, n)
				require.True(t, errors.Is(err, unpack.ErrTruncated) || errors.Is(err, unpack.ErrFormat), err)
				require.Error(t, unpack.Into(context.Background(), fsys, onlyReader{bytes.NewReader(archive[:n])}))
				require.Empty(t, namesOf(t, fsys, "/"))
			}
			require.NoError(t, unpack.Into(context.Background(), fsys, iotest.OneByteReader(bytes.NewReader(archive[:whole]))))
		})
	}
}

// TestUnpackTellsTruncated from broken where that can be known.
func TestUnpackTellsTruncated(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.InMemory())
	plain := packedTar(t, packedFile("a", strings.Repeat("\x00", 5000))) // zeros that are no end
	for _, n := range []int{600, 512 + 1024, 512 + 2048, 512 + 5000, 512 + 5120, 512 + 5120 + 512, 512 + 5120 + 1023} {
		require.ErrorIs(t, unpack.Into(context.Background(), fsys, bytes.NewReader(plain[:n])), unpack.ErrTruncated, n)
		require.ErrorIs(t, unpack.Into(context.Background(), fsys, bytes.NewReader(packedGzip(t, plain[:n]))), unpack.ErrTruncated, n)
	}
	packed := packedGzip(t, plain)
	for _, n := range []int{3, 12, len(packed) / 2, len(packed) - 8, len(packed) - 1} {
		require.ErrorIs(t, unpack.Into(context.Background(), fsys, bytes.NewReader(packed[:n])), unpack.ErrTruncated, n)
	}
	require.Empty(t, namesOf(t, fsys, "/"))
}

// TestUnpackReadsFromWhereTheReaderIs.
func TestUnpackReadsFromWhereTheReaderIs(t *testing.T) {
	for format, archive := range archivesOf(t, harmless()...) {
		t.Run(format, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, put(fsys, "archive", "before "+string(archive)))
				f, err := fsys.Open("archive")
				require.NoError(t, err)
				defer func() { require.NoError(t, f.Close()) }()
				_, err = f.Seek(7, io.SeekStart)
				require.NoError(t, err)
				require.NoError(t, fsys.Mkdir("in", 0o755))
				require.NoError(t, unpack.Into(context.Background(), fsys, f, unpack.To("/in/")))
				require.Equal(t, "content", contentOf(t, fsys, "in/top"))
				require.NoError(t, afero.WriteFile(fsys, "in/d/new", nil, 0o644)) // it is an Fs as any other
			})
		})
	}
}
