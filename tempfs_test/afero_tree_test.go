package tempfs_test

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/spf13/afero"
)

// aferoTree is about names, directories and renames in MemMapFs.
var aferoTree = []aferoCheck{
	{shows: "mkdir in a missing directory fails", thread: "149 164 168", check: func(fsys afero.Fs) error {
		return errors.Join(
			wants(fsys.Mkdir("/a/b", 0o755), fs.ErrNotExist),
			hasNot(fsys, "/a"),
		)
	}},
	{shows: "create in a missing directory fails", thread: "270", check: func(fsys afero.Fs) error {
		return errors.Join(
			wants(opened(fsys.Create("/a/f")), fs.ErrNotExist),
			hasNot(fsys, "/a"),
		)
	}},
	{shows: "WriteFile in a missing directory fails", thread: "373", check: func(fsys afero.Fs) error {
		return errors.Join(
			wants(put(fsys, "/a/b/f", "x"), fs.ErrNotExist),
			hasNot(fsys, "/a"),
		)
	}},
	{shows: "nothing is made below a file", thread: "164", check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/f", "content"),
			wants(fsys.MkdirAll("/f/a/b", 0o755), syscall.ENOTDIR),
			wants(fsys.Mkdir("/f/a", 0o755), syscall.ENOTDIR),
			wants(opened(fsys.Create("/f/x")), syscall.ENOTDIR),
			has(fsys, "/f", "content"),
		)
	}},
	{shows: "remove of a directory with entries fails", thread: "232", check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.Mkdir("/d", 0o755),
			put(fsys, "/d/f", "kept"),
			wants(fsys.Remove("/d"), syscall.ENOTEMPTY),
			has(fsys, "/d/f", "kept"),
		)
	}},
	{shows: "remove never panics", thread: "388", check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.MkdirAll("/d/e", 0o755),
			put(fsys, "/d/e/f", ""),
			fails("remove of a directory with entries", fsys.Remove("/d")),
			fsys.Remove("/d/e/f"),
			fsys.Remove("/d/e"),
			fsys.Remove("/d"),
		)
	}},
	{shows: "RemoveAll of the root removes what is in it", check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.MkdirAll("/d/e", 0o755),
			put(fsys, "/d/e/f", ""),
			put(fsys, "/g", ""),
			fsys.RemoveAll("/"),
			lists(fsys, "/"),
			hasNot(fsys, "/d/e/f"),
		)
	}},
	{shows: "the root outlives RemoveAll", check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.RemoveAll("/"),
			errOf(fsys.Stat("/")),
			put(fsys, "/f", "new"),
			lists(fsys, "/", "f"),
		)
	}},
	{shows: "rename of a directory moves the tree", thread: "141", right: true, check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.MkdirAll("/d/e", 0o755),
			put(fsys, "/d/e/f", "moved"),
			put(fsys, "/dx", "sibling"),
			fsys.Rename("/d", "/new"),
			hasNot(fsys, "/d"),
			has(fsys, "/new/e/f", "moved"),
			has(fsys, "/dx", "sibling"),
		)
	}},
	{shows: "rename of a file replaces a file", thread: "319", right: true, check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/a", "new"),
			put(fsys, "/b", "old"),
			fsys.Rename("/a", "/b"),
			has(fsys, "/b", "new"),
			lists(fsys, "/", "b"),
		)
	}},
	{shows: "rename onto a directory fails and loses nothing", thread: "319", check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.Mkdir("/a", 0o755),
			fsys.Mkdir("/b", 0o755),
			put(fsys, "/a/mine", "1"),
			put(fsys, "/b/yours", "2"),
			wants(fsys.Rename("/a", "/b"), fs.ErrExist),
			lists(fsys, "/a", "mine"),
			lists(fsys, "/b", "yours"),
		)
	}},
	{shows: "rename of a file onto a directory fails", thread: "319", check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/f", "x"),
			fsys.Mkdir("/d", 0o755),
			put(fsys, "/d/yours", "2"),
			wants(fsys.Rename("/f", "/d"), fs.ErrExist),
			has(fsys, "/f", "x"),
			has(fsys, "/d/yours", "2"),
		)
	}},
	{shows: "rename of a directory into itself fails", check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.Mkdir("/d", 0o755),
			put(fsys, "/d/f", "x"),
			wants(fsys.Rename("/d", "/d/e"), syscall.EINVAL),
			has(fsys, "/d/f", "x"),
			lists(fsys, "/", "d"),
			lists(fsys, "/d", "f"),
		)
	}},
	{shows: "rename of the root fails", check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/f", "x"),
			fails("rename of the root", fsys.Rename("/", "/e")),
			has(fsys, "/f", "x"),
			lists(fsys, "/", "f"),
		)
	}},
	{shows: "rename into a missing directory fails", check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/f", "x"),
			wants(fsys.Rename("/f", "/d/f"), fs.ErrNotExist),
			has(fsys, "/f", "x"),
			lists(fsys, "/", "f"),
		)
	}},
	{shows: "rename to the empty name fails", check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/f", "x"),
			wants(fsys.Rename("/f", ""), fs.ErrNotExist),
			has(fsys, "/f", "x"),
			lists(fsys, "/", "f"),
		)
	}},
	{shows: "rename of a missing name to itself fails", thread: "656", check: func(fsys afero.Fs) error {
		return wants(fsys.Rename("/f", "/f"), fs.ErrNotExist)
	}},
	{shows: "a directory does not open for writing", thread: "101", check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.Mkdir("/d", 0o755),
			wants(opened(fsys.OpenFile("/d", os.O_WRONLY, 0)), syscall.EISDIR),
			wants(opened(fsys.OpenFile("/d", os.O_RDWR, 0)), syscall.EISDIR),
		)
	}},
	{shows: "create over a directory fails and keeps it", thread: "101", check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.Mkdir("/d", 0o755),
			put(fsys, "/d/f", "kept"),
			wants(opened(fsys.Create("/d")), syscall.EISDIR),
			lists(fsys, "/d", "f"),
			has(fsys, "/d/f", "kept"),
		)
	}},
	{shows: "ReadFile of a directory fails", thread: "201 430", check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.Mkdir("/d", 0o755),
			wants(errOf(afero.ReadFile(fsys, "/d")), syscall.EISDIR),
		)
	}},
	{shows: "Readdir of a file is ENOTDIR", thread: "169", check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/f", ""),
			wants(errOf(afero.ReadDir(fsys, "/f")), syscall.ENOTDIR),
		)
	}},
	{shows: "a walk ends", thread: "185", right: true, check: func(fsys afero.Fs) error {
		visits := 0
		return errors.Join(
			put(fsys, "f", ""),
			fsys.MkdirAll("d/e", 0o755),
			afero.Walk(fsys, "d", func(string, fs.FileInfo, error) error {
				if visits++; visits > 100 {
					return errors.New("a walk of two directories goes on and on")
				}
				return nil
			}),
		)
	}},
	{shows: "a and /a and ./a are one file", thread: "20 389", check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "a", "1"),
			has(fsys, "/a", "1"),
			put(fsys, "/a", "2"),
			has(fsys, "./a", "2"),
			lists(fsys, "/", "a"),
			lists(fsys, ".", "a"),
		)
	}},
	{shows: "the empty name is no file", thread: "522 171", check: func(fsys afero.Fs) error {
		return errors.Join(
			hasNot(fsys, ""),
			wants(opened(fsys.Open("")), fs.ErrNotExist),
		)
	}},
	{shows: "the root is called /", thread: "222", check: func(fsys afero.Fs) error {
		info, err := fsys.Stat("/")
		if err != nil {
			return err
		}
		return equal("the name of the root", info.Name(), "/")
	}},
	{shows: "memory has symbolic links", thread: "258", check: func(fsys afero.Fs) error {
		links, ok := fsys.(afero.Symlinker)
		if !ok {
			return errors.New("no afero.Symlinker")
		}
		target := func() error {
			got, err := links.ReadlinkIfPossible("/link")
			return errors.Join(err, equal("the target", got, "dir/f"))
		}
		return errors.Join(
			fsys.Mkdir("/dir", 0o755),
			put(fsys, "/dir/f", "x"),
			links.SymlinkIfPossible("dir/f", "/link"),
			has(fsys, "/link", "x"),
			target(),
		)
	}},
	{shows: "memory has hard links", thread: "432", check: func(fsys afero.Fs) error {
		links, ok := fsys.(interface {
			Link(oldname, newname string) error
		})
		if !ok {
			return errors.New("no Link")
		}
		return errors.Join(
			put(fsys, "/a", "1"),
			links.Link("/a", "/b"),
			put(fsys, "/b", "2"),
			has(fsys, "/a", "2"),
		)
	}},
}
