//go:build unix

package tempfs_test

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// escape is a way out: links to plant, and the name that they lead out by. Both name a host directory.
type escape struct {
	how   string
	links [][2]string // target and name, in the order to plant
	name  string
}

// escapes are the ways to the directory outside. fd is a descriptor of it that this process has open.
func (a arena) escapes(fd uintptr) []escape {
	out := a.outside.dir
	up := strings.Repeat("../", 60)
	link := func(how, target string) escape {
		return escape{how, [][2]string{{target, "door"}}, "/door"}
	}
	return []escape{
		{"its own name", nil, out},
		{"its own name, two slashes", nil, "/" + out},
		{"two dots", nil, a.sibling()},
		{"two dots from the root", nil, "/" + a.sibling()},
		{"two dots after a directory", nil, "/dir/../" + a.sibling()},
		{"many dots", nil, up + out[1:]},
		{"proc", nil, "/proc/self/root" + out},

		link("absolute link", out),
		link("absolute link with a slash", out+"/"),
		link("absolute link with dots", "/./.././/"+out+"/."),
		link("relative link", a.sibling()),
		link("relative link with many dots", up+out[1:]),
		link("link to proc root", "/proc/self/root"+out),
		link("link to proc cwd", "/proc/self/cwd/"+up+out[1:]),
		link("link to proc thread", "/proc/thread-self/root"+out),
		link("link to a descriptor", fmt.Sprintf("/proc/self/fd/%d", fd)),
		link("link to a descriptor of dev", fmt.Sprintf("/dev/fd/%d/.", fd)),
		link("relative link to proc", up+"proc/self/root"+out),

		{"link to the root", [][2]string{{"/", "door"}}, "/door" + out},
		{"link to the parent", [][2]string{{"..", "door"}}, "/door/" + path.Base(out)},
		{"dots after a link", [][2]string{{"dir/sub", "door"}}, "/door/../../" + a.sibling()},
		{"chain", [][2]string{{out, "a"}, {"a", "b"}, {"/b", "dir/c"}, {"dir/c", "door"}}, "/door"},
		{"chain of parents", [][2]string{{"..", "dir/up"}, {"dir/up/..", "door"}}, "/door/" + path.Base(out)},
		{"link in a link", [][2]string{{"dir", "a"}, {out, "dir/b"}, {"a/b/sub/..", "door"}}, "/door"},
		{"long chain", longChain(out), "/door"},
		{"loop", [][2]string{{"door", "a"}, {"a", "door"}}, "/door"},
		{"loop of itself", [][2]string{{"door/../door", "door"}}, "/door"},
		{"loop that climbs", [][2]string{{"../door/" + a.sibling(), "door"}}, "/door"},
	}
}

// longChain is longer than the kernel and ours follow, 40 links.
func longChain(target string) [][2]string {
	links := [][2]string{{target, "l0"}}
	for i := range 45 {
		links = append(links, [2]string{fmt.Sprintf("l%d", i), fmt.Sprintf("l%d", i+1)})
	}
	return append(links, [2]string{"l45", "door"})
}

// try plants the escape in an empty Fs, attacks by it and returns what got out.
func (a arena) try(t *testing.T, e escape, o operation) error {
	t.Helper()
	require.NoError(t, errors.Join(a.fs.RemoveAll("/"), a.fs.MkdirAll("/dir/sub", 0o755), a.fs.Mkdir("/spare", 0o755)))
	for _, l := range e.links {
		require.NoError(t, a.plant(l[0], l[1]))
	}
	learned, err := o.do(a.fs, e.name, "/spare")
	if err != nil {
		learned += err.Error()
	}
	return errors.Join(shows(learned), a.escaped())
}

// withAlias adds the link that operations read.
func (a arena) withAlias(t *testing.T) arena {
	t.Helper()
	require.NoError(t, os.Symlink(secretName, filepath.Join(a.outside.dir, "alias")))
	require.NoError(t, os.Chtimes(a.outside.dir, longAgo, longAgo))
	var err error
	a.outside.state, err = a.outside.look()
	require.NoError(t, err)
	return a
}

func (a arena) tryAll(t *testing.T, try func(e escape)) {
	t.Helper()
	dir, err := os.Open(a.outside.dir)
	require.NoError(t, err)
	defer dir.Close()
	for _, e := range a.escapes(dir.Fd()) {
		try(e)
	}
}

func TestNothingEscapes(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		a := inside(t, fsys).withAlias(t)
		a.tryAll(t, func(e escape) {
			for _, o := range allOperations() {
				require.NoError(t, a.try(t, e, o), "%s by %s", o, e.how)
			}
		})
	})
}

// TestNothingEscapesSub has the directory outside of the view, but inside its Fs.
func TestNothingEscapesSub(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("/view", 0o755))
		sub, err := fsys.Sub("/view")
		require.NoError(t, err)
		require.NoError(t, fsys.Mkdir("/view-secret", 0o755))
		require.NoError(t, put(fsys, "/view-secret/secret", secret))
		require.NoError(t, fsys.Chtimes("/view-secret/secret", longAgo, longAgo))
		for _, target := range []string{"/view-secret", "../view-secret", "../../view-secret/", "/../view-secret", "/view/../view-secret"} {
			for _, o := range allOperations() {
				require.NoError(t, errors.Join(sub.RemoveAll("/"), sub.Mkdir("/spare", 0o755), sub.SymlinkIfPossible(target, "/door")))
				learned, _ := o.do(sub, "/door", "/spare")
				require.NoError(t, shows(learned), "%s by a link to %s", o, target)
				require.NoError(t, lists(fsys, "/view-secret", "secret"), "%s by a link to %s", o, target)
				require.NoError(t, has(fsys, "/view-secret/secret", secret), "%s by a link to %s", o, target)
				require.NoError(t, hasTime(fsys, "/view-secret/secret", longAgo), "%s by a link to %s", o, target)
			}
		}
	})
}

// TestEscapesAreSeen shows that each operation bites: on a BasePathFs it gets out.
func TestEscapesAreSeen(t *testing.T) {
	for _, o := range openOperations() {
		if o.method == "Chown" && os.Geteuid() != 0 {
			continue // only root gives files away
		}
		seen := false
		a := basePath(t).withAlias(t)
		a.tryAll(t, func(e escape) { seen = seen || a.try(t, e, o) != nil })
		require.True(t, seen, o)
	}
}
