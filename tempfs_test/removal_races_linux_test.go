package tempfs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// racing is how long a race goes on: until its attacker has done that much, or for the time of $TEMPFS_TEST_RACE:
//
//	TEMPFS_TEST_RACE=10s go test -run TestRemovalUnder ./tempfs_test
//
// Each round is a new tree. An attacker that has done nothing fails the test.
func racing(t *testing.T, enough int64, round func(t *testing.T) (attacks int64)) {
	t.Helper()
	var forTime time.Duration
	if s := os.Getenv("TEMPFS_TEST_RACE"); s != "" {
		var err error
		forTime, err = time.ParseDuration(s)
		require.NoError(t, err)
	}
	const maxRounds = 200
	begin := time.Now()
	var attacks int64
	rounds := 0
	for attacks < enough && rounds < maxRounds || time.Since(begin) < forTime {
		attacks += round(t)
		rounds++
	}
	t.Logf("%d attacks in %d rounds", attacks, rounds)
	require.Positive(t, attacks, "nobody attacked")
}

// attacker does something again and again in a goroutine. Only what succeeds is counted.
type attacker struct {
	running sync.WaitGroup
	stop    atomic.Bool
	count   atomic.Int64
	began   chan struct{} // closed once it has succeeded
}

// attacking returns when the first has succeeded.
func attacking(step func(i int) error) *attacker {
	a := &attacker{began: make(chan struct{})}
	a.running.Go(func() {
		for i := 0; !a.stop.Load(); i++ {
			if step(i) == nil && a.count.Add(1) == 1 {
				close(a.began)
			}
		}
	})
	<-a.began
	return a
}

// end returns how often it has succeeded since the count of before.
func (a *attacker) end(before int64) int64 {
	a.stop.Store(true)
	a.running.Wait()
	return a.count.Load() - before
}

// during releases under attack, and returns what the attacker did in that time.
func (s *scene) during(a *attacker) (attacks int64, err error) {
	before := a.count.Load()
	err = s.fsys.Release()
	return a.end(before), err
}

// TestRemovalUnderSwaps is case 22: directories of the tree and links to outside, or other files, are exchanged while it goes.
func TestRemovalUnderSwaps(t *testing.T) {
	const pairs = 400
	racing(t, 2000, func(t *testing.T) int64 {
		s := newScene(t)
		for i := range pairs {
			dir := s.onHost("d" + strconv.Itoa(i))
			require.NoError(t, os.MkdirAll(filepath.Join(dir, "sub", "empty"), 0o755))
			putHost(t, filepath.Join(dir, "secret"), "mine")
			putHost(t, filepath.Join(dir, "sub", "secret"), "mine")
			s.plantOther(t, s.onHost("l"+strconv.Itoa(i)), i)
		}
		swap := func(i int) error {
			n := strconv.Itoa(i % pairs)
			return unix.Renameat2(unix.AT_FDCWD, s.onHost("d"+n), unix.AT_FDCWD, s.onHost("l"+n), unix.RENAME_EXCHANGE)
		}
		if err := swap(0); err != nil {
			t.Skipf("no RENAME_EXCHANGE here: %v", err)
		}
		swaps, err := s.during(attacking(swap))
		require.NoError(t, s.outside.changed())
		require.NoError(t, err)
		s.requireReleased(t)
		return swaps
	})
}

// plantOther makes what a directory is exchanged for: mostly a link to outside, and what would block or fail when it is opened.
func (s *scene) plantOther(t *testing.T, name string, i int) {
	t.Helper()
	switch i % 8 {
	case 0:
		require.NoError(t, unix.Mkfifo(name, 0o600))
	case 1:
		putHost(t, name, "mine")
	case 2:
		require.NoError(t, os.Link(filepath.Join(s.outside.dir, "secret"), name))
	case 3:
		require.NoError(t, os.Symlink(filepath.Join(s.outside.dir, "secret"), name))
	default:
		require.NoError(t, os.Symlink(s.outside.dir, name))
	}
}

// TestRemovalUnderCreatorByPath is case 23: somebody makes files and directories in the tree for a while.
func TestRemovalUnderCreatorByPath(t *testing.T) {
	const period = 150 * time.Millisecond
	racing(t, 50, func(t *testing.T) int64 {
		s := newScene(t)
		require.NoError(t, buildAll(s.onHost("."), []string{"a", "a/b", "c"}, 20))
		begin := time.Now()
		creator := attacking(func(i int) error {
			if time.Since(begin) > period {
				return fs.ErrClosed
			}
			in := s.onHost([]string{".", "a", "a/b", "c"}[i%4])
			dir := filepath.Join(in, "new"+strconv.Itoa(i))
			if err := os.Mkdir(dir, 0o700); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "file"), nil, 0o600)
		})
		created, err := s.during(creator)
		require.NoError(t, s.outside.changed())
		require.NoError(t, err)
		s.requireReleased(t)
		return created
	})
}

// TestRemovalUnderCreatorByDescriptor is case 24: somebody has directories open and makes files in them without end.
func TestRemovalUnderCreatorByDescriptor(t *testing.T) {
	racing(t, 50, func(t *testing.T) int64 {
		s := newScene(t)
		require.NoError(t, buildAll(s.onHost("."), []string{"a", "a/b"}, 500))
		var fds []int
		for _, name := range []string{".", "a", "a/b", ".."} {
			fd, err := unix.Open(s.onHost(name), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, unix.Close(fd)) })
			fds = append(fds, fd)
		}
		created, err := s.during(attacking(func(i int) error { return newFile(fds[i%len(fds)], "new"+strconv.Itoa(i)) }))
		require.NoError(t, s.outside.changed())
		if err != nil {
			for name, errno := range failuresOf(t, err) {
				require.Equal(t, syscall.ENOTEMPTY, errno, name)
			}
		}
		s.requireReleased(t)
		for _, fd := range fds {
			require.Error(t, newFile(fd, "late"), "a removed directory takes nothing")
		}
		return created
	})
}

// TestRemovalLeavesDescriptors to the rest of the process, of however many levels: a quarter of them is enough.
func TestRemovalLeavesDescriptors(t *testing.T) {
	const descriptors, levels, enough = 256, 2000, 20
	softLimit(t, descriptors)
	racing(t, enough, func(t *testing.T) int64 {
		s := newScene(t)
		require.NoError(t, buildChain(s.onHost("."), levels))
		before, most := len(descriptorsOpen(t)), 0
		looks, err := s.during(attacking(func(int) error {
			most = max(most, len(descriptorsOpen(t)))
			return nil
		}))
		require.NoError(t, err)
		require.LessOrEqual(t, most, before+descriptors/4+8)
		return looks
	})
}

// descriptorsOpen is called beside the test, too, and so ends nothing.
func descriptorsOpen(t *testing.T) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Error(err)
	}
	return entries
}

// TestRemovalBesideACwd is case 25: another process has its working directory in the tree.
func TestRemovalBesideACwd(t *testing.T) {
	s := newScene(t)
	s.grow(t, sceneTree, plainTree)
	there := startReleasing(t, s.parent, 0, s.onHost("a/b/c"))
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", there.cmd.Process.Pid))
	require.NoError(t, err)
	require.Equal(t, s.onHost("a/b/c"), cwd)
	require.NoError(t, s.fsys.Release())
	requireGone(t, s.host)
	require.Empty(t, there.release(t))
	s.requireAlone(t)
}

// TestRemovalBesideAnother is case 26: two delete the same tree at the same time.
func TestRemovalBesideAnother(t *testing.T) {
	for name, remove := range map[string]func(host string) error{
		"RemoveAll": os.RemoveAll,
		"rm -rf":    removeByCommand,
	} {
		t.Run(name, func(t *testing.T) {
			racing(t, 5, func(t *testing.T) int64 {
				s := newScene(t)
				require.NoError(t, buildAll(s.onHost("."), numbered(100), 5))
				var other sync.WaitGroup
				other.Go(func() { _ = remove(s.host) }) // which may fail, for what ours has removed
				for ready := time.Now(); time.Since(ready) < time.Minute; {
					if names, err := os.ReadDir(s.onHost(".")); err != nil || len(names) < 95 {
						break
					}
				}
				left, _ := os.ReadDir(s.onHost("."))
				err := s.fsys.Release()
				other.Wait()
				require.NoError(t, s.outside.changed())
				require.NoError(t, err)
				s.requireReleased(t)
				return int64(min(len(left), 1)) // both had something to do
			})
		})
	}
}

// TestRemovalBesideAnotherOfOurs has eight RemoveAll of the same tree, and then a release in the middle of them.
func TestRemovalBesideAnotherOfOurs(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		for _, dir := range numbered(3) {
			require.NoError(t, fsys.MkdirAll(sceneTree+"/"+dir+"/sub", 0o755))
			require.NoError(t, put(fsys, sceneTree+"/"+dir+"/f", "x"))
		}
		require.NoError(t, parallel(8, func(int) error { return fsys.RemoveAll(sceneTree) }))
		require.NoError(t, lists(fsys, "/"))
		for _, dir := range numbered(3) {
			require.NoError(t, fsys.MkdirAll(sceneTree+"/"+dir+"/sub", 0o755))
		}
		host := hostOf(t, fsys)
		require.NoError(t, parallel(8, func(i int) error {
			if i == 0 {
				return fsys.Release()
			}
			if err := fsys.RemoveAll(sceneTree); err != nil {
				return wants(err, fs.ErrClosed)
			}
			return nil
		}))
		requireGone(t, host)
	})
}
