package tempfs_test

import (
	"os"
	"runtime"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
)

// osFs is package os. aferotest.Oracle is that too, but has each call made by another thread, which takes far longer than the call.
type osFs struct{ afero.OsFs }

var _ posix = osFs{}

func (osFs) Link(oldname, newname string) error     { return os.Link(oldname, newname) }
func (osFs) Lchown(name string, uid, gid int) error { return os.Lchown(name, uid, gid) }
func (osFs) Truncate(name string, size int64) error { return os.Truncate(name, size) }
func (osFs) LstatIfPossible(name string) (os.FileInfo, bool, error) {
	info, err := os.Lstat(name)
	return info, true, err
}

// inChroot runs fn on a thread that ends with it, whose root is a new directory that belongs to the user uid and whose rights are those of
// uid. It is EPERM if this process may not do that, and fn does not run then.
func inChroot(t *testing.T, uid int, fn func()) error {
	t.Helper()
	if os.Geteuid() != 0 {
		return syscall.EPERM
	}
	root := t.TempDir()
	require.NoError(t, os.Chown(root, uid, uid))
	require.NoError(t, os.Chmod(root, 0o700))
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended) // in a test that fails too
		runtime.LockOSThread()
		if err = enterChroot(root, uid); err == nil {
			fn()
		}
	}()
	<-ended
	return err
}

// enterChroot changes the calling thread alone. The system calls are bare: those of package syscall change all threads.
func enterChroot(root string, uid int) error {
	if err := syscall.Unshare(syscall.CLONE_FS); err != nil {
		return err
	}
	if err := syscall.Chroot(root); err != nil {
		return err
	}
	if err := syscall.Chdir("/"); err != nil || uid == 0 {
		return err
	}
	id := uintptr(uid)
	for _, call := range [][4]uintptr{
		{syscall.SYS_SETGROUPS, 0, 0, 0},
		{syscall.SYS_SETRESGID, id, id, id},
		{syscall.SYS_SETRESUID, id, id, id},
	} {
		if _, _, errno := syscall.RawSyscall(call[0], call[1], call[2], call[3]); errno != 0 {
			return errno
		}
	}
	return nil
}

// emptyRoot makes the root of a chroot as it was at first.
func emptyRoot(t *testing.T, uid int) {
	t.Helper()
	require.NoError(t, os.Chown("/", uid, uid))
	require.NoError(t, os.Chmod("/", 0o700))
	openAll(t, "/")
	entries, err := os.ReadDir("/")
	require.NoError(t, err)
	for _, entry := range entries {
		require.NoError(t, os.RemoveAll("/"+entry.Name()))
	}
}

// openAll makes all directories in dir such that their user can empty them.
func openAll(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, entry := range entries {
		if path := dir + "/" + entry.Name(); entry.IsDir() {
			require.NoError(t, os.Chmod(path, 0o700))
			openAll(t, path)
		}
	}
}
