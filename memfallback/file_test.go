package memfallback_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

// The scripts hold the results and errors of Fs and File to package os. Here is what a script cannot say.

func TestIOFS(t *testing.T) {
	sys := memfallback.New()
	require.NoError(t, sys.MkdirAll("a/b", 0o755))
	for _, name := range []string{"a/b/f", "a/g", "h"} {
		require.NoError(t, afero.WriteFile(sys, name, []byte(strings.Repeat(name, 100)), 0o644))
	}
	require.NoError(t, fstest.TestFS(afero.NewIOFS(sys), "a/b/f", "a/g", "h"))
}

func TestReader(t *testing.T) {
	sys := memfallback.New()
	content := bytes.Repeat([]byte("0123456789"), 20000) // four pages
	require.NoError(t, afero.WriteFile(sys, "f", content, 0o644))
	f, err := sys.Open("f")
	require.NoError(t, err)
	require.NoError(t, iotest.TestReader(f, content))
}

type failing struct{ left int }

var errFailing = errors.New("failing")

func (r *failing) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, errFailing
	}
	n := min(len(p), r.left)
	r.left -= n
	return n, nil
}

func TestReadFromAndWriteTo(t *testing.T) {
	sys := memfallback.New()
	f, err := sys.Create("f")
	require.NoError(t, err)
	text := strings.Repeat("text", 50000)
	n, err := f.(io.ReaderFrom).ReadFrom(strings.NewReader(text))
	require.NoError(t, err)
	require.Equal(t, int64(len(text)), n)
	n, err = f.(io.ReaderFrom).ReadFrom(&failing{left: 9})
	require.Equal(t, errFailing, err)
	require.Equal(t, int64(9), n)

	_, err = f.Seek(4, io.SeekStart)
	require.NoError(t, err)
	var b strings.Builder
	n, err = f.(io.WriterTo).WriteTo(&b)
	require.NoError(t, err)
	require.Equal(t, int64(len(text)-4+9), n)
	require.Equal(t, text[4:], b.String()[:len(text)-4])

	r, err := sys.Open("f")
	require.NoError(t, err)
	_, err = r.(io.ReaderFrom).ReadFrom(strings.NewReader("x"))
	require.Equal(t, `write "f": EBADF`, told(err))
	require.NoError(t, r.Close())
	_, err = r.(io.ReaderFrom).ReadFrom(strings.NewReader("x"))
	require.ErrorIs(t, err, fs.ErrClosed)
	_, err = r.(io.WriterTo).WriteTo(io.Discard)
	require.ErrorIs(t, err, fs.ErrClosed)
}

func TestReaddir(t *testing.T) {
	sys := memfallback.New(memfallback.WithUser(7, 7))
	require.NoError(t, sys.Mkdir("d", 0o755))
	for _, name := range []string{"d/a", "d/b", "d/c"} {
		require.NoError(t, afero.WriteFile(sys, name, []byte(name), 0o644))
	}
	d, err := sys.Open("d")
	require.NoError(t, err)
	infos, err := d.Readdir(2)
	require.NoError(t, err)
	require.Len(t, infos, 2)
	require.Equal(t, "b", infos[1].Name())
	require.Equal(t, int64(3), infos[1].Size())
	infos, err = d.Readdir(2)
	require.NoError(t, err)
	require.Len(t, infos, 1)
	infos, err = d.Readdir(2)
	require.Equal(t, io.EOF, err)
	require.NotNil(t, infos)
	infos, err = d.Readdir(-1)
	require.NoError(t, err)
	require.NotNil(t, infos)
	require.Empty(t, infos)

	_, err = d.Seek(0, io.SeekStart)
	require.NoError(t, err)
	names, err := d.Readdirnames(0)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c"}, names)

	_, err = d.Seek(0, io.SeekStart)
	require.NoError(t, err)
	require.NoError(t, sys.Chmod("d", 0o600))
	_, err = d.Readdir(-1)
	require.Equal(t, `lstat "d/a": EACCES`, told(err))

	f, err := sys.Create("f")
	require.NoError(t, err)
	_, err = f.Readdir(-1)
	require.Equal(t, `readdirent "f": ENOTDIR`, told(err))
	require.NoError(t, f.Close())
	names, err = f.Readdirnames(-1)
	require.ErrorIs(t, err, fs.ErrClosed)
	require.NotNil(t, names)
}

func TestNames(t *testing.T) {
	sys := memfallback.New()
	require.Equal(t, "memfallback", sys.Name())
	f, err := sys.OpenFile("./x", os.O_RDWR|os.O_CREATE, 0o644)
	require.NoError(t, err)
	require.NoError(t, sys.Rename("x", "y"))
	require.Equal(t, "./x", f.Name())
	info, err := f.Stat()
	require.NoError(t, err)
	require.Equal(t, "x", info.Name())
}

func TestRemoveAllShapesItsErrors(t *testing.T) {
	sys := memfallback.New(memfallback.WithUser(7, 7))
	require.NoError(t, sys.MkdirAll("d/e", 0o755))
	require.NoError(t, afero.WriteFile(sys, "d/e/f", nil, 0o644))
	require.NoError(t, sys.Chmod("d/e", 0o500))
	require.Equal(t, `unlinkat "d/e/f": EACCES`, told(sys.RemoveAll("d")))
	require.Equal(t, `unlinkat "d/e/f": EACCES`, told(sys.RemoveAll("d/e/f")))
	require.Equal(t, `RemoveAll "d/.": EINVAL`, told(sys.RemoveAll("d/.")))
}
