package disk

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// openedIn returns the names of all that is opened in dir while fn runs, but for what needs no permission (O_PATH).
func openedIn(t *testing.T, dir string, fn func()) (names []string) {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	require.NoError(t, err)
	defer func() { _ = unix.Close(fd) }()
	_, err = unix.InotifyAddWatch(fd, dir, unix.IN_OPEN)
	require.NoError(t, err)
	fn()
	var events bytes.Buffer
	buffer := make([]byte, 64<<10)
	for {
		n, err := unix.Read(fd, buffer)
		if errors.Is(err, unix.EAGAIN) {
			break
		}
		require.NoError(t, err)
		events.Write(buffer[:n])
	}
	for rest := events.Bytes(); len(rest) > 0; {
		const header = unix.SizeofInotifyEvent
		require.Zero(t, binary.NativeEndian.Uint32(rest[4:])&unix.IN_Q_OVERFLOW)
		end := header + binary.NativeEndian.Uint32(rest[header-4:])
		if name := string(bytes.TrimRight(rest[header:end], "\x00")); name != "" { // else it is dir itself
			names = append(names, name)
		}
		rest = rest[end:]
	}
	return names
}

// TestSweepOpensNothingUnrelated is a part of case 50.
func TestSweepOpensNothingUnrelated(t *testing.T) {
	dir := newSweptForMany(t)
	for i := range 10_000 {
		name := filepath.Join(dir, fmt.Sprint("unrelated", i))
		if i%100 == 0 {
			require.NoError(t, os.Mkdir(name, 0o700))
		} else {
			require.NoError(t, os.WriteFile(name, nil, 0o600))
		}
	}
	orphan(t, dir, "orphan")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "orphan of a kind"), nil, 0o600))
	opened := openedIn(t, dir, func() {
		s := sweptBy(t, dir, func(o *Orphans) {
			o.IsName = func(name []byte) bool { return strings.HasPrefix(string(name), "orphan") }
		})
		require.Equal(t, Swept{Seen: 2, Foreign: 1, Removed: []string{"orphan"}}, s)
	})
	require.NotEmpty(t, opened)
	for _, name := range opened {
		require.Equal(t, "orphan", name)
	}
}

// unsafeFilesystems are of the net, or may be, or are under a daemon that need not know of locks: see statfs(2) and linux/magic.h.
var unsafeFilesystems = map[string]int64{
	"NFS": unix.NFS_SUPER_MAGIC, "CIFS": unix.CIFS_SUPER_MAGIC, "SMB": unix.SMB_SUPER_MAGIC, "SMB2": unix.SMB2_SUPER_MAGIC, "9p": unix.V9FS_MAGIC,
	"FUSE, virtiofs": unix.FUSE_SUPER_MAGIC, "Ceph": unix.CEPH_SUPER_MAGIC, "Lustre": 0x0bd00bd0, "AFS": unix.AFS_SUPER_MAGIC,
	"GFS2": 0x01161970, "OCFS2": unix.OCFS2_SUPER_MAGIC, "eCryptfs": unix.ECRYPTFS_SUPER_MAGIC, "not yet written": 0x7fffffff,
}

// TestUnsafeFilesystems is case 48: nothing is opened there, and what is made there can never be swept, whichever filesystem it is found on.
func TestUnsafeFilesystems(t *testing.T) {
	for name, magic := range unsafeFilesystems {
		t.Run(name, func(t *testing.T) {
			dir := newSwept(t)
			orphan(t, dir, "orphan")
			actual := fstatfs
			t.Cleanup(func() { fstatfs = actual })
			fstatfs = func(fd int, stat *unix.Statfs_t) error {
				err := actual(fd, stat)
				stat.Type = magic
				return err
			}
			opened := openedIn(t, dir, func() {
				s, err := (&Orphans{Dir: dir, IsName: func([]byte) bool { return true }}).Sweep(t.Context())
				require.ErrorIs(t, err, ErrUnsafe)
				require.ErrorContains(t, err, dir)
				require.Zero(t, s)
			})
			require.Empty(t, opened)
			require.FileExists(t, filepath.Join(dir, "orphan", "d", "f"))

			tree, err := Make(dir, 1, func(locked bool) string { return fmt.Sprint("locked ", locked) })
			require.NoError(t, err)
			require.Equal(t, "locked false", filepath.Base(tree.Dir()))
			require.NoError(t, tree.Release(t.Context(), nil))
		})
	}
	t.Run("unknown", func(t *testing.T) {
		dir := newSwept(t)
		actual := fstatfs
		t.Cleanup(func() { fstatfs = actual })
		fstatfs = func(int, *unix.Statfs_t) error { return unix.ENOSYS }
		_, err := (&Orphans{Dir: dir}).Sweep(t.Context())
		require.ErrorIs(t, err, ErrUnsafe)
	})
}

// TestSweepOfMounts: a mount point with a name of ours is no orphan, and one in an orphan keeps that.
func TestSweepOfMounts(t *testing.T) {
	for name, without := range map[string]bool{"by openat2": false, "without openat2": true} {
		t.Run(name, func(t *testing.T) {
			before := noOpenat2.Load()
			noOpenat2.Store(without)
			t.Cleanup(func() { noOpenat2.Store(before) })
			dir, outside := newSwept(t), t.TempDir()
			theirs := filepath.Join(outside, "theirs")
			require.NoError(t, os.WriteFile(theirs, nil, 0o600))
			require.NoError(t, os.Chmod(outside, 0o700))
			onto := func(target string, mode os.FileMode) {
				if err := unix.Mount(outside, target, "", unix.MS_BIND, ""); err != nil {
					t.Skipf("no mounts here: %v", err)
				}
				t.Cleanup(func() { _ = unix.Unmount(target, unix.MNT_DETACH) })
				require.NoError(t, os.Chmod(outside, mode))
			}
			onto(orphan(t, dir, "mounted"), 0o700)
			onto(filepath.Join(orphan(t, dir, "with a mount"), "d"), 0o700)

			s := sweptBy(t, dir, nil)
			require.Equal(t, 1, s.Foreign)
			require.Empty(t, s.Removed)
			require.Len(t, s.Failed, 1)
			require.Equal(t, "with a mount", s.Failed[0].Name)
			require.ErrorIs(t, s.Failed[0].Err, unix.EXDEV)
			require.ErrorAs(t, s.Failed[0].Err, new(*Failures))
			require.FileExists(t, theirs)
		})
	}
}

const childOwns = "owns a tree and starts a process"

func init() { children[childOwns] = ownAndStart }

// ownAndStart makes a tree, says where, and starts a process that lasts as long as descriptor 3 gives nothing. With "shared" that inherits the descriptor of the
// tree.
func ownAndStart(argument string) error {
	how, dir, _ := strings.Cut(argument, "|")
	tree, err := makeNamed(dir, "root")
	if err != nil {
		return err
	}
	cmd := exec.Command("cat")
	cmd.Stdin = os.NewFile(3, "until")
	if how == "shared" {
		shared, err := unix.FcntlInt(uintptr(tree.anchor.fd), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			return err
		}
		cmd.ExtraFiles = []*os.File{os.NewFile(uintptr(shared), "root")}
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if _, err := fmt.Println(tree.Dir()); err != nil {
		return err
	}
	return cmd.Wait()
}

// TestLockEndsWithTheProcess is case 41: with its owner killed a tree is free, whatever the processes do that it started, but for one that was given the
// descriptor.
func TestLockEndsWithTheProcess(t *testing.T) {
	if _, err := exec.LookPath("cat"); err != nil {
		t.Skipf("no process to start: %v", err)
	}
	for _, how := range []string{"exec'ed", "shared"} {
		t.Run(how, func(t *testing.T) {
			dir := newSwept(t)
			until, end, err := os.Pipe()
			require.NoError(t, err)
			defer func() { _ = end.Close() }()
			owner := newChild(t, childOwns, how+"|"+dir)
			owner.ExtraFiles = []*os.File{until}
			said, err := owner.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, owner.Start())
			require.NoError(t, until.Close())
			line, err := bufio.NewReader(said).ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, filepath.Join(dir, "root")+"\n", line)

			live := Swept{Seen: 1, Live: 1}
			require.Equal(t, live, sweptBy(t, dir, nil))
			require.NoError(t, owner.Process.Kill())
			_, _ = io.Copy(io.Discard, said)
			_ = owner.Wait()
			if how == "shared" {
				require.Equal(t, live, sweptBy(t, dir, nil))
				require.NoError(t, end.Close())
				require.Eventually(t, func() bool { return sweptBy(t, dir, nil).Live == 0 }, time.Minute, time.Millisecond)
			} else {
				require.Equal(t, []string{"root"}, sweptBy(t, dir, nil).Removed)
			}
			require.False(t, exists(filepath.Join(dir, "root")))
		})
	}
}
