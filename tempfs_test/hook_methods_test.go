package tempfs_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// asked is what a hook is asked for a call, and the error when the first of that is stopped.
type asked struct {
	ops     []string
	stopped string
}

// fsCall is a call of an Fs that has a file /f with the content "content", a directory /d with a file x, and a link /link to f.
type fsCall struct {
	call func(fsys *tempfs.Fs) error
	asked
}

// fileCall is a call of a file of that Fs, opened by that name, and with that offset.
type fileCall struct {
	name   string
	offset int64
	call   func(f afero.File) error
	asked
}

// butFor is err, unless it is the one that was to be expected.
func butFor(expected, err error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

// hookedFsCalls has each method of an Fs.
var hookedFsCalls = map[string]fsCall{
	"Create": {
		func(fsys *tempfs.Fs) error { return opened(fsys.Create("new")) },
		asked{[]string{"create new", "close new"}, "open new: stopped"},
	},
	"Open": {
		func(fsys *tempfs.Fs) error { return opened(fsys.Open("/f")) },
		asked{[]string{"open /f", "close /f"}, "open /f: stopped"},
	},
	"OpenFile": {
		func(fsys *tempfs.Fs) error { return opened(fsys.OpenFile("/f", os.O_RDWR|os.O_TRUNC, 0)) },
		asked{[]string{"create /f", "close /f"}, "open /f: stopped"},
	},
	"Mkdir": {
		func(fsys *tempfs.Fs) error { return fsys.Mkdir("new", 0o755) },
		asked{[]string{"mkdir new"}, "mkdir new: stopped"},
	},
	"MkdirAll": {
		func(fsys *tempfs.Fs) error { return fsys.MkdirAll("d/a/b/", 0o755) },
		asked{[]string{"mkdir d/a", "mkdir d/a/b/"}, "mkdir d/a: stopped"},
	},
	"Remove": {
		func(fsys *tempfs.Fs) error { return fsys.Remove("f") },
		asked{[]string{"remove f"}, "remove f: stopped"},
	},
	"RemoveAll": {
		func(fsys *tempfs.Fs) error { return fsys.RemoveAll("/d") },
		asked{[]string{"removeall /d"}, "unlinkat /d: stopped"},
	},
	"Rename": {
		func(fsys *tempfs.Fs) error { return fsys.Rename("f", "/new") },
		asked{[]string{"rename f to /new"}, "rename f /new: stopped"},
	},
	"Link": {
		func(fsys *tempfs.Fs) error { return fsys.Link("f", "/new") },
		asked{[]string{"link f to /new"}, "link f /new: stopped"},
	},
	"SymlinkIfPossible": {
		func(fsys *tempfs.Fs) error { return fsys.SymlinkIfPossible("there", "new") },
		asked{[]string{"symlink there to new"}, "symlink there new: stopped"},
	},
	"ReadlinkIfPossible": {
		func(fsys *tempfs.Fs) error { return errOf(fsys.ReadlinkIfPossible("link")) },
		asked{[]string{"readlink link"}, "readlink link: stopped"},
	},
	"Stat": {
		func(fsys *tempfs.Fs) error { return errOf(fsys.Stat("./link")) },
		asked{[]string{"stat ./link"}, "stat ./link: stopped"},
	},
	"LstatIfPossible": {
		func(fsys *tempfs.Fs) error {
			_, _, err := fsys.LstatIfPossible("link")
			return err
		},
		asked{[]string{"lstat link"}, "lstat link: stopped"},
	},
	"Chmod": {
		func(fsys *tempfs.Fs) error { return fsys.Chmod("f", 0o600) },
		asked{[]string{"chmod f"}, "chmod f: stopped"},
	},
	"Chown": {
		func(fsys *tempfs.Fs) error { return fsys.Chown("f", -1, -1) },
		asked{[]string{"chown f"}, "chown f: stopped"},
	},
	"Lchown": {
		func(fsys *tempfs.Fs) error { return fsys.Lchown("link", -1, -1) },
		asked{[]string{"lchown link"}, "lchown link: stopped"},
	},
	"Chtimes": {
		func(fsys *tempfs.Fs) error { return fsys.Chtimes("f", time.Now(), time.Now()) },
		asked{[]string{"chtimes f"}, "chtimes f: stopped"},
	},
	"Truncate": {
		func(fsys *tempfs.Fs) error { return fsys.Truncate("f", 3) },
		asked{[]string{"truncate f: 3 bytes"}, "truncate f: stopped"},
	},
	"Sub": {
		func(fsys *tempfs.Fs) error { return errOf(fsys.Sub("d")) },
		asked{[]string{"sub d"}, "sub d: stopped"},
	},
	"RealPath": {
		func(fsys *tempfs.Fs) error { return butFor(tempfs.ErrNoRealPath, errOf(fsys.RealPath("f"))) },
		asked{[]string{"realpath f"}, "realpath f: stopped"},
	},
	"Import": {
		func(fsys *tempfs.Fs) error {
			file := &fstest.MapFile{Data: []byte("abc"), Mode: 0o600, ModTime: time.Unix(1, 0)}
			return fsys.Import(fstest.MapFS{"new": file}, "d")
		},
		asked{[]string{
			"stat /",
			"stat /d",
			"stat /d",
			"create /d/new",
			"write /d/new: 3 bytes at 0",
			"stat /d/new",
			"close /d/new",
			"chtimes /d/new",
		}, "import /: stopped"},
	},
	"Export": {
		func(fsys *tempfs.Fs) error {
			to, err := tempfs.New(tempfs.InMemory())
			if err != nil {
				return err
			}
			return errors.Join(fsys.Export(to, "/to"), to.Release())
		},
		asked{[]string{
			"open /",
			"stat /",
			"readdirent /",
			"close /",
			"lstat /d",
			"open /d",
			"stat /d",
			"readdirent /d",
			"close /d",
			"lstat /d/x",
			"open /d/x",
			"stat /d/x",
			"read /d/x: 262144 bytes at 0",
			"read /d/x: 262144 bytes at 1",
			"close /d/x",
			"lstat /f",
			"open /f",
			"stat /f",
			"read /f: 262144 bytes at 0",
			"read /f: 262144 bytes at 7",
			"close /f",
			"lstat /link",
			"readlink /link",
		}, "export /: stopped"},
	},
	"Persist": {
		func(fsys *tempfs.Fs) error { return butFor(fs.ErrNotExist, fsys.Persist("/d", "no/such/parent")) },
		asked{[]string{"persist /d to no/such/parent"}, "persist /d to no/such/parent: look: stopped"},
	},
	"Clone": {
		func(fsys *tempfs.Fs) error {
			clone, err := fsys.Clone()
			if err != nil {
				return err
			}
			return clone.Release()
		},
		asked{[]string{"clone /"}, "clone /: stopped"},
	},
	"CreateTemp": {
		func(fsys *tempfs.Fs) error { return opened(fsys.CreateTemp("d", "tmp*.x")) },
		asked{[]string{"create /d/tmp*.x", "close /d/tmp*.x"}, "open /d/tmp*.x: stopped"},
	},
	"MkdirTemp": {
		func(fsys *tempfs.Fs) error { return errOf(fsys.MkdirTemp("", "tmp")) },
		asked{[]string{"mkdir /tmp*"}, "mkdir /tmp*: stopped"},
	},
	"TemporaryFile": {
		func(fsys *tempfs.Fs) error { return opened(fsys.TemporaryFile(tempfs.In("d"))) },
		asked{[]string{"temporary /d/.", "close "}, "open /d: stopped"},
	},
	"NamedTemporaryFile": {
		func(fsys *tempfs.Fs) error { return errOf(fsys.NamedTemporaryFile()) },
		asked{[]string{"create /tmp*"}, "open /tmp*: stopped"},
	},
	"SpooledTemporaryFile": {
		func(fsys *tempfs.Fs) error { return errOf(fsys.SpooledTemporaryFile(-1)) },
		asked{[]string{"temporary /."}, "open /: stopped"},
	},
}

// hookedFsOthers ask nothing.
var hookedFsOthers = append([]string{"Detach"}, fsOthers...)

// hookedFileCalls has each method of an open file.
var hookedFileCalls = map[string]fileCall{
	"Close": {
		"/f", 0, func(f afero.File) error { return f.Close() },
		asked{[]string{"close /f"}, "close /f: stopped"},
	},
	"Read": {
		"/f", 3, func(f afero.File) error { return errOf(f.Read(make([]byte, 2))) },
		asked{[]string{"read /f: 2 bytes at 3"}, "read /f: stopped"},
	},
	"ReadAt": {
		"/f", 3, func(f afero.File) error { return errOf(f.ReadAt(make([]byte, 2), 1)) },
		asked{[]string{"read /f: 2 bytes at 1"}, "read /f: stopped"},
	},
	"Write": {
		"/f", 3, func(f afero.File) error { return errOf(f.Write([]byte("xy"))) },
		asked{[]string{"write /f: 2 bytes at 3"}, "write /f: stopped"},
	},
	"WriteAt": {
		"/f", 3, func(f afero.File) error { return errOf(f.WriteAt([]byte("xy"), 9)) },
		asked{[]string{"write /f: 2 bytes at 9"}, "write /f: stopped"},
	},
	"WriteString": {
		"/f", 1, func(f afero.File) error { return errOf(f.WriteString("xy")) },
		asked{[]string{"write /f: 2 bytes at 1"}, "write /f: stopped"},
	},
	"Seek": {
		"/f", 0, func(f afero.File) error { return errOf(f.Seek(2, io.SeekEnd)) },
		asked{[]string{"seek /f"}, "seek /f: stopped"},
	},
	"Truncate": {
		"/f", 0, func(f afero.File) error { return f.Truncate(3) },
		asked{[]string{"truncate /f: 3 bytes"}, "truncate /f: stopped"},
	},
	"Stat": {
		"/f", 0, func(f afero.File) error { return errOf(f.Stat()) },
		asked{[]string{"stat /f"}, "stat /f: stopped"},
	},
	"Sync": {
		"/f", 0, func(f afero.File) error { return f.Sync() },
		asked{[]string{"sync /f"}, "sync /f: stopped"},
	},
	"Readdir": {
		"/d", 0, func(f afero.File) error { return errOf(f.Readdir(-1)) },
		asked{[]string{"readdirent /d", "lstat /d/x"}, "readdirent /d: stopped"},
	},
	"Readdirnames": {
		"/", 0, func(f afero.File) error { return errOf(f.Readdirnames(2)) },
		asked{[]string{"readdirent /"}, "readdirent /: stopped"},
	},
	"ReadDir": {
		"/", 0, func(f afero.File) error { return errOf(f.(fs.ReadDirFile).ReadDir(-1)) },
		asked{[]string{"readdirent /"}, "readdirent /: stopped"},
	},
	"ReadFrom": {
		"/f", 0, func(f afero.File) error { return errOf(f.(io.ReaderFrom).ReadFrom(strings.NewReader("xyz"))) },
		asked{[]string{"write /f: 3 bytes at 0"}, "write /f: stopped"},
	},
	"WriteTo": {
		"/f", 4, func(f afero.File) error { return errOf(f.(io.WriterTo).WriteTo(io.Discard)) },
		asked{[]string{"read /f: 8192 bytes at 4", "read /f: 8192 bytes at 7"}, "read /f: stopped"},
	},
}

// hookedFileOthers ask nothing.
var hookedFileOthers = append([]string{"SyscallConn"}, fileOthers...)

func (c fileCall) open(t *testing.T, fsys *tempfs.Fs) afero.File {
	t.Helper()
	flag := os.O_RDWR
	if c.name != "/f" {
		flag = os.O_RDONLY
	}
	f, err := fsys.OpenFile(c.name, flag, 0)
	require.NoError(t, err)
	_, err = f.Seek(c.offset, io.SeekStart)
	require.NoError(t, err)
	return f
}

// TestHookedCallsAreAll holds the tables against those of all methods.
func TestHookedCallsAreAll(t *testing.T) {
	require.ElementsMatch(t, append(keys(fsCalls), fsOthers...), append(keys(hookedFsCalls), hookedFsOthers...))
	require.ElementsMatch(t, append(keys(fileCalls), fileOthers...), append(keys(hookedFileCalls), hookedFileOthers...))
}

// TestEachMethodAsksTheHook has each method of an Fs and of a file ask what the tables say, on every backend.
func TestEachMethodAsksTheHook(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		for name, c := range hookedFsCalls {
			fsys, s := newSpied(t, opts...)
			require.NoError(t, c.call(fsys), name)
			said := s.said()
			if name == "Export" { // seeks in files that may have holes: whether these do is for the filesystem to say
				said = slices.DeleteFunc(said, func(word string) bool { return strings.HasPrefix(word, "seek ") })
			}
			assert.Equal(t, c.ops, said, name)
		}
		for name, c := range hookedFileCalls {
			fsys, s := newSpied(t, opts...)
			f := c.open(t, fsys)
			s.stopping(nil)
			require.NoError(t, c.call(f), name)
			assert.Equal(t, c.ops, s.said(), name)
		}
	})
}

// TestEachMethodCanBeStopped has the error of the hook in that of each method, in the shape of package os.
func TestEachMethodCanBeStopped(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		for name, c := range hookedFsCalls {
			fsys, s := newSpied(t, opts...)
			s.stopping(stopAll)
			requireStopped(t, name, c.stopped, c.call(fsys))
		}
		for name, c := range hookedFileCalls {
			fsys, s := newSpied(t, opts...)
			f := c.open(t, fsys)
			s.stopping(stopAll)
			requireStopped(t, name, c.stopped, c.call(f))
		}
	})
}

func requireStopped(t *testing.T, method, want string, err error) {
	t.Helper()
	require.Error(t, err, method)
	assert.Equal(t, want, randomName.ReplaceAllString(err.Error(), "tmp*"), method)
	require.ErrorAs(t, err, new(*stopError), method)
	if !errors.As(err, new(*fs.PathError)) && !errors.As(err, new(*tempfs.PersistError)) {
		require.ErrorAs(t, err, new(*os.LinkError), method)
	}
}
