package tempfs_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// TestPersistNoSpace meets a full disk midway: nothing is there and the source is whole.
func TestPersistNoSpace(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root mounts a small filesystem")
	}
	for _, durable := range [][]tempfs.PersistOption{nil, {tempfs.Durable()}} {
		tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
			dir := smallFilesystem(t, "size=1m")
			host := filepath.Join(dir, "host")
			large := strings.Repeat("x", 1<<20)
			require.NoError(t, put(fsys, "/file", large+large))
			require.NoError(t, fsys.MkdirAll("/tree/d", 0o755))
			for _, name := range []string{"/tree/a", "/tree/d/b", "/tree/e"} {
				require.NoError(t, put(fsys, name, large[1<<19:]))
			}
			f, err := fsys.OpenFile("/file", os.O_RDONLY, 0)
			require.NoError(t, err)
			putHost(t, filepath.Join(dir, "theirs"), "theirs")
			for name, persist := range map[string]func() error{
				"file": func() error { return fsys.Persist("/file", host, durable...) },
				"tree": func() error { return fsys.Persist("/tree", host, durable...) },
				"root": func() error { return fsys.Persist("/", host, durable...) },
				"open": func() error { return tempfs.PersistFile(f, host, durable...) },
				"over": func() error { return fsys.Persist("/file", filepath.Join(dir, "theirs"), durable...) },
			} {
				err := persist()
				require.ErrorIs(t, err, syscall.ENOSPC, name)
				require.Equal(t, "copy", requireNothingChanged(t, err).Step, name)
				requireHolds(t, dir, "theirs")
				requireContent(t, filepath.Join(dir, "theirs"), "theirs")
			}
			require.NoError(t, has(fsys, "/file", large+large))
			require.NoError(t, lists(fsys, "/", "file", "tree"))
			for _, name := range []string{"/tree/a", "/tree/d/b", "/tree/e"} {
				require.NoError(t, has(fsys, name, large[1<<19:]))
			}
			var used unix.Statfs_t
			require.NoError(t, unix.Statfs(dir, &used))
			require.Greater(t, used.Bfree*uint64(used.Bsize), uint64(1<<20-1<<16), "nothing is left without a name either")
		})
	}
}

// TestPersistSpecialFiles moves a FIFO and a socket and refuses to copy them, before anything is copied.
func TestPersistSpecialFiles(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			fsys := tempfs.Test(t)
			root := rootOf(t, fsys)
			require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
			require.NoError(t, put(fsys, "/d/a", "content"))
			require.NoError(t, unix.Mkfifo(filepath.Join(root, "d", "e", "fifo"), 0o600))
			require.NoError(t, unix.Mkfifo(filepath.Join(root, "fifo"), 0o600))
			dir := where.makeDir(t)
			require.NoError(t, os.Chtimes(dir, longAgo, longAgo))
			before := describeHost(t, filepath.Join(root, "d"))
			inTree := fsys.Persist("/d", filepath.Join(dir, "d"), tempfs.Durable())
			alone := fsys.Persist("/fifo", filepath.Join(dir, "fifo"), tempfs.Durable())
			if !where.isAcross {
				require.NoError(t, inTree)
				require.NoError(t, alone)
				require.Equal(t, before, describeHost(t, filepath.Join(dir, "d")))
				return
			}
			require.ErrorIs(t, inTree, syscall.EOPNOTSUPP)
			requireNothingChanged(t, inTree)
			require.Equal(t, "/d/e/fifo", pathOf(t, inTree))
			require.ErrorIs(t, alone, syscall.EOPNOTSUPP)
			info, err := os.Stat(dir)
			require.NoError(t, err)
			require.True(t, info.ModTime().Equal(longAgo), "there was nothing in it for a moment")
			require.Equal(t, before, describeHost(t, filepath.Join(root, "d")))
		})
	}
}

// TestPersistKeepsHoles of a file of 1 GiB.
func TestPersistKeepsHoles(t *testing.T) {
	const size = 1 << 30
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				dir := where.makeDir(t)
				require.NoError(t, fsys.Mkdir("/d", 0o755))
				for _, name := range []string{"/file", "/d/file", "/open"} {
					f, err := fsys.Create(name)
					require.NoError(t, err)
					require.NoError(t, f.Truncate(size))
					_, err = f.WriteAt([]byte("middle"), size/2)
					require.NoError(t, err)
					if name == "/open" {
						require.NoError(t, tempfs.PersistFile(f, filepath.Join(dir, name)))
					}
					require.NoError(t, f.Close())
				}
				require.NoError(t, fsys.Persist("/file", filepath.Join(dir, "file")))
				require.NoError(t, fsys.Persist("/d", filepath.Join(dir, "d")))
				const less = 1 << 26 // it is read as a whole where it has no name to be opened by
				f, err := fsys.TemporaryFile(tempfs.Linkable())
				require.NoError(t, err)
				require.NoError(t, f.Truncate(less))
				_, err = f.WriteAt([]byte("middle"), less/2)
				require.NoError(t, err)
				require.NoError(t, tempfs.PersistFile(f, filepath.Join(dir, "unnamed")))
				requireHoles(t, filepath.Join(dir, "unnamed"), less)
				for _, name := range []string{"file", "d/file", "open"} {
					requireHoles(t, filepath.Join(dir, name), size)
				}
			})
		})
	}
}

func requireHoles(t *testing.T, path string, size int64) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	info, err := f.Stat()
	require.NoError(t, err)
	require.Equal(t, size, info.Size())
	require.Less(t, info.Sys().(*syscall.Stat_t).Blocks*512, int64(1<<20), path)
	got := make([]byte, 8)
	_, err = f.ReadAt(got, size/2-1)
	require.NoError(t, err)
	require.Equal(t, []byte("\x00middle\x00"), got)
}

// TestPersistKeepsHardLinks of a tree, and of root whom the files are of.
func TestPersistKeepsHardLinks(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, fsys.Mkdir("/d", 0o755))
				require.NoError(t, put(fsys, "/d/a", "content"))
				require.NoError(t, fsys.Link("/d/a", "/d/b"))
				if os.Geteuid() == 0 {
					require.NoError(t, fsys.Chown("/d/a", 3, 4))
				}
				dir := where.makeDir(t)
				require.NoError(t, fsys.Persist("/d", filepath.Join(dir, "d")))
				a, err := os.Stat(filepath.Join(dir, "d", "a"))
				require.NoError(t, err)
				b, err := os.Stat(filepath.Join(dir, "d", "b"))
				require.NoError(t, err)
				require.True(t, os.SameFile(a, b))
				if os.Geteuid() == 0 {
					st := a.Sys().(*syscall.Stat_t)
					require.Equal(t, [2]uint32{3, 4}, [2]uint32{st.Uid, st.Gid})
				}
			})
		})
	}
}

// TestPersistNeedsNoRightToRead the directory on the host: to write and to search it is enough.
func TestPersistNeedsNoRightToRead(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				dir := where.makeDir(t)
				for kind, s := range subjects {
					s.make(t, fsys, "/s")
					host := filepath.Join(dir, kind)
					require.NoError(t, os.Chmod(dir, 0o300))
					err := fsys.Persist("/s", host)
					require.NoError(t, os.Chmod(dir, 0o700))
					require.NoError(t, err)
					require.Equal(t, s.want, describeHost(t, host))
				}
			})
		})
	}
}

// TestPersistWhatCannotBeRead is the error of a user, with the name of the entry.
func TestPersistWhatCannotBeRead(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
		require.NoError(t, put(fsys, "/d/e/f", ""))
		require.NoError(t, fsys.Chmod("/d/e", 0))
		dir := t.TempDir()
		err := fsys.Persist("/d", filepath.Join(dir, "d"))
		require.ErrorIs(t, err, fs.ErrPermission)
		requireNothingChanged(t, err)
		require.Equal(t, "/d/e", pathOf(t, err))
		requireHolds(t, dir)

		shut := filepath.Join(dir, "shut")
		require.NoError(t, os.Mkdir(shut, 0o500))
		err = fsys.Persist("/d/e", filepath.Join(shut, "e"))
		require.ErrorIs(t, err, fs.ErrPermission)
		requireHolds(t, shut)
	})
}

// TestPersistOfSpool moves a large one without reading it into memory at once.
func TestPersistOfSpool(t *testing.T) {
	fsys := tempfs.Test(t)
	s, err := fsys.SpooledTemporaryFile(1<<20, tempfs.Linkable())
	require.NoError(t, err)
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<13)
	_, err = s.Write(content)
	require.NoError(t, err)
	require.False(t, s.Rolled())
	host := filepath.Join(t.TempDir(), "host")
	var result tempfs.PersistResult
	require.NoError(t, tempfs.PersistFile(afero.File(s), host, tempfs.WithResult(&result)))
	require.True(t, s.Rolled())
	require.False(t, result.Copied)
	requireContent(t, host, string(content))
	require.NoError(t, s.Close())
}
