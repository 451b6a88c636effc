package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// requireGone wants nothing of that name on the host; "" is memory's.
func requireGone(t *testing.T, host string) {
	t.Helper()
	if host == "" {
		return
	}
	_, err := os.Lstat(host)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// hostOf is the root on the host; "" where there is none.
func hostOf(t *testing.T, fsys *tempfs.Fs) string {
	t.Helper()
	if fsys.Backend() != "disk" {
		return ""
	}
	return rootOf(t, fsys)
}

func TestReleaseIsIdempotent(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		host := hostOf(t, fsys)
		populate(t, fsys)
		require.NoError(t, fsys.Release())
		requireGone(t, host)
		require.NoError(t, fsys.Release())
		require.NoError(t, fsys.Close())
	})
}

// TestReleaseLeavesNamesakes has a stranger take the name of the root after the release.
func TestReleaseLeavesNamesakes(t *testing.T) {
	fsys, err := tempfs.New()
	require.NoError(t, err)
	host := rootOf(t, fsys)
	require.NoError(t, fsys.Release())
	require.NoError(t, os.Mkdir(host, 0o755))
	require.NoError(t, fsys.Release())
	require.DirExists(t, host)
	require.NoError(t, os.Remove(host))
}

func TestConcurrentReleases(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		host := hostOf(t, fsys)
		for i := range 50 {
			require.NoError(t, fsys.MkdirAll(fmt.Sprintf("/d%d/e/f", i), 0o755))
		}
		require.NoError(t, parallel(10, func(int) error {
			err := fsys.Release()
			if host != "" {
				_, gone := os.Lstat(host)
				err = errors.Join(err, wants(gone, fs.ErrNotExist)) // for everybody, not for the first alone
			}
			return err
		}))
	})
}

// TestReleaseDuringWork releases in the middle of work that would succeed for ever otherwise.
func TestReleaseDuringWork(t *testing.T) {
	const goroutines = 8
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		host := hostOf(t, fsys)
		var warm sync.WaitGroup // until all are well under way
		warm.Add(goroutines)
		require.NoError(t, parallel(goroutines+1, func(i int) error {
			if i == goroutines {
				warm.Wait()
				return fsys.Release()
			}
			isWarm := sync.OnceFunc(warm.Done)
			defer isWarm()
			err := workUntilClosed(fsys, fmt.Sprintf("/%d", i), rand.New(rand.NewPCG(1, uint64(i))), isWarm)
			return wants(err, fs.ErrClosed)
		}))
		requireGone(t, host)
	})
}

// workUntilClosed does random things in the directory dir, which is its own, until one fails. It calls isWarm after some of them.
func workUntilClosed(fsys *tempfs.Fs, dir string, random *rand.Rand, isWarm func()) error {
	if err := fsys.Mkdir(dir, 0o755); err != nil {
		return err
	}
	file, err := fsys.Create(dir + "/open")
	if err != nil {
		return err
	}
	works := []func() error{
		func() error { return put(fsys, dir+"/f", "content") },
		func() error { return errors.Join(put(fsys, dir+"/f", "x"), fsys.Rename(dir+"/f", dir+"/g")) },
		func() error { return fsys.MkdirAll(dir+"/a/b/c", 0o755) },
		func() error { return fsys.RemoveAll(dir + "/a") },
		func() error { return errOf(file.WriteAt([]byte("content"), random.Int64N(1000))) },
		func() error { return file.Truncate(random.Int64N(1000)) },
		func() error { return errOf(file.Stat()) },
		func() error { return errOf(afero.ReadDir(fsys, dir)) },
		func() error { return errOf(fs.ReadDir(fsys.IOFS(), dir[1:])) },
		func() error { return errOf(fsys.Stat(dir)) },
		func() error { return fsys.Chmod(dir, 0o700) },
		func() error {
			sub, err := fsys.Sub(dir)
			if err != nil {
				return err
			}
			return errors.Join(put(sub, "/h", "content"), sub.Release())
		},
	}
	for step := 0; ; step++ {
		if err := works[random.IntN(len(works))](); err != nil {
			return onlyClosed(err)
		}
		if step == 100 {
			isWarm()
		}
	}
}

// onlyClosed makes one error of joined ones: the first that is not fs.ErrClosed.
func onlyClosed(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			if !errors.Is(err, fs.ErrClosed) {
				return err
			}
		}
	}
	return err
}

// TestReleaseSparesAStranger has another directory in the place of the root when it is released.
func TestReleaseSparesAStranger(t *testing.T) {
	parent := t.TempDir()
	fsys, err := tempfs.New(tempfs.In(parent))
	require.NoError(t, err)
	host := rootOf(t, fsys)
	require.NoError(t, put(fsys, "/mine", "content"))
	require.NoError(t, os.Rename(host, host+"-away"))
	require.NoError(t, os.Mkdir(host, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(host, "yours"), []byte("kept"), 0o644))

	err = fsys.Release()
	content, failed := os.ReadFile(filepath.Join(host, "yours"))
	require.NoError(t, failed)
	require.Equal(t, "kept", string(content))
	require.NoFileExists(t, filepath.Join(host+"-away", "mine"))
	t.Logf("the release says: %v", err)
}

// TestOpenFilesDoNotKeepTheTree has an open file, an unlinked one too, at the release.
func TestOpenFilesDoNotKeepTheTree(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		host := hostOf(t, fsys)
		unlinked, err := fsys.Create("/unlinked")
		require.NoError(t, err)
		require.NoError(t, fsys.Remove("/unlinked"))
		require.NoError(t, errOf(unlinked.WriteString("still there")))
		populate(t, fsys)
		require.NoError(t, fsys.Release())
		requireGone(t, host)
		require.ErrorIs(t, errOf(unlinked.WriteString("x")), fs.ErrClosed)
	})
}

// TestReleaseOfAReplacedRoot has a stranger take the name of the root before the release.
func TestReleaseOfAReplacedRoot(t *testing.T) {
	fsys, err := tempfs.New(tempfs.In(t.TempDir()))
	require.NoError(t, err)
	host := rootOf(t, fsys)
	require.NoError(t, afero.WriteFile(fsys, "mine", nil, 0o600))
	require.NoError(t, os.Rename(host, host+".moved"))
	require.NoError(t, os.Mkdir(host, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(host, "theirs"), nil, 0o600))

	err = fsys.Release()
	require.ErrorIs(t, err, tempfs.ErrReplaced)
	require.NotContains(t, err.Error(), host)
	require.FileExists(t, filepath.Join(host, "theirs"))
	require.NoFileExists(t, filepath.Join(host+".moved", "mine"))

	require.NoError(t, os.RemoveAll(host))
	require.ErrorIs(t, fsys.Release(), tempfs.ErrMoved)
	require.NoError(t, os.Remove(host+".moved"))
	require.NoError(t, fsys.Release(), "nothing is left of it")
}
