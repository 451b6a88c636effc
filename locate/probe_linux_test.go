package locate

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// mountTmpfs mounts a filesystem where only this test sees it: in a namespace of the thread, which ends with the test, killed or not.
func mountTmpfs(t *testing.T, flags uintptr, data string) string {
	t.Helper()
	dir := t.TempDir()
	runtime.LockOSThread() // never unlocked
	if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS); err != nil {
		t.Skipf("this user can make no mount namespace: %v", err)
	}
	require.NoError(t, unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
	if err := unix.Mount("tmpfs", dir, "tmpfs", flags, data); err != nil {
		t.Skipf("this user can mount no tmpfs: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(dir, 0)) })
	return dir
}

// firstIn is a search whose first candidate is dir and whose second, which is returned, is usable.
func firstIn(t *testing.T, dir string) (Options, string) {
	t.Helper()
	next := t.TempDir()
	env := map[string]string{"TMPDIR": dir, "TEMP": next}
	return Options{Getenv: func(name string) string { return env[name] }}, next
}

func requireSkip(t *testing.T, o Options, next string, reason error) {
	t.Helper()
	for kind, sys := range map[string]system{"named": named(), "unnamed": realSystem} {
		r, err := search(o, sys)
		require.NoError(t, err, kind)
		require.Equal(t, next, r.Dir, kind)
		require.Len(t, r.Skipped, 1, kind)
		require.ErrorIs(t, r.Skipped[0].Err, reason, kind)
		require.Empty(t, namesIn(t, next), kind)
	}
}

func TestFullFilesystemIsSkipped(t *testing.T) {
	dir := mountTmpfs(t, 0, "size=64k")
	o, next := firstIn(t, dir)
	r, err := search(o, realSystem)
	require.NoError(t, err)
	require.Equal(t, dir, r.Dir, "before it is full")

	require.ErrorIs(t, os.WriteFile(filepath.Join(dir, "filler"), make([]byte, 1<<20), 0o600), unix.ENOSPC)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "empty"), 0o700), "only a write finds that it is full")
	requireSkip(t, o, next, unix.ENOSPC)
	requireReason(t, probe(dir, realSystem), "write", unix.ENOSPC)
	require.Equal(t, []string{"empty", "filler"}, namesIn(t, dir))
}

func TestFilesystemWithoutInodesIsSkipped(t *testing.T) {
	dir := mountTmpfs(t, 0, "nr_inodes=2")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "last"), nil, 0o600))
	o, next := firstIn(t, dir)
	requireSkip(t, o, next, unix.ENOSPC)
}

func TestReadOnlyFilesystemIsSkipped(t *testing.T) {
	dir := mountTmpfs(t, unix.MS_RDONLY, "")
	o, next := firstIn(t, dir)
	requireSkip(t, o, next, unix.EROFS)
}

func TestNoExecFilesystem(t *testing.T) {
	dir := mountTmpfs(t, unix.MS_NOEXEC, "")
	o, next := firstIn(t, dir)
	r, err := search(o, realSystem)
	require.NoError(t, err)
	require.Equal(t, dir, r.Dir, "accepted unless asked for")

	o.NeedExec = true
	if f, err := inspect(next); err != nil || f.noExec {
		t.Skipf("the temp directory of the tests is noexec as well: %v", err)
	}
	requireSkip(t, o, next, ErrNoExec)
	require.Empty(t, namesIn(t, dir))
}

func TestMinFree(t *testing.T) {
	const size = 64 << 10
	dir := mountTmpfs(t, 0, fmt.Sprintf("size=%d", size))
	o, next := firstIn(t, dir)
	o.MinFree = size
	r, err := search(o, realSystem)
	require.NoError(t, err)
	require.Equal(t, dir, r.Dir)

	o.MinFree = size + 1
	requireSkip(t, o, next, unix.ENOSPC)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "one"), []byte{1}, 0o600)) // takes a page
	o.MinFree = size
	requireSkip(t, o, next, unix.ENOSPC)
	o.MinFree = size - uint64(os.Getpagesize())
	r, err = search(o, realSystem)
	require.NoError(t, err)
	require.Equal(t, dir, r.Dir)
}

// TestFreeIsThatOfUsers finds, where a filesystem reserves blocks for root, whether they are left out.
func TestFreeIsThatOfUsers(t *testing.T) {
	dir := t.TempDir()
	for range 100 {
		var before, after unix.Statfs_t
		require.NoError(t, unix.Statfs(dir, &before))
		f, err := inspect(dir)
		require.NoError(t, err)
		require.NoError(t, unix.Statfs(dir, &after))
		if before.Bavail == after.Bavail {
			require.Equal(t, before.Bavail*uint64(before.Frsize), f.free)
			return
		}
	}
	t.Skip("others write all the time: no two looks are the same")
}

func TestBytesOf(t *testing.T) {
	require.EqualValues(t, 12, bytesOf(3, 4))
	require.Zero(t, bytesOf(0, 4096))
	require.EqualValues(t, uint64(math.MaxUint64), bytesOf(math.MaxUint64, 4096))
	require.EqualValues(t, uint64(1)<<63, bytesOf(1<<51, 4096))
	require.EqualValues(t, uint64(math.MaxUint64), bytesOf(1<<52, 4096))
}

func TestUnnamedFileIsTriedFirst(t *testing.T) {
	dir := t.TempDir()
	f, err := openUnnamed(dir)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("the filesystem of the tests has no O_TMPFILE")
	}
	require.NoError(t, err)
	require.NoError(t, f.Close())
	s := realSystem
	s.openNew = func(string) (probeFile, error) { t.Error("a named file"); return nil, syscall.EIO }
	require.NoError(t, probe(dir, s))
}

func TestUnnamedFileHasNoNameAndGetsNone(t *testing.T) {
	dir := t.TempDir()
	f, err := openUnnamed(dir)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("the filesystem of the tests has no O_TMPFILE")
	}
	require.NoError(t, err)
	file, ok := f.(*os.File)
	require.True(t, ok)
	defer file.Close()
	require.Empty(t, namesIn(t, dir))
	link := filepath.Join(dir, "link")
	fd := fmt.Sprintf("/proc/self/fd/%d", file.Fd())
	require.Error(t, unix.Linkat(unix.AT_FDCWD, fd, unix.AT_FDCWD, link, unix.AT_SYMLINK_FOLLOW))
	flags, err := unix.FcntlInt(file.Fd(), unix.F_GETFD, 0)
	require.NoError(t, err)
	require.NotZero(t, flags&unix.FD_CLOEXEC)
}

// TestFallbackIsExact has the kernel give errors of a directory, after which no named file is tried, and errors that may be O_TMPFILE's.
func TestFallbackIsExact(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := openUnnamed(file)
	require.ErrorIs(t, err, unix.ENOTDIR)
	_, err = openUnnamed(filepath.Join(file, "missing"))
	require.ErrorIs(t, err, unix.ENOTDIR)
	_, err = openUnnamed("/" + strings.Repeat("x", 300))
	require.ErrorIs(t, err, unix.ENAMETOOLONG)
	_, err = openUnnamed(filepath.Join(filepath.Dir(file), "missing"))
	require.ErrorIs(t, err, errors.ErrUnsupported)
	if os.Geteuid() == 0 { // others may not write there, which the kernel looks at first
		_, err = openUnnamed("/proc") // which has no unnamed files
		require.ErrorIs(t, err, errors.ErrUnsupported)
	}
	requireReason(t, probe(filepath.Join(filepath.Dir(file), "missing"), realSystem), "open", fs.ErrNotExist)
}

func TestErrnosOfTheFallback(t *testing.T) {
	for errno, want := range map[unix.Errno]bool{
		unix.EOPNOTSUPP: true, unix.EISDIR: true, unix.ENOENT: true, unix.EINVAL: true,
		unix.EACCES: false, unix.EPERM: false, unix.EROFS: false, unix.ENOSPC: false, unix.EDQUOT: false, unix.ENOTDIR: false,
		unix.ELOOP: false, unix.EMFILE: false, unix.ENFILE: false, unix.EIO: false, unix.EEXIST: false,
	} {
		require.Equal(t, want, lacksUnnamed(&fs.PathError{Op: "open", Path: "/x", Err: errno}), errno)
	}
	require.False(t, lacksUnnamed(nil))
}

func TestRemoveSparesDirectories(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "theirs")
	require.NoError(t, os.Mkdir(dir, 0o700))
	require.ErrorIs(t, remove(dir), unix.EISDIR)
	require.DirExists(t, dir)
}

func TestDeletedWorkingDirectory(t *testing.T) {
	good := t.TempDir()
	gone := filepath.Join(t.TempDir(), "gone")
	require.NoError(t, os.Mkdir(gone, 0o700))
	t.Chdir(gone)
	require.NoError(t, os.Remove(gone))

	env := map[string]string{"TMPDIR": "relative", "TEMP": ".", "TMP": good}
	o := Options{Getenv: func(name string) string { return env[name] }}
	for _, c := range Candidates(o) {
		require.NotEqual(t, SourceCwd, c.Source)
	}
	r, err := Search(o)
	require.NoError(t, err)
	require.Equal(t, good, r.Dir)
	require.Len(t, r.Skipped, 2)
	for _, s := range r.Skipped {
		require.ErrorIs(t, s.Err, fs.ErrNotExist, s)
	}
	require.ErrorIs(t, SetDir("."), fs.ErrNotExist)
	require.NoError(t, SetDir(good), "an absolute one needs no working directory")
	Reset()
}

func TestNoDescriptorIsLeft(t *testing.T) {
	dir := t.TempDir()
	s := realSystem
	count := func() int { return len(namesIn(t, "/proc/self/fd")) }
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skipf("descriptors cannot be counted: %v", err)
	}
	before := count()
	for range 20 {
		require.NoError(t, probe(dir, s))
		require.NoError(t, probe(dir, named()))
		require.Error(t, probe(dir, watch(s, &watched{write: func([]byte) (int, error) { return 0, syscall.EIO }})))
		require.Error(t, probe(dir, watch(named(), &watched{close: syscall.EIO})))
		require.Error(t, probe(filepath.Join(dir, "missing"), s))
	}
	require.Equal(t, before, count())
}
