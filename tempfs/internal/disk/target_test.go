package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func openTarget(t *testing.T, path string) *Target {
	t.Helper()
	target, errno := OpenTarget(path)
	require.Zero(t, errno)
	t.Cleanup(target.Close)
	return target
}

func entryOf(t *testing.T, tree *Tree, name string) *Entry {
	t.Helper()
	e, errno := tree.Entry(name)
	require.Zero(t, errno, name)
	t.Cleanup(e.Close)
	return e
}

func contentOf(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(content)
}

func namesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestOpenTarget(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f"), nil, 0o600))
	for path, want := range map[string]syscall.Errno{
		"":                   syscall.ENOENT,
		"a\x00":              syscall.EINVAL,
		"/":                  syscall.EINVAL,
		"//":                 syscall.EINVAL,
		".":                  syscall.EINVAL,
		"..":                 syscall.EINVAL,
		dir + "/..":          syscall.EINVAL,
		dir + "/.//":         syscall.EINVAL,
		dir + "/missing/x":   syscall.ENOENT,
		dir + "/f/x":         syscall.ENOTDIR,
		dir + "/x":           0,
		dir + "/x//":         0,
		dir + "/missing/../": syscall.EINVAL,
	} {
		target, errno := OpenTarget(path)
		require.Equal(t, want, errno, "%q", path)
		if errno == 0 {
			require.Equal(t, strings.HasSuffix(path, "/"), target.IsForDirectory())
			target.Close()
		}
	}
}

// TestTargetOfWorkingDirectory stays that of the time it was opened.
func TestTargetOfWorkingDirectory(t *testing.T) {
	tree := newTree(t)
	put(t, tree, "f", "content")
	dir := t.TempDir()
	t.Chdir(dir)
	target := openTarget(t, "f")
	t.Chdir(t.TempDir())
	_, errno := target.Rename(entryOf(t, tree, "f"), false, true)
	require.Zero(t, errno)
	require.Equal(t, "content", contentOf(t, filepath.Join(dir, "f")))
}

// TestRenameWithoutItsKinds is what filesystems get that have no rename that never replaces.
func TestRenameWithoutItsKinds(t *testing.T) {
	tree := newTree(t)
	put(t, tree, "f", "content")
	require.Zero(t, tree.Mkdir("d", 0o750))
	put(t, tree, "d/f", "content")
	dir := t.TempDir()
	file, sub := openTarget(t, filepath.Join(dir, "f")), openTarget(t, filepath.Join(dir, "d"))

	require.NoError(t, os.WriteFile(filepath.Join(dir, "f"), []byte("theirs"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "d"), 0o700))
	require.Equal(t, syscall.EEXIST, file.linkAndUnlink(entryOf(t, tree, "f")))
	require.Equal(t, syscall.EEXIST, sub.renameOntoOwn(entryOf(t, tree, "d")), "an empty one is theirs too")
	require.Equal(t, "theirs", contentOf(t, filepath.Join(dir, "f")))
	require.NoError(t, os.Remove(filepath.Join(dir, "f")))
	require.NoError(t, os.Remove(filepath.Join(dir, "d")))

	require.Zero(t, file.linkAndUnlink(entryOf(t, tree, "f")))
	require.Equal(t, "content", contentOf(t, filepath.Join(dir, "f")))
	if runtime.GOOS == "windows" {
		t.Skip("no directory is replaced there, and none has to be: a rename that never replaces is that of the system")
	}
	inside := openTarget(t, filepath.Join(tree.Dir(), "d", "x"))
	require.NotZero(t, inside.renameOntoOwn(entryOf(t, tree, "d")), "into itself")
	require.Equal(t, []string{"f"}, namesIn(t, filepath.Join(tree.Dir(), "d")), "and takes back what it made")

	require.Zero(t, sub.renameOntoOwn(entryOf(t, tree, "d")))
	require.Equal(t, "content", contentOf(t, filepath.Join(dir, "d", "f")))
	require.Empty(t, namesIn(t, tree.Dir()))
}

// TestRenameOfAnotherName of the file that is there: rename(2) does nothing then, and yet one of the two has to go.
func TestRenameOfAnotherName(t *testing.T) {
	tree := newTree(t)
	put(t, tree, "f", "content")
	dir := t.TempDir()
	require.NoError(t, os.Link(filepath.Join(tree.Dir(), "f"), filepath.Join(dir, "f")))
	_, errno := openTarget(t, filepath.Join(dir, "f")).Rename(entryOf(t, tree, "f"), false, true)
	require.Zero(t, errno)
	require.Empty(t, namesIn(t, tree.Dir()))
	require.Equal(t, "content", contentOf(t, filepath.Join(dir, "f")))
}

// TestEntryErrors is about names that are none.
func TestEntryErrors(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "f", "")
	hasLink := symlink(t, tree, "d", "link")
	for name, want := range map[string]syscall.Errno{
		"":          syscall.ENOENT,
		"/":         syscall.EBUSY,
		"d/.":       syscall.EBUSY,
		"d/..":      syscall.EBUSY,
		"missing":   syscall.ENOENT,
		"missing/x": syscall.ENOENT,
		"f/x":       syscall.ENOTDIR,
		"f/":        syscall.ENOTDIR,
		"link/":     syscall.ENOTDIR,
	} {
		if name == "link/" && !hasLink {
			continue
		}
		_, errno := tree.Entry(name)
		require.Equal(t, want, errno, "%q", name)
	}
	if !hasLink {
		return
	}
	info, errno := entryOf(t, tree, "link").Lstat()
	require.Zero(t, errno)
	require.Equal(t, fs.ModeSymlink, info.Mode().Type())
	require.Equal(t, syscall.ELOOP, errnoOfChmod(entryOf(t, tree, "link")))
}

func errnoOfChmod(e *Entry) syscall.Errno {
	errno := e.Chmod(0o600)
	if errno == syscall.EOPNOTSUPP { // of fchmodat2(2)
		return syscall.ELOOP
	}
	return errno
}

// TestScratch is nobody else's until it is published, and gone if it is not.
func TestScratch(t *testing.T) {
	dir := t.TempDir()
	target := openTarget(t, filepath.Join(dir, "name"))
	for kind, make := range map[string]func() (*Scratch, syscall.Errno){
		"file":      target.NewFile,
		"directory": target.NewDirectory,
		"link":      func() (*Scratch, syscall.Errno) { return target.NewSymlink("nowhere") },
	} {
		if kind == "link" && !hasSymlinks(t) {
			continue
		}
		s, errno := make()
		require.Zero(t, errno, kind)
		for _, name := range namesIn(t, dir) {
			require.Regexp(t, `^\.name\.tmp-[0-9a-f]{16}$`, name)
			info, err := os.Lstat(filepath.Join(dir, name))
			require.NoError(t, err)
			isPrivate := info.Mode().Perm()&0o077 == 0 || runtime.GOOS == "windows" // which has no modes
			require.True(t, info.Mode()&fs.ModeSymlink != 0 || isPrivate)
		}
		if kind == "directory" {
			put(t, s.Tree(), "f", "content")
			require.Zero(t, s.Tree().Mkdir("shut", 0o500))
		}
		require.Zero(t, s.Discard())
		require.Empty(t, namesIn(t, dir), kind)

		s, errno = make()
		require.Zero(t, errno)
		if kind == "file" {
			require.Zero(t, s.Chtimes(time.Unix(1, 2000), time.Unix(3, 4000)))
			_, errno = s.Handle().Write([]byte("content"))
			require.Zero(t, errno)
		}
		want, exchanged, errno := s.Publish(false)
		require.Zero(t, errno, kind)
		require.False(t, exchanged)
		there, errno := target.Lstat()
		require.Zero(t, errno)
		require.True(t, sameFile(want, there))
		require.Zero(t, s.Discard())
		require.Equal(t, []string{"name"}, namesIn(t, dir), kind)

		s, errno = make()
		require.Zero(t, errno)
		_, _, errno = s.Publish(false)
		require.Equal(t, syscall.EEXIST, errno, kind)
		require.Zero(t, s.Discard())
		require.Equal(t, []string{"name"}, namesIn(t, dir), kind)
		require.NoError(t, os.Remove(filepath.Join(dir, "name")))
	}
}

// TestTemporaryName is one that a directory can hold, whatever the name is.
func TestTemporaryName(t *testing.T) {
	for _, base := range []string{"a", strings.Repeat("n", nameMax), strings.Repeat("é", 127), "é" + strings.Repeat("漢", 84)} {
		name := temporaryName(base)
		require.LessOrEqual(t, len(name), nameMax)
		require.True(t, utf8.ValidString(name), name)
		cut, _, _ := strings.Cut(name[1:], ".tmp-")
		require.True(t, strings.HasPrefix(base, cut))
		require.GreaterOrEqual(t, len(cut), min(len(base), maxTemporary-3))
		require.NotEqual(t, name, temporaryName(base))
	}
}
