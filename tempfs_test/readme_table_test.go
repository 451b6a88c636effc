//go:build unix

package tempfs_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// candidate is a column of README's table "Why not ...".
type candidate struct {
	files   files
	isAfero bool
	links   bool         // whether it knows symbolic links
	host    string       // the directory on the host; "" in memory
	end     func() error // what one does when one is done with it
}

// files is what the rows ask all candidates for.
type files interface {
	open(name string, flag int, perm os.FileMode) (file, error)
	Mkdir(name string, perm os.FileMode) error
	Chmod(name string, mode os.FileMode) error
}

// linker is one that has hard links too.
type linker interface {
	Link(oldname, newname string) error
}

// file is what both an afero.File and an *os.File are.
type file interface {
	Name() string
	Read(p []byte) (int, error)
	Write(p []byte) (int, error)
	Close() error
}

// onHost is package os, with names that the program joins to a directory.
type onHost struct{ dir string }

func (h onHost) path(name string) string { return filepath.Join(h.dir, name) }

func (h onHost) open(name string, flag int, perm os.FileMode) (file, error) {
	return os.OpenFile(h.path(name), flag, perm)
}

func (h onHost) Mkdir(name string, perm os.FileMode) error { return os.Mkdir(h.path(name), perm) }
func (h onHost) Chmod(name string, mode os.FileMode) error { return os.Chmod(h.path(name), mode) }
func (h onHost) Link(oldname, newname string) error        { return os.Link(h.path(oldname), h.path(newname)) }

type onRoot struct{ *os.Root }

func (r onRoot) open(name string, flag int, perm os.FileMode) (file, error) {
	return r.OpenFile(name, flag, perm)
}

type onAfero struct{ afero.Fs }

func (a onAfero) open(name string, flag int, perm os.FileMode) (file, error) {
	return a.OpenFile(name, flag, perm)
}

// candidates are the columns, in order.
var candidates = []func(t *testing.T) *candidate{
	func(t *testing.T) *candidate {
		t.Helper()
		dir := t.TempDir()
		return &candidate{files: onHost{dir}, links: true, host: dir, end: func() error {
			return os.RemoveAll(dir) // as t.TempDir does
		}}
	},
	func(t *testing.T) *candidate {
		t.Helper()
		dir := t.TempDir()
		return &candidate{files: onAfero{afero.NewBasePathFs(afero.NewOsFs(), dir)}, isAfero: true, links: true, host: dir, end: func() error {
			return os.RemoveAll(dir)
		}}
	},
	func(*testing.T) *candidate {
		return &candidate{files: onAfero{afero.NewMemMapFs()}, isAfero: true, end: func() error { return nil }}
	},
	func(t *testing.T) *candidate {
		t.Helper()
		dir := t.TempDir()
		root, err := os.OpenRoot(dir)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, root.Close()) })
		return &candidate{files: onRoot{root}, links: true, host: dir, end: func() error {
			names, err := afero.ReadDir(afero.NewOsFs(), dir)
			for _, n := range names {
				err = errors.Join(err, root.RemoveAll(n.Name()))
			}
			return err
		}}
	},
	func(t *testing.T) *candidate {
		t.Helper()
		fsys := tempfs.Test(t)
		host, err := fsys.RealPath("/")
		require.NoError(t, err)
		return &candidate{files: onAfero{fsys}, isAfero: true, links: true, host: host, end: fsys.Release}
	},
}

func (c *candidate) write(name, content string) error {
	f, err := c.files.open(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write([]byte(content))
	return errors.Join(err, f.Close())
}

func (c *candidate) read(name string) (string, error) {
	f, err := c.files.open(name, os.O_RDONLY, 0)
	if err != nil {
		return "", err
	}
	content, err := io.ReadAll(f)
	return string(content), errors.Join(err, f.Close())
}

// The answers of a cell.
const (
	yes     = "yes"
	no      = "no"
	noLinks = "no links"
)

func answer(isYes bool) string {
	if isYes {
		return yes
	}
	return no
}

// rows are the questions of the table, by its first column.
var rows = map[string]func(t *testing.T, c *candidate) string{
	"is an afero.Fs": func(_ *testing.T, c *candidate) string { return answer(c.isAfero) },

	"a link that leads out is not followed": func(t *testing.T, c *candidate) string {
		t.Helper()
		if !c.links {
			return noLinks
		}
		secret := filepath.Join(t.TempDir(), "secret")
		require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o600))
		require.NoError(t, os.Symlink(secret, filepath.Join(c.host, "link")))
		got, _ := c.read("link")
		return answer(got != "secret")
	},

	"an absolute link ends inside, as in a chroot": func(t *testing.T, c *candidate) string {
		t.Helper()
		if !c.links {
			return noLinks
		}
		require.NoError(t, c.write("target", "inside"))
		require.NoError(t, os.Symlink("/target", filepath.Join(c.host, "link")))
		got, _ := c.read("link")
		return answer(got == "inside")
	},

	"errors and names tell no host path": func(t *testing.T, c *candidate) string {
		t.Helper()
		_, err := c.files.open("missing", os.O_RDONLY, 0)
		require.Error(t, err)
		f, failed := c.files.open("made", os.O_WRONLY|os.O_CREATE, 0o600)
		require.NoError(t, failed)
		defer f.Close()
		told := fmt.Sprint(err, f.Name())
		return answer(c.host == "" || !strings.Contains(told, filepath.Base(c.host)))
	},

	"a missing parent is an error": func(_ *testing.T, c *candidate) string {
		return answer(errors.Is(c.files.Mkdir("no/such", 0o755), os.ErrNotExist) && errors.Is(c.write("no/file", ""), os.ErrNotExist))
	},

	"O_APPEND appends at every write": func(t *testing.T, c *candidate) string {
		t.Helper()
		var open [2]file
		for i := range open {
			f, err := c.files.open("log", os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
			require.NoError(t, err)
			defer f.Close()
			open[i] = f
		}
		for _, f := range open {
			_, err := f.Write([]byte("line\n"))
			require.NoError(t, err)
		}
		got, err := c.read("log")
		require.NoError(t, err)
		return answer(got == "line\nline\n")
	},

	"hard links": func(t *testing.T, c *candidate) string {
		t.Helper()
		files := any(c.files)
		if wrapped, isAfero := files.(onAfero); isAfero {
			files = wrapped.Fs
		}
		l, ok := files.(linker)
		if !ok {
			return no
		}
		require.NoError(t, c.write("a", "content"))
		require.NoError(t, l.Link("a", "b"))
		got, err := c.read("b")
		require.NoError(t, err)
		return answer(got == "content")
	},

	"permissions bind a user who is not root": func(t *testing.T, c *candidate) string {
		t.Helper()
		notAsRoot(t)
		require.NoError(t, c.files.Mkdir("dir", 0o755))
		require.NoError(t, c.write("dir/file", ""))
		require.NoError(t, c.files.Chmod("dir", 0o500))
		err := c.write("dir/new", "")
		require.NoError(t, c.files.Chmod("dir", 0o700))
		return answer(errors.Is(err, os.ErrPermission))
	},

	"read-only directories go in the end": func(t *testing.T, c *candidate) string {
		t.Helper()
		notAsRoot(t)
		require.NoError(t, c.files.Mkdir("dir", 0o755))
		require.NoError(t, c.write("dir/file", ""))
		require.NoError(t, c.files.Chmod("dir", 0o500))
		err := c.end()
		if err != nil {
			require.NoError(t, c.files.Chmod("dir", 0o700))
		}
		return answer(err == nil)
	},
}

func notAsRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("permissions do not bind root")
	}
}

// TestTable holds every cell of README's table "Why not ..." against what is.
func TestTable(t *testing.T) {
	_, after, found := strings.Cut(pageOf(t, "README.md"), "## Why not")
	require.True(t, found)
	section, _, _ := strings.Cut(after, "\n## ")
	asked := 0
	for line := range strings.Lines(section) {
		cells := tableCells(line)
		ask, ok := rows[cells[0]]
		if !ok {
			continue
		}
		asked++
		require.Len(t, cells, 1+len(candidates))
		for i, made := range candidates {
			t.Run(fmt.Sprint(cells[0], i), func(t *testing.T) {
				require.Equal(t, cells[i+1], ask(t, made(t)))
			})
		}
	}
	require.Equal(t, len(rows), asked, "rows of the table")
}
