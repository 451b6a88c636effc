package billyfs_test

import (
	"io/fs"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/util"
	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs_test/apps/billyfs"
)

func TestTargetsStayAsWritten(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		b := billyfs.ToBilly(fsys)
		for _, target := range []string{"x", "../x/./y//", "/abs/../x", "/", "missing"} {
			require.NoError(t, b.Symlink(target, "new/dir/link"))
			found, err := b.Readlink("/new/dir/link")
			require.NoError(t, err)
			require.Equal(t, target, found)
			require.NoError(t, b.Remove("new/dir/link"))
		}
	})
}

// Sub is the chroot that keeps targets; billy's helper writes absolute ones anew.
func TestChrootAndSub(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("/worktree", 0o755))
		require.NoError(t, afero.WriteFile(fsys, "/worktree/file", []byte("inside"), 0o644))
		require.NoError(t, afero.WriteFile(fsys, "/file", []byte("outside"), 0o644))
		sub, err := fsys.Sub("/worktree")
		require.NoError(t, err)
		view, err := billyfs.ToBilly(fsys).Chroot("worktree")
		require.NoError(t, err)
		for b, written := range map[billy.Filesystem]string{billyfs.ToBilly(sub): "/file", view: "/worktree/file"} {
			require.NoError(t, b.Symlink("/file", "link"))
			content, readErr := util.ReadFile(b, "link")
			require.NoError(t, readErr)
			require.Equal(t, "inside", string(content))
			target, readErr := fsys.ReadlinkIfPossible("/worktree/link")
			require.NoError(t, readErr)
			require.Equal(t, written, target)
			require.NoError(t, b.Remove("link"))
		}
		_, err = view.Open("../file")
		require.ErrorIs(t, err, billy.ErrCrossedBoundary)
		content, err := util.ReadFile(billyfs.ToBilly(sub), "../file")
		require.NoError(t, err)
		require.Equal(t, "inside", string(content), "the root is its own parent")
	})
}

func TestChange(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		b := billyfs.ToBilly(fsys)
		require.NoError(t, util.WriteFile(b, "f", nil, 0o644))
		require.NoError(t, b.Symlink("f", "l"))
		change := b.(billy.Change)
		when := time.Unix(1_500_000_000, 123)
		require.NoError(t, change.Chmod("l", 0o640))
		require.NoError(t, change.Chtimes("l", when, when))
		require.NoError(t, change.Chown("l", os.Getuid(), os.Getgid()))
		require.NoError(t, change.Lchown("l", os.Getuid(), os.Getgid()))
		info, err := b.Lstat("f")
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o640), info.Mode())
		require.True(t, info.ModTime().Equal(when))
		require.True(t, billy.CapabilityCheck(b, billy.AllCapabilities))

		require.ErrorIs(t, billyfs.ToBilly(afero.NewMemMapFs()).Symlink("x", "l"), billy.ErrNotSupported)
	})
}

func TestTempFileIsInHere(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		f, err := billyfs.ToBilly(fsys).TempFile("", "prefix")
		require.NoError(t, err)
		require.NoError(t, f.Close())
		top, err := afero.ReadDir(fsys, "/")
		require.NoError(t, err)
		require.Len(t, top, 1)
		require.Equal(t, f.Name(), top[0].Name())
	})
}

// Two handles of a file, by two names, never have the lock at once; a file that is closed has it no more.
func TestLock(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		b := billyfs.ToBilly(fsys)
		require.NoError(t, util.WriteFile(b, "f", nil, 0o644))
		require.NoError(t, fsys.Link("/f", "/g"))
		var (
			working sync.WaitGroup
			counter int         // guarded by the lock of the file, as the race detector sees
			inside  atomic.Bool // whether one has the lock
		)
		for i := range 8 {
			working.Go(func() {
				f, err := b.OpenFile([]string{"f", "g"}[i%2], os.O_RDWR, 0)
				if err != nil {
					t.Error(err)
					return
				}
				for range 100 {
					if err := f.Lock(); err != nil {
						t.Error(err)
					}
					if !inside.CompareAndSwap(false, true) {
						t.Error("two have the lock")
					}
					counter++
					runtime.Gosched() // to whom would come in
					inside.Store(false)
					if err := f.Unlock(); err != nil {
						t.Error(err)
					}
				}
				if err := f.Lock(); err != nil {
					t.Error(err)
				}
				if err := f.Lock(); err != nil { // what it has already
					t.Error(err)
				}
				if err := f.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		working.Wait()
		require.Equal(t, 800, counter)

		f, err := b.Create("other") // a lock of one file is not that of another
		require.NoError(t, err)
		g, err := b.Open("g")
		require.NoError(t, err)
		require.NoError(t, f.Lock())
		require.NoError(t, g.Lock())
		require.NoError(t, f.Close())
		require.NoError(t, g.Close())
		require.Error(t, f.Lock(), "closed")
	})
}
