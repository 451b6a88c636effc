package memfallback_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
)

// host is package os.
type host struct{}

var _ system = host{}

func (host) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	f, err := os.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return f, nil
}
func (host) Mkdir(name string, perm fs.FileMode) error       { return os.Mkdir(name, perm) }
func (host) MkdirAll(name string, perm fs.FileMode) error    { return os.MkdirAll(name, perm) }
func (host) Remove(name string) error                        { return os.Remove(name) }
func (host) RemoveAll(name string) error                     { return os.RemoveAll(name) }
func (host) Rename(oldname, newname string) error            { return os.Rename(oldname, newname) }
func (host) Link(oldname, newname string) error              { return os.Link(oldname, newname) }
func (host) SymlinkIfPossible(oldname, newname string) error { return os.Symlink(oldname, newname) }
func (host) ReadlinkIfPossible(name string) (string, error)  { return os.Readlink(name) }
func (host) Stat(name string) (fs.FileInfo, error)           { return os.Stat(name) }
func (host) Chmod(name string, mode fs.FileMode) error       { return os.Chmod(name, mode) }
func (host) Chown(name string, uid, gid int) error           { return os.Chown(name, uid, gid) }
func (host) Lchown(name string, uid, gid int) error          { return os.Lchown(name, uid, gid) }
func (host) Truncate(name string, size int64) error          { return os.Truncate(name, size) }

func (host) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	info, err := os.Lstat(name)
	return info, true, err
}

func (host) Chtimes(name string, atime, mtime time.Time) error {
	return os.Chtimes(name, atime, mtime)
}

// inChroot runs fn as user uid on a thread whose root and working directory are a new directory, which belongs to uid and has mode
// 0700. The thread has a umask of 022 and ends with fn.
func inChroot(t *testing.T, uid int, fn func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("chroot(2) needs root; the recorded results are compared all the same")
	}
	root := filepath.Join(t.TempDir(), "root")
	require.NoError(t, os.Mkdir(root, 0o700))
	require.NoError(t, os.Chown(root, uid, uid))
	failed := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread is of no use to others
		err := enter(root, uid)
		if err == nil {
			fn()
		}
		failed <- err
	}()
	err := <-failed
	if err == syscall.EPERM {
		t.Skip("this root may not chroot(2)")
	}
	require.NoError(t, err)
}

// enter changes the thread alone. The raw system calls are those that package syscall makes on all threads.
func enter(root string, uid int) error {
	if err := syscall.Unshare(syscall.CLONE_FS); err != nil {
		return err
	}
	if err := syscall.Chroot(root); err != nil {
		return err
	}
	if err := syscall.Chdir("/"); err != nil {
		return err
	}
	syscall.Umask(0o022)
	if uid == 0 {
		return nil
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

// hostSession must be made and used in inChroot. probe is a file outside, which tells the time of changes.
func hostSession(uid int, probe *os.File) *session {
	s := newSession(host{})
	s.owner = func(info fs.FileInfo) string {
		st := info.Sys().(*syscall.Stat_t)
		return ownerText(info, uid, st.Uid, st.Gid, int(st.Nlink))
	}
	s.ctime = func(info fs.FileInfo) time.Time {
		return time.Unix(info.Sys().(*syscall.Stat_t).Ctim.Unix())
	}
	s.tick = func() {
		// The kernel's clock for files may stand still for some milliseconds.
		for begin := touch(probe); touch(probe).Equal(begin); {
			runtime.Gosched()
		}
	}
	return s
}

// touch returns the time that the kernel gives to a change made now.
func touch(f *os.File) time.Time {
	_, _ = f.WriteAt([]byte("x"), 0)
	info, err := f.Stat()
	if err != nil {
		panic(err)
	}
	return info.ModTime()
}

// askHost runs a script on package os.
func askHost(t *testing.T, uid int, script string) (results []string) {
	t.Helper()
	probe, err := os.Create(filepath.Join(t.TempDir(), "probe"))
	require.NoError(t, err)
	defer probe.Close()
	inChroot(t, uid, func() { results = hostSession(uid, probe).run(script) })
	return results
}

var update = flag.Bool("update", false, "rewrite testdata/script from package os")

// TestScriptsOnHost holds the recorded results to be true.
func TestScriptsOnHost(t *testing.T) {
	if *update {
		record(t)
	}
	eachSection(t, func(t *testing.T, s *section, uid int) {
		t.Helper()
		if strings.Contains(s.title, "(ext4)") && !boundIsExt4(t) {
			t.Skip("the temp directory is on a filesystem with another largest file")
		}
		requireSame(t, s.expected(), askHost(t, uid, s.commands()))
	})
}

// boundIsExt4 reports whether a file of the host may be as large as here and no larger.
func boundIsExt4(t *testing.T) bool {
	t.Helper()
	name := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(name, nil, 0o600))
	const bound = 1<<44 - 1<<12
	return os.Truncate(name, bound) == nil && os.Truncate(name, bound+1) != nil
}

func record(t *testing.T) {
	t.Helper()
	for _, file := range scriptFiles(t) {
		var b strings.Builder
		for _, s := range readScript(t, file) {
			fmt.Fprintf(&b, "== %s %v\n", s.title, s.uids)
			results := askHost(t, s.uids[0], s.commands())
			for _, line := range s.lines {
				if line != "" && !strings.HasPrefix(line, "#") {
					line, results = results[0], results[1:]
				}
				b.WriteString(line + "\n")
			}
		}
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
	}
}
