package fusefs_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

var (
	sequences = flag.Int("sequences", 60, "how many sequences of system calls are compared with the kernel's on each backend")
	firstSeed = flag.Uint64("seed", 1, "the seed of the first sequence; the others follow it")
)

// TestKernelIsTheOracle makes the same system calls on a mount and in a directory of the host, at random but for the seed, and each answers alike: what it
// returns, its errno, and the tree in the end.
func TestKernelIsTheOracle(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		mounted, host := newWorld(t, mount(t, fsys)), newWorld(t, t.TempDir())
		for seed := *firstSeed; seed < *firstSeed+uint64(*sequences); seed++ {
			said := compare(seed, mounted, host)
			if said != "" {
				t.Fatalf("go test -run %s -seed %d -sequences 1\n%s", t.Name(), seed, said)
			}
		}
	})
}

// compare runs a sequence in both worlds, and says how they differ: the calls up to the first with two answers.
func compare(seed uint64, mounted, host *world) (said string) {
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // it is to be the same each time
	var told strings.Builder
	for _, w := range []*world{host, mounted} {
		if err := w.begin(); err != nil {
			return err.Error()
		}
	}
	for range 60 {
		c := randomCall(random)
		want, got := host.make(c), mounted.make(c)
		fmt.Fprintf(&told, "%s = %s\n", c, want)
		if want != got {
			return fmt.Sprintf("%son the mount: %s", &told, got)
		}
	}
	want, got := describe(host.dir), describe(mounted.dir)
	if want != got {
		return fmt.Sprintf("%sin the end:\n%son the mount:\n%s", &told, want, got)
	}
	return ""
}

// world is a directory in which system calls are made by a thread that has it as its root: no link and no ".." leads out.
type world struct {
	dir   string
	calls chan func()
	open  [2]int // descriptors, or -1
}

func newWorld(t *testing.T, dir string) *world {
	t.Helper()
	w := &world{dir: dir, calls: make(chan func()), open: [2]int{-1, -1}}
	entered, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread() // and never unlocked, so that the thread ends with what it changed of itself
		leave, err := enter(dir)
		entered <- err
		for call := range w.calls {
			call()
		}
		leave()
	}()
	t.Cleanup(func() {
		w.closeAll()
		close(w.calls)
		<-ended
	})
	require.NoError(t, <-entered)
	return w
}

// enter makes dir the root of this thread. It ends some time after its goroutine, so it has to leave, or the mount would be busy.
func enter(dir string) (leave func(), err error) {
	outside, err := syscall.Open("/", syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return func() {}, err
	}
	leave = func() {
		_ = syscall.Fchdir(outside)
		_ = syscall.Chroot(".")
		_ = syscall.Close(outside)
	}
	if err = syscall.Unshare(syscall.CLONE_FS); err != nil {
		return leave, err
	}
	syscall.Umask(0o022)
	if err = syscall.Chroot(dir); err != nil {
		return leave, err
	}
	return leave, syscall.Chdir("/")
}

// make makes a call in the world, and returns its answer.
func (w *world) make(c call) (answer string) {
	made := make(chan struct{})
	w.calls <- func() {
		defer close(made)
		answer = c.do(w)
	}
	<-made
	return answer
}

// begin leaves nothing but a few files to begin with.
func (w *world) begin() error {
	w.closeAll()
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := os.RemoveAll(filepath.Join(w.dir, entry.Name())); err != nil {
			return err
		}
	}
	in := func(name string) string { return filepath.Join(w.dir, name) }
	return errors.Join(os.Chown(w.dir, 0, 0), os.Chmod(w.dir, 0o755), os.Chtimes(w.dir, time.Time{}, time.Now()),
		os.Mkdir(in("a"), 0o755), os.Mkdir(in("a/a"), 0o755), os.WriteFile(in("b"), []byte("text"), 0o644), os.Link(in("b"), in("a/b")), os.Symlink("a", in("c")))
}

func (w *world) closeAll() {
	for i, fd := range w.open {
		if fd >= 0 {
			_ = syscall.Close(fd)
		}
		w.open[i] = -1
	}
}
