//go:build unix

package tempfs_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// scene is an Fs with a tree that is to go, and around it what must stay.
type scene struct {
	fsys    *tempfs.Fs
	parent  string // of the root, on the host
	host    string // the root on the host; "" in memory
	outside outside
}

// sceneTree is the directory of the tree, sceneBeside another one in the same Fs.
const (
	sceneTree   = "/tree"
	sceneBeside = "/beside"
)

func newScene(t *testing.T, opts ...tempfs.Option) *scene {
	t.Helper()
	s := &scene{parent: t.TempDir()}
	// The test's own cleanup needs permissions that a release which failed has not given back.
	t.Cleanup(func() { openUp(s.parent) })
	if len(opts) == 0 {
		opts = []tempfs.Option{tempfs.In(s.parent)}
	}
	fsys, err := tempfs.New(opts...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = fsys.Release() }) // for a test that fails before it
	s.fsys, s.host = fsys, hostOf(t, fsys)
	s.outside = newOutside(t, filepath.Join(s.parent, "outside"))
	require.NoError(t, fsys.Mkdir(sceneTree, 0o755))
	require.NoError(t, fsys.Mkdir(sceneBeside, 0o755))
	require.NoError(t, put(fsys, sceneBeside+"/f", "content"))
	require.NoError(t, fsys.Chmod(sceneBeside+"/f", 0o640))
	for _, name := range []string{sceneBeside + "/f", sceneBeside} {
		require.NoError(t, fsys.Chtimes(name, longAgo, longAgo))
	}
	return s
}

// openUp gives directories their permissions back.
func openUp(dir string) {
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && (err != nil || d.Type().Perm()&0o700 != 0o700) {
			_ = os.Chmod(name, 0o700)
		}
		return nil
	})
}

// grow makes the entries of a tree below dir: "d/" is a directory, "l -> target" a symbolic link, "h => f" a hard link to f, and all else a file.
func (s *scene) grow(t *testing.T, dir string, tree []string) {
	t.Helper()
	for _, entry := range tree {
		if name, target, ok := strings.Cut(entry, " -> "); ok {
			require.NoError(t, s.fsys.SymlinkIfPossible(target, path.Join(dir, name)))
			continue
		}
		if name, target, ok := strings.Cut(entry, " => "); ok {
			require.NoError(t, s.fsys.Link(path.Join(dir, target), path.Join(dir, name)))
			continue
		}
		if name, ok := strings.CutSuffix(entry, "/"); ok {
			require.NoError(t, s.fsys.MkdirAll(dir+"/"+name, 0o755))
			continue
		}
		require.NoError(t, put(s.fsys, dir+"/"+entry, "content"))
	}
}

// onHost is the path of an entry of the tree.
func (s *scene) onHost(name string) string { return filepath.Join(s.host, sceneTree, name) }

// shut sets modes, of what is deepest first.
func (s *scene) shut(t *testing.T, modes map[string]fs.FileMode) {
	t.Helper()
	depth := func(name string) int { return strings.Count(path.Join(sceneTree, name), "/") }
	for _, name := range slices.SortedFunc(maps.Keys(modes), func(a, b string) int { return depth(b) - depth(a) }) {
		require.NoError(t, s.fsys.Chmod(path.Join(sceneTree, name), modes[name]))
	}
}

// requireReleased wants the release to leave nothing.
func (s *scene) requireReleased(t *testing.T) {
	t.Helper()
	err := s.fsys.Release()
	require.NoError(t, s.outside.changed())
	require.NoError(t, err)
	requireGone(t, s.host)
	s.requireAlone(t)
	require.NoError(t, s.fsys.Release(), "and again")
}

// requireAlone wants nothing beside what is outside.
func (s *scene) requireAlone(t *testing.T) {
	t.Helper()
	entries, err := os.ReadDir(s.parent)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

// requireRemoved wants RemoveAll to take the tree alone.
func (s *scene) requireRemoved(t *testing.T) {
	t.Helper()
	err := s.fsys.RemoveAll(sceneTree)
	require.NoError(t, s.outside.changed())
	require.NoError(t, err)
	_, err = s.fsys.Stat(sceneTree)
	require.ErrorIs(t, err, fs.ErrNotExist)
	s.requireBeside(t)
}

func (s *scene) requireBeside(t *testing.T) {
	t.Helper()
	require.NoError(t, lists(s.fsys, sceneBeside, "f"))
	require.NoError(t, has(s.fsys, sceneBeside+"/f", "content"))
	for name, mode := range map[string]fs.FileMode{sceneBeside: fs.ModeDir | 0o755, sceneBeside + "/f": 0o640} {
		info, err := s.fsys.Stat(name)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode())
		require.True(t, info.ModTime().Equal(longAgo))
	}
}

// requireFails wants the release to fail for what is in fails alone, named from the tree on, and all else to be gone.
func (s *scene) requireFails(t *testing.T, fails map[string]syscall.Errno) {
	t.Helper()
	err := s.fsys.Release()
	require.NoError(t, s.outside.changed())
	failed := s.releaseErrorOf(t, err)
	require.Equal(t, len(fails), failed.Count)
	require.Equal(t, below(sceneTree, fails), failuresOf(t, err))
	for _, errno := range fails {
		require.ErrorIs(t, err, errno)
	}
	s.requireLeft(t, sceneTree, fails)
}

// releaseErrorOf is an error of a release, which tells of no host but in one field.
func (s *scene) releaseErrorOf(t *testing.T, err error) (failed *tempfs.ReleaseError) {
	t.Helper()
	require.IsType(t, failed, err)
	require.ErrorAs(t, err, &failed)
	require.Equal(t, s.host, failed.Dir)
	require.NotContains(t, err.Error(), s.parent)
	return failed
}

// requireNotRemoved wants RemoveAll to name one of fails, and all else to be gone.
func (s *scene) requireNotRemoved(t *testing.T, fails map[string]syscall.Errno) {
	t.Helper()
	err := s.fsys.RemoveAll(sceneTree)
	require.NoError(t, s.outside.changed())
	failed := pathErrorOf(t, err)
	require.Equal(t, "unlinkat", failed.Op)
	name, ok := strings.CutPrefix(failed.Path, sceneTree+"/")
	require.True(t, ok, failed.Path)
	require.Contains(t, fails, name)
	require.Equal(t, error(fails[name]), failed.Err)
	s.requireLeft(t, sceneTree, fails)
	s.requireBeside(t)
}

func below(dir string, fails map[string]syscall.Errno) map[string]syscall.Errno {
	full := map[string]syscall.Errno{}
	for name, errno := range fails {
		full[path.Join(dir, name)] = errno
	}
	return full
}

// failuresOf are the causes of a release that failed, by name.
func failuresOf(t *testing.T, err error) map[string]syscall.Errno {
	t.Helper()
	failures := map[string]syscall.Errno{}
	for _, cause := range causesOf(err) {
		failed := pathErrorOf(t, cause)
		require.NotContains(t, failures, failed.Path, "it is told once")
		require.IsType(t, syscall.Errno(0), failed.Err)
		var errno syscall.Errno
		require.ErrorAs(t, failed.Err, &errno)
		failures[failed.Path] = errno
	}
	return failures
}

// pathErrorOf is an error of that type, with nothing around it.
func pathErrorOf(t *testing.T, err error) (failed *fs.PathError) {
	t.Helper()
	require.IsType(t, failed, err)
	require.ErrorAs(t, err, &failed)
	return failed
}

// causesOf are the leaves of joined errors.
func causesOf(err error) (causes []error) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	for _, err := range joined.Unwrap() {
		causes = append(causes, causesOf(err)...)
	}
	return causes
}

// requireLeft wants nothing below dir but the way to what failed, into which nobody looks.
func (s *scene) requireLeft(t *testing.T, dir string, fails map[string]syscall.Errno) {
	t.Helper()
	want := map[string]bool{".": true}
	for name := range fails {
		for ; name != "."; name = path.Dir(name) {
			want[name] = true
		}
	}
	root := filepath.Join(s.host, dir)
	left := map[string]bool{}
	require.NoError(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		name, _ = filepath.Rel(root, name)
		left[name] = true
		if _, failed := fails[name]; failed && d.IsDir() {
			return fs.SkipDir
		}
		return err
	}))
	require.Equal(t, want, left)
}

// requirePermission wants an error of an Fs for the lack of permissions somewhere in the tree.
func requirePermission(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, fs.ErrPermission)
	var failed *fs.PathError
	require.True(t, errors.As(err, &failed))
	require.True(t, strings.HasPrefix(failed.Path, sceneTree), failed.Path)
}
