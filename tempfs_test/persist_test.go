package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// describeHost tells everything of what path is on the host: names, modes, content and targets.
func describeHost(t *testing.T, path string) string {
	t.Helper()
	var s strings.Builder
	require.NoError(t, filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(path, name)
		if err != nil {
			return err
		}
		fmt.Fprint(&s, filepath.ToSlash(rel), " ", info.Mode())
		switch {
		case info.Mode().IsRegular():
			content, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&s, " %q", content)
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&s, " %q", target)
		}
		s.WriteByte('\n')
		return nil
	}))
	return s.String()
}

// requireHolds is about the names in a directory of the host: what is persisted, and nothing temporary.
func requireHolds(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	require.ElementsMatch(t, want, names)
}

func requireMissing(t *testing.T, fsys *tempfs.Fs, name string) {
	t.Helper()
	_, _, err := fsys.LstatIfPossible(name)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// requireNothingChanged is after a failure that must have left all as it was.
func requireNothingChanged(t *testing.T, err error) *tempfs.PersistError {
	t.Helper()
	var failed *tempfs.PersistError
	require.ErrorAs(t, err, &failed)
	require.False(t, failed.Published)
	return failed
}

func putHost(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
}

// subject is something to persist. Its make gives a fresh one the name.
type subject struct {
	make  func(t *testing.T, fsys *tempfs.Fs, name string)
	isDir bool
	want  string // as describeHost tells it
}

var subjects = map[string]subject{
	"file": {make: makeFile, want: ". -rw-r----- \"the content\"\n"},
	"directory": {make: makeTree, isDir: true, want: ". drwxr-x---\n" +
		"a dr-x------\n" +
		"a/f -r-------- \"inside\"\n" +
		"empty drwxr-xr-x\n" +
		"f -rw-r----- \"the content\"\n" +
		"link Lrwxrwxrwx \"a/f\"\n" +
		"out Lrwxrwxrwx \"../../etc\"\n"},
}

func makeFile(t *testing.T, fsys *tempfs.Fs, name string) {
	t.Helper()
	require.NoError(t, put(fsys, name, "the content"))
	require.NoError(t, fsys.Chmod(name, 0o640))
}

func makeTree(t *testing.T, fsys *tempfs.Fs, name string) {
	t.Helper()
	require.NoError(t, fsys.MkdirAll(name+"/a", 0o755))
	require.NoError(t, fsys.MkdirAll(name+"/empty", 0o755))
	makeFile(t, fsys, name+"/f")
	require.NoError(t, put(fsys, name+"/a/f", "inside"))
	require.NoError(t, fsys.SymlinkIfPossible("a/f", name+"/link"))
	require.NoError(t, fsys.SymlinkIfPossible("../../etc", name+"/out"))
	for base, mode := range map[string]fs.FileMode{"/a/f": 0o400, "/a": 0o500, "/empty": 0o755, "": 0o750} {
		require.NoError(t, fsys.Chmod(name+base, mode))
	}
}

// TestPersist goes to the same filesystem, to another, and to the same one under another mount, which a rename does not cross.
func TestPersist(t *testing.T) {
	for _, where := range destinations(t) {
		for kind, s := range subjects {
			for _, noReplace := range []bool{false, true} {
				for _, durable := range []bool{false, true} {
					name := fmt.Sprintf("%s/%s/noReplace=%v/durable=%v", where.name, kind, noReplace, durable)
					t.Run(name, func(t *testing.T) {
						tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
							testPersist(t, fsys, where, s, noReplace, durable)
						})
					})
				}
			}
		}
	}
}

func testPersist(t *testing.T, fsys *tempfs.Fs, where destination, s subject, noReplace, durable bool) {
	s.make(t, fsys, "/s")
	before, err := fsys.Stat("/s")
	require.NoError(t, err)
	dir := where.makeDir(t)
	host := filepath.Join(dir, "result")
	var result tempfs.PersistResult
	opts := []tempfs.PersistOption{tempfs.WithResult(&result)}
	if durable {
		opts = append(opts, tempfs.Durable())
	}
	switch {
	case noReplace:
		opts = append(opts, tempfs.NoReplace())
	case s.isDir:
		require.NoError(t, os.MkdirAll(filepath.Join(host, "old", "er"), 0o700))
	default:
		putHost(t, host, "the old content")
	}
	err = fsys.Persist("/s", host, opts...)
	if s.isDir && !noReplace && !canExchange {
		require.ErrorIs(t, err, syscall.ENOTEMPTY)
		requireNothingChanged(t, err)
		return
	}
	require.NoError(t, err)
	require.Equal(t, s.want, describeHost(t, host))
	requireHolds(t, dir, "result")
	requireMissing(t, fsys, "/s")
	require.Equal(t, tempfs.PersistResult{
		Published: true,
		Copied:    where.isAcross || fsys.Backend() != "disk",
		Exchanged: s.isDir && !noReplace,
	}, result)
	after, err := os.Stat(host)
	require.NoError(t, err)
	precision := time.Second
	if byDescriptor {
		precision = 0
	}
	require.WithinDuration(t, before.ModTime(), after.ModTime(), precision)
}

// destination is a place on the host.
type destination struct {
	name     string
	makeDir  func(t *testing.T) string
	isAcross bool // a rename from an Fs on disk does not reach it
}

var sameFilesystem = destination{name: "same filesystem", makeDir: dirOfTest}

func dirOfTest(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	mayRemove(t, dir)
	return dir
}

// mayRemove gives back permissions at the end, without which a user cannot remove a tree.
func mayRemove(t *testing.T, dir string) {
	t.Helper()
	t.Cleanup(func() {
		require.NoError(t, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				return os.Chmod(name, 0o700)
			}
			return err
		}))
	})
}

// TestPersistNoReplace finds a file, a directory, or a link that leads nowhere.
func TestPersistNoReplace(t *testing.T) {
	for _, where := range destinations(t) {
		for kind, s := range subjects {
			t.Run(where.name+"/"+kind, func(t *testing.T) {
				tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
					s.make(t, fsys, "/s")
					dir := where.makeDir(t)
					file, full, link := filepath.Join(dir, "file"), filepath.Join(dir, "full"), filepath.Join(dir, "link")
					putHost(t, file, "theirs")
					require.NoError(t, os.MkdirAll(filepath.Join(full, "x"), 0o700))
					require.NoError(t, os.Symlink("nowhere", link))
					before := describeHost(t, dir)
					for _, host := range []string{file, full, link} {
						err := fsys.Persist("/s", host, tempfs.NoReplace())
						require.ErrorIs(t, err, fs.ErrExist)
						requireNothingChanged(t, err)
					}
					require.Equal(t, before, describeHost(t, dir))
					require.NoError(t, fsys.Persist("/s", filepath.Join(dir, "new"), tempfs.NoReplace()))
					require.Equal(t, s.want, describeHost(t, filepath.Join(dir, "new")))
				})
			})
		}
	}
}

// relink makes name a link on the host.
func relink(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	require.NoError(t, os.Symlink(target, name))
}

// TestPersistReplacesLink and not what it leads to.
func TestPersistReplacesLink(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				dir := where.makeDir(t)
				victim := filepath.Join(dir, "victim")
				putHost(t, victim, "theirs")
				for _, target := range []string{"victim", "nowhere", victim} {
					host := filepath.Join(dir, "host")
					relink(t, target, host)
					makeFile(t, fsys, "/s")
					require.NoError(t, fsys.Persist("/s", host))
					require.Equal(t, subjects["file"].want, describeHost(t, host))

					relink(t, target, host)
					f, err := fsys.TemporaryFile(tempfs.Linkable())
					require.NoError(t, err)
					require.NoError(t, tempfs.PersistFile(f, host))
					require.NoError(t, f.Close())
					info, err := os.Lstat(host)
					require.NoError(t, err)
					require.True(t, info.Mode().IsRegular())
				}
				require.Equal(t, ". -rw------- \"theirs\"\n", describeHost(t, victim))
				requireHolds(t, dir, "victim", "host")
			})
		})
	}
}

// TestPersistKindOverKind never forces what rename(2) refuses.
func TestPersistKindOverKind(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				makeFile(t, fsys, "/file")
				makeTree(t, fsys, "/dir")
				require.NoError(t, fsys.SymlinkIfPossible("dir", "/link"))
				dir := where.makeDir(t)
				file, empty, full := filepath.Join(dir, "file"), filepath.Join(dir, "empty"), filepath.Join(dir, "full")
				link := filepath.Join(dir, "link")
				putHost(t, file, "theirs")
				require.NoError(t, os.Mkdir(empty, 0o700))
				require.NoError(t, os.MkdirAll(filepath.Join(full, "x"), 0o700))
				require.NoError(t, os.Symlink("empty", link))
				before := describeHost(t, dir)
				for _, c := range []struct {
					name, host string
					want       error
				}{
					{"/file", empty, syscall.EISDIR},
					{"/file", full, syscall.EISDIR},
					{"/link", full, syscall.EISDIR},
					{"/dir", file, syscall.ENOTDIR},
					{"/dir", link, syscall.ENOTDIR},
				} {
					err := fsys.Persist(c.name, c.host)
					require.ErrorIs(t, err, c.want, c)
					requireNothingChanged(t, err)
				}
				f, err := fsys.TemporaryFile(tempfs.Linkable())
				require.NoError(t, err)
				require.ErrorIs(t, tempfs.PersistFile(f, full), syscall.EISDIR)
				require.Equal(t, before, describeHost(t, dir))

				var result tempfs.PersistResult
				require.NoError(t, fsys.Persist("/dir", empty, tempfs.WithResult(&result)))
				require.False(t, result.Exchanged)
				require.Equal(t, subjects["directory"].want, describeHost(t, empty))
				require.NoError(t, fsys.Persist("/link", link))
				require.Equal(t, ". Lrwxrwxrwx \"dir\"\n", describeHost(t, link))
			})
		})
	}
}
