package disk

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// host is package os, for which names begin at dir: "" in a chroot.
type host struct{ dir string }

var _ system = host{}

func (h host) path(name string) string {
	if h.dir == "" || name == "" {
		return name
	}
	return h.dir + "/" + name
}

// hostErrno is that of the reference: no mapping of ours.
func hostErrno(err error) syscall.Errno {
	var errno syscall.Errno
	switch {
	case err == nil:
		return 0
	case errors.As(err, &errno):
		return errno
	case errors.Is(err, os.ErrClosed), strings.HasSuffix(err.Error(), "use of closed file"): // the latter of a ReadDir
		return syscall.EBADF
	case errors.Is(err, fs.ErrExist):
		return syscall.EEXIST
	}
	panic(fmt.Sprintf("%#v", err))
}

func (h host) OpenFile(name string, flag int, perm fs.FileMode) (Handle, syscall.Errno) {
	f, err := os.OpenFile(h.path(name), flag, perm)
	if err != nil {
		return nil, hostErrno(err)
	}
	return hostFile{f}, 0
}

func (h host) Stat(name string) (fs.FileInfo, syscall.Errno) {
	info, err := os.Stat(h.path(name))
	return info, hostErrno(err)
}

func (h host) Lstat(name string) (fs.FileInfo, syscall.Errno) {
	info, err := os.Lstat(h.path(name))
	return info, hostErrno(err)
}

func (h host) Mkdir(name string, perm fs.FileMode) syscall.Errno {
	return hostErrno(os.Mkdir(h.path(name), perm))
}

func (h host) Remove(name string) syscall.Errno { return hostErrno(os.Remove(h.path(name))) }

func (h host) RemoveAll(name string) (string, syscall.Errno) {
	return "", hostErrno(os.RemoveAll(h.path(name)))
}

func (h host) Rename(oldname, newname string) syscall.Errno {
	return hostErrno(os.Rename(h.path(oldname), h.path(newname)))
}

func (h host) Link(oldname, newname string) syscall.Errno {
	return hostErrno(os.Link(h.path(oldname), h.path(newname)))
}

func (h host) Symlink(target, name string) syscall.Errno {
	return hostErrno(os.Symlink(target, h.path(name)))
}

func (h host) Readlink(name string) (string, syscall.Errno) {
	target, err := os.Readlink(h.path(name))
	return target, hostErrno(err)
}

func (h host) Chmod(name string, mode fs.FileMode) syscall.Errno {
	return hostErrno(os.Chmod(h.path(name), mode))
}

func (h host) Chown(name string, uid, gid int, follow bool) syscall.Errno {
	if follow {
		return hostErrno(os.Chown(h.path(name), uid, gid))
	}
	return hostErrno(os.Lchown(h.path(name), uid, gid))
}

func (h host) Chtimes(name string, atime, mtime time.Time) syscall.Errno {
	return hostErrno(os.Chtimes(h.path(name), atime, mtime))
}

func (h host) Truncate(name string, size int64) syscall.Errno {
	return hostErrno(os.Truncate(h.path(name), size))
}

type hostFile struct{ *os.File }

func ended(n int, err error) (int, syscall.Errno) {
	if errors.Is(err, io.EOF) {
		return n, 0
	}
	return n, hostErrno(err)
}

func (f hostFile) Read(p []byte) (int, syscall.Errno) { return ended(f.File.Read(p)) }
func (f hostFile) ReadAt(p []byte, off int64) (int, syscall.Errno) {
	return ended(f.File.ReadAt(p, off))
}

func (f hostFile) Write(p []byte) (int, syscall.Errno) { return ended(f.File.Write(p)) }

func (f hostFile) WriteAt(p []byte, off int64) (int, syscall.Errno) {
	return ended(f.File.WriteAt(p, off))
}

func (f hostFile) Truncate(size int64) syscall.Errno { return hostErrno(f.File.Truncate(size)) }

func (f hostFile) Chmod(mode fs.FileMode) syscall.Errno { return hostErrno(f.File.Chmod(mode)) }
func (f hostFile) Sync() syscall.Errno                  { return hostErrno(f.File.Sync()) }

func (f hostFile) Close() syscall.Errno { return hostErrno(f.File.Close()) }

func (f hostFile) Lseek(off int64, whence int) (int64, syscall.Errno) {
	pos, err := f.Seek(off, whence)
	return pos, hostErrno(err)
}

func (f hostFile) Stat() (fs.FileInfo, syscall.Errno) {
	info, err := f.File.Stat()
	return info, hostErrno(err)
}

func (f hostFile) ReadDir(n int) ([]fs.DirEntry, syscall.Errno) {
	entries, err := f.File.ReadDir(n)
	if errors.Is(err, io.EOF) {
		return nil, 0
	}
	return entries, hostErrno(err)
}

// mayChroot reports whether this process can have the better oracle.
var mayChroot = func() bool {
	caps := [2]unix.CapUserData{}
	err := unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &caps[0])
	return err == nil && caps[0].Effective&(1<<unix.CAP_SYS_CHROOT) != 0
}()

// askHost runs a script on package os: on a thread whose root is dir, or else with dir before all names.
func askHost(dir, script string) (results []string, err error) {
	if !mayChroot {
		return (&session{sys: host{dir}, dir: dir}).run(script), nil
	}
	// What the snapshots walk is seen from the chroot too.
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		err := errors.Join(syscall.Unshare(syscall.CLONE_FS), syscall.Chroot(dir), syscall.Chdir("/"))
		if err == nil {
			results = (&session{sys: host{}, dir: "."}).run(script)
		}
		done <- err
	}()
	return results, <-done
}

// requireSame compares a Tree with package os on a script.
func requireSame(t *testing.T, script string) {
	t.Helper()
	base := t.TempDir()
	dir := filepath.Join(base, "host")
	require.NoError(t, os.Mkdir(dir, 0o700))
	t.Cleanup(func() { _ = exec.Command("chmod", "-R", "u+rwx", base).Run() })
	want, err := askHost(dir, script)
	require.NoError(t, err)

	tree, err := makeNamed(base, "tree")
	require.NoError(t, err)
	got := (&session{sys: tree, dir: tree.Dir()}).run(script)
	for i := range want {
		if strings.ReplaceAll(want[i], "./", "") != strings.ReplaceAll(got[i], "./", "") {
			t.Fatalf("after\n%s\npackage os:\n%s\nthe tree:\n%s", said(want[:i]), want[i], got[i])
		}
	}
	require.NoError(t, tree.Release(t.Context(), nil))
	require.NoDirExists(t, filepath.Join(base, "tree"))
}

// said leaves the snapshots out.
func said(results []string) string {
	var b strings.Builder
	for i := 0; i < len(results); i += 2 {
		b.WriteString(results[i] + "\n")
	}
	return b.String()
}

func TestScriptsAsInAChroot(t *testing.T) {
	withUmask(t, 0o022)
	for _, s := range scripts {
		t.Run(s.title, func(t *testing.T) {
			if !mayChroot && !staysInside(s.script) {
				t.Skip("the names of this script need a chroot to be compared in, which takes CAP_SYS_CHROOT")
			}
			requireSame(t, s.script)
		})
	}
}

var (
	seeds     = flag.Uint64("seeds", 30, "how many random scripts to compare with package os")
	firstSeed = flag.Uint64("seed", 1, "the first of them")
)

// TestRandomScriptsAsInAChroot tries what nobody thought of. A failure names its seed.
func TestRandomScriptsAsInAChroot(t *testing.T) {
	withUmask(t, 0o022)
	for seed := *firstSeed; seed < *firstSeed+*seeds; seed++ {
		script := generator{rand.New(rand.NewPCG(seed, 0)), !mayChroot}.script(60)
		ok := t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { requireSame(t, script) })
		if !ok {
			return
		}
	}
}

// unprivileged is set in the process that TestAsAnotherUser starts.
const unprivileged = "DISK_TEST_UNPRIVILEGED"

// TestAsAnotherUser runs all tests once more as a user whom modes bind, with the right to chroot(2) alone.
func TestAsAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 || os.Getenv(unprivileged) != "" {
		t.Skip("this is another user already")
	}
	const uid = 65534
	tmp := t.TempDir()
	require.NoError(t, os.Chown(tmp, uid, uid))
	require.NoError(t, os.Chmod(filepath.Dir(tmp), 0o711)) // it is of this test alone
	for dir := tmp; dir != "/"; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err != nil || info.Mode()&0o001 == 0 {
			t.Skipf("%s cannot be reached by another user", dir)
		}
	}
	args := []string{"-test.timeout=5m"}
	flag.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "seed", "seeds", "test.v", "test.short":
			args = append(args, fmt.Sprintf("-%s=%s", f.Name, f.Value))
		}
	})
	// By /proc/self/exe, since the directory of the binary may be private.
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Dir = tmp
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp, "HOME="+tmp, unprivileged+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential:  &syscall.Credential{Uid: uid, Gid: uid},
		AmbientCaps: []uintptr{unix.CAP_SYS_CHROOT},
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) {
		t.Skip("this root may not become another user")
	}
	require.NoError(t, err, "%s", out)
	left, err := os.ReadDir(tmp)
	require.NoError(t, err)
	require.Empty(t, left)
}
