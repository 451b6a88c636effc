//go:build unix

package tempfs_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// candidate is a column of README's table "Why not ...", in a directory with one more beside it.
type candidate struct {
	fs   afero.Fs // nil for os.Root
	root *os.Root // nil for all others
	host string   // the directory on the host; "" in memory

	end func() error // what one does when one is done with it
}

// candidates are the columns, in order.
var candidates = []func(t *testing.T) *candidate{
	func(t *testing.T) *candidate {
		t.Helper()
		dir := t.TempDir()
		return &candidate{fs: afero.NewBasePathFs(afero.NewOsFs(), dir), host: dir, end: func() error {
			return os.RemoveAll(dir) // as t.TempDir does
		}}
	},
	func(*testing.T) *candidate {
		return &candidate{fs: afero.NewMemMapFs(), end: func() error { return nil }}
	},
	func(t *testing.T) *candidate {
		t.Helper()
		dir := t.TempDir()
		root, err := os.OpenRoot(dir)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, root.Close()) })
		return &candidate{root: root, host: dir, end: func() error {
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
		return &candidate{fs: fsys, host: host, end: fsys.Release}
	},
}

// file is what both an afero.File and an *os.File are.
type file interface {
	Name() string
	Write(p []byte) (int, error)
	Close() error
}

func (c *candidate) open(name string, flag int, perm os.FileMode) (file, error) {
	if c.root != nil {
		f, err := c.root.OpenFile(name, flag, perm)
		if err != nil {
			return nil, err
		}
		return f, nil
	}
	f, err := c.fs.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (c *candidate) write(name, content string) error {
	f, err := c.open(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write([]byte(content))
	return errors.Join(err, f.Close())
}

func (c *candidate) read(name string) (string, error) {
	if c.root != nil {
		content, err := c.root.ReadFile(name)
		return string(content), err
	}
	content, err := afero.ReadFile(c.fs, name)
	return string(content), err
}

func (c *candidate) mkdir(name string, perm os.FileMode) error {
	if c.root != nil {
		return c.root.Mkdir(name, perm)
	}
	return c.fs.Mkdir(name, perm)
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
	"is an afero.Fs": func(_ *testing.T, c *candidate) string { return answer(c.fs != nil) },

	"a link that leads out is not followed": func(t *testing.T, c *candidate) string {
		t.Helper()
		if !c.links() {
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
		if !c.links() {
			return noLinks
		}
		require.NoError(t, c.write("target", "inside"))
		require.NoError(t, os.Symlink("/target", filepath.Join(c.host, "link")))
		got, _ := c.read("link")
		return answer(got == "inside")
	},

	"errors and names tell no host path": func(t *testing.T, c *candidate) string {
		t.Helper()
		_, err := c.open("missing", os.O_RDONLY, 0)
		require.Error(t, err)
		f, failed := c.open("made", os.O_WRONLY|os.O_CREATE, 0o600)
		require.NoError(t, failed)
		defer f.Close()
		told := fmt.Sprint(err, f.Name())
		return answer(c.host == "" || !strings.Contains(told, filepath.Base(c.host)))
	},

	"a missing parent is an error": func(_ *testing.T, c *candidate) string {
		return answer(errors.Is(c.mkdir("no/such", 0o755), os.ErrNotExist) && errors.Is(c.write("no/file", ""), os.ErrNotExist))
	},

	"O_APPEND appends at every write": func(t *testing.T, c *candidate) string {
		t.Helper()
		var open [2]file
		for i := range open {
			f, err := c.open("log", os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
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
		type linker interface {
			Link(oldname, newname string) error
		}
		l, ok := c.fs.(linker)
		if c.root != nil {
			l, ok = c.root, true
		}
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
		require.NoError(t, c.mkdir("dir", 0o755))
		require.NoError(t, c.write("dir/file", ""))
		require.NoError(t, c.chmod("dir", 0o500))
		err := c.write("dir/new", "")
		require.NoError(t, c.chmod("dir", 0o700))
		return answer(errors.Is(err, os.ErrPermission))
	},

	"read-only directories go in the end": func(t *testing.T, c *candidate) string {
		t.Helper()
		notAsRoot(t)
		require.NoError(t, c.mkdir("dir", 0o755))
		require.NoError(t, c.write("dir/file", ""))
		require.NoError(t, c.chmod("dir", 0o500))
		err := c.end()
		if err != nil {
			require.NoError(t, c.chmod("dir", 0o700))
		}
		return answer(err == nil)
	},
}

func (c *candidate) links() bool {
	_, ok := c.fs.(afero.Symlinker)
	return ok || c.root != nil
}

func (c *candidate) chmod(name string, mode os.FileMode) error {
	if c.root != nil {
		return c.root.Chmod(name, mode)
	}
	return c.fs.Chmod(name, mode)
}

func notAsRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("permissions do not bind root")
	}
}

// TestTable holds every cell of README's table "Why not ..." against what is.
func TestTable(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(repository(t), "README.md"))
	require.NoError(t, err)
	_, after, found := strings.Cut(string(readme), "## Why not")
	require.True(t, found)
	section, _, _ := strings.Cut(after, "\n## ")
	asked := 0
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(line, "|\n"), "|")
		ask, ok := rows[strings.TrimSpace(cells[0])]
		if !ok {
			continue
		}
		asked++
		require.Len(t, cells, 1+len(candidates))
		for i, made := range candidates {
			t.Run(fmt.Sprint(strings.TrimSpace(cells[0]), i), func(t *testing.T) {
				require.Equal(t, strings.TrimSpace(cells[i+1]), ask(t, made(t)))
			})
		}
	}
	require.Equal(t, len(rows), asked, "rows of the table")
}
