package tempfs_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// deflatedZeros are n MiB of zeros, a thousandth of that when compressed. The second MiB refers to zeros before it, hence it can be repeated as it is.
func deflatedZeros(tb testing.TB, n int) []byte {
	tb.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	require.NoError(tb, err)
	zeros := make([]byte, 1<<20)
	first := 0
	for range 2 {
		first = b.Len()
		_, err = w.Write(zeros)
		require.NoError(tb, err)
		require.NoError(tb, w.Flush())
	}
	repeated := bytes.Clone(b.Bytes()[first:])
	for range n - 2 {
		b.Write(repeated)
	}
	b.Write([]byte{1, 0, 0, 0xff, 0xff}) // an empty block that is the last, RFC 1951 3.2.4
	return b.Bytes()
}

// bombOf is an archive with one file of n MiB of zeros.
func bombOf(tb testing.TB, format string, n int) []byte {
	tb.Helper()
	body := deflatedZeros(tb, n)
	var b bytes.Buffer
	if format == "zip" {
		w := zip.NewWriter(&b)
		f, err := w.CreateRaw(&zip.FileHeader{Name: "bomb", Method: zip.Deflate, CompressedSize64: uint64(len(body)), UncompressedSize64: uint64(n) << 20})
		require.NoError(tb, err)
		_, err = f.Write(body)
		require.NoError(tb, err)
		require.NoError(tb, w.Close())
		return b.Bytes()
	}
	var header bytes.Buffer
	require.NoError(tb, tar.NewWriter(&header).WriteHeader(&tar.Header{Name: "bomb", Size: int64(n) << 20, Typeflag: tar.TypeReg}))
	w := gzip.NewWriter(&b)
	_, err := w.Write(header.Bytes())
	require.NoError(tb, err)
	require.NoError(tb, w.Flush())
	return append(b.Bytes(), body...)
}

// TestUnpackRefusesBombs: a GiB of zeros in a MiB. Without the limit of the ratio they end at that of bytes, and never hold more.
func TestUnpackRefusesBombs(t *testing.T) {
	for _, format := range []string{"zip", "tar.gz"} {
		bomb := bombOf(t, format, 1024)
		require.Less(t, len(bomb), 2<<20)
		t.Run(format, func(t *testing.T) {
			isRefused(t, bomb, unpack.ErrRatio)
			isRefused(t, bomb, unpack.ErrTooLarge)
			var most int64
			isRefused(t, bomb, unpack.ErrTooLarge, unpack.WithLimits(unpack.Limits{Bytes: 20 << 20, FileSize: -1, Ratio: -1}),
				unpack.OnProgress(func(p unpack.Progress) { most = max(most, p.Bytes) }))
			require.LessOrEqual(t, most, int64(20<<20))
			isRefused(t, bomb, unpack.ErrTooLarge, unpack.WithLimits(unpack.Limits{FileSize: 20 << 20, Ratio: -1}))
		})
	}
}

// TestUnpackTakesWhatIsSmallOrDense: the ratio counts from a MiB on.
func TestUnpackTakesWhatIsSmallOrDense(t *testing.T) {
	for format, archive := range archivesOf(t, packedFile("zeros", strings.Repeat("\x00", 1<<19)), packedFile("dense", incompressible(2<<20))) {
		t.Run(format, func(t *testing.T) {
			fsys := tempfs.Test(t, tempfs.InMemory())
			require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive)))
		})
	}
}

// TestUnpackRefusesANestedBomb only when somebody unpacks what is in it: it is content.
func TestUnpackRefusesANestedBomb(t *testing.T) {
	bomb := bombOf(t, "zip", 64)
	archive := packedZip(t, packedFile("inner.zip", string(bomb)))
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive)))
		inner, err := fsys.Open("inner.zip")
		require.NoError(t, err)
		defer func() { require.NoError(t, inner.Close()) }()
		require.ErrorIs(t, unpack.Into(context.Background(), fsys, inner), unpack.ErrRatio)
		require.Equal(t, []string{"/inner.zip"}, namesOf(t, fsys, "/"))
	})
	twice := packedGzip(t, packedGzip(t, packedTar(t, harmless()...)))
	isRefused(t, twice, unpack.ErrFormat)
}

// TestUnpackLimitsAreExact: what comes to the limit passes, and one less does not.
func TestUnpackLimitsAreExact(t *testing.T) {
	items := []packed{packedFile("d/a", "0123456789"), packedFile("d/b", strings.Repeat("0", 80)), packedLink("l", "d/a"), packedFile("e", "")}
	for format, archive := range archivesOf(t, items...) {
		for name, c := range map[string]struct {
			limits unpack.Limits // that suffice
			less   unpack.Limits
			err    error
		}{
			"bytes":   {unpack.Limits{Bytes: 93, Input: -1}, unpack.Limits{Bytes: 92, Input: -1}, unpack.ErrTooLarge},
			"entries": {unpack.Limits{Entries: 5}, unpack.Limits{Entries: 4}, unpack.ErrTooMany},
			"file":    {unpack.Limits{FileSize: 80}, unpack.Limits{FileSize: 79}, unpack.ErrTooLarge},
			"depth":   {unpack.Limits{Depth: 2}, unpack.Limits{Depth: 1}, unpack.ErrTooDeep},
			"path":    {unpack.Limits{Path: 3}, unpack.Limits{Path: 2}, unpack.ErrTooDeep},
			"name":    {unpack.Limits{Name: 1}, unpack.Limits{Name: -1, Entries: 1}, unpack.ErrTooMany},
			"input":   {unpack.Limits{Input: int64(len(archive))}, unpack.Limits{Input: int64(len(archive)) - 1}, unpack.ErrTooLarge},
		} {
			t.Run(format+" "+name, func(t *testing.T) {
				for _, in := range []func() io.Reader{
					func() io.Reader { return bytes.NewReader(archive) }, func() io.Reader { return onlyReader{bytes.NewReader(archive)} },
				} {
					fsys := tempfs.Test(t, tempfs.InMemory())
					require.ErrorIs(t, unpack.Into(context.Background(), fsys, in(), unpack.WithLimits(c.less)), c.err)
					require.Empty(t, namesOf(t, fsys, "/"))
					require.NoError(t, unpack.Into(context.Background(), fsys, in(), unpack.WithLimits(c.limits)))
				}
			})
		}
	}
}

// TestUnpackCountsImpliedDirectories, which have no entry.
func TestUnpackCountsImpliedDirectories(t *testing.T) {
	archive := packedTar(t, packedFile(strings.Repeat("d/", 99)+"f", ""), packedFile(strings.Repeat("e/", 99)+"f", ""))
	fsys := tempfs.Test(t, tempfs.InMemory())
	require.ErrorIs(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.WithLimits(unpack.Limits{Entries: 199})), unpack.ErrTooMany)
	require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.WithLimits(unpack.Limits{Entries: 200})))
}

// TestUnpackCountsDirectoriesOnce, and those that come again each time.
func TestUnpackCountsDirectoriesOnce(t *testing.T) {
	for want, items := range map[int64][]packed{
		3: {packedDir("a/"), packedDir("a/b/"), packedDir("c/")},
		4: {packedDir("a/b/c/d/")},
		5: {packedFile("a/b/c", ""), packedDir("a/"), packedDir("a/b/")},
	} {
		for format, archive := range archivesOf(t, items...) {
			fsys := tempfs.Test(t, tempfs.InMemory())
			err := unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.WithLimits(unpack.Limits{Entries: want - 1}))
			require.ErrorIs(t, err, unpack.ErrTooMany, "%s %d", format, want)
			require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.WithLimits(unpack.Limits{Entries: want})), "%s %d", format, want)
		}
	}
}

// emptyFiles is a tar.gz of so many, made while it is read.
func emptyFiles(n int) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		packer, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
		archive := tar.NewWriter(packer)
		for i := range n {
			if err := archive.WriteHeader(&tar.Header{Name: fmt.Sprintf("%d/%d", i/1000, i), Typeflag: tar.TypeReg, Mode: 0o644}); err != nil {
				_ = w.CloseWithError(err)
				return
			}
		}
		_ = w.CloseWithError(errors.Join(archive.Close(), packer.Close()))
	}()
	return r
}

// TestUnpackRefusesAMillionFiles at one more than are allowed, in a tar and by the central directory of a zip.
func TestUnpackRefusesAMillionFiles(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.InMemory())
	r := emptyFiles(1_000_000)
	require.ErrorIs(t, unpack.Into(context.Background(), fsys, r, unpack.WithLimits(unpack.Limits{Entries: 10_000})), unpack.ErrTooMany)
	require.NoError(t, r.Close())

	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range 30_000 {
		_, err := w.CreateHeader(&zip.FileHeader{Name: strconv.Itoa(i)})
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	for _, most := range []int64{10, 20_000, 29_999} {
		err := unpack.Into(context.Background(), fsys, bytes.NewReader(b.Bytes()), unpack.WithLimits(unpack.Limits{Entries: most}))
		require.ErrorIs(t, err, unpack.ErrTooMany)
	}
	require.Empty(t, namesOf(t, fsys, "/"))
}

// TestUnpackTakesAMillionFiles if it is allowed to.
func TestUnpackTakesAMillionFiles(t *testing.T) {
	onlyInFull(t)
	const n = 1_000_000
	fsys := tempfs.Test(t, tempfs.InMemory())
	r := emptyFiles(n)
	defer func() { require.NoError(t, r.Close()) }()
	limits := unpack.Limits{Entries: n + n/1000, Ratio: -1}
	require.NoError(t, unpack.Into(context.Background(), fsys, r, unpack.WithLimits(limits)))
	dir, err := fsys.Open("/999")
	require.NoError(t, err)
	names, err := dir.Readdirnames(-1)
	require.NoError(t, err)
	require.NoError(t, dir.Close())
	require.Len(t, names, 1000)
}

// TestUnpackMakesDeepTrees if it is allowed to: as deep as a name of 4096 bytes can tell.
func TestUnpackMakesDeepTrees(t *testing.T) {
	name := strings.Repeat("x/", 2000) + "f"
	archive := packedTar(t, packedFile(name, "deep"))
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.WithLimits(unpack.Limits{Depth: 2001})))
		require.Equal(t, "deep", contentOf(t, fsys, name))
	})
}

// TestUnpackLeavesNothingOfATreeThatIsTooDeepForTheFs.
func TestUnpackLeavesNothingOfATreeThatIsTooDeepForTheFs(t *testing.T) {
	archive := packedTar(t, packedFile(strings.Repeat("x/", 3000)+"f", "deep"))
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		before := outlineOf(t, fsys)
		err := unpack.Into(context.Background(), fsys, bytes.NewReader(archive), unpack.WithLimits(unpack.Limits{Depth: -1, Path: -1}))
		require.Error(t, err)
		require.Less(t, len(err.Error()), 500)
		require.Equal(t, before, outlineOf(t, fsys))
	})
}

// TestUnpackEndsInHeaders when its context does: a tar may have any number of them before an entry.
func TestUnpackEndsInHeaders(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	require.NoError(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "x"}}))
	require.NoError(t, w.Flush())
	header := b.Bytes() // two blocks
	ctx, cancel := context.WithCancel(context.Background())
	read := 0
	r := readerFunc(func(p []byte) (int, error) {
		if read++; read == 10 {
			cancel()
		}
		return copy(p, header), nil
	})
	fsys := tempfs.Test(t, tempfs.InMemory())
	require.ErrorIs(t, unpack.Into(ctx, fsys, r), context.Canceled)
	require.Less(t, read, 10_000)
	require.Empty(t, namesOf(t, fsys, "/"))
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
