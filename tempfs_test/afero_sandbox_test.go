//go:build unix

package tempfs_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// sandboxCheck is an aferoCheck about what is outside. Besides what check returns, a change outside and
// the secret inside are failures. It has a link to the directory outside, /door.
type sandboxCheck struct {
	shows  string
	thread string
	check  func(arena) error
}

var aferoSandbox = []sandboxCheck{
	{"a sibling whose name begins like the base does not open", "513", func(a arena) error {
		return readsNothing(a.fs, a.sibling()+"/secret")
	}},
	{"an absolute link ends inside", "88", func(a arena) error {
		return errors.Join(
			a.fs.MkdirAll("/usr/lib", 0o755),
			put(a.fs, "/usr/lib/bar", "mine"),
			a.plant("/usr/lib/bar", "/foo"),
			has(a.fs, "/foo", "mine"),
		)
	}},
	{"a planted link does not read", "88", func(a arena) error { return readsNothing(a.fs, "/door/secret") }},
	{"a planted link does not list", "88", func(a arena) error {
		infos, err := afero.ReadDir(a.fs, "/door")
		if err == nil {
			return fails("the listing", err)
		}
		return equal("the number of entries", len(infos), 0)
	}},
	{"a planted link does not stat", "88", func(a arena) error {
		return fails("Stat", errOf(a.fs.Stat("/door/secret")))
	}},
	{"a planted link does not write", "88", func(a arena) error {
		return fails("the write", put(a.fs, "/door/secret", "mine"))
	}},
	{"a planted link does not append", "88", func(a arena) error {
		return fails("the open", opened(a.fs.OpenFile("/door/secret", os.O_WRONLY|os.O_APPEND|os.O_TRUNC, 0)))
	}},
	{"a planted link does not create", "88", func(a arena) error {
		return fails("the create", opened(a.fs.Create("/door/new")))
	}},
	{"a planted link does not mkdir", "88", func(a arena) error {
		return fails("Mkdir", a.fs.Mkdir("/door/new", 0o755))
	}},
	{"a planted link does not remove", "88", func(a arena) error {
		return fails("Remove", a.fs.Remove("/door/secret"))
	}},
	{"a planted link does not remove a tree", "88", func(a arena) error {
		_ = a.fs.RemoveAll("/door/sub") // no error for a name that is not there
		return nil
	}},
	{"a planted link does not rename out", "88", func(a arena) error {
		return errors.Join(
			put(a.fs, "/mine", ""),
			fails("Rename", a.fs.Rename("/mine", "/door/mine")),
		)
	}},
	{"a planted link does not rename in", "88", func(a arena) error {
		return fails("Rename", a.fs.Rename("/door/secret", "/mine"))
	}},
	{"a planted link does not chmod", "88", func(a arena) error {
		return fails("Chmod", a.fs.Chmod("/door/secret", 0o777))
	}},
	{"a planted link does not chtimes", "88", func(a arena) error {
		return fails("Chtimes", a.fs.Chtimes("/door/secret", time.Now(), time.Now()))
	}},
	{"Readlink gives what Symlink was given", "282", func(a arena) error {
		links := a.fs.(afero.Symlinker)
		keeps := func(target, name string) error {
			err := links.SymlinkIfPossible(target, name)
			got, failed := links.ReadlinkIfPossible(name)
			return errors.Join(err, failed, equal("the target", got, target))
		}
		return errors.Join(keeps("../file", "/a"), keeps("file", "/b"), keeps("/file", "/c"))
	}},
	{"an error names no host path", "", func(a arena) error {
		for _, err := range []error{
			errOf(a.fs.Stat("/none")),
			opened(a.fs.Open("/none")),
			a.fs.Mkdir("/none/d", 0o755),
			a.fs.Remove("/none"),
			a.fs.Rename("/none", "/none2"),
			a.fs.Chmod("/none", 0o644),
			a.fs.Chtimes("/none", longAgo, longAgo),
		} {
			switch {
			case err == nil:
				return errors.New("no error to look at")
			case a.base != "" && strings.Contains(err.Error(), a.base):
				return err
			}
		}
		return nil
	}},
	{"a trailing slash is for directories", "", func(a arena) error {
		return errors.Join(
			put(a.fs, "/f", ""),
			wants(errOf(a.fs.Stat("/f/")), syscall.ENOTDIR),
		)
	}},
	{"a missing directory does not go away with two dots", "", func(a arena) error {
		return errors.Join(
			put(a.fs, "/f", ""),
			wants(errOf(a.fs.Stat("/none/../f")), fs.ErrNotExist),
		)
	}},
	{"two dots after a link are the parent of its target", "", func(a arena) error {
		return errors.Join(
			a.fs.MkdirAll("/d/e", 0o755),
			put(a.fs, "/d/f", "right"),
			put(a.fs, "/f", "wrong"),
			a.plant("d/e", "/link"),
			has(a.fs, "/link/../f", "right"),
		)
	}},
	{"the empty name is not the root", "", func(a arena) error {
		return errors.Join(
			put(a.fs, "/f", "kept"),
			wants(errOf(a.fs.Stat("")), fs.ErrNotExist),
			a.fs.RemoveAll(""),
			has(a.fs, "/f", "kept"),
		)
	}},
	{"RemoveAll of . removes nothing", "", func(a arena) error {
		return errors.Join(
			put(a.fs, "/f", "kept"),
			wants(a.fs.RemoveAll("."), syscall.EINVAL),
			has(a.fs, "/f", "kept"),
		)
	}},
	{"Name is the name that was given", "148", func(a arena) error {
		f, err := a.fs.Create("f")
		return with(f, err, func(f afero.File) error { return equal("Name", f.Name(), "f") })
	}},
	{"an open file is io.ReaderFrom and io.WriterTo", "630 576", func(a arena) error {
		f, err := a.fs.Create("/f")
		return with(f, err, func(f afero.File) error {
			_, from := f.(io.ReaderFrom)
			_, to := f.(io.WriterTo)
			return errors.Join(equal("io.ReaderFrom", from, true), equal("io.WriterTo", to, true))
		})
	}},
}

// readsNothing is for a name that leads outside.
func readsNothing(fsys afero.Fs, name string) error {
	content, err := afero.ReadFile(fsys, name)
	if err == nil {
		return errors.New("it reads: " + string(content))
	}
	return nil
}

// TestAferoBasePathFs is [TestAferoMemMapFs] for a BasePathFs on an OsFs.
func TestAferoBasePathFs(t *testing.T) {
	for _, c := range aferoSandbox {
		t.Run(c.shows, func(t *testing.T) {
			t.Run("afero", func(t *testing.T) { judge(t, false, c.run(t, basePath(t))) })
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, c.run(t, inside(t, fsys)), "github.com/spf13/afero issues %s", c.thread)
			})
		})
	}
}

func (c sandboxCheck) run(t *testing.T, a arena) error {
	t.Helper()
	require.NoError(t, a.plant(a.outside.dir, "/door"))
	err := attempt(func() error { return c.check(a) })
	return errors.Join(err, a.escaped())
}
