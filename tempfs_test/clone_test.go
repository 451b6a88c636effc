package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/tempfs"
)

// requireClone releases the clone with the test.
func requireClone(t *testing.T, fsys *tempfs.Fs, opts ...tempfs.Option) *tempfs.Fs {
	t.Helper()
	clone, err := fsys.Clone(opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, clone.Release()) })
	return clone
}

func TestCloneIsEqual(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		plant(t, fsys, "")
		require.NoError(t, fsys.Chmod("/", fs.ModeSticky|0o751))
		require.NoError(t, fsys.Chtimes("/", longAgo, longAgo))
		want := treeOf(t, fsys, "/")
		require.Len(t, want, 18)
		for _, kind := range append([]string{"the same"}, backendNames...) {
			var clone *tempfs.Fs
			if kind == "the same" {
				clone, kind = requireClone(t, fsys), fsys.Backend()
			} else {
				clone = requireClone(t, fsys, cloneOptionsFor(kind)...)
			}
			require.Equal(t, kind, clone.Backend())
			require.Equal(t, want, treeOf(t, clone, "/"))
			root, err := clone.Stat("/")
			require.NoError(t, err)
			require.Equal(t, fs.ModeDir|fs.ModeSticky|0o751, root.Mode())
			require.True(t, root.ModTime().Equal(longAgo), root.ModTime())
			require.NoError(t, put(clone, "/new", "it is not read-only"))
		}
	})
}

// TestCloneIsIndependent changes each side and looks at the other.
func TestCloneIsIndependent(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/f", strings.Repeat("one ", 50_000)))
		require.NoError(t, put(fsys, "/g", "one"))
		for _, backend := range backendNames {
			clone := requireClone(t, fsys, cloneOptionsFor(backend)...)
			f, err := clone.OpenFile("/f", os.O_RDWR, 0)
			require.NoError(t, with(f, err, func(f afero.File) error { return errOf(f.WriteAt([]byte("two"), 100_000)) }))
			require.NoError(t, clone.Remove("/g"))
			require.NoError(t, has(fsys, "/f", strings.Repeat("one ", 50_000)))
			require.NoError(t, put(fsys, "/f", "three"))
			require.NoError(t, has(fsys, "/g", "one"))
			require.NoError(t, clone.Release())
			require.NoError(t, has(fsys, "/f", "three"))
			require.NoError(t, put(fsys, "/f", strings.Repeat("one ", 50_000)))
		}
		clone := requireClone(t, fsys)
		require.NoError(t, fsys.Release())
		require.NoError(t, has(clone, "/g", "one"))
	})
}

// TestCloneHasTheOptions of the Fs that it is of, where it is given no others.
func TestCloneHasTheOptions(t *testing.T) {
	parent := t.TempDir()
	fsys := tempfs.Test(t, tempfs.In(parent), tempfs.Prefix("pre-"), tempfs.Suffix("-suf"), tempfs.ImplicitParents())
	clone := requireClone(t, fsys)
	host := hostOf(t, clone)
	require.Equal(t, parent, filepath.Dir(host))
	require.True(t, strings.HasPrefix(filepath.Base(host), "pre-"), host)
	require.True(t, strings.HasSuffix(host, "-suf"), host)
	require.NoError(t, put(clone, "/a/b/f", "implicit"))

	clone = requireClone(t, fsys, tempfs.Prefix("other-"))
	require.True(t, strings.HasPrefix(filepath.Base(hostOf(t, clone)), "other-"))
	again := requireClone(t, requireClone(t, clone, tempfs.InMemory()))
	require.Equal(t, "memory", again.Backend())
	require.NoError(t, put(again, "/c/d/f", "implicit"))
}

// TestCloneChoosesTheBackend by the options that only one backend has.
func TestCloneChoosesTheBackend(t *testing.T) {
	elsewhere := t.TempDir()
	getenv := func(name string) string { return map[string]string{"TMPDIR": elsewhere}[name] }
	memory := tempfs.Test(t, tempfs.InMemory())
	clone := requireClone(t, memory, tempfs.WithSearch(locate.Options{Getenv: getenv}))
	require.Equal(t, elsewhere, filepath.Dir(hostOf(t, clone)))
	clone = requireClone(t, memory, tempfs.WithSearch(locate.Options{}))
	require.Equal(t, "disk", clone.Backend())
	clone = requireClone(t, memory, tempfs.In(elsewhere))
	require.Equal(t, elsewhere, filepath.Dir(hostOf(t, clone)))
	clone = requireClone(t, tempfs.Test(t, tempfs.In(elsewhere)), tempfs.InMemory())
	require.Equal(t, "memory", clone.Backend())
	clone = requireClone(t, tempfs.Test(t, tempfs.In(t.TempDir())), tempfs.WithSearch(locate.Options{Getenv: getenv}))
	require.Equal(t, elsewhere, filepath.Dir(hostOf(t, clone)))
	clone = requireClone(t, tempfs.Test(t, tempfs.In(elsewhere), tempfs.MemoryFallback()))
	require.Equal(t, "disk", clone.Backend())

	_, err := memory.Clone(tempfs.InMemory(), tempfs.In(elsewhere))
	require.ErrorContains(t, err, "exclude each other")
	_, err = memory.Clone(tempfs.Prefix("a/b"))
	require.ErrorIs(t, err, fs.ErrInvalid)
	_, err = memory.Clone(tempfs.In(filepath.Join(elsewhere, "missing")))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// TestCloneAfterChdir makes the clone where the Fs is: a relative In was of the working directory of that time.
func TestCloneAfterChdir(t *testing.T) {
	parent := t.TempDir()
	t.Chdir(parent)
	require.NoError(t, os.Mkdir("tmp", 0o755))
	fsys := tempfs.Test(t, tempfs.In("tmp"))
	t.Chdir(t.TempDir())
	require.Equal(t, filepath.Dir(hostOf(t, fsys)), filepath.Dir(hostOf(t, requireClone(t, fsys))))
}

func TestCloneOfSub(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("/view", 0o755))
		plant(t, fsys, "/view")
		require.NoError(t, fsys.Chmod("/view", 0o750))
		require.NoError(t, put(fsys, "/beside", ""))
		sub, err := fsys.Sub("/view")
		require.NoError(t, err)
		for _, backend := range backendNames {
			clone := requireClone(t, sub, cloneOptionsFor(backend)...)
			require.Equal(t, treeOf(t, sub, "/"), treeOf(t, clone, "/"))
			require.NoError(t, hasNot(clone, "/beside"))
			root, err := clone.Stat("/")
			require.NoError(t, err)
			require.Equal(t, fs.ModeDir|0o750, root.Mode())
		}
		clone := requireClone(t, sub)
		require.Equal(t, fsys.Backend(), clone.Backend())
		require.NoError(t, sub.Release())
		require.NoError(t, has(clone, "/f", "content"))
	})
}

// TestCloneIsLive with the line that called Clone for its origin.
func TestCloneIsLive(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) { // whose own origin is the line above
		clone, err := fsys.Clone()
		at := line(t, -1)
		require.NoError(t, err)
		require.Equal(t, at, newest(t).Origin)
		before := len(tempfs.Live())
		require.NoError(t, clone.Release())
		require.Len(t, tempfs.Live(), before-1)
	})
}

// TestCloneOfNamesThatAreNoUTF8 shows that a clone needs no valid names of io/fs.
func TestCloneOfNamesThatAreNoUTF8(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		if err := fsys.Mkdir("/\xff", 0o755); err != nil {
			t.Skipf("no such names here: %v", err)
		}
		require.NoError(t, put(fsys, "/\xff/\xfe\xfd", "content"))
		require.NoError(t, fsys.SymlinkIfPossible("\xff", "/\xc3"))
		for _, backend := range backendNames {
			clone := requireClone(t, fsys, cloneOptionsFor(backend)...)
			require.Equal(t, treeOf(t, fsys, "/"), treeOf(t, clone, "/"))
			require.NoError(t, has(clone, "/\xff/\xfe\xfd", "content"))
		}
	})
}

// TestCloneBesideWriters copies while others make, rename, link and remove all that is there: each clone succeeds and is whole.
func TestCloneBesideWriters(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/stays", "content"))
		for i := range 4 {
			require.NoError(t, fsys.MkdirAll(fmt.Sprintf("/%d/sub", i), 0o755))
		}
		done := make(chan struct{})
		writers := make(chan error, 1)
		go func() { writers <- parallel(4, func(i int) error { return churn(fsys, i, done) }) }()
		var all []error
		for range 10 {
			for _, backend := range backendNames {
				clone, err := fsys.Clone(cloneOptionsFor(backend)...)
				if err == nil {
					err = errors.Join(has(clone, "/stays", "content"), clone.Release())
				}
				all = append(all, err)
			}
		}
		close(done)
		require.NoError(t, errors.Join(append(all, <-writers)...))
	})
}

// churn changes the directory i, until done.
func churn(fsys *tempfs.Fs, i int, done chan struct{}) error {
	dir := fmt.Sprintf("/%d", i)
	for n := 0; ; n++ {
		select {
		case <-done:
			return nil
		default:
		}
		name := fmt.Sprintf("%s/f%d", dir, n%3)
		err := errors.Join(
			unless(fs.ErrNotExist, put(fsys, name, "changing")),
			fsys.Rename(name, dir+"/moved"),
			unless(fs.ErrExist, fsys.Link(dir+"/moved", name)),
			fsys.Rename(dir+"/sub", dir+"/bus"),
			fsys.SymlinkIfPossible("sub", dir+"/sub"),
			fsys.Remove(dir+"/sub"),
			fsys.Rename(dir+"/bus", dir+"/sub"),
			fsys.Remove(dir+"/moved"),
			fsys.Mkdir(dir+"/moved", 0o755),
			fsys.Remove(dir+"/moved"),
			fsys.Remove(name),
		)
		if err != nil {
			return err
		}
	}
}

// TestCloneOfAnFsThatIsReleased ends with fs.ErrClosed and leaves nothing.
func TestCloneOfAnFsThatIsReleased(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		parent := t.TempDir()
		for range 20 {
			fsys, err := tempfs.New(opts...)
			require.NoError(t, err)
			for i := range 50 {
				require.NoError(t, put(fsys, fmt.Sprintf("/f%d", i), "content"))
			}
			require.NoError(t, parallel(2, func(i int) error {
				if i == 0 {
					return fsys.Release()
				}
				clone, err := fsys.Clone(tempfs.In(parent))
				if err == nil {
					return clone.Release()
				}
				return unless(fs.ErrClosed, err)
			}))
			requireEmpty(t, parent)
		}
	})
}
