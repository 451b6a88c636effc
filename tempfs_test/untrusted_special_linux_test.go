package tempfs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// plantSpecialFiles puts into the root what may block or act when it is opened, as a program with the host path would. Only root makes devices.
func plantSpecialFiles(t *testing.T, fsys *tempfs.Fs) (names []string) {
	t.Helper()
	host := hostOf(t, fsys)
	require.NoError(t, unix.Mkfifo(filepath.Join(host, "fifo"), 0o666))
	names = []string{"/fifo"}
	if err := unix.Mknod(filepath.Join(host, "null"), unix.S_IFCHR|0o666, int(unix.Mkdev(1, 3))); !errors.Is(err, unix.EPERM) {
		require.NoError(t, err)
		require.NoError(t, unix.Mknod(filepath.Join(host, "block"), unix.S_IFBLK|0o666, int(unix.Mkdev(7, 200))))
		names = append(names, "/null", "/block")
	}
	for _, name := range names {
		require.NoError(t, fsys.SymlinkIfPossible(name, name+"-link"))
	}
	return names
}

// openings are the ways to open a file that is there.
var openings = map[string]func(fsys *tempfs.Fs, name string) error{
	"Open":      func(fsys *tempfs.Fs, name string) error { return opened(fsys.Open(name)) },
	"Create":    func(fsys *tempfs.Fs, name string) error { return opened(fsys.Create(name)) },
	"to write":  func(fsys *tempfs.Fs, name string) error { return opened(fsys.OpenFile(name, os.O_WRONLY, 0)) },
	"to append": func(fsys *tempfs.Fs, name string) error { return opened(fsys.OpenFile(name, os.O_RDWR|os.O_APPEND, 0)) },
	"if it is there": func(fsys *tempfs.Fs, name string) error {
		return opened(fsys.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600))
	},
	"with a slash":    func(fsys *tempfs.Fs, name string) error { return opened(fsys.Open("//." + name)) },
	"through a link":  func(fsys *tempfs.Fs, name string) error { return opened(fsys.Open(name + "-link")) },
	"by IOFS":         func(fsys *tempfs.Fs, name string) error { return errOf(fsys.IOFS().Open(name[1:])) },
	"by fs.ReadFile":  func(fsys *tempfs.Fs, name string) error { return errOf(fs.ReadFile(fsys.IOFS(), name[1:])) },
	"in a Sub":        inSub,
	"to write a link": func(fsys *tempfs.Fs, name string) error { return put(fsys, name+"-link", "content") },
}

func inSub(fsys *tempfs.Fs, name string) error {
	sub, err := fsys.Sub("/")
	if err != nil {
		return err
	}
	return errors.Join(opened(sub.Open(name)), sub.Release())
}

// TestUntrustedOpensNoSpecialFiles in whatever way, and lets them be looked at and removed.
func TestUntrustedOpensNoSpecialFiles(t *testing.T) {
	for how, opts := range map[string][]tempfs.Option{
		"Untrusted":   {tempfs.Untrusted()},
		"OpenSpecial": {tempfs.OpenSpecial(false)},
	} {
		t.Run(how, func(t *testing.T) {
			fsys := tempfs.Test(t, opts...)
			for _, name := range plantSpecialFiles(t, fsys) {
				for way, open := range openings {
					err := open(fsys, name)
					require.ErrorIs(t, err, fs.ErrPermission, "%s %s", way, name)
					require.ErrorIs(t, err, unix.EACCES, "%s %s", way, name)
				}
				info, err := fsys.Stat(name)
				require.NoError(t, err)
				require.False(t, info.Mode().IsRegular())
				require.NoError(t, fsys.Chmod(name, 0o600))
				require.NoError(t, fsys.Rename(name, name+"2"))
				require.NoError(t, fsys.Remove(name+"2"))
			}
			require.NoError(t, fsys.RemoveAll("/"))
			require.Zero(t, fsys.Usage().Bytes)
		})
	}
}

// TestSpecialFilesAreOpenedOnWish after Untrusted, as without it.
func TestSpecialFilesAreOpenedOnWish(t *testing.T) {
	for how, opts := range map[string][]tempfs.Option{
		"without": nil, "loosened": {tempfs.Untrusted(), tempfs.OpenSpecial(true)},
	} {
		t.Run(how, func(t *testing.T) {
			fsys := tempfs.Test(t, opts...)
			for _, name := range plantSpecialFiles(t, fsys) {
				if name == "/block" {
					continue // there is none of that number
				}
				require.NoError(t, opened(fsys.Open(name)), name)
				require.NoError(t, opened(fsys.Open(name+"-link")), name)
			}
		})
	}
}

// TestUntrustedLeavesDevicesAlone: to open one may rewind a tape or start a watchdog, so none is opened to find out what it is. One without a driver tells.
func TestUntrustedLeavesDevicesAlone(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root makes devices")
	}
	fsys := tempfs.Test(t, tempfs.Untrusted())
	require.NoError(t, unix.Mknod(filepath.Join(hostOf(t, fsys), "nothing"), unix.S_IFCHR|0o666, int(unix.Mkdev(240, 250))))
	require.ErrorIs(t, opened(fsys.Open("/nothing")), unix.EACCES, "ENXIO would say that it was opened")
}

// TestUntrustedOpensNoSpecialFileUnderSwaps of a file and a FIFO: whatever is opened is the file.
func TestUntrustedOpensNoSpecialFileUnderSwaps(t *testing.T) {
	fsys := tempfs.Test(t, tempfs.Untrusted())
	host := hostOf(t, fsys)
	require.NoError(t, put(fsys, "/f", "content"))
	require.NoError(t, unix.Mkfifo(filepath.Join(host, "fifo"), 0o666))
	file, fifo := filepath.Join(host, "f"), filepath.Join(host, "fifo")
	a := attacking(func(int) error {
		return unix.Renameat2(unix.AT_FDCWD, file, unix.AT_FDCWD, fifo, unix.RENAME_EXCHANGE)
	})
	files, refusals := 0, 0
	for try := 0; (files < 200 || refusals < 200) && try < 1_000_000; try++ {
		f, err := fsys.OpenFile("/f", []int{os.O_RDONLY, os.O_RDWR, os.O_RDWR | os.O_CREATE}[try%3], 0o600)
		if err != nil {
			require.ErrorIs(t, err, unix.EACCES)
			refusals++
			continue
		}
		info, err := f.Stat()
		require.NoError(t, err)
		require.True(t, info.Mode().IsRegular())
		require.NoError(t, f.Close())
		files++
	}
	require.Positive(t, a.end(0))
	require.Positive(t, files)
	require.Positive(t, refusals)
}
