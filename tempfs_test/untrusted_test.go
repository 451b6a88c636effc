package tempfs_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/tempfs"
)

// The limits of Untrusted.
const (
	untrustedBytes = 1 << 30
	untrustedFiles = 100_000
	untrustedDepth = 255
)

// TestUntrustedHasLimits of bytes and of depth.
func TestUntrustedHasLimits(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		f := requireOpen(t, fsys, "/f", os.O_RDWR|os.O_CREATE)
		require.NoError(t, f.Truncate(untrustedBytes))
		requireUsage(t, fsys, untrustedBytes, 1)
		n, err := f.WriteAt([]byte("ab"), untrustedBytes-1)
		require.Equal(t, 1, n)
		require.ErrorIs(t, err, tempfs.ErrQuota)
		require.NoError(t, fsys.MkdirAll(levels(untrustedDepth), 0o755))
		require.Equal(t, int64(untrustedDepth), requireRefused(t, fsys.Mkdir(levels(untrustedDepth+1), 0o755), tempfs.LimitDepth).Max)
	}, tempfs.Untrusted())
}

// TestUntrustedHasALimitOfFiles that is met in memory alone: who counts is the same on every backend.
func TestUntrustedHasALimitOfFiles(t *testing.T) {
	onlyInFull(t)
	fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.Untrusted())
	for i := range untrustedFiles {
		require.NoError(t, fsys.Mkdir(fmt.Sprintf("/%d", i), 0o755))
	}
	require.Equal(t, int64(untrustedFiles), requireRefused(t, fsys.Mkdir("/more", 0o755), tempfs.LimitFiles).Max)
}

// TestUntrustedWithOtherLimits has those alone: the last option wins, here as everywhere.
func TestUntrustedWithOtherLimits(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll(levels(untrustedDepth+1), 0o755))
		n, err := writeOnce(fsys, "/f", "0123456789")
		require.Equal(t, 5, n)
		requireRefused(t, err, tempfs.LimitBytes)
	}, tempfs.Untrusted(), tempfs.WithLimits(tempfs.Limits{Bytes: 5}))
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, opened(fsys.Create("/f")))
		require.NoError(t, fsys.Truncate("/f", untrustedBytes+1))
	}, tempfs.Untrusted(), tempfs.WithLimits(tempfs.Limits{}))
}

// special are the mode bits that give a program somebody else's rights.
const special = fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky

// modeSetters are the ways to give a file or directory a mode. Each makes name.
var modeSetters = map[string]func(fsys *tempfs.Fs, name string) error{
	"OpenFile": func(fsys *tempfs.Fs, name string) error {
		return opened(fsys.OpenFile(name, os.O_RDWR|os.O_CREATE, special|0o700))
	},
	"Mkdir":    func(fsys *tempfs.Fs, name string) error { return fsys.Mkdir(name, special|0o700) },
	"MkdirAll": func(fsys *tempfs.Fs, name string) error { return fsys.MkdirAll(name, special|0o700) },
	"Chmod of a file": func(fsys *tempfs.Fs, name string) error {
		if err := put(fsys, name, ""); err != nil {
			return err
		}
		return fsys.Chmod(name, special|0o700)
	},
	"Chmod of a directory": func(fsys *tempfs.Fs, name string) error {
		if err := fsys.Mkdir(name, 0o755); err != nil {
			return err
		}
		return fsys.Chmod(name, special|0o700)
	},
	"Import": func(fsys *tempfs.Fs, name string) error {
		return fsys.Import(fstest.MapFS{name[1:]: {Mode: special | 0o700}}, "/")
	},
	"Import of a directory": func(fsys *tempfs.Fs, name string) error {
		return fsys.Import(fstest.MapFS{name[1:]: {Mode: fs.ModeDir | special | 0o700}, name[1:] + "/f": {Mode: 0o600}}, "/")
	},
	"Chmod in a view": func(fsys *tempfs.Fs, name string) error {
		if err := fsys.Mkdir(name, 0o755); err != nil {
			return err
		}
		sub, err := fsys.Sub(name)
		if err != nil {
			return err
		}
		if err = put(sub, "/f", ""); err == nil {
			err = sub.Chmod("/f", special|0o700)
		}
		if err == nil {
			err = fsys.Rename(name+"/f", "/moved")
		}
		if err == nil {
			err = fsys.Remove(name)
		}
		if err == nil {
			err = fsys.Rename("/moved", name)
		}
		return err
	},
}

// TestUntrustedDropsSetuid, setgid and sticky without an error, from every mode that is asked for.
func TestUntrustedDropsSetuid(t *testing.T) {
	for how, c := range map[string]struct {
		opts []tempfs.Option
		kept fs.FileMode
	}{
		"dropped":          {[]tempfs.Option{tempfs.Untrusted()}, 0},
		"dropped alone":    {[]tempfs.Option{tempfs.KeepSetuid(false)}, 0},
		"kept":             {[]tempfs.Option{tempfs.Untrusted(), tempfs.KeepSetuid(true)}, special},
		"kept, as without": {nil, special},
	} {
		t.Run(how, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				for way, set := range modeSetters {
					require.NoError(t, set(fsys, "/it"), way)
					info, err := fsys.Stat("/it")
					require.NoError(t, err)
					kept := c.kept
					if strings.HasPrefix(way, "Mkdir") {
						kept &^= fs.ModeSetuid | fs.ModeSetgid // which mkdir(2) ignores
					}
					require.Equal(t, kept|0o700, info.Mode()&^fs.ModeDir, way)
					require.NoError(t, fsys.RemoveAll("/it"))
				}
			}, c.opts...)
		})
	}
}

// TestUntrustedTemporaryFilesHaveNoSetuid either.
func TestUntrustedTemporaryFilesHaveNoSetuid(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		f, err := fsys.TemporaryFile(tempfs.Perm(special | 0o700))
		if err == nil { // the bits may be refused too
			info, failed := f.Stat()
			require.NoError(t, failed)
			require.Equal(t, fs.FileMode(0o700), info.Mode())
			require.NoError(t, f.Close())
		}
		named, err := fsys.NamedTemporaryFile(tempfs.Perm(special | 0o700))
		if err == nil {
			info, err := named.Stat()
			require.NoError(t, err)
			require.Equal(t, fs.FileMode(0o700), info.Mode())
			require.NoError(t, named.Close())
		}
	}, tempfs.Untrusted())
}

// TestUntrustedCloneHasNoSetuid, of one that has, and one of an untrusted Fs is untrusted.
func TestUntrustedCloneHasNoSetuid(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		for way, set := range modeSetters {
			require.NoError(t, set(fsys, "/it"), way)
			clone := requireClone(t, fsys, tempfs.Untrusted())
			info, err := clone.Stat("/it")
			require.NoError(t, err)
			require.Zero(t, info.Mode()&special, way)
			require.NoError(t, fsys.RemoveAll("/it"))

			again := requireClone(t, clone)
			require.NoError(t, put(again, "/new", ""))
			require.NoError(t, again.Chmod("/new", special|0o755))
			info, err = again.Stat("/new")
			require.NoError(t, err)
			require.Equal(t, fs.FileMode(0o755), info.Mode())
		}
	})
}

// TestUntrustedSearchesNoWorkingDirectory where there is nothing else: it fails, and leaves nothing there.
func TestUntrustedSearchesNoWorkingDirectory(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	onlyCwd := locate.Options{GOOS: otherGOOS, Getenv: func(string) string { return "" }}
	trusting := tempfs.Test(t, tempfs.WithSearch(onlyCwd))
	require.NoError(t, trusting.Release())
	_, err := tempfs.New(tempfs.WithSearch(onlyCwd), tempfs.Untrusted())
	var notFound *locate.NotFoundError
	require.ErrorAs(t, err, &notFound)
	for _, skipped := range notFound.Tried {
		require.NotEqual(t, dir, skipped.Dir)
	}
	requireEmpty(t, dir)
	fsys := tempfs.Test(t, tempfs.Untrusted(), tempfs.In("."))
	require.Equal(t, "disk", fsys.Backend(), "whoever names it means it")
}

// TestUntrustedArchiveEndsAtTheLimits: a bomb is an error that says so, and nothing of it is left.
func TestUntrustedArchiveEndsAtTheLimits(t *testing.T) {
	const size = 8 << 20
	bomb := zippedZeros(t, 3, size)
	require.Less(t, bomb.Len(), 3*size/100)
	r, err := zip.NewReader(bytes.NewReader(bomb.Bytes()), int64(bomb.Len()))
	require.NoError(t, err)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/before", "content"))
		err := fsys.Import(r, "/in")
		requireRefused(t, err, tempfs.LimitBytes)
		require.NoError(t, lists(fsys, "/", "before"))
		requireUsage(t, fsys, 7, 1)
	}, tempfs.Untrusted(), tempfs.WithLimits(tempfs.Limits{Bytes: 2 * size, Files: 100}))
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Import(r, "/in"))
		requireUsage(t, fsys, 3*size, 4)
		ok, err := afero.DirExists(fsys, "/in")
		require.True(t, ok, err)
	}, tempfs.Untrusted())
}

// zippedZeros is an archive of files that deflate to nearly nothing.
func zippedZeros(t *testing.T, files, size int) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := range files {
		f, err := w.Create(fmt.Sprintf("zeros%d", i))
		require.NoError(t, err)
		require.NoError(t, errOf(f.Write(make([]byte, size))))
	}
	require.NoError(t, w.Close())
	return &out
}
