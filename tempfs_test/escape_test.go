//go:build unix

package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/spf13/afero"
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

// attack is a call that would do or tell something outside, were name a directory there. It returns what the caller learns.
type attack func(fsys afero.Fs, name string) (learned string)

var attacks = map[string]attack{
	"stat": func(fsys afero.Fs, name string) string {
		info, err := fsys.Stat(name + "/" + secretName)
		return described(info, err)
	},
	"stat directory": func(fsys afero.Fs, name string) string {
		info, err := fsys.Stat(name + "/")
		return described(info, err)
	},
	"lstat": func(fsys afero.Fs, name string) string {
		info, _, err := fsys.(afero.Lstater).LstatIfPossible(name + "/" + secretName)
		return described(info, err)
	},
	"list": func(fsys afero.Fs, name string) string {
		names, err := readNames(fsys, name)
		return fmt.Sprint(names, err)
	},
	"walk": func(fsys afero.Fs, name string) (learned string) {
		visits := 0
		err := afero.Walk(fsys, name, func(name string, _ fs.FileInfo, err error) error {
			if visits++; visits > 1000 {
				return errors.New("endless")
			}
			learned += path.Base(name) + "\n"
			return err
		})
		return learned + fmt.Sprint(err)
	},
	"read": func(fsys afero.Fs, name string) string {
		content, _ := afero.ReadFile(fsys, name+"/secret")
		return string(content)
	},
	"read with a slash": func(fsys afero.Fs, name string) string {
		content, _ := afero.ReadFile(fsys, name+"/secret/")
		return string(content)
	},
	"write": func(fsys afero.Fs, name string) string {
		return fmt.Sprint(put(fsys, name+"/secret", "mine"))
	},
	"append": func(fsys afero.Fs, name string) string {
		f, err := fsys.OpenFile(name+"/secret", os.O_RDWR|os.O_APPEND, 0)
		return fmt.Sprint(with(f, err, func(f afero.File) error { return errOf(f.WriteString("mine")) }))
	},
	"create": func(fsys afero.Fs, name string) string { return fmt.Sprint(opened(fsys.Create(name + "/new"))) },
	"create exclusively": func(fsys afero.Fs, name string) string {
		return fmt.Sprint(opened(fsys.OpenFile(name+"/new", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)))
	},
	"mkdir":      func(fsys afero.Fs, name string) string { return fmt.Sprint(fsys.Mkdir(name+"/new", 0o755)) },
	"mkdir all":  func(fsys afero.Fs, name string) string { return fmt.Sprint(fsys.MkdirAll(name+"/new/er", 0o755)) },
	"remove":     func(fsys afero.Fs, name string) string { return fmt.Sprint(fsys.Remove(name + "/secret")) },
	"rmdir":      func(fsys afero.Fs, name string) string { return fmt.Sprint(fsys.Remove(name + "/sub/empty/")) },
	"remove all": func(fsys afero.Fs, name string) string { return fmt.Sprint(fsys.RemoveAll(name + "/sub")) },
	"remove all of the link": func(fsys afero.Fs, name string) string {
		return fmt.Sprint(fsys.RemoveAll(name))
	},
	"remove all with a slash": func(fsys afero.Fs, name string) string {
		return fmt.Sprint(fsys.RemoveAll(name + "/"))
	},
	"rename in":  func(fsys afero.Fs, name string) string { return fmt.Sprint(fsys.Rename(name+"/secret", "/mine")) },
	"rename out": func(fsys afero.Fs, name string) string { return fmt.Sprint(fsys.Rename("/file", name+"/file")) },
	"rename over": func(fsys afero.Fs, name string) string {
		return fmt.Sprint(fsys.Rename("/file", name+"/secret"))
	},
	"chmod": func(fsys afero.Fs, name string) string { return fmt.Sprint(fsys.Chmod(name+"/secret", 0o777)) },
	"chmod directory": func(fsys afero.Fs, name string) string {
		return fmt.Sprint(fsys.Chmod(name+"/sub/", 0o777))
	},
	"chown": func(fsys afero.Fs, name string) string { return fmt.Sprint(fsys.Chown(name+"/secret", 12345, 12345)) },
	"chtimes": func(fsys afero.Fs, name string) string {
		return fmt.Sprint(fsys.Chtimes(name+"/secret", longAgo.AddDate(1, 0, 0), longAgo.AddDate(1, 0, 0)))
	},
	"symlink out": func(fsys afero.Fs, name string) string {
		return fmt.Sprint(fsys.(afero.Linker).SymlinkIfPossible("x", name+"/new"))
	},
	"copy": func(fsys afero.Fs, name string) string { // leaves what it read inside
		content, _ := afero.ReadFile(fsys, name+"/secret")
		return fmt.Sprint(put(fsys, "/copy", string(content)))
	},
}

// tempfsAttacks are the calls that afero lacks.
var tempfsAttacks = map[string]func(fsys *tempfs.Fs, name string) string{
	"link in":  func(fsys *tempfs.Fs, name string) string { return fmt.Sprint(fsys.Link(name+"/secret", "/mine")) },
	"link out": func(fsys *tempfs.Fs, name string) string { return fmt.Sprint(fsys.Link("/file", name+"/new")) },
	"lchown":   func(fsys *tempfs.Fs, name string) string { return fmt.Sprint(fsys.Lchown(name+"/secret", 1, 1)) },
	"truncate": func(fsys *tempfs.Fs, name string) string { return fmt.Sprint(fsys.Truncate(name+"/secret", 3)) },
	"sub": func(fsys *tempfs.Fs, name string) string {
		sub, err := fsys.Sub(name)
		if err != nil {
			return err.Error()
		}
		defer sub.Release()
		content, _ := afero.ReadFile(sub, "secret")
		return string(content)
	},
	"io/fs": func(fsys *tempfs.Fs, name string) string {
		name = strings.TrimPrefix(path.Clean("/"+name), "/")
		content, _ := fs.ReadFile(fsys.IOFS(), name+"/secret")
		return string(content)
	},
	"io/fs glob": func(fsys *tempfs.Fs, name string) string {
		names, err := fs.Glob(fsys.IOFS(), strings.TrimPrefix(path.Clean("/"+name), "/")+"/*-outside")
		return fmt.Sprint(names, err)
	},
}

// described is what an info tells: nothing of a file that exists may be known, so that any is a secret told.
func described(info fs.FileInfo, err error) string {
	if err == nil && info.ModTime().Equal(longAgo) {
		return secretName
	}
	return ""
}

// try plants the escape in an empty Fs, attacks by it and returns what got out.
func (a arena) try(t *testing.T, e escape, do func(name string) string) error {
	t.Helper()
	require.NoError(t, errors.Join(a.fs.RemoveAll("/"), a.fs.MkdirAll("/dir/sub", 0o755), put(a.fs, "/file", "mine")))
	for _, l := range e.links {
		require.NoError(t, a.plant(l[0], l[1]))
	}
	learned := do(e.name)
	// What a caller said itself comes back in errors.
	learned = strings.ReplaceAll(learned, e.name+"/"+secretName, "")
	return errors.Join(shows(learned), a.escaped())
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
		a := inside(t, fsys)
		a.tryAll(t, func(e escape) {
			for what, attack := range attacks {
				err := a.try(t, e, func(name string) string { return attack(fsys, name) })
				require.NoError(t, err, "%s by %s", what, e.how)
			}
			for what, attack := range tempfsAttacks {
				err := a.try(t, e, func(name string) string { return attack(fsys, name) })
				require.NoError(t, err, "%s by %s", what, e.how)
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
			for what, attack := range attacks {
				require.NoError(t, sub.RemoveAll("/"))
				require.NoError(t, put(sub, "/file", "mine"))
				require.NoError(t, sub.SymlinkIfPossible(target, "/door"))
				require.NoError(t, shows(attack(sub, "/door")), "%s by a link to %s", what, target)
				require.NoError(t, lists(fsys, "/view-secret", "secret"), "%s by a link to %s", what, target)
				require.NoError(t, has(fsys, "/view-secret/secret", secret), "%s by a link to %s", what, target)
				require.NoError(t, hasTime(fsys, "/view-secret/secret", longAgo), "%s by a link to %s", what, target)
			}
		}
	})
}

// TestEscapesAreSeen shows that each attack bites: on a BasePathFs it gets out.
func TestEscapesAreSeen(t *testing.T) {
	for what, attack := range attacks {
		if what == "chown" && os.Geteuid() != 0 {
			continue // only root gives files away
		}
		seen := false
		a := basePath(t)
		a.tryAll(t, func(e escape) {
			seen = seen || a.try(t, e, func(name string) string { return attack(a.fs, name) }) != nil
		})
		require.True(t, seen, what)
	}
}
