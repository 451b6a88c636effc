package tempfs_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs"
)

// TestExportToAnFs is the way back of Import.
func TestExportToAnFs(t *testing.T) {
	eachPair(t, func(t *testing.T, from, to *tempfs.Fs) {
		plant(t, from, "")
		require.NoError(t, from.Export(to, "./a/b/."))
		requireMode(t, to, "/a/b/d/run", 0o711)
		requireMode(t, to, "/a/b/d/deep", 0o777)
		for name, mode := range map[string]fs.FileMode{"d/run": fs.ModeSetuid | 0o711, "d/deep": fs.ModeSticky | 0o777} {
			require.NoError(t, to.Chmod("/a/b/"+name, mode)) // all that an export does not keep
		}
		require.Equal(t, treeOf(t, from, "/"), treeOf(t, to, "/a/b/"))
	})
}

// withoutLinks removes what an afero.MemMapFs cannot hold.
func withoutLinks(t *testing.T, fsys *tempfs.Fs) {
	t.Helper()
	walk(t, fsys, "/", func(name string, info fs.FileInfo) {
		if info.Mode()&fs.ModeSymlink != 0 {
			require.NoError(t, fsys.Remove(name))
		}
	})
	require.NoError(t, fsys.Chmod("/d/run", 0o711))
	require.NoError(t, fsys.Chmod("/d/deep", 0o755))
	require.NoError(t, fsys.Chtimes("/d", longAgo, longAgo))
}

func TestExportToMemMapFs(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		plant(t, fsys, "")
		withoutLinks(t, fsys)
		require.NoError(t, fsys.Remove("/again")) // nor hard links
		dst := afero.NewMemMapFs()
		require.NoError(t, fsys.Export(dst, "/"))
		require.Equal(t, treeOf(t, fsys, "/"), treeOf(t, dst, "/"))
	})
}

// TestExportToADirectoryOfTheHost makes the directory, and none above it.
func TestExportToADirectoryOfTheHost(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		plant(t, fsys, "")
		withoutLinks(t, fsys)
		require.NoError(t, fsys.Remove("/again"))
		place := filepath.Join(t.TempDir(), "place")
		dst := afero.NewBasePathFs(afero.NewOsFs(), place)
		require.NoError(t, fsys.Export(dst, "/"))
		require.Equal(t, treeOf(t, fsys, "/"), treeOf(t, dst, "/"))
		require.NoError(t, dst.Chmod("/d/deep/er", 0o755)) // for the removal
		content, err := os.ReadFile(filepath.Join(place, "d", "g"))
		require.NoError(t, err)
		require.Equal(t, "more", string(content))

		lower := afero.NewBasePathFs(afero.NewOsFs(), filepath.Join(place, "missing", "too"))
		failure(t, fsys.Export(lower, "/"), "export", "/", fs.ErrNotExist)
		require.NoDirExists(t, filepath.Join(place, "missing"))
	})
}

// TestExportTakesThePlaceBack that it made, if it fails.
func TestExportTakesThePlaceBack(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/d/f", "content"))
		require.NoError(t, fsys.SymlinkIfPossible("f", "/d/link"))
		place := filepath.Join(t.TempDir(), "place")
		dst := afero.NewBasePathFs(afero.NewOsFs(), place)
		failure(t, fsys.Export(dst, "/"), "export", "/d/link", afero.ErrNoSymlink)
		require.NoDirExists(t, place)
		failure(t, fsys.Export(afero.NewMemMapFs(), "/d"), "export", "/d/link", afero.ErrNoSymlink)
	}, tempfs.ImplicitParents())
}

// TestExportOfLinksThatWouldChange shows what an afero.BasePathFs makes of a link, and that Export does not.
func TestExportOfLinksThatWouldChange(t *testing.T) {
	base := t.TempDir()
	dst := afero.NewBasePathFs(afero.NewOsFs(), base)
	require.NoError(t, dst.(afero.Linker).SymlinkIfPossible("f", "/link"))
	target, err := os.Readlink(filepath.Join(base, "link"))
	require.NoError(t, err)
	require.Equal(t, filepath.Join(base, "f"), target)
	require.NoError(t, os.Remove(filepath.Join(base, "link")))

	fsys := tempfs.Test(t, tempfs.InMemory())
	require.NoError(t, fsys.SymlinkIfPossible("f", "/link"))
	failure(t, fsys.Export(dst, "/"), "export", "/link", afero.ErrNoSymlink)
	requireEmpty(t, base)
}

// TestExportToAForeignFsWithLinks uses what it has.
func TestExportToAForeignFsWithLinks(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		plant(t, fsys, "")
		require.NoError(t, fsys.Chmod("/d/run", 0o711))
		require.NoError(t, fsys.Chmod("/d/deep", 0o755))
		dst := memfallback.New()
		require.NoError(t, fsys.Export(dst, "/"))
		require.Equal(t, treeOf(t, fsys, "/"), treeOf(t, dst, "/"))
	})
}

// cloudFs has no modes and no times, knows no O_EXCL, and finds nothing wrong with a directory or link that is there, as a store of objects.
type cloudFs struct{ afero.Fs }

var errCloud = errors.New("not implemented in this cloud")

func (cloudFs) Chmod(string, fs.FileMode) error            { return errCloud }
func (cloudFs) Chtimes(string, time.Time, time.Time) error { return errCloud }

func (c cloudFs) Mkdir(name string, perm fs.FileMode) error { return c.MkdirAll(name, perm) }

func (c cloudFs) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	return c.Fs.OpenFile(name, flag&^os.O_EXCL|os.O_TRUNC, perm)
}

func TestExportToACloud(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/d", 0o755))
		require.NoError(t, put(fsys, "/d/f", "ours"))
		require.NoError(t, put(fsys, "/d/a", "ours"))
		dst := cloudFs{afero.NewMemMapFs()}
		require.NoError(t, fsys.Export(dst, "/"))
		require.NoError(t, has(dst, "/d/f", "ours"))

		dst = cloudFs{afero.NewMemMapFs()}
		require.NoError(t, put(dst, "/d/f", "theirs"))
		failure(t, fsys.Export(dst, "/"), "export", "/d/f", fs.ErrExist)
		require.NoError(t, has(dst, "/d/f", "theirs"))
		require.NoError(t, hasNot(dst, "/d/a"))
	})
}

// brokenFs fails to do one thing, with an error that has a path of the host.
type brokenFs struct {
	afero.Fs
	op string
}

func (b brokenFs) fail(op, name string) error {
	if op == b.op && strings.HasSuffix(name, "/m") {
		return &fs.PathError{Op: op, Path: "/on/the/host" + name, Err: syscall.EIO}
	}
	return nil
}

func (b brokenFs) Chmod(name string, mode fs.FileMode) error {
	return orElse(b.fail("chmod", name), func() error { return b.Fs.Chmod(name, mode) })
}

func (b brokenFs) Chtimes(name string, atime, mtime time.Time) error {
	return orElse(b.fail("chtimes", name), func() error { return b.Fs.Chtimes(name, atime, mtime) })
}

func (b brokenFs) Mkdir(name string, perm fs.FileMode) error {
	return orElse(b.fail("mkdir", name), func() error { return b.Fs.Mkdir(name, perm) })
}

func (b brokenFs) RemoveAll(name string) error {
	return orElse(b.fail("remove", name), func() error { return b.Fs.RemoveAll(name) })
}

func (b brokenFs) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	if err := b.fail("open", name); err != nil {
		return nil, err
	}
	f, err := b.Fs.OpenFile(name, flag, perm)
	return brokenFile{f, b, name}, err
}

func orElse(err error, do func() error) error {
	if err != nil {
		return err
	}
	return do()
}

type brokenFile struct {
	afero.File
	fs   brokenFs
	name string
}

func (f brokenFile) Write(p []byte) (int, error) {
	if f.fs.op == "short" && strings.HasSuffix(f.name, "/m") {
		return len(p) - 1, nil
	}
	return len(p), orElse(f.fs.fail("write", f.name), func() error { return errOf(f.File.Write(p)) })
}

func (f brokenFile) Close() error {
	return orElse(f.File.Close(), func() error { return f.fs.fail("close", f.name) })
}

// TestExportTakesBack all that it made, whatever fails.
func TestExportTakesBack(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/a/closed", 0o755))
		require.NoError(t, put(fsys, "/a/closed/f", "content"))
		require.NoError(t, fsys.Chmod("/a/closed", 0o500))
		require.NoError(t, put(fsys, "/a/m", "content"))
		require.NoError(t, fsys.Chmod("/a/m", 0o421))
		for _, op := range []string{"open", "write", "short", "close", "chmod", "chtimes"} {
			kept := tempfs.Test(t, tempfs.InMemory())
			require.NoError(t, put(kept, "/mine", ""))
			err := fsys.Export(brokenFs{kept, op}, "/")
			require.Error(t, err, op)
			if op != "short" {
				failure(t, err, "export", "/a/m", syscall.EIO)
			}
			require.NotContains(t, err.Error(), "host")
			require.Equal(t, []string{"/mine"}, namesOf(t, kept, "/"), op)
		}
		require.NoError(t, fsys.Remove("/a/m"))
		require.NoError(t, fsys.Mkdir("/a/m", 0o755))
		kept := tempfs.Test(t, tempfs.InMemory())
		failure(t, fsys.Export(brokenFs{kept, "mkdir"}, "/"), "export", "/a/m", syscall.EIO)
		require.Empty(t, namesOf(t, kept, "/"))
	})
}

// TestExportTellsWhatItCouldNotTakeBack beside why.
func TestExportTellsWhatItCouldNotTakeBack(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.InMemory())
	require.NoError(t, fsys.MkdirAll("/m", 0o755))
	ctx, cancel := context.WithCancel(t.Context())
	kept := tempfs.Test(t, tempfs.InMemory())
	require.NoError(t, put(fsys, "/m/1", ""))
	require.NoError(t, put(fsys, "/m/2", ""))
	err := fsys.Export(brokenFs{kept, "remove"}, "/", tempfs.Context(ctx), tempfs.OnProgress(func(tempfs.CopyProgress) { cancel() }))
	failure(t, err, "export", "/m/2", context.Canceled)
	require.ErrorContains(t, err, "remove /m: input/output error")
	require.NotContains(t, err.Error(), "host")
}

// TestExportIntoItself does not copy the copy.
func TestExportIntoItself(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/a/b", 0o755))
		require.NoError(t, put(fsys, "/a/f", ""))
		failure(t, fsys.Export(afero.NewBasePathFs(fsys, "/a/b/c"), "/"), "export", "/a/b/c", syscall.EINVAL)
		require.Equal(t, []string{"/a", "/a/b", "/a/f"}, namesOf(t, fsys, "/"))
		failure(t, fsys.Export(fsys, "/"), "export", "/a/f", fs.ErrExist)
		failure(t, fsys.Export(fsys, "/a/new/new"), "export", "/a/new/new", syscall.EINVAL)
		require.NoError(t, fsys.SymlinkIfPossible("a/b", "/link"))
		failure(t, fsys.Export(fsys, "/link"), "export", "/a/b", syscall.EINVAL)
		require.NoError(t, fsys.Remove("/link"))
		require.Equal(t, []string{"/a", "/a/b", "/a/f"}, namesOf(t, fsys, "/"))
		part, err := fsys.Sub("/a")
		require.NoError(t, err)
		require.NoError(t, part.Export(fsys, "/copy"))
		require.Equal(t, []string{"/copy/b", "/copy/f"}, namesOf(t, fsys, "/copy"))
	})
}

func TestExportFails(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/file", ""))
		dst := afero.NewMemMapFs()
		failure(t, fsys.Export(dst, ""), "export", "", fs.ErrNotExist)
		failure(t, fsys.Export(nil, "/"), "export", "/", fs.ErrInvalid)
		failure(t, fsys.Export(afero.NewReadOnlyFs(dst), "/"), "export", "/file", syscall.EPERM)
		require.Empty(t, namesOf(t, dst, "/"))
		require.NoError(t, put(dst, "/there", "a file"))
		failure(t, fsys.Export(dst, "/there"), "export", "/there", syscall.ENOTDIR)
		failure(t, fsys.Export(dst, "/there/below"), "export", "/there", syscall.ENOTDIR)
		require.Equal(t, []string{"/there"}, namesOf(t, dst, "/"))
	})
}

// TestExportToADirectoryThatIsMissing makes it with its parents, and takes the topmost back.
func TestExportToADirectoryThatIsMissing(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/d/f", "content"))
		host := t.TempDir()
		for _, dst := range []afero.Fs{afero.NewMemMapFs(), memfallback.New(), tempfs.Test(t), afero.NewBasePathFs(afero.NewOsFs(), host)} {
			for _, dir := range []string{"one/two", "/three/", "/one//three/./"} {
				require.NoError(t, fsys.Export(dst, dir), "%s %s", dst.Name(), dir)
				require.NoError(t, has(dst, dir+"/d/f", "content"))
			}
		}
		place := filepath.Join(t.TempDir(), "place")
		require.NoError(t, fsys.Export(afero.NewOsFs(), filepath.Join(place, "below")))
		require.FileExists(t, filepath.Join(place, "below", "d", "f"))

		place = filepath.Join(t.TempDir(), "place")
		require.NoError(t, fsys.SymlinkIfPossible("f", "/d/link"))
		require.NoError(t, fsys.Export(afero.NewOsFs(), filepath.Join(place, "with links")))
		target, err := os.Readlink(filepath.Join(place, "with links", "d", "link"))
		require.NoError(t, err)
		require.Equal(t, "f", target)

		dst := afero.NewMemMapFs()
		failure(t, fsys.Export(dst, "/one/two"), "export", "/d/link", afero.ErrNoSymlink)
		require.Empty(t, namesOf(t, dst, "/"))
	}, tempfs.ImplicitParents())
}

// TestExportProgress names the entries of the Fs.
func TestExportProgress(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.InMemory())
	require.NoError(t, fsys.Import(fstest.MapFS{"in/f": {Data: []byte("abc")}, "in/d": {Mode: fs.ModeDir | 0o700}}, "/"))
	var got []string
	require.NoError(t, fsys.Export(afero.NewMemMapFs(), "out", tempfs.OnProgress(func(p tempfs.CopyProgress) { got = append(got, p.Name) })))
	require.Equal(t, []string{"/in", "/in/d", "/in/f"}, slices.Sorted(slices.Values(got)))
}
