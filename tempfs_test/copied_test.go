package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"testing"
	"testing/fstest"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// treeOf tells all there is to know of a tree, by name: type and mode, time of the last change, content or target, and the first of
// the names that a file has.
func treeOf(t *testing.T, fsys afero.Fs, dir string) map[string]string {
	t.Helper()
	tree := map[string]string{}
	var files []namedInfo
	walk(t, fsys, dir, func(name string, info fs.FileInfo) {
		relative := name[len(dir):]
		switch mode := info.Mode(); {
		case mode.IsRegular():
			content, err := afero.ReadFile(fsys, name)
			require.NoError(t, err)
			file := namedInfo{relative, info}
			files = append(files, file)
			tree[relative] = fmt.Sprintf("%v %d %.40q %d is %s", mode, info.ModTime().UnixNano(), content, len(content), firstName(files, file))
		case mode.Type() == fs.ModeSymlink:
			target, err := fsys.(afero.LinkReader).ReadlinkIfPossible(name)
			require.NoError(t, err)
			tree[relative] = "link to " + target // its own time cannot be set
		default:
			tree[relative] = fmt.Sprint(mode, info.ModTime().UnixNano())
		}
	})
	return tree
}

// firstName is that of the first that is the same file.
func firstName(files []namedInfo, file namedInfo) string {
	for _, f := range files {
		if tempfs.SameFile(f.info, file.info) {
			return f.name
		}
	}
	return file.name
}

type namedInfo struct {
	name string
	info fs.FileInfo
}

// walk calls fn with everything below dir, links not followed, in the order of names.
func walk(t *testing.T, fsys afero.Fs, dir string, fn func(name string, info fs.FileInfo)) {
	t.Helper()
	entries, err := afero.ReadDir(fsys, dir)
	require.NoError(t, err)
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		info := e
		if l, ok := fsys.(afero.Lstater); ok {
			info, _, err = l.LstatIfPossible(name)
			require.NoError(t, err)
		}
		fn(name, info)
		if info.IsDir() {
			walk(t, fsys, name, fn)
		}
	}
}

// namesOf are those of treeOf.
func namesOf(t *testing.T, fsys afero.Fs, dir string) []string {
	t.Helper()
	var names []string
	walk(t, fsys, dir, func(name string, _ fs.FileInfo) { names = append(names, name) })
	return names
}

// plant makes a tree with one of all that can be copied. Times are set last.
func plant(t *testing.T, fsys *tempfs.Fs, dir string) {
	t.Helper()
	in := func(name string) string { return dir + "/" + name }
	require.NoError(t, fsys.MkdirAll(in("d/deep/er"), 0o755))
	require.NoError(t, fsys.MkdirAll(in("empty"), 0o755))
	for name, content := range map[string]string{
		"f": "content", "d/g": "more", "d/deep/er/x": "", "d/twice": "one file", "d/r": "read only", "d/run": "#!", "-rf \n": "odd",
	} {
		require.NoError(t, put(fsys, in(name), content))
	}
	require.NoError(t, afero.WriteFile(fsys, in("big"), make([]byte, 3<<20), 0o640))
	require.NoError(t, fsys.Link(in("d/twice"), in("again")))
	for name, target := range map[string]string{
		"d/link": "g", "dangling": "/missing/..", "out": "/etc", "loop": "loop", "d/todir": "deep",
	} {
		require.NoError(t, fsys.SymlinkIfPossible(target, in(name)))
	}
	for name, mode := range map[string]fs.FileMode{
		"d/r": 0o444, "d/run": fs.ModeSetuid | 0o711, "d/deep": fs.ModeSticky | 0o777, "d/deep/er": 0o555, "empty": 0o700, "f": 0o666,
	} {
		require.NoError(t, fsys.Chmod(in(name), mode))
	}
	age := longAgo
	for _, name := range []string{"f", "again", "d/r", "d/deep/er/x", "d/deep/er", "d/deep", "d", "empty"} {
		age = age.Add(time.Hour + 7*time.Nanosecond)
		require.NoError(t, fsys.Chtimes(in(name), age.Add(time.Minute), age))
	}
}

// failure is the *fs.PathError of a copy, which names the entry.
func failure(t *testing.T, err error, op, name string, cause error) {
	t.Helper()
	require.ErrorIs(t, err, cause)
	var failed *fs.PathError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, op, failed.Op)
	require.Equal(t, name, failed.Path)
}

// eachPair runs fn with an empty Fs of each backend and one of each backend to copy to.
func eachPair(t *testing.T, fn func(t *testing.T, from, to *tempfs.Fs)) {
	t.Helper()
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		tempfs.Each(t, func(t *testing.T, to *tempfs.Fs) { fn(t, tempfs.Test(t, opts...), to) })
	})
}

// errSource is what a source of these tests fails with.
var errSource = errors.New("the source is tired")

// failingFS fails to open or to read the file bad.
type failingFS struct {
	fstest.MapFS
	bad      string
	openFail bool
}

func (s failingFS) Open(name string) (fs.File, error) {
	f, err := s.MapFS.Open(name)
	if err != nil || name != s.bad {
		return f, err
	}
	if s.openFail {
		_ = f.Close()
		return nil, &fs.PathError{Op: "open", Path: "/on/the/host/" + name, Err: errSource}
	}
	return failingFile{f}, nil
}

type failingFile struct{ fs.File }

// Read gives all and an error for the end.
func (f failingFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if err != nil {
		err = &fs.PathError{Op: "read", Path: "/on/the/host", Err: errSource}
	}
	return n, err
}

// hostileFS lists one entry, which has a name, an info and a content of its choice.
type hostileFS struct{ entry hostile }

type hostile struct {
	name    string
	mode    fs.FileMode
	content fs.File
	isNil   bool // an entry without a value
	noInfo  bool // an info without a value
}

func (s hostileFS) Open(name string) (fs.File, error) {
	if name == "." {
		return fstest.MapFS{}.Open(".")
	}
	return s.entry.content, nil
}

func (s hostileFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		return nil, nil
	}
	if s.entry.isNil {
		return []fs.DirEntry{nil}, nil
	}
	return []fs.DirEntry{s.entry}, nil
}

func (h hostile) Name() string       { return h.name }
func (h hostile) Size() int64        { return -1 }
func (h hostile) Mode() fs.FileMode  { return h.mode }
func (h hostile) ModTime() time.Time { return longAgo }
func (h hostile) IsDir() bool        { return h.mode.IsDir() }
func (h hostile) Sys() any           { return nil }
func (h hostile) Type() fs.FileMode  { return h.mode.Type() }

func (h hostile) Info() (fs.FileInfo, error) {
	if h.noInfo {
		return nil, nil
	}
	return h, nil
}

// wildFile reads what no file can.
type wildFile struct {
	hostile
	n   int
	err error
}

func (f wildFile) Stat() (fs.FileInfo, error) { return f.Info() }
func (f wildFile) Read([]byte) (int, error)   { return f.n, f.err }
func (f wildFile) Close() error               { return os.ErrClosed }
