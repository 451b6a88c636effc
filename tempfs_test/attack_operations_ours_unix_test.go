//go:build unix

package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing/fstest"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs"
)

// byFs is the do of an operation that afero lacks.
func byFs(fn func(fsys *tempfs.Fs, dir, spare string) (string, error)) func(fsys afero.Fs, dir, spare string) (string, error) {
	return func(fsys afero.Fs, dir, spare string) (string, error) { return fn(fsys.(*tempfs.Fs), dir, spare) }
}

// byFsDoes is byFs for what learns nothing.
func byFsDoes(fn func(fsys *tempfs.Fs, dir, spare string) error) func(fsys afero.Fs, dir, spare string) (string, error) {
	return func(fsys afero.Fs, dir, spare string) (string, error) { return "", fn(fsys.(*tempfs.Fs), dir, spare) }
}

var tempfsOperations = []operation{
	{"Link", "a file here", 0, byFs(func(fsys *tempfs.Fs, dir, spare string) (string, error) {
		_ = fsys.Remove(spare + "/taken")
		if err := fsys.Link(dir+"/secret", spare+"/taken"); err != nil {
			return "", err
		}
		learned, _ := readOf(fsys, spare+"/taken")
		return learned, fsys.Remove(spare + "/taken")
	})},
	{"Link", "a file there", 0, byFsDoes(func(fsys *tempfs.Fs, dir, spare string) error {
		return errors.Join(put(fsys, spare+"/file", "mine"), fsys.Link(spare+"/file", dir+"/new"))
	})},
	{"Lchown", "a file", 0, byFsDoes(func(fsys *tempfs.Fs, dir, _ string) error {
		return fsys.Lchown(dir+"/sub/secret", otherOwner(), os.Getgid())
	})},
	{"Truncate", "a file", reachesFile, byFsDoes(func(fsys *tempfs.Fs, dir, _ string) error {
		return fsys.Truncate(dir+"/secret", 3)
	})},
	{"RealPath", "a file", reachesFile, byFs(realPathOf)},
	{"Sub", "work in it", 0, byFs(workInSub)},
	{"Clone", "into memory", reachesTree, byFs(func(fsys *tempfs.Fs, dir, _ string) (string, error) {
		clone, err := fsys.Clone(tempfs.InMemory())
		if err != nil {
			return "", err
		}
		defer clone.Release()
		return walkAll(clone, dir+"/sub", "")
	})},
	{"Import", "a file", reachesNew | makesParents, byFsDoes(func(fsys *tempfs.Fs, dir, _ string) error {
		file := &fstest.MapFile{Data: []byte("mine"), Mode: 0o644}
		return fsys.Import(fstest.MapFS{"new": file}, dir)
	})},
	{"Export", "all", reachesTree, byFs(func(fsys *tempfs.Fs, dir, _ string) (string, error) {
		to := memfallback.New() // which has links
		if err := fsys.Export(to, "/"); err != nil {
			return "", err
		}
		return walkAll(to, dir+"/sub", "")
	})},
	{"Persist", "a file", reachesFile, byFs(func(fsys *tempfs.Fs, dir, _ string) (string, error) {
		return persistedOf(fsys, dir+"/secret")
	})},
	{"Persist", "a tree", reachesTree, byFs(func(fsys *tempfs.Fs, dir, _ string) (string, error) {
		return persistedOf(fsys, dir+"/sub")
	})},
	{"CreateTemp", "a file", 0, byFsDoes(func(fsys *tempfs.Fs, dir, _ string) error {
		f, err := fsys.CreateTemp(dir, "new")
		return removedAfter(fsys, f, err)
	})},
	{"MkdirTemp", "a directory", 0, byFsDoes(func(fsys *tempfs.Fs, dir, _ string) error {
		name, err := fsys.MkdirTemp(dir, "new")
		if err == nil {
			_ = fsys.Remove(name)
		}
		return err
	})},
	{"TemporaryFile", "a file", 0, byFsDoes(func(fsys *tempfs.Fs, dir, _ string) error {
		f, err := fsys.TemporaryFile(tempfs.In(dir))
		return with(f, err, func(f afero.File) error { return errOf(f.WriteString("mine")) })
	})},
	{"NamedTemporaryFile", "a file", 0, byFsDoes(func(fsys *tempfs.Fs, dir, _ string) error {
		f, err := fsys.NamedTemporaryFile(tempfs.In(dir))
		if err != nil {
			return err
		}
		_, err = f.WriteString("mine")
		_ = f.Close() // which finds its name, or another directory
		return err
	})},
	{"SpooledTemporaryFile", "rolled", 0, byFsDoes(func(fsys *tempfs.Fs, dir, _ string) error {
		f, err := fsys.SpooledTemporaryFile(1, tempfs.In(dir))
		if err != nil {
			return err
		}
		_, err = f.WriteString("mine")
		return errors.Join(err, f.Close())
	})},
}

// realPathOf learns where the host has a file. It is told when that is not in the root.
func realPathOf(fsys *tempfs.Fs, dir, _ string) (string, error) {
	root, err := fsys.RealPath("/")
	if err != nil {
		return "", err
	}
	host, err := fsys.RealPath(dir + "/secret")
	if err == nil && !strings.HasPrefix(host, root+string(filepath.Separator)) {
		return secretName, nil
	}
	return "", err
}

// workInSub makes a view of dir and does in it what can be done in a directory.
func workInSub(fsys *tempfs.Fs, dir, _ string) (string, error) {
	sub, err := fsys.Sub(dir)
	if err != nil {
		return "", err
	}
	defer sub.Release()
	content, read := readOf(sub, "secret")
	above, _ := readOf(sub, "../secret")
	names, _ := readNames(sub, "/..")
	return content + above + strings.Join(names, " "), errors.Join(
		read,
		put(sub, "new", "mine"),
		put(sub, "../secret", "mine"),
		sub.Chmod("sub/..", 0o755),
		sub.RemoveAll("sub/empty"),
	)
}

// persistedOf moves name to the host and reads it there, links excepted: those are whoever's that made them.
func persistedOf(fsys *tempfs.Fs, name string) (learned string, err error) {
	host, err := os.MkdirTemp("", "persisted")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(host)
	if err = fsys.Persist(name, filepath.Join(host, "it")); err != nil {
		return "", err
	}
	err = filepath.WalkDir(host, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		learned += d.Name() + " " + string(content)
		return err
	})
	return learned, err
}

// removedAfter writes to a new file and removes it, if it is where it was.
func removedAfter(fsys *tempfs.Fs, f afero.File, err error) error {
	if err != nil {
		return err
	}
	defer func() { _ = fsys.Remove(f.Name()) }()
	return with(f, nil, func(f afero.File) error { return errOf(f.WriteString("mine")) })
}

// viewOperations go through IOFS.
var viewOperations = []operation{
	{"IOFS.Open", "read", reachesFile | takesClean, view(func(view fs.FS, dir string) (learned string, err error) {
		f, err := view.Open(dir + "/secret")
		if err != nil {
			return "", err
		}
		buffer := make([]byte, 100)
		n, err := f.Read(buffer)
		return string(buffer[:n]), errors.Join(err, f.Close())
	})},
	{"IOFS.ReadFile", "a file", reachesFile | takesClean, view(func(view fs.FS, dir string) (string, error) {
		content, err := fs.ReadFile(view, dir+"/secret")
		return string(content), err
	})},
	{"IOFS.ReadDir", "with infos", takesClean, view(func(view fs.FS, dir string) (string, error) {
		entries, err := fs.ReadDir(view, dir)
		return listed(entries), err
	})},
	{"IOFS.Stat", "a file", reachesFile | takesClean, view(func(view fs.FS, dir string) (string, error) {
		return described(fs.Stat(view, dir+"/secret"))
	})},
	{"IOFS.Lstat", "a file", takesClean, view(func(view fs.FS, dir string) (string, error) {
		return described(fs.Lstat(view, dir+"/sub/secret"))
	})},
	{"IOFS.ReadLink", "a link", takesClean, view(func(view fs.FS, dir string) (string, error) {
		return fs.ReadLink(view, dir+"/alias")
	})},
	{"IOFS.Sub", "read in it", takesClean, view(func(view fs.FS, dir string) (string, error) {
		sub, err := fs.Sub(view, dir)
		if err != nil {
			return "", err
		}
		content, err := fs.ReadFile(sub, "secret")
		return string(content), err
	})},
	{"IOFS.Glob", "all", takesClean, view(func(view fs.FS, dir string) (string, error) {
		names, err := fs.Glob(view, dir+"/*/secret")
		if len(names) == 0 {
			err = errors.Join(err, fs.ErrNotExist)
		}
		only, _ := fs.Glob(view, dir+"/*-outside")
		return fmt.Sprint(names, only), err
	})},
	{"IOFS.ReadDir", "walk", reachesTree | takesClean, view(func(view fs.FS, dir string) (learned string, err error) {
		err = fs.WalkDir(view, dir, func(name string, d fs.DirEntry, err error) error {
			learned += path.Base(name) + "\n"
			if err == nil && d.Type().IsRegular() {
				content, _ := fs.ReadFile(view, name)
				learned += string(content)
			}
			return err
		})
		return learned, err
	})},
}

func view(fn func(view fs.FS, dir string) (string, error)) func(fsys afero.Fs, dir, spare string) (string, error) {
	return byFs(func(fsys *tempfs.Fs, dir, _ string) (string, error) {
		return fn(fsys.IOFS(), strings.TrimPrefix(path.Clean("/"+dir), "/"))
	})
}
