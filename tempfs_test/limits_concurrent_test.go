package tempfs_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// bookkeeping is an Fs with limits that many goroutines use at once, so small that refusals are as common as successes.
type bookkeeping struct {
	fsys   *tempfs.Fs
	limits tempfs.Limits
	host   string // a directory outside, for what is persisted

	// leaving is held for writing by who persists, and for reading by who uses a view: one of a directory that has left is outside.
	leaving sync.RWMutex

	refused atomic.Int64
}

var bookLimits = tempfs.Limits{Bytes: 40_000, Files: 50, FileSize: 12_000, Depth: 4}

// clerk is one of the goroutines, with the files that it holds open.
type clerk struct {
	*bookkeeping
	*rand.Rand
	open []afero.File
	buf  []byte
}

// mostOpen is how many files a clerk holds.
const mostOpen = 4

// name is one of few, so that clerks meet, some of them too deep.
func (c *clerk) name() string {
	name := ""
	for range 1 + c.IntN(3) {
		name += "/" + string(rune('a'+c.IntN(4))) //nolint:perfsprint // two at most
		if c.IntN(3) == 0 {
			break
		}
	}
	if c.IntN(20) == 0 {
		name += "/x/y"
	}
	return name
}

// hold keeps a file that was opened, for a while.
func (c *clerk) hold(f afero.File, err error) error {
	if err != nil {
		return err
	}
	if len(c.open) == mostOpen {
		i := c.IntN(mostOpen)
		err = c.open[i].Close()
		c.open[i] = f
		return err
	}
	c.open = append(c.open, f)
	return nil
}

// held is a file that is open, if there is one.
func (c *clerk) held() afero.File {
	if len(c.open) == 0 {
		return nil
	}
	return c.open[c.IntN(len(c.open))]
}

// wrote wants the contract of io.Writer to hold.
func wrote(n, size int, err error) error {
	if n < 0 || n > size || (n < size) != (err != nil) {
		return errBroken{fmt.Errorf("wrote %d of %d: %w", n, size, orNone(err))}
	}
	return err
}

// errBroken is what must not be, whatever the others do.
type errBroken struct{ error }

// step does one thing of many. What fails as things do among others is no failure.
func (c *clerk) step() error {
	err := c.operations()[c.IntN(len(c.operations()))]()
	var broken errBroken
	if errors.As(err, &broken) {
		return err
	}
	if errors.Is(err, tempfs.ErrQuota) {
		c.refused.Add(1)
		var limit *tempfs.LimitError
		if !errors.As(err, &limit) || limit.Asked <= limit.Free || limit.Free < 0 {
			return fmt.Errorf("a refusal of nothing: %w", err)
		}
	}
	return nil
}

func (c *clerk) operations() []func() error {
	return []func() error{
		func() error { return c.hold(c.fsys.OpenFile(c.name(), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)) },
		func() error { return c.hold(c.fsys.OpenFile(c.name(), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)) },
		func() error { return c.hold(c.fsys.OpenFile(c.name(), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)) },
		func() error { return c.hold(c.fsys.Open(c.name())) },
		func() error { return c.hold(c.fsys.TemporaryFile()) },
		func() error { return put(c.fsys, c.name(), string(c.buf[:c.IntN(len(c.buf))])) },
		c.write, c.write, c.writeAt, c.truncate, c.close, c.close,
		func() error { return c.fsys.Truncate(c.name(), c.Int64N(15_000)) },
		func() error { return c.fsys.Remove(c.name()) },
		func() error { return c.fsys.Remove(c.name()) },
		func() error { return c.fsys.Rename(c.name(), c.name()) },
		func() error { return c.fsys.Rename(c.name(), c.name()) },
		func() error { return c.fsys.Link(c.name(), c.name()) },
		func() error { return c.fsys.SymlinkIfPossible(c.name(), c.name()) },
		func() error { return c.fsys.Mkdir(c.name(), 0o755) },
		func() error { return c.fsys.MkdirAll(c.name(), 0o755) },
		c.seldom(func() error { return c.fsys.RemoveAll(c.name()) }),
		c.seldom(c.importTree), c.seldom(c.clone), c.seldom(c.view), c.seldom(c.persist), c.seldom(c.copy),
		func() error { return c.hold(c.fsys.CreateTemp(c.name(), "t")) },
		c.seldom(c.named),
	}
}

func (c *clerk) seldom(operation func() error) func() error {
	if c.IntN(6) > 0 {
		return func() error { return nil }
	}
	return operation
}

func (c *clerk) write() error {
	f := c.held()
	if f == nil {
		return nil
	}
	size := c.IntN(len(c.buf))
	n, err := f.Write(c.buf[:size])
	return wroteUnlessReadOnly(n, size, err)
}

func (c *clerk) writeAt() error {
	f := c.held()
	if f == nil {
		return nil
	}
	size := c.IntN(len(c.buf))
	n, err := f.WriteAt(c.buf[:size], c.Int64N(15_000))
	return wroteUnlessReadOnly(n, size, err)
}

// wroteUnlessReadOnly is wrote of a file that may not be for writing, where a write of nothing may be an error too.
func wroteUnlessReadOnly(n, size int, err error) error {
	if n == 0 && err != nil && !errors.Is(err, tempfs.ErrQuota) {
		return nil
	}
	return wrote(n, size, err)
}

func (c *clerk) truncate() error {
	if f := c.held(); f != nil {
		return f.Truncate(c.Int64N(15_000))
	}
	return nil
}

func (c *clerk) close() error {
	if len(c.open) == 0 {
		return nil
	}
	last := len(c.open) - 1
	err := c.open[last].Close()
	c.open = c.open[:last]
	if err != nil {
		return errBroken{err}
	}
	return nil
}

func (c *clerk) importTree() error {
	return c.fsys.Import(fstest.MapFS{
		"x/one": {Data: c.buf[:c.IntN(1000)]}, "x/two": {Data: c.buf[:c.IntN(1000)]}, "l": {Data: []byte("x"), Mode: fs.ModeSymlink},
	}, c.name())
}

// clone has limits of its own, and as much as there is in the tree at that moment. On disk there is no such moment: what moves meanwhile may be copied
// twice.
func (c *clerk) clone() error {
	clone, err := c.fsys.Clone()
	if err != nil {
		if errors.Is(err, tempfs.ErrQuota) && c.fsys.Backend() != "disk" {
			return errBroken{fmt.Errorf("what is below the limits is below them in a clone: %w", err)}
		}
		return err
	}
	used := clone.Usage()
	err = c.within(used)
	if failed := clone.RemoveAll("/"); failed != nil {
		err = errors.Join(err, errBroken{failed})
	}
	if used = clone.Usage(); used != (tempfs.Usage{}) {
		err = errors.Join(err, errBroken{fmt.Errorf("an empty clone has %+v", used)})
	}
	return errors.Join(err, clone.Release())
}

// view makes and removes in a Sub, which others may move meanwhile.
func (c *clerk) view() error {
	c.leaving.RLock()
	defer c.leaving.RUnlock()
	sub, err := c.fsys.Sub(c.name())
	if err != nil {
		return err
	}
	err = errors.Join(put(sub, "/v", string(c.buf[:c.IntN(1000)])), sub.MkdirAll("/v/w/x", 0o755), sub.Mkdir("/w", 0o755), sub.Rename("/v", "/w/v"))
	if c.IntN(2) == 0 {
		err = errors.Join(err, sub.RemoveAll("/"))
	}
	if failed := sub.Release(); failed != nil {
		return errBroken{failed}
	}
	return err
}

// persist takes out what has a name. The host does not keep it.
func (c *clerk) persist() error {
	c.leaving.Lock()
	defer c.leaving.Unlock()
	host := filepath.Join(c.host, strconv.FormatUint(c.Uint64(), 36))
	err := c.fsys.Persist(c.name(), host, tempfs.AllowWriters())
	return errors.Join(err, os.RemoveAll(host))
}

// copy has the kernel copy where it can.
func (c *clerk) copy() error {
	from, to := c.held(), c.held()
	if from == nil || from == to {
		return nil
	}
	_, err := io.CopyN(to, from, c.Int64N(5000))
	return err
}

// named goes with its close, whoever has renamed or removed it.
func (c *clerk) named() error {
	f, err := c.fsys.NamedTemporaryFile()
	if err != nil {
		return err
	}
	_, err = f.Write(c.buf[:c.IntN(1000)])
	return errors.Join(err, f.Close())
}

// within wants no count to be below zero, or above its limit.
func (b *bookkeeping) within(used tempfs.Usage) error {
	if used.Bytes < 0 || used.Bytes > b.limits.Bytes || used.Files < 0 || used.Files > b.limits.Files || used.OpenFiles < 0 {
		return errBroken{fmt.Errorf("%+v under %+v", used, b.limits)}
	}
	return nil
}

// watch looks at the usage until done, as often as it can beside the others.
func (b *bookkeeping) watch(done <-chan struct{}) error {
	for {
		select {
		case <-done:
			return nil
		default:
		}
		if err := b.within(b.fsys.Usage()); err != nil {
			return err
		}
		runtime.Gosched()
	}
}

const clerks = 8

// bookSteps is how much each clerk does. More of it, a million on each backend, is
//
//	TEMPFS_TEST_OPERATIONS=1000000 TMPDIR=/dev/shm go test -timeout 0 -v -run 'TestBooks' ./tempfs_test
func bookSteps(t *testing.T) int {
	t.Helper()
	s := os.Getenv("TEMPFS_TEST_OPERATIONS")
	if s == "" {
		return 400
	}
	operations, err := strconv.Atoi(s)
	require.NoError(t, err)
	return operations / clerks
}

// TestBooksBalanceAmongMany looks at every instant and, when all is at rest, at everything there is.
func TestBooksBalanceAmongMany(t *testing.T) {
	steps := bookSteps(t)
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		b := &bookkeeping{fsys: fsys, limits: bookLimits, host: t.TempDir()}
		all := make([]*clerk, clerks)
		for i := range all {
			all[i] = &clerk{bookkeeping: b, Rand: rand.New(rand.NewPCG(seed, uint64(i))), buf: []byte(numberedContent(i, 5000))}
		}
		rests := max(4, steps/1000)
		for range rests {
			require.NoError(t, b.work(all, steps/rests))
			requireRest(t, fsys, all)
		}
		require.Positive(t, b.refused.Load(), "no limit was met")
		t.Logf("%d refusals", b.refused.Load())
		for _, c := range all {
			for len(c.open) > 0 {
				require.NoError(t, c.close())
			}
		}
		requireRest(t, fsys, all)
		require.NoError(t, fsys.RemoveAll("/"))
		require.Equal(t, tempfs.Usage{}, fsys.Usage())
	}, tempfs.WithLimits(bookLimits))
}

// work has all clerks do so many steps, under watch.
func (b *bookkeeping) work(all []*clerk, steps int) error {
	done := make(chan struct{})
	var watching sync.WaitGroup
	var seen error
	watching.Go(func() { seen = b.watch(done) })
	err := parallel(len(all), func(i int) error {
		for n := range steps {
			if err := all[i].step(); err != nil {
				return fmt.Errorf("goroutine %d, step %d: %w", i, n, err)
			}
		}
		return nil
	})
	close(done)
	watching.Wait()
	return errors.Join(err, seen)
}

// requireRest wants the usage to be what is in the tree and in open files, now that nobody works, and nothing to be deeper or larger than it may.
func requireRest(t *testing.T, fsys *tempfs.Fs, all []*clerk) {
	t.Helper()
	var open []afero.File
	for _, c := range all {
		open = append(open, c.open...)
	}
	requireBooks(t, fsys, open...)
	require.Equal(t, int64(len(open)), fsys.Usage().OpenFiles)
	walk(t, fsys, "/", func(name string, info fs.FileInfo) {
		require.LessOrEqual(t, strings.Count(name, "/"), bookLimits.Depth, name)
		require.False(t, info.Mode().IsRegular() && info.Size() > bookLimits.FileSize, name)
	})
}
