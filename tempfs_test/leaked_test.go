package tempfs_test

import (
	"io/fs"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// leaks has room for what a test makes happen, so that none of it has to wait.
type leaks chan tempfs.Leak

func newLeaks() leaks { return make(leaks, 16) }

func (l leaks) option() tempfs.Option {
	return tempfs.OnLeak(func(leak tempfs.Leak) { l <- leak })
}

// next collects garbage until a leak is told.
func (l leaks) next(t *testing.T) tempfs.Leak {
	t.Helper()
	timeout := time.After(30 * time.Second)
	for {
		runtime.GC()
		select {
		case leak := <-l:
			return leak
		case <-time.After(time.Millisecond): // the cleanup has a goroutine of its own
		case <-timeout:
			t.Fatal("no leak was told")
		}
	}
}

// collectGarbage returns when what had been dropped before is known to be garbage: objects made since then, each dropped after the one before
// it was found, have been.
func collectGarbage(t *testing.T) {
	t.Helper()
	for range 3 {
		timeout := time.After(30 * time.Second)
		found := make(chan struct{})
		dropControl(found)
		for waiting := true; waiting; {
			runtime.GC()
			select {
			case <-found:
				waiting = false
			case <-time.After(time.Millisecond):
			case <-timeout:
				t.Fatal("no garbage was collected")
			}
		}
	}
}

//go:noinline
func dropControl(found chan struct{}) {
	control := new([64]byte)
	runtime.AddCleanup(control, func(found chan struct{}) { close(found) }, found)
}

// dropped makes an Fs and forgets all but what keep returns. Not inlined, so that no register remembers the Fs.
//
//go:noinline
func dropped[T any](t *testing.T, keep func(*tempfs.Fs) (T, error), opts ...tempfs.Option) (kept T, info tempfs.Info) {
	t.Helper()
	fsys, err := tempfs.New(opts...)
	require.NoError(t, err)
	info = newest(t)
	require.NoError(t, put(fsys, "/f", "content"))
	kept, err = keep(fsys)
	require.NoError(t, err)
	return kept, info
}

func nothing(*tempfs.Fs) (none struct{}, err error) { return none, err }

// TestForgottenFsIsReleased tells where it was made.
func TestForgottenFsIsReleased(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		before := tempfs.Live()
		told := newLeaks()
		_, info := dropped(t, nothing, append(opts, told.option())...)
		require.Equal(t, tempfs.Leak{Info: info}, told.next(t))
		require.Regexp(t, `leaked_test\.go:\d+$`, info.Origin)
		requireGone(t, info.Dir)
		require.Equal(t, before, tempfs.Live())
	})
}

// TestLiveHoldsNothingAlive drops an Fs with an open file, too, and asks for nothing to be told.
func TestLiveHoldsNothingAlive(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		before := tempfs.Live()
		_, info := dropped(t, func(fsys *tempfs.Fs) (none struct{}, err error) {
			return none, errOf(fsys.Create("/open"))
		}, opts...)
		for tries := 0; len(tempfs.Live()) > len(before) && tries < 1000; tries++ {
			collectGarbage(t)
		}
		require.Equal(t, before, tempfs.Live())
		requireGone(t, info.Dir)
	})
}

// TestLiveHandleKeepsTheFs drops the Fs and keeps what works on it, which then still works.
func TestLiveHandleKeepsTheFs(t *testing.T) {
	type works func() error
	for name, keep := range map[string]func(*tempfs.Fs) (works, error){
		"file": func(fsys *tempfs.Fs) (works, error) {
			f, err := fsys.OpenFile("/f", os.O_RDWR, 0)
			return func() error { return errOf(f.WriteString("content")) }, err
		},
		"directory": func(fsys *tempfs.Fs) (works, error) {
			d, err := fsys.Open("/")
			return func() error { return errOf(d.Readdir(1)) }, err
		},
		"Sub": func(fsys *tempfs.Fs) (works, error) {
			sub, err := fsys.Sub("/")
			return func() error { return has(sub, "/f", "content") }, err
		},
		"file of a Sub": func(fsys *tempfs.Fs) (works, error) {
			sub, err := fsys.Sub("/")
			if err != nil {
				return nil, err
			}
			f, err := sub.Open("/f")
			return func() error { return errOf(f.Stat()) }, err
		},
		"IOFS": func(fsys *tempfs.Fs) (works, error) {
			view := fsys.IOFS()
			return func() error { return errOf(fs.ReadFile(view, "f")) }, nil
		},
		"file of an IOFS": func(fsys *tempfs.Fs) (works, error) {
			f, err := fsys.IOFS().Open("f")
			return func() error { return errOf(f.Stat()) }, err
		},
		"method": func(fsys *tempfs.Fs) (works, error) {
			stat := fsys.Stat
			return func() error { return errOf(stat("/f")) }, nil
		},
		"unnamed file": func(fsys *tempfs.Fs) (works, error) {
			f, err := fsys.TemporaryFile()
			return func() error { return errOf(f.WriteString("content")) }, err
		},
		"named file": func(fsys *tempfs.Fs) (works, error) {
			f, err := fsys.NamedTemporaryFile()
			return func() error { return errOf(f.WriteString("content")) }, err
		},
		"spooled file": func(fsys *tempfs.Fs) (works, error) {
			f, err := fsys.SpooledTemporaryFile(0)
			return func() error { return f.Roll() }, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
				told := newLeaks()
				work, info := dropped(t, keep, append(opts, told.option())...)
				collectGarbage(t)
				require.Empty(t, told)
				require.Contains(t, tempfs.Live(), info)
				require.NoError(t, work())
				require.Equal(t, tempfs.Leak{Info: info}, told.next(t))
				requireGone(t, info.Dir)
			})
		})
	}
}

// TestReleasedFsIsNoLeak when it is dropped afterwards.
func TestReleasedFsIsNoLeak(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		told := newLeaks()
		dropped(t, func(fsys *tempfs.Fs) (none struct{}, err error) { return none, fsys.Release() }, append(opts, told.option())...)
		collectGarbage(t)
		require.Empty(t, told)
	})
}

func TestDetachedFsIsNoLeak(t *testing.T) {
	told := newLeaks()
	host, _ := dropped(t, (*tempfs.Fs).Detach, told.option())
	collectGarbage(t)
	require.Empty(t, told)
	require.NoError(t, os.RemoveAll(host)) // it is still there, or the next line passed before
	requireGone(t, host)
}

// TestForgottenFsThatStays tells why.
func TestForgottenFsThatStays(t *testing.T) {
	told := newLeaks()
	host, info := dropped(t, func(fsys *tempfs.Fs) (string, error) {
		host, err := fsys.RealPath("/")
		if err != nil {
			return "", err
		}
		if err := os.Rename(host, host+"-aside"); err != nil {
			return "", err
		}
		return host, os.Mkdir(host, 0o700)
	}, told.option())
	leak := told.next(t)
	require.ErrorIs(t, leak.Err, tempfs.ErrReplaced)
	require.Equal(t, tempfs.Leak{Info: info, Err: leak.Err}, leak)
	require.Contains(t, tempfs.Live(), info) // ReleaseAll would try again

	require.NoError(t, os.Remove(host))
	require.NoError(t, os.Rename(host+"-aside", host))
	require.NoError(t, tempfs.ReleaseAll())
	requireGone(t, host)
}

// TestOpenFilesAreTold at a release, by the names they were opened with.
func TestOpenFilesAreTold(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		told := newLeaks()
		fsys, err := tempfs.New(append(opts, told.option())...)
		require.NoError(t, err)
		info := newest(t)
		require.NoError(t, fsys.Mkdir("/d", 0o700))
		sub, err := fsys.Sub("/d")
		require.NoError(t, err)
		require.NoError(t, put(fsys, "/closed", "content"))
		for _, open := range []func() error{
			func() error { return errOf(fsys.Create("./f")) },
			func() error { return errOf(fsys.Open("/f")) },
			func() error { return errOf(fsys.Open("/d/..")) },
			func() error { return errOf(sub.Create("g")) },
		} {
			require.NoError(t, open())
		}
		require.NoError(t, fsys.Release())
		close(told)
		var names []string
		for leak := range told {
			require.Equal(t, tempfs.Leak{Info: info, File: leak.File}, leak)
			names = append(names, leak.File)
		}
		slices.Sort(names)
		require.Equal(t, []string{"./f", "/d/..", "/f", "g"}, names)
		require.NoError(t, fsys.Release()) // tells nothing any more, or a send on the closed channel would panic
	})
}
