package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// statOf is what the kernel, or memory, says.
func statOf(t *testing.T, fsys afero.Fs, name string) *syscall.Stat_t {
	t.Helper()
	info, _, err := fsys.(afero.Lstater).LstatIfPossible(name)
	require.NoError(t, err)
	st, ok := info.Sys().(*syscall.Stat_t)
	require.True(t, ok, "%T", info.Sys())
	return st
}

// TestImportIsAsCp compares an Import of a directory of the host with what cp -a makes of it.
func TestImportIsAsCp(t *testing.T) {
	cp, err := exec.LookPath("cp")
	if err != nil {
		t.Skipf("nothing to compare with: %v", err)
	}
	planted := tempfs.Test(t)
	plant(t, planted, "")
	require.NoError(t, planted.Remove("/-rf \n"))
	src := hostOf(t, planted)
	parent := t.TempDir()
	host := filepath.Join(parent, "copy")
	out, err := exec.CommandContext(t.Context(), cp, "-a", "--", src, host).CombinedOutput()
	if err != nil {
		t.Skipf("this cp has no -a: %v: %s", err, out)
	}
	t.Cleanup(func() { require.NoError(t, os.Chmod(filepath.Join(host, "d", "deep", "er"), 0o755)) }) // for the removal
	want := treeOf(t, afero.NewBasePathFs(afero.NewOsFs(), host), "/")
	require.Len(t, want, 17)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Import(os.DirFS(src), "in"))
		require.Equal(t, want, treeOf(t, fsys, "/in/"))
	})
}

// TestCopyKeepsAccessTimes as they were before it read.
func TestCopyKeepsAccessTimes(t *testing.T) {
	eachPair(t, func(t *testing.T, from, to *tempfs.Fs) {
		plant(t, from, "")
		want := map[string]syscall.Timespec{}
		for _, name := range []string{"f", "d", "d/deep/er", "d/deep/er/x", "empty"} {
			atime := statOf(t, from, name).Atim
			require.Equal(t, longAgo.Year(), time.Unix(atime.Unix()).Year(), name)
			want[name] = atime
		}
		clone := requireClone(t, from)
		for name, atime := range want {
			require.Equal(t, atime, statOf(t, clone, name).Atim, name)
		}
		require.NoError(t, to.Import(clone.IOFS(), "/in"))
		for name, atime := range want {
			require.Equal(t, atime, statOf(t, to, "/in/"+name).Atim, name)
		}
	})
}

// sparse makes a file of 1 GiB with data in three places, and returns its blocks of 512 bytes.
func sparse(t *testing.T, fsys afero.Fs, name string) int64 {
	t.Helper()
	f, err := fsys.Create(name)
	require.NoError(t, with(f, err, func(f afero.File) error {
		for _, off := range []int64{0, 300 << 20, 700<<20 + 123} {
			if _, err := f.WriteAt([]byte("data"), off); err != nil {
				return err
			}
		}
		return f.Truncate(1 << 30)
	}))
	require.NoError(t, fsys.Chtimes(name, longAgo, longAgo))
	return statOf(t, fsys, name).Blocks
}

// requireSparse wants the data where it was, and no more blocks than those of memory, which come by 64 KiB.
func requireSparse(t *testing.T, fsys afero.Fs, name string, blocks int64) {
	t.Helper()
	st := statOf(t, fsys, name)
	require.EqualValues(t, 1<<30, st.Size)
	require.LessOrEqual(t, st.Blocks, blocks+3*128)
	f, err := fsys.Open(name)
	require.NoError(t, with(f, err, func(f afero.File) error {
		for _, off := range []int64{0, 300 << 20, 700<<20 + 123} {
			p := make([]byte, 8)
			if _, err := f.ReadAt(p, off); err != nil {
				return err
			}
			require.Equal(t, "data\x00\x00\x00\x00", string(p))
		}
		return nil
	}))
}

// TestCopyKeepsHoles every way, in a time in which nobody copies 1 GiB.
func TestCopyKeepsHoles(t *testing.T) {
	eachPair(t, func(t *testing.T, from, to *tempfs.Fs) {
		blocks := sparse(t, from, "/sparse")
		if blocks > 10000 {
			t.Skip("the filesystem of the temp directory has no holes")
		}
		require.NoError(t, afero.WriteFile(from, "/hole", nil, 0o644))
		require.NoError(t, from.Truncate("/hole", 1<<30))

		var bytes int64
		count := tempfs.OnProgress(func(p tempfs.CopyProgress) { bytes = p.Bytes })
		require.NoError(t, to.Import(from.IOFS(), "/import", count))
		require.EqualValues(t, 2<<30, bytes)
		requireSparse(t, to, "/import/sparse", blocks)
		require.Zero(t, statOf(t, to, "/import/hole").Blocks)
		require.NoError(t, from.Export(afero.NewBasePathFs(to, "/export"), "/"))
		requireSparse(t, to, "/export/sparse", blocks)
		require.NoError(t, hasTime(to, "/export/sparse", longAgo))

		clone := requireClone(t, from)
		requireSparse(t, clone, "/sparse", blocks)
		require.Zero(t, statOf(t, clone, "/hole").Blocks)
	})
}

// TestCopyKeepsHolesOfTheHost in and out.
func TestCopyKeepsHolesOfTheHost(t *testing.T) {
	dir := t.TempDir()
	host := afero.NewBasePathFs(afero.NewOsFs(), dir)
	blocks := sparse(t, host, "/sparse")
	if blocks > 10000 {
		t.Skip("the filesystem of the temp directory has no holes")
	}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Import(os.DirFS(dir), "/in"))
		requireSparse(t, fsys, "/in/sparse", blocks)
		out := afero.NewBasePathFs(afero.NewOsFs(), t.TempDir())
		require.NoError(t, fsys.Export(out, "/out"))
		requireSparse(t, out, "/out/in/sparse", blocks)
	})
}

// TestImportOfProc has files that say they are empty, and are not.
func TestImportOfProc(t *testing.T) {
	want, err := os.ReadFile("/proc/sys/kernel/ostype")
	if err != nil {
		t.Skipf("no proc here: %v", err)
	}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Import(only{os.DirFS("/proc/sys/kernel"), "ostype"}, "/in"))
		require.NoError(t, has(fsys, "/in/ostype", string(want)))
	})
}

// only lists one entry of an fs.FS.
type only struct {
	fs.FS
	name string
}

func (o only) ReadDir(name string) ([]fs.DirEntry, error) {
	info, err := fs.Stat(o.FS, o.name)
	return []fs.DirEntry{fs.FileInfoToDirEntry(info)}, err
}

// TestCloneKeepsOwners, and Import does not.
func TestCloneKeepsOwners(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	owners := map[string][2]int{"/d": {3, 4}, "/d/f": {5, 6}, "/link": {7, 8}, "/": {9, 10}}
	eachPair(t, func(t *testing.T, from, to *tempfs.Fs) {
		require.NoError(t, from.Mkdir("/d", 0o755))
		require.NoError(t, put(from, "/d/f", "content"))
		require.NoError(t, from.SymlinkIfPossible("d", "/link"))
		for name, ids := range owners {
			require.NoError(t, from.Lchown(name, ids[0], ids[1]))
		}
		require.NoError(t, from.Chmod("/d/f", fs.ModeSetuid|fs.ModeSetgid|0o755))
		clone := requireClone(t, from, cloneOptionsFor(to.Backend())...)
		for name, ids := range owners {
			uid, gid := ownerOf(t, clone, name)
			require.Equal(t, ids, [2]int{uid, gid}, name)
		}
		requireMode(t, clone, "/d/f", fs.ModeSetuid|fs.ModeSetgid|0o755)

		require.NoError(t, to.Import(from.IOFS(), "/in"))
		uid, gid := ownerOf(t, to, "/in/d/f")
		require.Equal(t, [2]int{0, os.Getegid()}, [2]int{uid, gid})
		requireMode(t, to, "/in/d/f", fs.ModeSetuid|fs.ModeSetgid|0o755)
	})
}

const childClone = "clone"

func init() { children[childClone] = cloneWithoutChown }

// TestCloneThatMayNotGiveFilesAway has no setuid programs of another user than those of the source.
func TestCloneThatMayNotGiveFilesAway(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs files of two users")
	}
	require.NoError(t, runChild(t, childClone, t.TempDir()))
}

// cloneWithoutChown is in a process of its own, one thread of which loses CAP_CHOWN for good.
func cloneWithoutChown(parent string) error {
	runtime.LockOSThread()
	return tempfs.With(func(fsys *tempfs.Fs) error {
		if err := errors.Join(put(fsys, "/theirs", ""), put(fsys, "/mine", ""), fsys.Mkdir("/d", 0o755)); err != nil {
			return err
		}
		err := errors.Join(
			fsys.Chown("/theirs", 5, 5), fsys.Chmod("/theirs", fs.ModeSetuid|fs.ModeSetgid|0o755), fsys.Chmod("/mine", fs.ModeSetuid|0o755),
			fsys.Chown("/d", 5, 5), fsys.Chmod("/d", 0o751), dropChown(),
		)
		if err != nil {
			return err
		}
		clone, err := fsys.Clone()
		if err != nil {
			return err
		}
		for name, mode := range map[string]fs.FileMode{"/theirs": 0o755, "/mine": fs.ModeSetuid | 0o755, "/d": fs.ModeDir | 0o751} {
			info, failed := clone.Stat(name)
			if failed == nil {
				failed = equal(name, info.Mode(), mode)
			}
			err = errors.Join(err, failed)
		}
		return errors.Join(err, clone.Release())
	}, tempfs.In(parent))
}

func dropChown() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData // one would be overrun: version 3 has 64 bits
	if err := unix.Capget(&header, &data[0]); err != nil {
		return err
	}
	data[0].Effective &^= 1 << unix.CAP_CHOWN
	return unix.Capset(&header, &data[0])
}

// TestCopyOfSpecialFiles is an error that names them. A FIFO is not opened: nobody writes to it.
func TestCopyOfSpecialFiles(t *testing.T) {
	fsys := tempfs.Test(t)
	require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
	require.NoError(t, unix.Mkfifo(filepath.Join(hostOf(t, fsys), "d", "e", "fifo"), 0o644))
	parent := t.TempDir()
	_, err := fsys.Clone(tempfs.In(parent))
	failure(t, err, "clone", "/d/e/fifo", syscall.EOPNOTSUPP)
	requireEmpty(t, parent)
	tempfs.Each(t, func(t *testing.T, to *tempfs.Fs) {
		failure(t, to.Import(os.DirFS(hostOf(t, fsys)), "/in"), "import", "/in/d/e/fifo", syscall.EOPNOTSUPP)
		failure(t, fsys.Export(to, "/d"), "export", "/d/e/fifo", syscall.EOPNOTSUPP)
		require.Empty(t, namesOf(t, to, "/"))
	})
}

// TestCopyWithoutSpace takes everything back.
func TestCopyWithoutSpace(t *testing.T) {
	small := t.TempDir()
	if err := unix.Mount("tmpfs", small, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("mount: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(small, 0)) })
	big := tempfs.Test(t, tempfs.InMemory())
	require.NoError(t, big.MkdirAll("/a/b", 0o755))
	require.NoError(t, put(big, "/a/b/f", "fits"))
	require.NoError(t, afero.WriteFile(big, "/a/b/g", make([]byte, 3<<20), 0o644))
	require.NoError(t, big.Mkdir("/a/c", 0o555))

	_, err := big.Clone(tempfs.In(small))
	failure(t, err, "clone", "/a/b/g", syscall.ENOSPC)
	requireEmpty(t, small)

	fsys := tempfs.Test(t, tempfs.In(small))
	failure(t, fsys.Import(big.IOFS(), "/in"), "import", "/in/a/b/g", syscall.ENOSPC)
	require.Empty(t, namesOf(t, fsys, "/"))
	failure(t, big.Export(afero.NewBasePathFs(afero.NewOsFs(), filepath.Join(small, "place")), "/"), "export", "/a/b/g", syscall.ENOSPC)
	require.NoDirExists(t, filepath.Join(small, "place"))

	onDisk := tempfs.Test(t) // by copy_file_range
	require.NoError(t, afero.WriteFile(onDisk, "/g", make([]byte, 3<<20), 0o644))
	failure(t, fsys.Import(onDisk.IOFS(), "/"), "import", "/g", syscall.ENOSPC)
	require.Empty(t, namesOf(t, fsys, "/"))
}

// TestCopyAcrossFilesystems is not stopped by what the kernel does not do there.
func TestCopyAcrossFilesystems(t *testing.T) {
	other := t.TempDir()
	if err := unix.Mount("tmpfs", other, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("mount: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(other, 0)) })
	fsys := tempfs.Test(t)
	plant(t, fsys, "")
	clone, err := fsys.Clone(tempfs.In(other))
	require.NoError(t, err)
	require.Equal(t, treeOf(t, fsys, "/"), treeOf(t, clone, "/"))
	require.NoError(t, clone.Release())
}

// TestCopyUnderAUmask has the modes of the source, whatever the umask of the process. What has none follows it.
func TestCopyUnderAUmask(t *testing.T) {
	for _, mask := range []string{"0", "077", "0277"} {
		require.NoError(t, runChild(t, childCopy, mask))
	}
}

const childCopy = "copy"

func init() { children[childCopy] = copyUnder }

// copyUnder is in a process of its own, since all share the umask.
func copyUnder(mask string) error {
	bits, err := strconv.ParseUint(mask, 8, 32)
	if err != nil {
		return err
	}
	syscall.Umask(int(bits))
	for _, backend := range backendNames {
		if err := tempfs.With(func(fsys *tempfs.Fs) error { return importUnder(fsys, fs.FileMode(bits)) }, optionsFor(backend)...); err != nil {
			return fmt.Errorf("umask %s: %w", mask, err)
		}
	}
	return nil
}

func importUnder(fsys *tempfs.Fs, mask fs.FileMode) error {
	err := fsys.Import(fstest.MapFS{
		"d": {Mode: fs.ModeDir | 0o775, ModTime: longAgo}, "d/f": {Mode: 0o666}, "d/plain": {}, "e/f": {Mode: 0o600},
	}, "/")
	if err != nil {
		return err
	}
	clone, err := fsys.Clone()
	if err != nil {
		return err
	}
	for _, fsys := range []*tempfs.Fs{fsys, clone} {
		for name, mode := range map[string]fs.FileMode{
			"/d": fs.ModeDir | 0o775, "/d/f": 0o666, "/d/plain": 0o666 &^ mask, "/e": fs.ModeDir | 0o777&^mask,
		} {
			info, err := fsys.Stat(name)
			if err == nil {
				err = equal(name, info.Mode(), mode)
			}
			if err != nil {
				return errors.Join(err, clone.Release())
			}
		}
	}
	return clone.Release()
}
