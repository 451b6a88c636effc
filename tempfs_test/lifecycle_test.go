package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// The types that Test and Each are for.
var (
	_ tempfs.TB                 = (*testing.T)(nil)
	_ tempfs.TB                 = (*testing.B)(nil)
	_ tempfs.TB                 = (*testing.F)(nil)
	_ tempfs.TB                 = testing.TB(nil)
	_ tempfs.Runner[*testing.T] = (*testing.T)(nil)
	_ tempfs.Runner[*testing.B] = (*testing.B)(nil)
)

func TestWithReleases(t *testing.T) {
	mine := errors.New("mine")
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		for _, want := range []error{nil, mine} {
			var fsys *tempfs.Fs
			var host string
			err := tempfs.With(func(f *tempfs.Fs) error {
				fsys, host = f, hostOf(t, f)
				return errors.Join(put(f, "/f", "content"), want)
			}, opts...)
			require.ErrorIs(t, err, want)
			require.Equal(t, want == nil, err == nil)
			require.ErrorIs(t, errOf(fsys.Stat("/")), fs.ErrClosed)
			requireGone(t, host)
		}
	})
}

// TestWithReturnsTheErrorItself shows that nothing is wrapped around the function's error when the release succeeds.
func TestWithReturnsTheErrorItself(t *testing.T) {
	mine := errors.New("mine")
	err := tempfs.With(func(*tempfs.Fs) error { return mine }, tempfs.InMemory())
	require.True(t, err == mine) // the very error
}

func TestWithReleasesOnPanic(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		var host string
		require.PanicsWithValue(t, "mine", func() {
			_ = tempfs.With(func(f *tempfs.Fs) error {
				host = hostOf(t, f)
				panic("mine")
			}, opts...)
		})
		requireGone(t, host)
	})
}

func TestWithReleasesOnGoexit(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		var fsys *tempfs.Fs
		var host string
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = tempfs.With(func(f *tempfs.Fs) error {
				fsys, host = f, hostOf(t, f)
				runtime.Goexit()
				return nil
			}, opts...)
		}()
		<-ended
		require.ErrorIs(t, errOf(fsys.Stat("/")), fs.ErrClosed)
		requireGone(t, host)
	})
}

// TestWithAfterDetach and after a Release in the function: neither is an error.
func TestWithAfterRelease(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		require.NoError(t, tempfs.With(func(f *tempfs.Fs) error { return f.Release() }, opts...))
	})
}

func TestWithoutAnFs(t *testing.T) {
	err := tempfs.With(func(*tempfs.Fs) error {
		t.Error("called without an Fs")
		return nil
	}, tempfs.In(filepath.Join(t.TempDir(), "missing")))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// fakeTB is a test that only records. Its Fatalf returns, unlike testing's.
type fakeTB struct {
	name     string
	cleanups []func()
	errors   []string
	fatals   []string
}

func (tb *fakeTB) Helper()             {}
func (tb *fakeTB) Cleanup(f func())    { tb.cleanups = append(tb.cleanups, f) }
func (tb *fakeTB) Name() string        { return tb.name }
func (tb *fakeTB) Failed() bool        { return len(tb.errors)+len(tb.fatals) > 0 }
func (tb *fakeTB) Logf(string, ...any) {}
func (tb *fakeTB) Errorf(format string, args ...any) {
	tb.errors = append(tb.errors, fmt.Sprintf(format, args...))
}

func (tb *fakeTB) Fatalf(format string, args ...any) {
	tb.fatals = append(tb.fatals, fmt.Sprintf(format, args...))
}

// end runs the cleanups, the last one first.
func (tb *fakeTB) end() {
	for len(tb.cleanups) > 0 {
		last := len(tb.cleanups) - 1
		cleanup := tb.cleanups[last]
		tb.cleanups = tb.cleanups[:last]
		cleanup()
	}
}

func TestTestReleases(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		tb := &fakeTB{name: "TestX"}
		fsys := tempfs.Test(tb, opts...)
		host := hostOf(t, fsys)
		cleaned := false
		tb.Cleanup(func() { // of the test itself, which comes before the release
			cleaned = true
			require.NoError(t, put(fsys, "/f", "content"))
		})
		tb.end()
		require.True(t, cleaned)
		require.ErrorIs(t, errOf(fsys.Stat("/")), fs.ErrClosed)
		requireGone(t, host)
		require.False(t, tb.Failed())
	})
}

func TestTestAfterRelease(t *testing.T) {
	tb := &fakeTB{name: "TestX"}
	require.NoError(t, tempfs.Test(tb).Release())
	tb.end()
	require.False(t, tb.Failed())
}

func TestTestWithoutAnFs(t *testing.T) {
	tb := &fakeTB{name: "TestX"}
	require.Nil(t, tempfs.Test(tb, tempfs.In(filepath.Join(t.TempDir(), "missing"))))
	require.Len(t, tb.fatals, 1)
	require.Empty(t, tb.cleanups)
}

// TestTestCloneIsATestOfItsOwn: it has a name of its own, changes nothing of what it was cloned from, and ends before that.
func TestTestCloneIsATestOfItsOwn(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		outer, inner := &fakeTB{name: "TestX"}, &fakeTB{name: "TestX/inner"}
		template := tempfs.Test(outer, opts...)
		require.NoError(t, put(template, "/f", "content"))
		clone := template.TestClone(inner)
		require.Equal(t, template.Backend(), clone.Backend())
		require.NoError(t, put(clone, "/g", "content"))
		require.NoError(t, clone.Remove("/f"))
		if clone.Backend() == "disk" {
			require.Regexp(t, `^tmp[a-z0-9_]{12}-TestX_inner$`, filepath.Base(rootOf(t, clone)))
		}
		host := hostOf(t, clone)
		inner.end()
		require.ErrorIs(t, errOf(clone.Stat("/")), fs.ErrClosed)
		requireGone(t, host)
		require.NoError(t, lists(template, "/", "f"))
		outer.end()
		require.False(t, inner.Failed() || outer.Failed())
	})
}

// TestTestCloneWithoutAnFs says who could not make it.
func TestTestCloneWithoutAnFs(t *testing.T) {
	outer, inner := &fakeTB{name: "TestX"}, &fakeTB{name: "TestX/inner"}
	template := tempfs.Test(outer)
	outer.end()
	require.Nil(t, template.TestClone(inner))
	require.Len(t, inner.fatals, 1)
	require.Contains(t, inner.fatals[0], "TestClone")
	require.Empty(t, inner.cleanups)
}

// TestNameOfATest is in the name of the directory, in a form that every filesystem takes.
func TestNameOfATest(t *testing.T) {
	for name, want := range map[string]string{
		"TestX":                           "-TestX$",
		"TestX/sub test/../ö#01":          "-TestX_sub_test____[_]+01$",
		"Test" + strings.Repeat("x", 300): "-Test" + strings.Repeat("x", 28) + "$",
		"":                                "-$",
	} {
		tb := &fakeTB{name: name}
		fsys := tempfs.Test(tb)
		require.Regexp(t, `^tmp[a-z0-9_]{12}`+want, filepath.Base(rootOf(t, fsys)))
		tb.end()
		require.False(t, tb.Failed())
	}
	tb := &fakeTB{name: "TestX"}
	fsys := tempfs.Test(tb, tempfs.Suffix(".mine"))
	require.Regexp(t, `^tmp[a-z0-9_]{12}\.mine$`, filepath.Base(rootOf(t, fsys)))
	tb.end()
}

func TestEach(t *testing.T) {
	parent := t.TempDir()
	opts := make([]tempfs.Option, 1, 8) // room that Each may not use
	opts[0] = tempfs.Suffix(".mine")
	var names, backends []string
	var all []*tempfs.Fs
	t.Run("outer", func(t *testing.T) {
		tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
			names = append(names, t.Name())
			backends = append(backends, fsys.Backend())
			all = append(all, fsys)
			require.NoError(t, put(fsys, "/f", "content"))
			require.NoError(t, lists(fsys, "/", "f")) // fresh
		}, opts...)
	})
	require.Equal(t, []string{"TestEach/outer/disk", "TestEach/outer/memory", "TestEach/outer/spill"}, names)
	require.Equal(t, backendNames, backends)
	for _, fsys := range all {
		require.ErrorIs(t, errOf(fsys.Stat("/")), fs.ErrClosed)
	}
	require.Nil(t, opts[:2][1])
	requireEmpty(t, parent)
}

func BenchmarkEach(b *testing.B) {
	tempfs.Each(b, func(b *testing.B, fsys *tempfs.Fs) {
		for b.Loop() {
			if err := put(fsys, "/f", "content"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
