//go:build unix

package tempfs_test

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// removal is a tree that a release takes whole, whoever the user is.
type removal struct {
	number int
	name   string
	tree   []string               // as grow reads it
	modes  map[string]fs.FileMode // set when everything is there; where modes bind, RemoveAll fails then, as package os does
	plant  func(t *testing.T, s *scene)
	onDisk bool // plant needs the host
}

func removals() []removal {
	return []removal{
		{
			number: 1, name: "read-only directories",
			tree:  []string{"a/b/c/", "a/f", "a/b/f", "a/b/c/f", "a/b/c/g => a/f"},
			modes: map[string]fs.FileMode{".": 0o555, "a": 0o555, "a/b": 0o555, "a/b/c": 0o555},
		},
		{
			number: 2, name: "directories of mode 000",
			tree:  []string{"a/b/c/", "a/empty/", "a/f", "a/b/f", "a/b/c/f"},
			modes: map[string]fs.FileMode{"a": 0, "a/empty": 0, "a/b": 0, "a/b/c": 0},
		},
		eachMode(),
		{number: 8, name: "hostile names", tree: hostileNames()},
		{
			number: 9, name: "symbolic links",
			tree:  []string{"d/", "beside -> ../beside", "file -> ../beside/f", "loop -> loop", "dangling -> missing", "root -> /", "self -> .", "d/up -> .."},
			plant: linkOutside,
		},
		{
			number: 10, name: "links to a private file, in a read-only directory", tree: []string{"d/"}, plant: linkPrivate, onDisk: true,
			modes: map[string]fs.FileMode{"d": 0o555},
		},
		{
			number: 15, name: "special files", tree: []string{"d/e/"}, plant: plantSpecial, onDisk: true,
			modes: map[string]fs.FileMode{"d": 0o555, "d/e": 0o555},
		},
	}
}

// eachMode has a directory of each mode that keeps its owner from something, with one of each other mode in it.
func eachMode() removal {
	c := removal{number: 3, name: "modes that lack something", modes: map[string]fs.FileMode{}}
	modes := []fs.FileMode{0o444, 0o111, 0o222, 0o333, 0o666, 0o555}
	for _, outer := range modes {
		for _, inner := range modes {
			above := strconv.FormatUint(uint64(outer), 8)
			dir := fmt.Sprintf("%s/%o", above, inner)
			c.tree = append(c.tree, dir+"/sub/", dir+"/f", dir+"/sub/f")
			c.modes[above], c.modes[dir] = outer, inner
		}
	}
	return c
}

// hostileNames are each a file, a directory, and a file in that.
func hostileNames() (tree []string) {
	for _, name := range []string{
		"\n", "a\nb", "\xff\xfe", "\x01", "\x7f", "-rf", "--", "...", "..a", "*", "?", "[a]", "~", "$HOME", "\\", "a\\..\\b", " ", "a ", "#", ";", "ä", "ö",
		strings.Repeat("x", 252), strings.Repeat("\xff", 252),
	} {
		tree = append(tree, "f"+name, name+"d/", name+"d/"+name+"f", name+"d/l"+name+" -> "+name)
	}
	return append(tree, strings.Repeat("x", 255)+"/", strings.Repeat("x", 255)+"/"+strings.Repeat("y", 255))
}

// linkOutside adds links to what is outside on the host.
func linkOutside(t *testing.T, s *scene) {
	t.Helper()
	for name, target := range map[string]string{"outside": ".", "secret": "secret", "sub": "sub", "empty": "sub/empty"} {
		require.NoError(t, s.fsys.SymlinkIfPossible(filepath.Join(s.outside.dir, target), sceneTree+"/"+name))
		if s.host != "" {
			require.NoError(t, os.Symlink(filepath.Join("../../outside", target), s.onHost("d/"+name)))
		}
	}
}

// linkPrivate adds a symbolic and a hard link to the same file outside, whose mode a careless repair would change.
func linkPrivate(t *testing.T, s *scene) {
	t.Helper()
	private := filepath.Join(s.outside.dir, "secret")
	require.NoError(t, os.Symlink(private, s.onHost("d/symbolic")))
	require.NoError(t, os.Symlink(filepath.Dir(private), s.onHost("d/directory")))
	require.NoError(t, os.Link(private, s.onHost("d/hard")))
}

// plantSpecial adds a FIFO, a socket that somebody listens on, and a file that is open. Opening the FIFO would block.
func plantSpecial(t *testing.T, s *scene) {
	t.Helper()
	t.Chdir(s.onHost("d/e")) // the path of a socket may be no longer than 108 bytes, see unix(7)
	require.NoError(t, unix.Mkfifo("fifo", 0o600))
	require.NoError(t, unix.Mkfifo("../fifo", 0))
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: "socket", Net: "unix"})
	require.NoError(t, err)
	listener.SetUnlinkOnClose(false)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })
	open, err := os.Create("open")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, open.Close()) })
}

// TestRemoval has each tree go from each backend, by a release and by RemoveAll.
func TestRemoval(t *testing.T) {
	for _, c := range removals() {
		t.Run(fmt.Sprintf("%02d %s", c.number, c.name), func(t *testing.T) {
			eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
				if len(opts) > 0 && c.onDisk {
					t.Skip("memory has no such files")
				}
				before := held()
				t.Run("Release", func(t *testing.T) {
					c.begin(t, opts...).requireReleased(t)
				})
				t.Run("RemoveAll", func(t *testing.T) {
					c.testRemoveAll(t, c.begin(t, opts...))
				})
				require.NoError(t, before.leaked())
			})
		})
	}
}

func (c removal) begin(t *testing.T, opts ...tempfs.Option) *scene {
	t.Helper()
	s := newScene(t, opts...)
	s.grow(t, sceneTree, c.tree)
	if c.plant != nil {
		c.plant(t, s)
	}
	s.shut(t, c.modes)
	endInTime(t)
	return s
}

// endInTime ends the process when a test hangs, in an open that blocks say: long before the whole run's limit, and with all stacks.
func endInTime(t *testing.T) {
	t.Helper()
	alarm := time.AfterFunc(time.Minute, func() { panic(t.Name() + " hangs") })
	t.Cleanup(func() { alarm.Stop() })
}

func (c removal) testRemoveAll(t *testing.T, s *scene) {
	if len(c.modes) == 0 || os.Geteuid() == 0 {
		s.requireRemoved(t)
		require.NoError(t, s.fsys.Release())
		return
	}
	linked, err := s.outside.look() // with the links that there are to it still
	require.NoError(t, err)
	requirePermission(t, s.fsys.RemoveAll(sceneTree))
	require.NoError(t, outside{s.outside.dir, linked}.changed())
	s.requireBeside(t)
	for name, mode := range c.modes {
		info, err := s.fsys.Stat(sceneTree + "/" + name)
		if err == nil {
			require.Equal(t, fs.ModeDir|mode, info.Mode(), "RemoveAll repairs nothing: %s", name)
		}
	}
	s.requireReleased(t)
}

// TestRemovalOfDevices has devices in a tree, which only root makes. Opening them would do something.
func TestRemovalOfDevices(t *testing.T) {
	s := newScene(t)
	s.grow(t, sceneTree, []string{"d/"})
	for name, kind := range map[string]uint32{"d/character": unix.S_IFCHR, "d/block": unix.S_IFBLK} {
		if err := unix.Mknod(s.onHost(name), kind|0o600, 0); err != nil {
			t.Skipf("no devices here: %v", err)
		}
	}
	s.requireReleased(t)
}

// TestRemoveAllRepairsNothing has a user who may not write to two directories: one of them is told, and all else goes.
func TestRemoveAllRepairsNothing(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("modes do not bind root")
	}
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		s := newScene(t, opts...)
		s.grow(t, sceneTree, []string{"a/", "a/f", "b/c/", "b/c/f", "b/g", "z/", "z/f", "f"})
		s.shut(t, map[string]fs.FileMode{"a": 0o555, "b/c": 0o555})
		failed := pathErrorOf(t, s.fsys.RemoveAll(sceneTree))
		require.Equal(t, error(syscall.EACCES), failed.Err)
		require.Contains(t, []string{sceneTree + "/a/f", sceneTree + "/b/c/f"}, failed.Path)
		require.NoError(t, lists(s.fsys, sceneTree, "a", "b"))
		require.NoError(t, lists(s.fsys, sceneTree+"/b", "c"))
		requireMode(t, s.fsys, sceneTree+"/b/c", 0o555)
		s.requireReleased(t)
	})
}
