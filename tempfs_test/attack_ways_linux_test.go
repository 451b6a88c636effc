package tempfs_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// way is what an attacker does while the victim works by names below dir.
type way struct {
	name  string
	dir   string
	reach reach // operations it is for; 0 for all
	// lay prepares the ground, and returns a step of the attack.
	lay func(t *testing.T, g *ground) (step func(i int) error)
	// unseen ways change nothing of what an operation returns.
	unseen bool
	// harmless ways let nobody out: not even by names that are joined.
	harmless bool
	// held ways let those out that keep a descriptor of the directory before the dots. For a single walk of the kernel their chance is small.
	held bool
}

// isFor is false for operations that it does not touch, or that would end it.
func (w way) isFor(o operation) bool {
	switch {
	case o.reach&reachesSelf != 0:
		return false
	case strings.Contains(w.dir, "..") && o.reach&takesClean != 0:
		return false
	}
	return w.reach == 0 || w.reach&o.reach != 0
}

// ways have relative links mostly: an absolute one may be refused for the mount that it leaves.
var ways = []way{
	{name: "swap of a directory and a link", dir: "/door", lay: swapTargets},
	{name: "swap of a directory above", dir: "/a/door/in/er", lay: func(t *testing.T, g *ground) func(int) error {
		t.Helper()
		g.inhabit(t, "a/door/in/er")
		return g.swap(t, "a/door", "link", "../../outside")
	}},
	{name: "two dots after a swap", dir: "/door/..", lay: func(t *testing.T, g *ground) func(int) error {
		t.Helper()
		g.inhabit(t, ".")
		require.NoError(t, os.Mkdir(g.onHost("door"), 0o755))
		return g.swap(t, "door", "link", "../outside/in")
	}},
	{name: "swap across the border", dir: "/door", lay: func(t *testing.T, g *ground) func(int) error {
		t.Helper()
		g.inhabit(t, "door")
		return g.swap(t, "door", "../yard/moved", "../outside")
	}},
	{name: "swap of a file and a link", dir: "/door", reach: reachesFile, lay: swapFile},
	{name: "link where a file is new", dir: "/door", reach: reachesNew, lay: linkNew},
	{name: "move out and back", dir: "/a/b", harmless: true, lay: func(t *testing.T, g *ground) func(int) error {
		t.Helper()
		g.inhabit(t, "a/b")
		return g.move("a/b")
	}},
	{name: "move of a directory above", dir: "/a/b/in/er", harmless: true, lay: func(t *testing.T, g *ground) func(int) error {
		t.Helper()
		g.inhabit(t, "a/b/in/er")
		return g.move("a/b")
	}},
	{name: "two dots after a move", dir: "/a/b/..", held: true, lay: func(t *testing.T, g *ground) func(int) error {
		t.Helper()
		g.inhabit(t, "a")
		require.NoError(t, os.Mkdir(g.onHost("a/b"), 0o755))
		return g.move("a/b")
	}},
	{name: "many dots after a move", dir: "/a/b/in/er/../../..", held: true, lay: func(t *testing.T, g *ground) func(int) error {
		t.Helper()
		g.inhabit(t, "a")
		require.NoError(t, os.MkdirAll(g.onHost("a/b/in/er"), 0o755))
		return g.move("a/b")
	}},
	{name: "swap in a tree", dir: "/door", reach: reachesTree, unseen: true, lay: swapBelow},
	{name: "move in a tree", dir: "/door", reach: reachesTree, unseen: true, harmless: true, lay: moveBelow},
}

// swap exchanges two names of the host, of which the second is a link at first.
func (g *ground) swap(t *testing.T, name, link, target string) (step func(int) error) {
	t.Helper()
	name, link = g.onHost(name), g.onHost(link)
	require.NoError(t, os.Symlink(target, link))
	exchange := func(int) error { return unix.Renameat2(unix.AT_FDCWD, name, unix.AT_FDCWD, link, unix.RENAME_EXCHANGE) }
	if err := errors.Join(exchange(0), exchange(1)); err != nil {
		t.Skipf("no RENAME_EXCHANGE here: %v", err)
	}
	return exchange
}

// move takes a directory out of the tree and puts it back. What has taken its place meanwhile goes.
func (g *ground) move(name string) (step func(i int) error) {
	here, there := g.onHost(name), filepath.Join(g.yard.dir, "moved")
	return func(int) error {
		if unix.Rename(here, there) == nil {
			return nil
		}
		err := unix.Rename(there, here)
		if err != nil {
			_ = os.RemoveAll(here)
		}
		return err
	}
}

// swapTargets exchanges with links of every form in turns.
func swapTargets(t *testing.T, g *ground) func(int) error {
	t.Helper()
	g.inhabit(t, "door")
	up := strings.Repeat("../", 60)
	targets := []string{
		g.out.dir,
		"../outside",
		"/proc/self/root" + g.out.dir,
		g.proc,
		"/proc/thread-self/cwd/" + up + g.out.dir[1:],
	}
	exchange := g.swap(t, "door", "link", targets[0])
	link, next := g.onHost("link"), g.onHost("next")
	return func(i int) error {
		if i%2 == 0 { // the link is where it began
			err := errors.Join(os.Symlink(targets[i/2%len(targets)], next), unix.Rename(next, link))
			if err != nil {
				return err
			}
		}
		return exchange(i)
	}
}

// swapFile has a file or a link to that outside in turns.
func swapFile(t *testing.T, g *ground) func(int) error {
	t.Helper()
	g.inhabit(t, "door")
	next, name := g.onHost("next"), g.onHost("door/secret")
	return func(i int) error {
		if i%2 == 0 {
			return errors.Join(os.WriteFile(next, []byte("mine"), 0o600), unix.Rename(next, name))
		}
		return errors.Join(os.Symlink("../../outside/secret", next), unix.Rename(next, name))
	}
}

// linkNew plants a link to a name outside that is free, and takes it away.
func linkNew(t *testing.T, g *ground) func(int) error {
	t.Helper()
	g.inhabit(t, "door")
	name := g.onHost("door/new")
	return func(int) error {
		err := os.Symlink("../../outside/new", name)
		_ = unix.Unlink(name)
		return err
	}
}

// swapBelow exchanges a directory of the tree that the victim takes, and restores what that has removed.
func swapBelow(t *testing.T, g *ground) func(int) error {
	t.Helper()
	g.inhabit(t, "door")
	exchange := g.swap(t, "door/sub/empty", "hold/link", "../../../outside")
	return func(i int) error {
		err := exchange(i)
		if err != nil {
			_ = os.RemoveAll(g.onHost("hold/link"))
			_ = os.Symlink("../../../outside", g.onHost("hold/link"))
			_ = os.Mkdir(g.onHost("door/sub"), 0o755)
			_ = os.Mkdir(g.onHost("door/sub/empty"), 0o755)
		}
		return err
	}
}

// moveBelow moves a directory of the tree that the victim takes out and back, and restores what that has removed.
func moveBelow(t *testing.T, g *ground) func(int) error {
	t.Helper()
	g.inhabit(t, "door")
	here, there := g.onHost("door/sub/empty"), filepath.Join(g.yard.dir, "moved")
	return func(int) error {
		_ = os.MkdirAll(filepath.Join(here, "in", "er"), 0o755)
		err := unix.Rename(here, there)
		if unix.Rename(there, here) != nil {
			_ = os.RemoveAll(there)
		}
		return err
	}
}
