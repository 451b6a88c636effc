//go:build unix

package tempfs_test

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/spf13/afero"
)

// reach says what of a directory an operation touches, and so which attacks are for it.
type reach int

const (
	reachesFile  reach = 1 << iota // the file called secret
	reachesNew                     // the name new, which a link may hold, and follows it
	reachesTree                    // all that is below sub
	reachesSelf                    // the directory itself, which it may remove
	takesClean                     // it takes clean names alone
	makesParents                   // it makes directories that are missing
)

// operation is what a caller does by names below dir, a directory with the content that bait gives it. spare is one of its own.
// It returns what the caller learns, and an error unless the operation has found the directory and done something.
type operation struct {
	method string // of Fs, or of a file as "File.", or of the view as "IOFS."
	name   string
	reach  reach
	do     func(fsys afero.Fs, dir, spare string) (learned string, err error)
}

func (o operation) String() string { return o.method + ": " + o.name }

// allOperations are those of a tempfs.Fs.
func allOperations() []operation {
	return append(openOperations(), slices.Concat(tempfsOperations, viewOperations, ourFileOperations)...)
}

// openOperations are those of any afero.Fs.
func openOperations() []operation {
	return slices.Concat(aferoOperations, removingOperations, fileOperations)
}

// does is the do of an operation that learns nothing.
func does(fn func(fsys afero.Fs, dir, spare string) error) func(fsys afero.Fs, dir, spare string) (string, error) {
	return func(fsys afero.Fs, dir, spare string) (string, error) { return "", fn(fsys, dir, spare) }
}

// described is what an info tells: nothing of a file outside may be known, so that any is a secret told.
func described(info fs.FileInfo, err error) (string, error) {
	if err == nil && info.ModTime().Equal(longAgo) {
		return secretName, nil
	}
	return "", err
}

// readOf opens a file and reads it.
func readOf(fsys afero.Fs, name string) (string, error) {
	content, err := afero.ReadFile(fsys, name)
	return string(content), err
}

func writeBy(fsys afero.Fs, name string, flag int) error {
	f, err := fsys.OpenFile(name, flag, 0o644)
	return with(f, err, func(f afero.File) error { return errOf(f.WriteString("mine")) })
}

// aferoOperations are those of any afero.Fs that has links.
var aferoOperations = []operation{
	{"Stat", "a file", reachesFile, func(fsys afero.Fs, dir, _ string) (string, error) {
		return described(fsys.Stat(dir + "/secret"))
	}},
	{"Stat", "the directory, with a slash", 0, func(fsys afero.Fs, dir, _ string) (string, error) {
		return described(fsys.Stat(dir + "/sub/"))
	}},
	{"LstatIfPossible", "a file", 0, func(fsys afero.Fs, dir, _ string) (string, error) {
		info, _, err := fsys.(afero.Lstater).LstatIfPossible(dir + "/sub/secret")
		return described(info, err)
	}},
	{"ReadlinkIfPossible", "a link", 0, func(fsys afero.Fs, dir, _ string) (string, error) {
		return fsys.(afero.LinkReader).ReadlinkIfPossible(dir + "/alias")
	}},
	{"Open", "read", reachesFile, func(fsys afero.Fs, dir, _ string) (string, error) { return readOf(fsys, dir+"/secret") }},
	{"Open", "list", 0, func(fsys afero.Fs, dir, _ string) (string, error) {
		names, err := readNames(fsys, dir)
		return strings.Join(names, " "), err
	}},
	{"Open", "walk", reachesTree, walkAll},
	{"OpenFile", "write", reachesFile, does(func(fsys afero.Fs, dir, _ string) error {
		return writeBy(fsys, dir+"/secret", os.O_WRONLY)
	})},
	{"OpenFile", "append", reachesFile, does(func(fsys afero.Fs, dir, _ string) error {
		return writeBy(fsys, dir+"/secret", os.O_RDWR|os.O_APPEND)
	})},
	{"OpenFile", "truncate", reachesFile, does(func(fsys afero.Fs, dir, _ string) error {
		return opened(fsys.OpenFile(dir+"/secret", os.O_RDWR|os.O_TRUNC, 0))
	})},
	{"OpenFile", "read, create", 0, func(fsys afero.Fs, dir, _ string) (learned string, err error) {
		f, err := fsys.OpenFile(dir+"/sub/secret", os.O_RDONLY|os.O_CREATE, 0o644)
		err = with(f, err, func(f afero.File) error {
			content, failed := afero.ReadAll(f)
			learned = string(content)
			return failed
		})
		return learned, err
	}},
	{"OpenFile", "create", reachesNew, does(func(fsys afero.Fs, dir, _ string) error {
		return writeBy(fsys, dir+"/new", os.O_WRONLY|os.O_CREATE)
	})},
	{"OpenFile", "create exclusively", 0, does(func(fsys afero.Fs, dir, _ string) error {
		return writeBy(fsys, dir+"/new", os.O_RDWR|os.O_CREATE|os.O_EXCL)
	})},
	{"Create", "anew", reachesNew, does(func(fsys afero.Fs, dir, _ string) error { return opened(fsys.Create(dir + "/new")) })},
	{"Create", "over", reachesFile, does(func(fsys afero.Fs, dir, _ string) error { return put(fsys, dir+"/secret", "mine") })},
	{"Mkdir", "anew", 0, does(func(fsys afero.Fs, dir, _ string) error { return fsys.Mkdir(dir+"/new", 0o755) })},
	{"MkdirAll", "two", reachesNew | makesParents, does(func(fsys afero.Fs, dir, _ string) error { return fsys.MkdirAll(dir+"/new/er", 0o755) })},
	{"SymlinkIfPossible", "in the directory", 0, does(func(fsys afero.Fs, dir, _ string) error {
		return fsys.(afero.Linker).SymlinkIfPossible("x", dir+"/new")
	})},
	{"Chmod", "a file", reachesFile, does(func(fsys afero.Fs, dir, _ string) error { return fsys.Chmod(dir+"/secret", 0o666) })},
	{"Chmod", "a directory", 0, does(func(fsys afero.Fs, dir, _ string) error { return fsys.Chmod(dir+"/sub/", 0o777) })},
	{"Chown", "a file", reachesFile, does(func(fsys afero.Fs, dir, _ string) error {
		return fsys.Chown(dir+"/secret", otherOwner(), os.Getgid())
	})},
	{"Chtimes", "a file", reachesFile, does(func(fsys afero.Fs, dir, _ string) error {
		return fsys.Chtimes(dir+"/secret", longAgo.AddDate(1, 0, 0), longAgo.AddDate(1, 0, 0))
	})},
}

// removingOperations are those that take something away.
var removingOperations = []operation{
	{"Remove", "a file", 0, does(func(fsys afero.Fs, dir, _ string) error { return fsys.Remove(dir + "/sub/secret") })},
	{"Remove", "a directory", 0, does(func(fsys afero.Fs, dir, _ string) error { return fsys.Remove(dir + "/sub/empty/") })},
	{"RemoveAll", "a tree", reachesTree, does(func(fsys afero.Fs, dir, _ string) error {
		_, err := fsys.Stat(dir + "/sub/secret") // it is no error to remove nothing
		return errors.Join(err, fsys.RemoveAll(dir+"/sub"))
	})},
	{"RemoveAll", "itself", reachesSelf, does(func(fsys afero.Fs, dir, _ string) error { return fsys.RemoveAll(dir) })},
	{"RemoveAll", "itself, with a slash", reachesSelf, does(func(fsys afero.Fs, dir, _ string) error {
		return fsys.RemoveAll(dir + "/")
	})},
	{"Rename", "a file here", 0, func(fsys afero.Fs, dir, spare string) (string, error) {
		if err := fsys.Rename(dir+"/secret", spare+"/taken"); err != nil {
			return "", err
		}
		learned, _ := readOf(fsys, spare+"/taken")
		return learned, nil
	}},
	{"Rename", "a directory here", 0, does(func(fsys afero.Fs, dir, spare string) error {
		_ = fsys.RemoveAll(spare + "/tree")
		return fsys.Rename(dir+"/sub", spare+"/tree")
	})},
	{"Rename", "a file there", 0, does(func(fsys afero.Fs, dir, spare string) error {
		return errors.Join(put(fsys, spare+"/file", "mine"), fsys.Rename(spare+"/file", dir+"/new"))
	})},
	{"Rename", "over a file there", 0, does(func(fsys afero.Fs, dir, spare string) error {
		return errors.Join(put(fsys, spare+"/file", "mine"), fsys.Rename(spare+"/file", dir+"/secret"))
	})},
	{"Rename", "in the directory", 0, does(func(fsys afero.Fs, dir, _ string) error {
		return fsys.Rename(dir+"/secret", dir+"/new")
	})},
}

// otherOwner is another user for root, and for others the only one that they may name.
func otherOwner() int {
	if os.Geteuid() == 0 {
		return 12345
	}
	return os.Geteuid()
}

// walkAll learns the names and the content of all below dir.
func walkAll(fsys afero.Fs, dir, _ string) (learned string, err error) {
	visits := 0
	err = afero.Walk(fsys, dir, func(name string, info fs.FileInfo, err error) error {
		if visits++; visits > 1000 {
			return errors.New("endless")
		}
		learned += path.Base(name) + "\n"
		if err == nil && info.Mode().IsRegular() {
			content, _ := readOf(fsys, name)
			learned += content
		}
		return err
	})
	return learned, err
}
