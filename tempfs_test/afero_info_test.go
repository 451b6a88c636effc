package tempfs_test

import (
	"errors"
	"io/fs"
	"os"
	"testing/fstest"
	"time"

	"github.com/spf13/afero"
)

// longAgo is an mtime that no clock gives.
var longAgo = time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)

// aferoInfos is about modes, times and infos in MemMapFs.
var aferoInfos = []aferoCheck{
	{shows: "an info is a snapshot", check: func(fsys afero.Fs) error {
		err := put(fsys, "/f", "12345")
		if err != nil {
			return err
		}
		info, err := fsys.Stat("/f")
		if err != nil {
			return err
		}
		size, mode := info.Size(), info.Mode()
		return errors.Join(
			put(fsys, "/f", "1"),
			fsys.Chmod("/f", 0o600),
			fsys.Rename("/f", "/g"),
			equal("Size", info.Size(), size),
			equal("Mode", info.Mode(), mode),
			equal("Name", info.Name(), "f"),
		)
	}},
	{shows: "a new file is regular", thread: "338", check: func(fsys afero.Fs) error {
		err := opened(fsys.Create("/f"))
		if err != nil {
			return err
		}
		info, err := fsys.Stat("/f")
		if err != nil {
			return err
		}
		return errors.Join(
			equal("IsRegular", info.Mode().IsRegular(), true),
			equal("the owner's bits", info.Mode().Perm()&0o600, 0o600),
		)
	}},
	{shows: "a mode is kept", thread: "107 392", right: true, check: func(fsys afero.Fs) error {
		err := errors.Join(
			opened(fsys.OpenFile("/f", os.O_RDWR|os.O_CREATE, 0o600)),
			fsys.Chmod("/f", 0o640),
		)
		if err != nil {
			return err
		}
		info, err := fsys.Stat("/f")
		if err != nil {
			return err
		}
		return equal("the mode", info.Mode(), 0o640)
	}},
	{shows: "a write sets the mtime", thread: "51", right: true, check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/f", "1"),
			fsys.Chtimes("/f", longAgo, longAgo),
			hasTime(fsys, "/f", longAgo),
			put(fsys, "/f", "2"),
			fails("the old mtime", hasTime(fsys, "/f", longAgo)),
		)
	}},
	{shows: "a close sets no mtime", thread: "51", check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/f", "1"),
			fsys.Chtimes("/f", longAgo, longAgo),
			opened(fsys.OpenFile("/f", os.O_RDWR, 0)),
			hasTime(fsys, "/f", longAgo),
		)
	}},
	{shows: "Chtimes keeps a time that is zero", check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/f", "1"),
			fsys.Chtimes("/f", longAgo, longAgo),
			fsys.Chtimes("/f", time.Now(), time.Time{}),
			hasTime(fsys, "/f", longAgo),
		)
	}},
	{shows: "a create sets the mtime of the directory", check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.Mkdir("/d", 0o755),
			fsys.Chtimes("/d", longAgo, longAgo),
			put(fsys, "/d/f", ""),
			fails("the old mtime", hasTime(fsys, "/d", longAgo)),
		)
	}},
	{shows: "a remove sets the mtime of the directory", check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.Mkdir("/d", 0o755),
			put(fsys, "/d/f", ""),
			fsys.Chtimes("/d", longAgo, longAgo),
			fsys.Remove("/d/f"),
			fails("the old mtime", hasTime(fsys, "/d", longAgo)),
		)
	}},
	{shows: "a file of mode 0 does not open", thread: "150 335", unprivileged: true, check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/f", ""),
			fsys.Chmod("/f", 0),
			wants(opened(fsys.Open("/f")), fs.ErrPermission),
		)
	}},
	{shows: "a directory without x hides its entries", thread: "150 335", unprivileged: true, check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.Mkdir("/d", 0o755),
			put(fsys, "/d/f", ""),
			fsys.Chmod("/d", 0o600),
			wants(errOf(fsys.Stat("/d/f")), fs.ErrPermission),
		)
	}},
	{shows: "a read-only file does not open for writing", thread: "401", unprivileged: true, check: func(fsys afero.Fs) error {
		return errors.Join(
			put(fsys, "/f", ""),
			fsys.Chmod("/f", 0o444),
			wants(opened(fsys.OpenFile("/f", os.O_RDWR, 0)), fs.ErrPermission),
		)
	}},
	{shows: "afero.IOFS passes fstest.TestFS", thread: "292 365", check: func(fsys afero.Fs) error {
		return errors.Join(
			fsys.MkdirAll("d/e", 0o755),
			put(fsys, "d/e/f", "content"),
			put(fsys, "g", ""),
			fstest.TestFS(afero.NewIOFS(fsys), "d/e/f", "g"),
		)
	}},
}

func hasTime(fsys afero.Fs, name string, mtime time.Time) error {
	info, err := fsys.Stat(name)
	if err != nil {
		return err
	}
	return equal("the mtime", info.ModTime().UTC(), mtime)
}
