package tempfs_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// fuzzLimits are small, so that an execution is short.
var fuzzLimits = unpack.Limits{Bytes: 1 << 20, Entries: 64, FileSize: 1 << 19, Depth: 12, Input: 1 << 20}

// FuzzInto takes any bytes for an archive. After an error the Fs is as it was; after none it is within the limits, and holds nothing but files, directories, and links that lead inside,
// all without setuid and its like. What is read in place and what is read once come to the same.
//
//	go test -run '^$' -fuzz '^FuzzInto$' -fuzztime 30m -parallel 1 ./tempfs_test
func FuzzInto(f *testing.F) {
	for _, archive := range archivesOf(f, harmless()...) {
		f.Add(archive, byte(0))
	}
	for _, corpus := range [][]hostilePack{packsWithNames, packsWithKinds, packsWithTwins, packsWithLinks, packsWithHardLinks} {
		for _, h := range corpus {
			for _, archive := range archivesOf(f, h.items...) {
				if len(archive) < 1<<14 {
					f.Add(archive, byte(len(h.name)))
				}
			}
		}
	}
	f.Add(overlapping(f, "content"), byte(0))
	f.Add(quoting(f), byte(0))
	f.Fuzz(func(t *testing.T, archive []byte, options byte) {
		opts := fuzzOptions(options)
		first, failed := unpackedAnew(t, bytes.NewReader(archive), opts)
		second, failedToo := unpackedAnew(t, iotest.HalfReader(onlyReader{bytes.NewReader(archive)}), opts)
		require.Equal(t, failed == nil, failedToo == nil, "%v, but %v", failed, failedToo)
		require.Equal(t, first, second)
	})
}

// fuzzOptions has a bit for each that loosens something.
func fuzzOptions(bits byte) []unpack.Option {
	opts := []unpack.Option{unpack.WithLimits(fuzzLimits)}
	for bit, o := range []unpack.Option{unpack.LastWins(), unpack.CaseSensitive(), unpack.Skip(unpack.Specials, nil), unpack.Skip(unpack.SymbolicLinks|unpack.HardLinks, nil), unpack.To("old"), unpack.Workers(3)} {
		if bits>>bit&1 != 0 {
			opts = append(opts, o)
		}
	}
	return opts
}

// unpackedAnew is what an Fs comes to, checked.
func unpackedAnew(t *testing.T, r io.Reader, opts []unpack.Option) (outline map[string]string, failed error) {
	t.Helper()
	require.NoError(t, tempfs.With(func(fsys *tempfs.Fs) error {
		require.NoError(t, fsys.Mkdir("old", 0o750))
		require.NoError(t, put(fsys, "old/f", "old"))
		before := outlineOf(t, fsys)
		failed = unpack.Into(context.Background(), fsys, r, opts...)
		outline = outlineOf(t, fsys)
		switch failed {
		case nil:
			require.Subset(t, outline, before)
			maps.DeleteFunc(outline, func(name, _ string) bool { _, old := before[name]; return old })
			isTame(t, fsys, len(outline))
		default:
			require.NotContains(t, failed.Error(), ".unpack-")
			require.Equal(t, before, outline)
		}
		return nil
	}, tempfs.InMemory()))
	return outline, failed
}

// isTame wants what is in an Fs to be of the kinds that the rules allow.
func isTame(t *testing.T, fsys *tempfs.Fs, entries int) {
	t.Helper()
	require.LessOrEqual(t, int64(entries), fuzzLimits.Entries)
	var size int64
	walk(t, fsys, "/", func(name string, info fs.FileInfo) {
		require.NotContains(t, name, ".unpack-")
		require.LessOrEqual(t, strings.Count(name, "/"), fuzzLimits.Depth+1)
		switch mode := info.Mode(); mode.Type() {
		case fs.ModeSymlink:
			require.False(t, leadsOutside(t, afero.Fs(fsys), name), name)
		case fs.ModeDir:
			require.Zero(t, mode&(fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky), name)
		default:
			require.Zero(t, mode&^0o755, "%s is %v", name, mode)
			size += info.Size()
		}
	})
	require.LessOrEqual(t, size, fuzzLimits.Bytes+3)
}
