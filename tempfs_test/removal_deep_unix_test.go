//go:build unix

package tempfs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// childRemoves removes a tree within limits that the process of the tests must not have.
const childRemoves = "remove within limits"

func init() { children[childRemoves] = removeWithinLimits }

// limited is a removal of a child.
type limited struct {
	Backend     string
	How         string // Release or RemoveAll
	Shape       string
	Entries     int
	Descriptors uint64 // 0: as many as there are
	Threads     int    // GOMAXPROCS, on which workers depend
}

func (l limited) String() string {
	return fmt.Sprintf("%s of %s %d on %s, %d descriptors", l.How, l.Shape, l.Entries, l.Backend, l.Descriptors)
}

// maxStack of a goroutine is enough for 200 calls of 1 KiB: a removal that recurses ends the process.
const maxStack = 200 << 10

func removeWithinLimits(argument string) error {
	var l limited
	if err := json.Unmarshal([]byte(argument), &l); err != nil {
		return err
	}
	var opts []tempfs.Option
	if l.Backend == "memory" {
		opts = append(opts, tempfs.InMemory())
	}
	fsys, err := tempfs.New(opts...)
	if err != nil {
		return err
	}
	if err := fsys.Mkdir(sceneTree, 0o755); err != nil {
		return err
	}
	if err := l.build(fsys); err != nil {
		return err
	}
	if l.Threads > 0 {
		runtime.GOMAXPROCS(l.Threads)
	}
	if err := limitDescriptors(l.Descriptors); err != nil {
		return err
	}
	debug.SetMaxStack(maxStack)
	if l.How == "RemoveAll" {
		if err := fsys.RemoveAll(sceneTree); err != nil {
			return err
		}
		if err := lists(fsys, "/"); err != nil {
			return err
		}
	}
	return fsys.Release()
}

func (l limited) build(fsys *tempfs.Fs) error {
	if l.Backend == "memory" {
		return chainInMemory(fsys, l.Entries)
	}
	host, err := fsys.RealPath(sceneTree)
	if err != nil {
		return err
	}
	return shapeNamed(l.Shape).build(host, l.Entries)
}

// chainInMemory is the shape of that name.
func chainInMemory(fsys *tempfs.Fs, levels int) error {
	at, err := fsys.Sub(sceneTree)
	for range levels {
		if err != nil {
			return err
		}
		if err = put(at, "/file", "x"); err != nil {
			return err
		}
		if err = at.Mkdir("/directory", 0o755); err != nil {
			return err
		}
		above := at
		if at, err = above.Sub("/directory"); err == nil {
			err = above.Release()
		}
	}
	return err
}

// limitDescriptors also keeps Go's runtime from raising the limit again, and children from getting more.
func limitDescriptors(n uint64) error {
	if n == 0 {
		return nil
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	setLimit(&limit, n)
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
}

// softLimit limits descriptors until the test is over, if there are more.
func softLimit(t *testing.T, n uint64) {
	t.Helper()
	var before syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before))
	fewer := before
	setLimit(&fewer, n)
	fewer.Cur, fewer.Max = min(fewer.Cur, before.Cur), before.Max
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &fewer))
	t.Cleanup(func() { require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)) })
}

// TestRemovalWithinLimits is cases 5 to 7: constant stack and descriptors at any depth, and few descriptors for many workers.
func TestRemovalWithinLimits(t *testing.T) {
	const few, fewest = 64, 20
	deepest := 30_000
	if testing.Short() {
		deepest = 10_000
	}
	for _, c := range []struct {
		number int
		limited
	}{
		{5, limited{Backend: "disk", How: "Release", Shape: "chain", Entries: 5000}},
		{5, limited{Backend: "disk", How: "RemoveAll", Shape: "chain", Entries: 5000}},
		{5, limited{Backend: "memory", How: "Release", Shape: "chain", Entries: deepest}},
		{5, limited{Backend: "memory", How: "RemoveAll", Shape: "chain", Entries: deepest}},
		{6, limited{Backend: "disk", How: "Release", Shape: "chain", Entries: deepest, Descriptors: few}},
		{6, limited{Backend: "disk", How: "RemoveAll", Shape: "chain", Entries: 5000, Descriptors: few}},
		{6, limited{Backend: "disk", How: "Release", Shape: "comb", Entries: 400, Descriptors: few, Threads: 4}},
		{7, limited{Backend: "disk", How: "Release", Shape: "modules", Entries: 100, Descriptors: fewest, Threads: 8}},
		{7, limited{Backend: "disk", How: "RemoveAll", Shape: "modules", Entries: 100, Descriptors: fewest, Threads: 8}},
		{7, limited{Backend: "disk", How: "Release", Shape: "comb", Entries: 400, Descriptors: fewest, Threads: 8}},
	} {
		t.Run(fmt.Sprintf("%02d %s", c.number, c), func(t *testing.T) {
			argument, err := json.Marshal(c.limited)
			require.NoError(t, err)
			dir := spacious(t)
			t.Setenv("TMPDIR", dir)
			require.NoError(t, runChild(t, childRemoves, string(argument)))
			requireEmpty(t, dir)
		})
	}
}

// sharedMemory is a tmpfs where there is one.
const sharedMemory = "/dev/shm"

// spacious is a directory for large trees, of a filesystem that makes them fast if there is one.
func spacious(t *testing.T) (dir string) {
	t.Helper()
	dir, err := os.MkdirTemp(sharedMemory, "tempfs_test") //nolint:usetesting // another filesystem
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { // package os cannot remove what a test that failed has left
		require.NoError(t, exec.Command("rm", "-rf", "--", dir).Run())
	})
	return dir
}

// TestRemovalOfLongNames has directories whose names together are far longer than PATH_MAX, and files at each level.
func TestRemovalOfLongNames(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		host := hostOf(t, fsys)
		dig(t, fsys)
		require.NoError(t, fsys.RemoveAll("/"+strings.Split(hop, "/")[1]))
		require.NoError(t, lists(fsys, "/"))
		dig(t, fsys)
		require.NoError(t, fsys.Release())
		requireGone(t, host)
	})
}
