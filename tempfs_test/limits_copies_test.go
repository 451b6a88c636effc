package tempfs_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// sources are readers of the same content for io.Copy, by what it would do with each.
func sources(t *testing.T, content string) map[string]io.Reader {
	t.Helper()
	host := filepath.Join(t.TempDir(), "host")
	require.NoError(t, os.WriteFile(host, []byte(content), 0o600))
	onHost, err := os.Open(host)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, onHost.Close()) })
	onDisk := tempfs.Test(t)
	require.NoError(t, put(onDisk, "/f", content))
	inMemory := tempfs.Test(t, tempfs.InMemory())
	require.NoError(t, put(inMemory, "/f", content))
	return map[string]io.Reader{
		"a file of the host":        onHost, // the kernel copies (copy_file_range(2))
		"a file of another disk":    requireOpen(t, onDisk, "/f", os.O_RDONLY),
		"a file in memory":          requireOpen(t, inMemory, "/f", os.O_RDONLY),
		"a reader that writes":      strings.NewReader(content), // an io.WriterTo
		"a reader that reads alone": struct{ io.Reader }{strings.NewReader(content)},
		"a reader that is bounded":  io.LimitReader(strings.NewReader(content), int64(len(content))),
	}
}

// TestCopyCannotPassTheLimit by whatever way the bytes take.
func TestCopyCannotPassTheLimit(t *testing.T) {
	const most = 3 << 20
	content := numberedContent(1, most+100_000)
	for told, limits := range map[tempfs.Limit]tempfs.Limits{tempfs.LimitBytes: {Bytes: most}, tempfs.LimitFileSize: {FileSize: most}} {
		t.Run(told.String(), func(t *testing.T) {
			eachLimited(t, limits, func(t *testing.T, fsys *tempfs.Fs) {
				for from, r := range sources(t, content) {
					f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
					n, err := io.Copy(f, r)
					requireRefused(t, err, told)
					require.Equal(t, int64(most), n, from)
					requireUsage(t, fsys, most, 1)
					require.NoError(t, has(fsys, "/f", content[:most]))
					require.NoError(t, f.Close())
					require.NoError(t, fsys.Remove("/f"))
				}
				for from, r := range sources(t, content) {
					f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE|os.O_APPEND)
					n, err := f.(io.ReaderFrom).ReadFrom(r)
					requireRefused(t, err, told)
					require.Equal(t, int64(most), n, from)
					require.NoError(t, f.Close())
					require.NoError(t, fsys.Remove("/f"))
				}
				f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
				n, err := f.WriteString(content)
				require.Equal(t, most, n)
				requireRefused(t, err, told)
			})
		})
	}
}

// TestCopyThatFitsIsWhole to the last byte that there is.
func TestCopyThatFitsIsWhole(t *testing.T) {
	content := numberedContent(1, 2<<20)
	eachLimited(t, tempfs.Limits{Bytes: 2 << 20, FileSize: 2 << 20}, func(t *testing.T, fsys *tempfs.Fs) {
		for from, r := range sources(t, content) {
			f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
			n, err := io.Copy(f, r)
			require.NoError(t, err, from)
			require.Equal(t, int64(len(content)), n)
			require.NoError(t, has(fsys, "/f", content))
			require.NoError(t, f.Close())
			require.NoError(t, fsys.Remove("/f"))
			requireUsage(t, fsys, 0, 0)
		}
	})
}

// TestImportThatDoesNotFitLeavesNothing, and the books as they were.
func TestImportThatDoesNotFitLeavesNothing(t *testing.T) {
	src := fstest.MapFS{
		"a/one": {Data: []byte("0123456789")}, "a/two": {Data: []byte("0123456789")}, "a/l": {Data: []byte("one"), Mode: fs.ModeSymlink},
		"b/three": {Data: []byte("0123456789")},
	}
	for told, limits := range map[tempfs.Limit]tempfs.Limits{
		tempfs.LimitBytes: {Bytes: 7 + 32}, tempfs.LimitFiles: {Files: 1 + 5}, tempfs.LimitFileSize: {FileSize: 9}, tempfs.LimitDepth: {Depth: 2},
	} {
		t.Run(told.String(), func(t *testing.T) {
			eachLimited(t, limits, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, put(fsys, "/before", "content"))
				err := fsys.Import(src, "/in")
				requireRefused(t, err, told)
				var failed *fs.PathError
				require.ErrorAs(t, err, &failed)
				require.True(t, strings.HasPrefix(failed.Path, "/in/"), failed.Path)
				require.NoError(t, lists(fsys, "/", "before"))
				requireUsage(t, fsys, 7, 1)
			})
		})
	}
	eachLimited(t, tempfs.Limits{Bytes: 33, Files: 7, FileSize: 10, Depth: 3}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Import(src, "/in"))
		requireUsage(t, fsys, 33, 7)
	})
}

// TestCloneHasTheLimitsAndWhatIsUsed, of which each side then has its own.
func TestCloneHasTheLimitsAndWhatIsUsed(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10, Files: 4}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/f", "012345"))
		require.NoError(t, fsys.Link("/f", "/g"))
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		unnamed := requireOpen(t, fsys, "/gone", os.O_RDWR|os.O_CREATE)
		require.NoError(t, errOf(unnamed.WriteString("abc")))
		require.NoError(t, fsys.Remove("/gone"))
		requireUsage(t, fsys, 9, 3)
		for _, opts := range [][]tempfs.Option{nil, cloneOptionsFor("disk"), cloneOptionsFor("memory"), cloneOptionsFor("spill")} {
			clone := requireClone(t, fsys, opts...)
			requireUsage(t, clone, 6, 2) // without what is open there and has no name
			require.Zero(t, clone.Usage().OpenFiles)
			f := requireOpen(t, clone, "/new", os.O_RDWR|os.O_CREATE)
			n, err := f.WriteString("abcdefgh")
			require.Equal(t, 4, n)
			requireRefused(t, err, tempfs.LimitBytes)
			require.NoError(t, clone.Mkdir("/e", 0o755))
			requireRefused(t, clone.Mkdir("/x", 0o755), tempfs.LimitFiles)
			require.NoError(t, f.Close())
			require.NoError(t, clone.RemoveAll("/"))
			requireUsage(t, clone, 0, 0)
			requireUsage(t, fsys, 9, 3)
		}
		clone := requireClone(t, fsys)
		require.NoError(t, fsys.Remove("/f"))
		require.NoError(t, fsys.Remove("/g"))
		requireUsage(t, fsys, 3, 2)
		requireUsage(t, clone, 6, 2)
		require.NoError(t, has(clone, "/f", "012345"))
		require.NoError(t, clone.Truncate("/f", 1))
		requireUsage(t, clone, 1, 2)
		require.NoError(t, unnamed.Close())
	})
}

// TestCloneWithOtherLimits has those, or is refused and leaves nothing.
func TestCloneWithOtherLimits(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		parent := t.TempDir()
		require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
		require.NoError(t, put(fsys, "/d/e/f", "0123456789"))
		for _, backend := range append([]string{"the same"}, backendNames...) {
			var opts []tempfs.Option
			if backend != "the same" {
				opts = cloneOptionsFor(backend)
			}
			if backend == "disk" || backend == "the same" && fsys.Backend() == "disk" {
				opts = []tempfs.Option{tempfs.In(parent)}
			}
			for told, limits := range map[tempfs.Limit]tempfs.Limits{
				tempfs.LimitBytes: {Bytes: 9}, tempfs.LimitFiles: {Files: 2}, tempfs.LimitFileSize: {FileSize: 9}, tempfs.LimitDepth: {Depth: 2},
			} {
				before := len(tempfs.Live())
				clone, err := fsys.Clone(append(opts, tempfs.WithLimits(limits))...)
				require.Nil(t, clone, "%s, %v", backend, told)
				requireRefused(t, err, told)
				require.Len(t, tempfs.Live(), before)
				requireEmpty(t, parent)
			}
			fits := tempfs.Limits{Bytes: 10, Files: 3, FileSize: 10, Depth: 3}
			clone := requireClone(t, fsys, append(opts, tempfs.WithLimits(fits))...)
			requireUsage(t, clone, 10, 3)
			require.ErrorIs(t, clone.Mkdir("/x", 0o755), tempfs.ErrQuota)
			free := requireClone(t, clone, tempfs.WithLimits(tempfs.Limits{}))
			require.NoError(t, free.MkdirAll("/a/b/c/d", 0o755))
			require.NoError(t, free.Release())
			require.NoError(t, clone.Release())
		}
	})
}

// TestCloneOfAViewHasWhatItShows, and limits from its own root.
func TestCloneOfAViewHasWhatItShows(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10, Depth: 3}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/beside", "0123"))
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		require.NoError(t, put(fsys, "/d/f", "abc"))
		sub, err := fsys.Sub("/d")
		require.NoError(t, err)
		clone := requireClone(t, sub)
		requireUsage(t, clone, 3, 1)
		require.NoError(t, clone.MkdirAll("/1/2/3", 0o755))
		requireRefused(t, clone.Mkdir("/1/2/3/4", 0o755), tempfs.LimitDepth)
		n, err := writeOnce(clone, "/new", "0123456789")
		require.Equal(t, 7, n)
		requireRefused(t, err, tempfs.LimitBytes)
	})
}

// TestViewChargesItsOwner for all that is done in it.
func TestViewChargesItsOwner(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10, Files: 3, FileSize: 8}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		sub, err := fsys.Sub("/d")
		require.NoError(t, err)
		f := requireOpen(t, sub, "/f", os.O_RDWR|os.O_CREATE)
		n, err := f.WriteString("0123456789")
		require.Equal(t, 8, n)
		requireRefused(t, err, tempfs.LimitFileSize)
		requireUsage(t, fsys, 8, 2)
		n, err = writeOnce(fsys, "/g", "abc")
		require.Equal(t, 2, n)
		requireRefused(t, err, tempfs.LimitBytes)
		requireRefused(t, sub.Mkdir("/e", 0o755), tempfs.LimitFiles)
		require.NoError(t, sub.Remove("/f"))
		requireUsage(t, fsys, 10, 3)
		require.NoError(t, sub.Release())
		require.ErrorIs(t, errOf(f.WriteString("x")), fs.ErrClosed)
		requireUsage(t, fsys, 2, 2) // the view's files ended with it
	})
}

// TestExportChargesNobody but where it goes, if that has limits.
func TestExportChargesNobody(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/f", "0123456789"))
		require.NoError(t, fsys.Export(afero.NewMemMapFs(), "out"))
		requireUsage(t, fsys, 10, 1)
		small := tempfs.Test(t, tempfs.InMemory(), tempfs.WithLimits(tempfs.Limits{Bytes: 9}))
		requireRefused(t, fsys.Export(small, "/out"), tempfs.LimitBytes)
		requireUsage(t, small, 0, 0)
	})
}

// TestWriteThatIsShortSaysSo by the contract of io.Writer, under every limit and at every size.
func TestWriteThatIsShortSaysSo(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 5000, FileSize: 3000}, func(t *testing.T, fsys *tempfs.Fs) {
		for size := 0; size < 6000; size += 499 {
			for _, name := range []string{"/a", "/b", "/c"} {
				n, err := writeOnce(fsys, name, numberedContent(size, size))
				require.Equal(t, n < size, err != nil, "%d of %d: %v", n, size, err)
				require.LessOrEqual(t, n, size)
				require.Equal(t, int64(n), sizeOf(t, fsys, name))
				require.NoError(t, has(fsys, name, numberedContent(size, size)[:n]))
				if err != nil {
					require.ErrorIs(t, err, tempfs.ErrQuota)
					require.False(t, errors.Is(err, io.ErrShortWrite))
				}
			}
			require.NoError(t, fsys.RemoveAll("/"))
			requireUsage(t, fsys, 0, 0)
		}
	})
}
