package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// eachLimited runs fn on each backend with an Fs that has those limits. When fn is done the books must balance.
func eachLimited(t *testing.T, limits tempfs.Limits, fn func(t *testing.T, fsys *tempfs.Fs), opts ...tempfs.Option) {
	t.Helper()
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		fn(t, fsys)
		requireBooks(t, fsys)
	}, append(opts, tempfs.WithLimits(limits))...)
}

// requireUsage wants so many bytes and files.
func requireUsage(t *testing.T, fsys *tempfs.Fs, bytes, files int64) {
	t.Helper()
	used := fsys.Usage()
	require.Equal(t, [2]int64{bytes, files}, [2]int64{used.Bytes, used.Files}, "bytes and files")
}

// errnoOf is what a refusal of that limit says to programs that know no limits.
var errnoOf = map[tempfs.Limit]syscall.Errno{
	tempfs.LimitBytes: syscall.ENOSPC, tempfs.LimitFiles: syscall.ENOSPC, tempfs.LimitFileSize: syscall.EFBIG, tempfs.LimitDepth: syscall.ENAMETOOLONG,
}

// requireRefused wants the refusal of that limit, which more was asked of than it had.
func requireRefused(t *testing.T, err error, limit tempfs.Limit) *tempfs.LimitError {
	t.Helper()
	require.ErrorIs(t, err, tempfs.ErrQuota)
	require.ErrorIs(t, err, errnoOf[limit])
	var refused *tempfs.LimitError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, limit, refused.Limit, "%v", err)
	require.Greater(t, refused.Asked, refused.Free, "%v", err)
	require.GreaterOrEqual(t, refused.Free, int64(0), "%v", err)
	require.LessOrEqual(t, refused.Free, refused.Max, "%v", err)
	for other, errno := range errnoOf {
		if errno != errnoOf[limit] {
			require.NotErrorIs(t, err, errno, "it is not %v", other)
		}
	}
	return refused
}

// requireOpen opens a file that is closed with the test.
func requireOpen(t *testing.T, fsys *tempfs.Fs, name string, flag int) afero.File {
	t.Helper()
	f, err := fsys.OpenFile(name, flag, 0o644)
	require.NoError(t, err)
	t.Cleanup(func() {
		if err := f.Close(); !errors.Is(err, fs.ErrClosed) {
			require.NoError(t, err)
		}
	})
	return f
}

func sizeOf(t *testing.T, fsys *tempfs.Fs, name string) int64 {
	t.Helper()
	info, err := fsys.Stat(name)
	require.NoError(t, err)
	return info.Size()
}

// TestWriteFillsToTheBrim takes what fits, and lets what is there be written over when nothing fits any more.
func TestWriteFillsToTheBrim(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10}, func(t *testing.T, fsys *tempfs.Fs) {
		f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
		n, err := f.Write([]byte("0123456789abcd"))
		require.Equal(t, 10, n)
		refused := requireRefused(t, err, tempfs.LimitBytes)
		require.Equal(t, int64(10), refused.Max)
		var named *fs.PathError
		require.ErrorAs(t, err, &named)
		require.Equal(t, [2]string{"write", "/f"}, [2]string{named.Op, named.Path})
		requireUsage(t, fsys, 10, 1)

		n, err = f.Write([]byte("x"))
		require.Zero(t, n)
		requireRefused(t, err, tempfs.LimitBytes)
		n, err = f.WriteAt([]byte("ABCDEFGHIJ"), 0)
		require.NoError(t, err)
		require.Equal(t, 10, n)
		require.NoError(t, errOf(f.Write(nil)), "nothing needs no room")
		require.NoError(t, has(fsys, "/f", "ABCDEFGHIJ"))
	})
}

// TestRefusedWriteLeavesNoHole of a file that is empty, or is not.
func TestRefusedWriteLeavesNoHole(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10}, func(t *testing.T, fsys *tempfs.Fs) {
		f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
		for size := range int64(3) {
			require.NoError(t, f.Truncate(size))
			for _, off := range []int64{10, 11, 1 << 20, 1 << 40, 1 << 43} {
				n, err := f.WriteAt([]byte("abc"), off)
				require.Zero(t, n)
				require.ErrorIs(t, err, tempfs.ErrQuota, "at %d", off)
				require.Equal(t, size, sizeOf(t, fsys, "/f"))
				requireUsage(t, fsys, size, 1)
			}
		}
	})
}

// TestHoleBeforeAWriteCounts as the bytes that it reads as.
func TestHoleBeforeAWriteCounts(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10}, func(t *testing.T, fsys *tempfs.Fs) {
		f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
		n, err := f.WriteAt([]byte("abcdef"), 7)
		require.Equal(t, 3, n)
		requireRefused(t, err, tempfs.LimitBytes)
		require.NoError(t, has(fsys, "/f", "\x00\x00\x00\x00\x00\x00\x00abc"))
		requireUsage(t, fsys, 10, 1)
		require.NoError(t, errOf(f.WriteAt([]byte("in it"), 0)), "a hole was paid for")

		n, err = f.WriteAt([]byte("0123"), 8)
		require.Equal(t, 2, n, "up to the end")
		requireRefused(t, err, tempfs.LimitBytes)
		require.NoError(t, has(fsys, "/f", "in it\x00\x00a01"))
	})
}

// TestAppendAtTheBrim appends what fits, through each of two files that are open.
func TestAppendAtTheBrim(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10}, func(t *testing.T, fsys *tempfs.Fs) {
		a := requireOpen(t, fsys, "/f", os.O_WRONLY|os.O_CREATE|os.O_APPEND)
		b := requireOpen(t, fsys, "/f", os.O_WRONLY|os.O_APPEND)
		require.NoError(t, errOf(a.WriteString("aaaa")))
		require.NoError(t, errOf(b.WriteString("bbbb")))
		n, err := a.WriteString("AAAA")
		require.Equal(t, 2, n)
		requireRefused(t, err, tempfs.LimitBytes)
		n, err = b.WriteString("B")
		require.Zero(t, n)
		requireRefused(t, err, tempfs.LimitBytes)
		require.NoError(t, has(fsys, "/f", "aaaabbbbAA"))
		require.NoError(t, fsys.Truncate("/f", 9))
		require.NoError(t, errOf(b.WriteString("B")))
		require.NoError(t, has(fsys, "/f", "aaaabbbbAB"))
	})
}

// TestOffsetAfterAShortWrite is behind what was taken, so that whoever makes room can go on there.
func TestOffsetAfterAShortWrite(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/other", "12345"))
		f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
		content := "0123456789"
		n, err := f.WriteString(content)
		require.Equal(t, 5, n)
		requireRefused(t, err, tempfs.LimitBytes)
		require.NoError(t, fsys.Remove("/other"))
		require.NoError(t, errOf(f.WriteString(content[n:])))
		require.NoError(t, has(fsys, "/f", content))
	})
}

// TestTruncateIsAllOrNothing upwards, and makes room downwards.
func TestTruncateIsAllOrNothing(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10}, func(t *testing.T, fsys *tempfs.Fs) {
		f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
		require.NoError(t, errOf(f.WriteString("abc")))
		for _, size := range []int64{11, 1 << 40, 1 << 43} {
			for how, truncate := range map[string]func(int64) error{
				"file": f.Truncate, "name": func(size int64) error { return fsys.Truncate("/f", size) },
			} {
				err := truncate(size)
				require.ErrorIs(t, err, tempfs.ErrQuota, how)
				requireRefused(t, err, tempfs.LimitBytes)
				require.NoError(t, has(fsys, "/f", "abc"))
				requireUsage(t, fsys, 3, 1)
			}
		}
		require.NoError(t, f.Truncate(10))
		requireUsage(t, fsys, 10, 1)
		require.NoError(t, f.Truncate(10))
		require.NoError(t, f.Truncate(1))
		requireUsage(t, fsys, 1, 1)
		require.NoError(t, fsys.Truncate("/f", 10))
		require.NoError(t, has(fsys, "/f", "a\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	})
}

// TestOpenThatEmptiesMakesRoom by O_TRUNC, and takes away nothing if it fails.
func TestOpenThatEmptiesMakesRoom(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/f", "0123456789"))
		other := requireOpen(t, fsys, "/f", os.O_RDONLY)
		require.ErrorIs(t, opened(fsys.OpenFile("/f", os.O_RDWR|os.O_CREATE|os.O_EXCL|os.O_TRUNC, 0o644)), fs.ErrExist)
		requireUsage(t, fsys, 10, 1)
		f := requireOpen(t, fsys, "/f", os.O_WRONLY|os.O_TRUNC)
		requireUsage(t, fsys, 0, 1)
		require.NoError(t, errOf(f.WriteString("abcdefghij")))
		require.NoError(t, reads(other, "abcdefghij"))
		require.NoError(t, put(fsys, "/f", "again"), "Create empties")
		requireUsage(t, fsys, 5, 1)
	})
}

// TestFileSizeBindsEachFile with EFBIG, at the byte.
func TestFileSizeBindsEachFile(t *testing.T) {
	eachLimited(t, tempfs.Limits{FileSize: 10}, func(t *testing.T, fsys *tempfs.Fs) {
		for _, name := range []string{"/a", "/b"} {
			f := requireOpen(t, fsys, name, os.O_RDWR|os.O_CREATE)
			n, err := f.WriteString("0123456789abcd")
			require.Equal(t, 10, n)
			require.Equal(t, int64(10), requireRefused(t, err, tempfs.LimitFileSize).Max)
			n, err = f.WriteString("x")
			require.Zero(t, n)
			requireRefused(t, err, tempfs.LimitFileSize)
			for _, off := range []int64{10, 11, 1 << 40} {
				n, err = f.WriteAt([]byte("x"), off)
				require.Zero(t, n)
				requireRefused(t, err, tempfs.LimitFileSize)
			}
			n, err = f.WriteAt([]byte("XYZ"), 8)
			require.Equal(t, 2, n)
			requireRefused(t, err, tempfs.LimitFileSize)
			requireRefused(t, f.Truncate(11), tempfs.LimitFileSize)
			requireRefused(t, fsys.Truncate(name, 1<<40), tempfs.LimitFileSize)
			require.NoError(t, has(fsys, name, "01234567XY"))
			require.NoError(t, f.Truncate(9))
			require.NoError(t, f.Truncate(10))
		}
		requireUsage(t, fsys, 20, 2)
	})
}

// TestTighterLimitIsTold when a write meets the end of the file and of the space.
func TestTighterLimitIsTold(t *testing.T) {
	for _, c := range []struct {
		limits tempfs.Limits
		taken  int
		told   tempfs.Limit
	}{
		{tempfs.Limits{Bytes: 20, FileSize: 10}, 10, tempfs.LimitFileSize},
		{tempfs.Limits{Bytes: 10, FileSize: 20}, 10, tempfs.LimitBytes},
		{tempfs.Limits{Bytes: 10, FileSize: 11}, 10, tempfs.LimitBytes},
		{tempfs.Limits{Bytes: 11, FileSize: 10}, 10, tempfs.LimitFileSize},
	} {
		t.Run(fmt.Sprintf("%+v", c.limits), func(t *testing.T) {
			eachLimited(t, c.limits, func(t *testing.T, fsys *tempfs.Fs) {
				f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
				n, err := f.Write(make([]byte, 30))
				require.Equal(t, c.taken, n)
				requireRefused(t, err, c.told)
			})
		})
	}
}

// TestSmallestLimits are one byte, one file, one level.
func TestSmallestLimits(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 1, Files: 1, FileSize: 1, Depth: 1}, func(t *testing.T, fsys *tempfs.Fs) {
		f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
		require.NoError(t, errOf(f.WriteString("x")))
		n, err := f.WriteString("y")
		require.Zero(t, n)
		require.ErrorIs(t, err, tempfs.ErrQuota)
		requireRefused(t, fsys.Mkdir("/d", 0o755), tempfs.LimitFiles)
		requireRefused(t, fsys.SymlinkIfPossible("f", "/l"), tempfs.LimitFiles)
		require.NoError(t, fsys.Rename("/f", "/g"))
		require.NoError(t, f.Close())
		require.NoError(t, fsys.Remove("/g"))
		requireUsage(t, fsys, 0, 0)
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		requireUsage(t, fsys, 0, 1)
		require.ErrorIs(t, opened(fsys.Create("/d/f")), tempfs.ErrQuota)
		require.NoError(t, fsys.Remove("/d"))
		require.NoError(t, fsys.SymlinkIfPossible("x", "/l"))
		requireUsage(t, fsys, 1, 1)
	})
}

// TestLargestLimitsDoNotOverflow wherever in a file one writes. What is too large for the filesystem is for it to say: a tmpfs has files of any size.
func TestLargestLimitsDoNotOverflow(t *testing.T) {
	const most = 1<<63 - 1
	eachLimited(t, tempfs.Limits{Bytes: most, Files: most, FileSize: most, Depth: 1<<31 - 1}, func(t *testing.T, fsys *tempfs.Fs) {
		f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
		require.NoError(t, errOf(f.WriteString("content")))
		for _, off := range []int64{most, most - 1, most - 3, most - 6} {
			n, err := f.WriteAt([]byte("abcdef"), off)
			require.Equal(t, n < 6, err != nil, "%d at %d: %v", n, off, err)
			requireUsage(t, fsys, sizeOf(t, fsys, "/f"), 1)
			require.NoError(t, f.Truncate(7))
		}
		if f.Truncate(most) == nil {
			n, err := writeOnce(fsys, "/g", "x")
			require.Zero(t, n)
			requireRefused(t, err, tempfs.LimitBytes)
			require.NoError(t, fsys.Remove("/g"))
		}
		require.NoError(t, f.Truncate(7))
		require.NoError(t, has(fsys, "/f", "content"))
		requireUsage(t, fsys, 7, 1)
	})
}

// TestNegativeLimitsAreInvalid in New, and in Clone.
func TestNegativeLimitsAreInvalid(t *testing.T) {
	for _, limits := range []tempfs.Limits{{Bytes: -1}, {Files: -1}, {FileSize: -1}, {Depth: -1}, {Bytes: -1 << 63}} {
		eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
			before := len(tempfs.Live())
			fsys, err := tempfs.New(append(opts, tempfs.WithLimits(limits))...)
			require.ErrorIs(t, err, fs.ErrInvalid)
			require.Nil(t, fsys)
			require.Len(t, tempfs.Live(), before)
			clone, err := tempfs.Test(t, opts...).Clone(tempfs.WithLimits(limits))
			require.ErrorIs(t, err, fs.ErrInvalid)
			require.Nil(t, clone)
		})
	}
}

// TestLimitErrorSaysWhatItIs in its fields, and in words beside the path that was given.
func TestLimitErrorSaysWhatItIs(t *testing.T) {
	eachLimited(t, tempfs.Limits{Bytes: 10, Files: 3, FileSize: 8, Depth: 2}, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
		f := requireOpen(t, fsys, "f", os.O_RDWR|os.O_CREATE)
		for _, c := range []struct {
			name string
			err  error
			want tempfs.LimitError
		}{
			{"x", fsys.Mkdir("x", 0o755), tempfs.LimitError{Limit: tempfs.LimitFiles, Max: 3, Asked: 1, Free: 0}},
			{"d/e/x", fsys.Mkdir("d/e/x", 0o755), tempfs.LimitError{Limit: tempfs.LimitDepth, Max: 2, Asked: 3, Free: 2}},
			{"f", f.Truncate(9), tempfs.LimitError{Limit: tempfs.LimitFileSize, Max: 8, Asked: 9, Free: 8}},
			{"f", errOf(f.WriteAt([]byte("01234567"), 4)), tempfs.LimitError{Limit: tempfs.LimitFileSize, Max: 8, Asked: 12, Free: 8}},
			{"./f", fsys.Truncate("./f", 9), tempfs.LimitError{Limit: tempfs.LimitFileSize, Max: 8, Asked: 9, Free: 0}},
		} {
			refused := requireRefused(t, c.err, c.want.Limit)
			require.Equal(t, c.want, *refused)
			require.Equal(t, c.name, pathOf(t, c.err))
			for _, word := range []string{c.name, errnoOf[c.want.Limit].Error(), c.want.Limit.String(), strconv.FormatInt(c.want.Max, 10), strconv.FormatInt(c.want.Asked, 10)} {
				require.Contains(t, c.err.Error(), word)
			}
		}
		require.NoError(t, fsys.Remove("/d/e"))
		n, err := writeOnce(fsys, "d/g", "012345")
		require.Equal(t, 2, n)
		require.Equal(t, tempfs.LimitError{Limit: tempfs.LimitBytes, Max: 10, Asked: 6, Free: 2}, *requireRefused(t, err, tempfs.LimitBytes))
	})
}

// TestReleaseWhileFull ends all, as any other.
func TestReleaseWhileFull(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, err := tempfs.New(append(opts, tempfs.WithLimits(tempfs.Limits{Bytes: 10, Files: 2}))...)
		require.NoError(t, err)
		require.NoError(t, put(fsys, "/f", "0123456789"))
		f := requireOpen(t, fsys, "/g", os.O_RDWR|os.O_CREATE)
		requireRefused(t, errOf(f.WriteString("x")), tempfs.LimitBytes)
		require.NoError(t, fsys.Release())
		require.ErrorIs(t, errOf(f.WriteString("x")), fs.ErrClosed)
		require.ErrorIs(t, fsys.Mkdir("/d", 0o755), fs.ErrClosed)
		_ = fsys.Usage() // of what was released; that it returns is all
	})
}
