package tempfs_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// fsCalls has each method of an Fs that can fail, called in a way that succeeds on a new Fs with a file /f and a directory /d, or
// could.
var fsCalls = map[string]func(fsys *tempfs.Fs) error{
	"Create":    func(fsys *tempfs.Fs) error { return opened(fsys.Create("/new")) },
	"Open":      func(fsys *tempfs.Fs) error { return opened(fsys.Open("/f")) },
	"OpenFile":  func(fsys *tempfs.Fs) error { return opened(fsys.OpenFile("/f", os.O_RDWR, 0)) },
	"Mkdir":     func(fsys *tempfs.Fs) error { return fsys.Mkdir("/new", 0o755) },
	"MkdirAll":  func(fsys *tempfs.Fs) error { return fsys.MkdirAll("/d", 0o755) },
	"Remove":    func(fsys *tempfs.Fs) error { return fsys.Remove("/f") },
	"RemoveAll": func(fsys *tempfs.Fs) error { return fsys.RemoveAll("/missing") },
	"Rename":    func(fsys *tempfs.Fs) error { return fsys.Rename("/f", "/new") },
	"Link":      func(fsys *tempfs.Fs) error { return fsys.Link("/f", "/new") },
	"Stat":      func(fsys *tempfs.Fs) error { return errOf(fsys.Stat("/")) },
	"Chmod":     func(fsys *tempfs.Fs) error { return fsys.Chmod("/f", 0o600) },
	"Chown":     func(fsys *tempfs.Fs) error { return fsys.Chown("/f", -1, -1) },
	"Lchown":    func(fsys *tempfs.Fs) error { return fsys.Lchown("/f", -1, -1) },
	"Chtimes":   func(fsys *tempfs.Fs) error { return fsys.Chtimes("/f", time.Now(), time.Now()) },
	"Truncate":  func(fsys *tempfs.Fs) error { return fsys.Truncate("/f", 1) },
	"Sub":       func(fsys *tempfs.Fs) error { return errOf(fsys.Sub("/d")) },
	"RealPath":  func(fsys *tempfs.Fs) error { return errOf(fsys.RealPath("/f")) },
	"Detach":    func(fsys *tempfs.Fs) error { return errOf(fsys.Detach()) },

	"Import": func(fsys *tempfs.Fs) error { return fsys.Import(fstest.MapFS{}, "/d") },
	"Export": func(fsys *tempfs.Fs) error { return fsys.Export(afero.NewMemMapFs(), "/d") },
	"Persist": func(fsys *tempfs.Fs) error {
		return fsys.Persist("/f", filepath.Join(os.TempDir(), "persisted"))
	},
	"Clone": func(fsys *tempfs.Fs) error {
		clone, err := fsys.Clone()
		if err != nil {
			return err
		}
		return clone.Release()
	},

	"CreateTemp":         func(fsys *tempfs.Fs) error { return opened(fsys.CreateTemp("", "*")) },
	"MkdirTemp":          func(fsys *tempfs.Fs) error { return errOf(fsys.MkdirTemp("", "*")) },
	"TemporaryFile":      func(fsys *tempfs.Fs) error { return opened(fsys.TemporaryFile()) },
	"NamedTemporaryFile": func(fsys *tempfs.Fs) error { return errOf(fsys.NamedTemporaryFile()) },
	"SpooledTemporaryFile": func(fsys *tempfs.Fs) error {
		return errOf(fsys.SpooledTemporaryFile(1))
	},
	"SymlinkIfPossible": func(fsys *tempfs.Fs) error {
		return fsys.SymlinkIfPossible("/f", "/new")
	},
	"ReadlinkIfPossible": func(fsys *tempfs.Fs) error {
		return errOf(fsys.ReadlinkIfPossible("/new"))
	},
	"LstatIfPossible": func(fsys *tempfs.Fs) error {
		_, _, err := fsys.LstatIfPossible("/f")
		return err
	},
}

// fsOthers are the methods that work on a released Fs as on any.
var fsOthers = []string{"Name", "String", "GoString", "Backend", "IOFS", "Usage", "TestClone", "Release", "ReleaseContext", "Close"}

// ioCalls has each method of the io/fs view.
var ioCalls = map[string]func(view fs.FS) error{
	"Open": func(view fs.FS) error {
		f, err := view.Open("f")
		if err != nil {
			return err
		}
		return f.Close()
	},
	"ReadFile": func(view fs.FS) error { return errOf(view.(fs.ReadFileFS).ReadFile("f")) },
	"ReadDir":  func(view fs.FS) error { return errOf(view.(fs.ReadDirFS).ReadDir(".")) },
	"Stat":     func(view fs.FS) error { return errOf(view.(fs.StatFS).Stat("f")) },
	"Lstat":    func(view fs.FS) error { return errOf(view.(fs.ReadLinkFS).Lstat("f")) },
	"ReadLink": func(view fs.FS) error { return errOf(view.(fs.ReadLinkFS).ReadLink("f")) },
	"Sub":      func(view fs.FS) error { return errOf(view.(fs.SubFS).Sub("d")) },
}

// ioOthers: Glob ignores errors of the filesystem, as io/fs says.
var ioOthers = []string{"Glob"}

// fileCalls has each method of an open file that can fail.
var fileCalls = map[string]func(f afero.File) error{
	"Close":        func(f afero.File) error { return f.Close() },
	"Read":         func(f afero.File) error { return errOf(f.Read(make([]byte, 1))) },
	"ReadAt":       func(f afero.File) error { return errOf(f.ReadAt(make([]byte, 1), 0)) },
	"Write":        func(f afero.File) error { return errOf(f.Write([]byte("x"))) },
	"WriteAt":      func(f afero.File) error { return errOf(f.WriteAt([]byte("x"), 0)) },
	"WriteString":  func(f afero.File) error { return errOf(f.WriteString("x")) },
	"Seek":         func(f afero.File) error { return errOf(f.Seek(0, io.SeekStart)) },
	"Truncate":     func(f afero.File) error { return f.Truncate(1) },
	"Stat":         func(f afero.File) error { return errOf(f.Stat()) },
	"Sync":         func(f afero.File) error { return f.Sync() },
	"Readdir":      func(f afero.File) error { return errOf(f.Readdir(-1)) },
	"Readdirnames": func(f afero.File) error { return errOf(f.Readdirnames(-1)) },
	"ReadDir":      func(f afero.File) error { return errOf(f.(fs.ReadDirFile).ReadDir(-1)) },
	"ReadFrom": func(f afero.File) error {
		return errOf(f.(io.ReaderFrom).ReadFrom(strings.NewReader("x")))
	},
	"WriteTo":     func(f afero.File) error { return errOf(f.(io.WriterTo).WriteTo(io.Discard)) },
	"SyscallConn": func(f afero.File) error { return errOf(f.(syscall.Conn).SyscallConn()) },
}

var fileOthers = []string{"Name", "String"}

// TestCallsAreAll holds the tables above against the methods that there are.
func TestCallsAreAll(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.InMemory())
	f, err := fsys.Create("/f")
	require.NoError(t, err)
	all := func(v any, calls, others []string) {
		typ := reflect.TypeOf(v)
		var methods []string
		for i := range typ.NumMethod() {
			methods = append(methods, typ.Method(i).Name)
		}
		require.ElementsMatch(t, methods, append(calls, others...), typ)
	}
	all(fsys, keys(fsCalls), fsOthers)
	all(fsys.IOFS(), keys(ioCalls), ioOthers)
	all(f, keys(fileCalls), fileOthers)
}

func keys[V any](m map[string]V) []string {
	all := make([]string, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	return all
}

// populate makes what fsCalls expects and opens the file and the directory.
func populate(t *testing.T, fsys *tempfs.Fs) (file, dir afero.File) {
	t.Helper()
	require.NoError(t, put(fsys, "/f", "content"))
	require.NoError(t, fsys.MkdirAll("/d", 0o755))
	file, err := fsys.OpenFile("/f", os.O_RDWR, 0)
	require.NoError(t, err)
	dir, err = fsys.Open("/d")
	require.NoError(t, err)
	return file, dir
}

// requireClosed wants fs.ErrClosed from each method, in the shape of package os.
func requireClosed(t *testing.T, fsys *tempfs.Fs, view fs.FS, files ...afero.File) {
	t.Helper()
	closed := func(what string, err error) {
		require.ErrorIs(t, err, fs.ErrClosed, what)
		if !errors.As(err, new(*fs.PathError)) && !errors.As(err, new(*tempfs.PersistError)) {
			require.ErrorAs(t, err, new(*os.LinkError), what)
		}
	}
	for name, call := range fsCalls {
		closed(name, call(fsys))
	}
	for name, call := range ioCalls {
		closed("IOFS "+name, call(view))
		closed("IOFS "+name, call(fsys.IOFS()))
	}
	for _, f := range files {
		for name, call := range fileCalls {
			closed("file "+name, call(f))
		}
	}
	require.Equal(t, "tempfs", fsys.Name())
	require.NotEmpty(t, fsys.Backend())
	require.Contains(t, fsys.String(), fsys.Backend())
}

func TestReleasedIsClosed(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		view := fsys.IOFS()
		file, dir := populate(t, fsys)
		require.NoError(t, fsys.Release())
		requireClosed(t, fsys, view, file, dir)
		require.Equal(t, "/f", file.Name())
	})
}

// TestReleasedSubIsClosed ends a view by its own release, and by that of its Fs.
func TestReleasedSubIsClosed(t *testing.T) {
	for _, how := range []string{"view", "owner"} {
		t.Run(how, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, fsys.Mkdir("/view", 0o755))
				sub, err := fsys.Sub("/view")
				require.NoError(t, err)
				view := sub.IOFS()
				file, dir := populate(t, sub)
				if how == "view" {
					require.NoError(t, sub.Release())
					require.NoError(t, has(fsys, "/view/f", "content"))
				} else {
					require.NoError(t, fsys.Release())
				}
				requireClosed(t, sub, view, file, dir)
				require.NoError(t, sub.Release())
			})
		})
	}
}

// TestEntriesOutliveTheRelease shows that what a listing gave earlier neither panics nor tells of the host.
func TestEntriesOutliveTheRelease(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/f", "content"))
		info, err := fsys.Stat("/f")
		require.NoError(t, err)
		dir, err := fsys.Open("/")
		require.NoError(t, err)
		entries, err := dir.(fs.ReadDirFile).ReadDir(-1)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.NoError(t, fsys.Release())

		require.Equal(t, "f", entries[0].Name())
		require.False(t, entries[0].IsDir())
		_, err = entries[0].Info()
		require.ErrorIs(t, err, fs.ErrClosed)
		require.EqualValues(t, 7, info.Size())
		require.Equal(t, "f", info.Name())
	})
}

func TestDetachedIsClosed(t *testing.T) {
	fsys, err := tempfs.New()
	require.NoError(t, err)
	view := fsys.IOFS()
	file, dir := populate(t, fsys)
	host, err := fsys.Detach()
	require.NoError(t, err)
	defer os.RemoveAll(host)
	requireClosed(t, fsys, view, file, dir)
	content, err := os.ReadFile(host + "/f")
	require.NoError(t, err)
	require.Equal(t, "content", string(content))
	require.NoError(t, fsys.Release())
	require.DirExists(t, host)
}
