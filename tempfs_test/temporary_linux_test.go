package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// childNames makes a file in a directory and leaves it there.
const childNames = "names"

func init() {
	children[childNames] = func(dir string) error {
		f, err := tempfs.NamedTemporaryFile(tempfs.In(dir), tempfs.KeepFile())
		if err != nil {
			return err
		}
		return f.Close()
	}
}

// TestProcessesDrawOtherNames: there is no seed that a child could have of its parent. Each has a directory of its own, so that no
// name is taken.
func TestProcessesDrawOtherNames(t *testing.T) {
	seen := map[string]bool{}
	for range 4 {
		dir := t.TempDir()
		require.NoError(t, runChild(t, childNames, dir))
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		seen[entries[0].Name()] = true
	}
	require.Len(t, seen, 4)
}

// opening returns the descriptors that open adds.
func opening(t *testing.T, open func()) (added []int) {
	t.Helper()
	before := descriptors()
	open()
	for number, target := range descriptors() {
		if before[number] != target && !strings.HasPrefix(target, "anon_inode:") {
			n, err := strconv.Atoi(number)
			require.NoError(t, err)
			added = append(added, n)
		}
	}
	return added
}

// TestProgramsInheritNoDescriptor: each is close-on-exec, and a program that is run meanwhile has none of them.
func TestProgramsInheritNoDescriptor(t *testing.T) {
	inherited := func() string {
		out, err := exec.CommandContext(t.Context(), "ls", "/proc/self/fd").CombinedOutput()
		if err != nil {
			t.Skipf("no ls to run: %v", err)
		}
		return string(out)
	}
	before := inherited()
	none := tempfs.WithSearch(nowhere)
	for _, m := range []maker{makerOnHost(t.TempDir()), makerOf(tempfs.Test(t), "")} {
		var ends []func() error
		added := opening(t, func() {
			for _, kind := range []string{"unnamed", "named"} {
				f, err := m.file(kind)
				require.NoError(t, err)
				ends = append(ends, f.Close)
			}
			f, err := tempfs.TemporaryFile(none) // in memory
			require.NoError(t, err)
			ends = append(ends, f.Close)
		})
		require.NotEmpty(t, added)
		for _, fd := range added {
			flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
			require.NoError(t, err)
			require.NotZero(t, flags&unix.FD_CLOEXEC, "descriptor %d", fd)
		}
		require.Equal(t, before, inherited())
		for _, end := range ends {
			require.NoError(t, end())
		}
	}
}

// TestUnnamedFileIsOTmpfile on filesystems that have it: it never had a name, which a file that was removed shows.
func TestUnnamedFileIsOTmpfile(t *testing.T) {
	dir := t.TempDir()
	if fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600); err != nil {
		t.Skipf("the filesystem of the temp directory has no O_TMPFILE: %v", err)
	} else {
		require.NoError(t, unix.Close(fd))
	}
	fsys := tempfs.Test(t)
	for dir, m := range map[string]maker{dir: makerOnHost(dir), rootOf(t, fsys): makerOf(fsys, "")} {
		added := opening(t, func() {
			f, err := m.unnamed()
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, f.Close()) })
		})
		require.Len(t, added, 1)
		target, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", added[0]))
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(target, dir+"/#"), target) // the kernel's name of one, see proc(5)
		requireEmpty(t, dir)
	}
}

// TestLinkable is what linkat(2) says: a file gets a name only when that was asked for.
func TestLinkable(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		opts []tempfs.FileOption
		want error
	}{{nil, unix.ENOENT}, {[]tempfs.FileOption{tempfs.Linkable()}, nil}} {
		added := opening(t, func() {
			f, err := tempfs.TemporaryFile(append(c.opts, tempfs.In(dir))...)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, f.Close()) })
		})
		require.Len(t, added, 1)
		name := filepath.Join(dir, "name")
		from := fmt.Sprintf("/proc/self/fd/%d", added[0])
		err := unix.Linkat(unix.AT_FDCWD, from, unix.AT_FDCWD, name, unix.AT_SYMLINK_FOLLOW)
		if errors.Is(err, unix.EOPNOTSUPP) {
			t.Skipf("the filesystem of the temp directory has no O_TMPFILE: %v", err)
		}
		require.Equal(t, c.want, err)
		if c.want == nil {
			require.FileExists(t, name)
		} else {
			require.NoFileExists(t, name)
		}
	}
}

// TestNoDescriptorIsLeftOfFailures opens what cannot be made.
func TestNoDescriptorIsLeftOfFailures(t *testing.T) {
	dir := t.TempDir()
	fsys := tempfs.Test(t)
	added := opening(t, func() {
		for _, m := range []maker{makerOnHost(filepath.Join(dir, "missing")), makerOf(fsys, "/missing")} {
			for _, kind := range []string{"unnamed", "named"} {
				require.ErrorIs(t, errOf(m.file(kind)), fs.ErrNotExist)
			}
		}
	})
	require.Empty(t, added)
}
