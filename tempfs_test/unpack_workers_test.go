package tempfs_test

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// manyFiles are enough to keep workers busy.
func manyFiles(n int) (items []packed) {
	for i := range n {
		items = append(items, packedFile(fmt.Sprintf("d%d/e%d/f%d", i%7, i%13, i), strings.Repeat(fmt.Sprint(i, " "), i*3)))
	}
	return append(items, packedFile("large", incompressible(3<<19)), packedLink("d0/l", "../large"), packedDir("empty/"))
}

// TestUnpackComesToTheSameByWorkers.
func TestUnpackComesToTheSameByWorkers(t *testing.T) {
	items := manyFiles(200)
	archive := packedZip(t, items...)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		for dir, workers := range map[string]int{"one": 1, "four": 4, "many": 1000} {
			require.NoError(t, fsys.Mkdir(dir, 0o755))
			var last unpack.Progress
			progress := unpack.OnProgress(func(p unpack.Progress) {
				require.GreaterOrEqual(t, p.Bytes, last.Bytes)
				require.GreaterOrEqual(t, p.Entries, last.Entries)
				last = p
			})
			require.NoError(t, unpack.Into(context.Background(), fsys, onlyReader{bytes.NewReader(archive)}, unpack.To(dir), unpack.Workers(workers), progress))
			require.Equal(t, int64(len(items)), last.Entries)
		}
		outlines := map[string]map[string]string{}
		for _, dir := range []string{"one", "four", "many"} {
			in, err := fsys.Sub(dir)
			require.NoError(t, err)
			outlines[dir] = outlineOf(t, in)
		}
		require.Greater(t, len(outlines["one"]), 200)
		require.Equal(t, outlines["one"], outlines["four"])
		require.Equal(t, outlines["one"], outlines["many"])
	})
}

// TestUnpackByWorkersEndsAsWithoutThem: at what is broken, when the context does, at a limit, and when a callback panics.
func TestUnpackByWorkersEndsAsWithoutThem(t *testing.T) {
	items := manyFiles(100)
	archive := packedZip(t, items...)
	sum := crc32.ChecksumIEEE([]byte(items[50].content))
	broken := bytes.ReplaceAll(bytes.Clone(archive), []byte{byte(sum), byte(sum >> 8), byte(sum >> 16), byte(sum >> 24)}, []byte("four"))
	workers := unpack.Workers(3)
	isRefused(t, broken, unpack.ErrFormat, workers)
	isRefused(t, archive, unpack.ErrTooLarge, workers, unpack.WithLimits(unpack.Limits{Bytes: 1 << 20, Input: -1}))
	isRefused(t, archive, unpack.ErrTooMany, workers, unpack.WithLimits(unpack.Limits{Entries: 110}))
	isRefused(t, packedZip(t, append(manyFiles(50), packedFile("../x", ""))...), unpack.ErrUnsafePath, workers)
	isRefused(t, packedZip(t, append(manyFiles(50), packedLink("x", ".."))...), unpack.ErrUnsafeLink, workers)
	for after := range 10 {
		ctx, cancel := context.WithCancel(context.Background())
		calls := 0
		fsys := tempfs.Test(t, tempfs.InMemory())
		err := unpack.Into(ctx, fsys, bytes.NewReader(archive), workers, unpack.OnProgress(func(unpack.Progress) {
			if calls++; calls > after*10 {
				cancel()
			}
		}))
		cancel()
		require.ErrorIs(t, err, context.Canceled)
		require.Empty(t, namesOf(t, fsys, "/"))
		require.PanicsWithValue(t, "enough", func() {
			_ = unpack.Into(context.Background(), fsys, bytes.NewReader(archive), workers, unpack.OnProgress(func(p unpack.Progress) {
				if p.Entries > int64(after) {
					panic("enough")
				}
			}))
		})
		require.Empty(t, namesOf(t, fsys, "/"))
	}
	require.NoError(t, unpack.Into(context.Background(), tempfs.Test(t, tempfs.InMemory()), bytes.NewReader(packedZip(t)), workers))
}

// TestUnpackByWorkersReadsOneAtATime, since files of MemMapFs can be read only so.
func TestUnpackByWorkersReadsOneAtATime(t *testing.T) {
	fsys := afero.NewMemMapFs()
	items := manyFiles(100)
	require.NoError(t, unpack.Into(context.Background(), fsys, io.MultiReader(bytes.NewReader(packedZip(t, items...))), unpack.Workers(4), unpack.Skip(unpack.SymbolicLinks, nil)))
	require.Equal(t, items[99].content, contentOf(t, fsys, "/"+items[99].name))
}

// TestUnpackOfManyAtOnceSucceedsOnce when all unpack the same to one place: who comes second leaves what the first one made.
func TestUnpackOfManyAtOnceSucceedsOnce(t *testing.T) {
	archive := packedTar(t, harmless()...)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		for n := range 10 {
			dir := fmt.Sprint("in", n)
			require.NoError(t, fsys.Mkdir(dir, 0o755))
			errs := make([]error, 4)
			var all sync.WaitGroup
			for i := range errs {
				all.Go(func() { errs[i] = unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.To(dir)) })
			}
			all.Wait()
			succeeded := 0
			for _, err := range errs {
				if err == nil {
					succeeded++
					continue
				}
				require.ErrorIs(t, err, fs.ErrExist)
			}
			require.Equal(t, 1, succeeded)
			in, err := fsys.Sub(dir)
			require.NoError(t, err)
			require.Len(t, outlineOf(t, in), 1+len(harmless())+1) // the root, and a directory that is implied
		}
	})
}
