package migration

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/fixture"
)

func TestStoreOnMemMapFs(t *testing.T) {
	fsys := afero.NewMemMapFs()
	require.NoError(t, store(fsys, "a", "1")) // there is no cache
	content, err := afero.ReadFile(fsys, "cache/a")
	require.NoError(t, err)
	require.Equal(t, "1", string(content))
}

func TestStore(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.InMemory())
	require.ErrorIs(t, store(fsys, "a", "1"), fs.ErrNotExist) // as it will be on a disk
	require.NoError(t, fsys.Mkdir("cache", 0o700))
	require.NoError(t, store(fsys, "a", "1"))
	fixture.Assert(t, fsys, fixture.Tree{"cache/a": "1"})
}

func TestStoreWithImplicitParents(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.InMemory(), tempfs.ImplicitParents())
	require.NoError(t, store(fsys, "a", "1")) // where the code cannot be changed
	fixture.Assert(t, fsys, fixture.Tree{"cache/a": "1"})
}

// bites are what a test may have leaned on: each succeeds on MemMapFs, and is an error with us.
var bites = map[string]struct {
	do   func(fsys afero.Fs) error
	want error
}{
	"a file in a directory that is missing":     {func(f afero.Fs) error { return write(f, "/no/a") }, syscall.ENOENT},
	"a rename into a directory that is missing": {func(f afero.Fs) error { return f.Rename("/file", "/no/a") }, syscall.ENOENT},
	"Mkdir in a directory that is missing":      {func(f afero.Fs) error { return f.Mkdir("/no/a", 0o755) }, syscall.ENOENT},
	"a file below a file":                       {func(f afero.Fs) error { return write(f, "/file/a") }, syscall.ENOTDIR},
	"Remove of a directory that is not empty":   {func(f afero.Fs) error { return f.Remove("/dir") }, syscall.ENOTEMPTY},
	"a directory opened for writing":            {func(f afero.Fs) error { return openForWriting(f, "/dir") }, syscall.EISDIR},
	"a rename of a directory over a file":       {func(f afero.Fs) error { return f.Rename("/dir", "/file") }, syscall.ENOTDIR},
	"Stat of a closed file":                     {statClosed, fs.ErrClosed},
	"a new file \"file\" where \"/file\" is":    {func(f afero.Fs) error { return create(f, "file") }, syscall.EEXIST},
	"a name of 300 bytes":                       {func(f afero.Fs) error { return write(f, "/"+strings.Repeat("a", 300)) }, syscall.ENAMETOOLONG},
}

func write(f afero.Fs, name string) error { return afero.WriteFile(f, name, nil, 0o600) }

func create(f afero.Fs, name string) error {
	opened, err := f.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return opened.Close()
}

func openForWriting(f afero.Fs, name string) error {
	opened, err := f.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return opened.Close()
}

func statClosed(f afero.Fs) error {
	opened, err := f.Open("/file")
	if err != nil {
		return err
	}
	if err = opened.Close(); err != nil {
		return err
	}
	_, err = opened.Stat()
	return err
}

func TestWhatBitesAfterMemMapFs(t *testing.T) {
	for name, b := range bites {
		t.Run(name, func(t *testing.T) {
			tree := fixture.Tree{"file": "content", "dir/a": "a"}
			require.NoError(t, b.do(fixture.Build(t, afero.NewMemMapFs(), tree)))
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.ErrorIs(t, b.do(fixture.Build(t, fsys, tree)), b.want)
			})
		})
	}
}

// TestPageTellsWhatBites wants docs/migration.md to have a row for each.
func TestPageTellsWhatBites(t *testing.T) {
	page, err := os.ReadFile("../../migration.md")
	require.NoError(t, err)
	for name, b := range bites {
		require.Regexp(t, `(?m)^\| `+regexp.QuoteMeta(name)+` \| `, string(page), b.want)
	}
}

// TestAppendsAreLostOnMemMapFs, by two that append to one log.
func TestAppendsAreLostOnMemMapFs(t *testing.T) {
	log := func(t *testing.T, fsys afero.Fs) string {
		t.Helper()
		require.NoError(t, write(fsys, "log"))
		a, err := fsys.OpenFile("log", os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		b, err := fsys.OpenFile("log", os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		for _, f := range []afero.File{a, b} {
			_, err = io.WriteString(f, "line\n")
			require.NoError(t, err)
		}
		require.NoError(t, errors.Join(a.Close(), b.Close()))
		content, err := afero.ReadFile(fsys, "log")
		require.NoError(t, err)
		return string(content)
	}
	require.Equal(t, "line\n", log(t, afero.NewMemMapFs()))
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) { require.Equal(t, "line\nline\n", log(t, fsys)) })
}
