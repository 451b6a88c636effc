//go:build unix

package tempfs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// plainTree is nothing special.
var plainTree = []string{"a/b/c/", "a/f", "a/b/f", "a/b/c/f", "d/", "f"}

// plainScene has it, some of it without permissions.
func plainScene(t *testing.T, opts ...tempfs.Option) *scene {
	t.Helper()
	s := newScene(t, opts...)
	s.grow(t, sceneTree, plainTree)
	s.shut(t, map[string]fs.FileMode{"a/b": 0, "a/b/c": 0o555})
	endInTime(t)
	return s
}

// TestRemovalOfAShutRoot is case 4: the root itself has no permissions.
func TestRemovalOfAShutRoot(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		for _, mode := range []fs.FileMode{0, 0o111, 0o222, 0o444, 0o555} {
			s := plainScene(t, opts...)
			require.NoError(t, s.fsys.Chmod("/", mode))
			if s.host != "" { // the mode that an Fs shows of its root does not bind
				require.NoError(t, os.Chmod(s.host, mode))
			}
			s.requireReleased(t)
		}
	})
}

// requireEmptied wants the directory that was the root to be there, and empty.
func requireEmptied(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.Chmod(dir, 0o700))
	requireEmpty(t, dir)
}

// requireRootError wants an error that is about the root, and knows no host.
func (s *scene) requireRootError(t *testing.T, err, cause error) {
	t.Helper()
	require.ErrorIs(t, err, cause)
	require.Equal(t, "/", pathOf(t, err))
	require.Equal(t, 1, s.releaseErrorOf(t, err).Count)
	require.NoError(t, s.outside.changed())
}

// TestRemovalOfAReplacedRoot is cases 11 and 12: something else has the name of the root. It stays, and what was in the root goes.
func TestRemovalOfAReplacedRoot(t *testing.T) {
	for name, replace := range map[string]func(t *testing.T, s *scene){
		"11 by a link to outside": func(t *testing.T, s *scene) { require.NoError(t, os.Symlink(s.outside.dir, s.host)) },
		"11 by a link to the root": func(t *testing.T, s *scene) {
			require.NoError(t, os.Symlink(s.host+"-away", s.host))
		},
		"11 by a link to nothing": func(t *testing.T, s *scene) { require.NoError(t, os.Symlink("missing", s.host)) },
		"12 by an empty directory": func(t *testing.T, s *scene) {
			require.NoError(t, os.Mkdir(s.host, 0o750))
		},
		"12 by a directory": func(t *testing.T, s *scene) {
			require.NoError(t, os.MkdirAll(filepath.Join(s.host, sceneTree, "d"), 0o750))
			putHost(t, filepath.Join(s.host, sceneTree, "f"), "theirs")
		},
		"12 by a file": func(t *testing.T, s *scene) { putHost(t, s.host, "theirs") },
		"12 by a FIFO": func(t *testing.T, s *scene) { require.NoError(t, unix.Mkfifo(s.host, 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			s := plainScene(t)
			require.NoError(t, os.Rename(s.host, s.host+"-away"))
			replace(t, s)
			look := func() string {
				o := outside{dir: s.host}
				state, err := o.look()
				require.NoError(t, err)
				return state
			}
			before := look()
			s.requireRootError(t, s.fsys.Release(), tempfs.ErrReplaced)
			require.Equal(t, before, look(), "the stranger is as it was")
			requireEmptied(t, s.host+"-away")
		})
	}
}

// TestRemovalOfARootThatIsBack has the root under its name again after a release that failed for it.
func TestRemovalOfARootThatIsBack(t *testing.T) {
	s := plainScene(t)
	require.NoError(t, os.Rename(s.host, s.host+"-away"))
	require.NoError(t, os.Mkdir(s.host, 0o750))
	s.requireRootError(t, s.fsys.Release(), tempfs.ErrReplaced)
	require.NoError(t, os.Remove(s.host))
	require.NoError(t, os.Rename(s.host+"-away", s.host))
	s.requireReleased(t)
}

// TestRemovalOfAMovedRoot is case 13: the root has another name now. What was in it goes.
func TestRemovalOfAMovedRoot(t *testing.T) {
	for _, away := range []string{"away", "elsewhere/away"} {
		t.Run(away, func(t *testing.T) {
			s := plainScene(t)
			to := filepath.Join(s.parent, away)
			require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
			require.NoError(t, os.Rename(s.host, to))
			s.requireRootError(t, s.fsys.Release(), tempfs.ErrMoved)
			requireGone(t, s.host)
			requireEmptied(t, to)
			require.NoError(t, os.Rename(to, s.host))
			require.NoError(t, s.fsys.Release(), "it is back")
			requireGone(t, s.host)
		})
	}
}

// TestRemovalInAMovedParent has the directory moved that the root is in, and something else put in its place: it is known by descriptor.
func TestRemovalInAMovedParent(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "parent")
	require.NoError(t, os.Mkdir(parent, 0o755))
	fsys, err := tempfs.New(tempfs.In(parent))
	require.NoError(t, err)
	host := rootOf(t, fsys)
	require.NoError(t, put(fsys, "/f", "content"))
	require.NoError(t, os.Rename(parent, parent+"-away"))
	require.NoError(t, os.MkdirAll(host, 0o755))
	putHost(t, filepath.Join(host, "f"), "theirs")
	require.NoError(t, fsys.Release())
	requireEmpty(t, parent+"-away")
	requireContent(t, filepath.Join(host, "f"), "theirs")
}

// TestRemovalOfADeletedRoot is case 14: the user has deleted it.
func TestRemovalOfADeletedRoot(t *testing.T) {
	s := newScene(t)
	s.grow(t, sceneTree, plainTree)
	require.NoError(t, os.RemoveAll(s.host))
	s.requireReleased(t)
}
