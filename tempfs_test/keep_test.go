package tempfs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/tempfs"
)

// loggingTB is a fakeTB with a log, that fails when told to.
type loggingTB struct {
	fakeTB
	fails bool
	logs  []string
}

func (tb *loggingTB) Failed() bool { return tb.fails || tb.fakeTB.Failed() }

func (tb *loggingTB) Logf(format string, args ...any) {
	tb.logs = append(tb.logs, fmt.Sprintf(format, args...))
}

func newTB(name string) *loggingTB { return &loggingTB{fakeTB: fakeTB{name: name}} }

// eachIn gives fn the options for each backend with which all that is made on the host is in dir.
func eachIn(t *testing.T, fn func(t *testing.T, dir string, opts ...tempfs.Option)) {
	t.Helper()
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		dir := t.TempDir()
		fn(t, dir, append(opts, searchIn(dir))...)
	})
}

func searchIn(dir string) tempfs.SharedOption {
	return tempfs.WithSearch(locate.Options{Getenv: func(string) string { return dir }})
}

// keptIn are the names in dir.
func keptIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// requireKept wants one tree in dir, as fill made it, and returns its path.
func requireKept(t *testing.T, dir string) string {
	t.Helper()
	names := keptIn(t, dir)
	require.Len(t, names, 1)
	host := filepath.Join(dir, names[0])
	requireFilled(t, host)
	return host
}

// fill makes a tree of what is to be seen again.
func fill(t *testing.T, fsys *tempfs.Fs) {
	t.Helper()
	require.NoError(t, filling(fsys))
}

func filling(fsys *tempfs.Fs) error {
	return errors.Join(
		fsys.MkdirAll("/d/e", 0o755), fsys.Chmod("/d", 0o755), fsys.Chmod("/d/e", 0o755), // whatever the umask
		put(fsys, "/d/f", "content"), fsys.Chmod("/d/f", 0o640), fsys.SymlinkIfPossible("d/f", "/link"),
	)
}

const listedTree = `
  drwxr-xr-x            /d
  drwxr-xr-x            /d/e
  -rw-r-----          7 /d/f
  Lrwxrwxrwx            /link -> d/f`

func requireFilled(t *testing.T, host string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(host, "link"))
	require.NoError(t, err)
	require.Equal(t, "content", string(content))
	target, err := os.Readlink(filepath.Join(host, "link"))
	require.NoError(t, err)
	require.Equal(t, "d/f", target)
	require.DirExists(t, filepath.Join(host, "d", "e"))
	if runtime.GOOS != "windows" {
		info, err := os.Stat(filepath.Join(host, "d", "f"))
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o640), info.Mode())
	}
}

// logged are the lines of log/slog while fn runs.
func logged(t *testing.T, fn func()) string {
	t.Helper()
	var lines bytes.Buffer
	before, out, flags := slog.Default(), log.Writer(), log.Flags()
	slog.SetDefault(slog.New(slog.NewTextHandler(&lines, nil)))
	defer func() {
		slog.SetDefault(before)
		log.SetOutput(out) // slog took them
		log.SetFlags(flags)
	}()
	fn()
	return lines.String()
}

// TestKeepInTest is what stays of a test by the policy, the environment, and its end.
func TestKeepInTest(t *testing.T) {
	for _, c := range []struct {
		policy         tempfs.KeepPolicy
		environment    string
		passes, failed bool // whether the tree of such a test stays
	}{
		{tempfs.KeepNever, "", false, false},
		{tempfs.KeepOnFailure, "", false, true},
		{tempfs.KeepAlways, "", true, true},
		{tempfs.KeepAlways, "never", false, false},
		{tempfs.KeepNever, "failure", false, true},
		{tempfs.KeepAlways, "failure", false, true},
		{tempfs.KeepNever, "always", true, true},
	} {
		t.Run(fmt.Sprintf("%v,%s", c.policy, c.environment), func(t *testing.T) {
			t.Setenv("TEMPFS_KEEP", c.environment)
			eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
				for _, fails := range []bool{false, true} {
					tb := newTB("TestX")
					fsys := tempfs.Test(tb, append(opts, tempfs.Keep(c.policy))...)
					fill(t, fsys)
					tb.fails = fails
					tb.end()
					require.Empty(t, tb.errors)
					require.ErrorIs(t, errOf(fsys.Stat("/")), fs.ErrClosed)
					if fails && !c.failed || !fails && !c.passes {
						require.Empty(t, keptIn(t, dir))
						require.Empty(t, tb.logs)
						continue
					}
					host := requireKept(t, dir)
					require.Regexp(t, `^tmp[a-z0-9_]{12}-TestX$`, filepath.Base(host))
					require.Equal(t, []string{"tempfs.Test: kept " + host + listedTree}, tb.logs)
					require.NoError(t, os.RemoveAll(host))
				}
				require.Empty(t, liveIn(dir))
			})
		})
	}
}

// TestKeepOfNoSuchPolicy is a warning of the environment, and an error of the option.
func TestKeepOfNoSuchPolicy(t *testing.T) {
	t.Setenv("TEMPFS_KEEP", "yes")
	eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		tb := newTB("TestX")
		fill(t, tempfs.Test(tb, append(opts, tempfs.Keep(tempfs.KeepAlways))...))
		require.Len(t, tb.logs, 1)
		require.Contains(t, tb.logs[0], `TEMPFS_KEEP="yes"`)
		tb.end()
		require.NoError(t, os.RemoveAll(requireKept(t, dir)))

		for _, policy := range []tempfs.KeepPolicy{-1, 3} {
			_, err := tempfs.New(append(opts, tempfs.Keep(policy))...)
			require.ErrorIs(t, err, fs.ErrInvalid)
			require.ErrorContains(t, err, fmt.Sprintf("KeepPolicy(%d)", policy))
		}
	})
	require.Equal(t, "never failure always", fmt.Sprint(tempfs.KeepNever, tempfs.KeepOnFailure, tempfs.KeepAlways))
}

// TestKeepAfterAReleaseInTheTest tells of it at the end of the test all the same.
func TestKeepAfterAReleaseInTheTest(t *testing.T) {
	eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		tb := newTB("TestX")
		fsys := tempfs.Test(tb, append(opts, tempfs.Keep(tempfs.KeepAlways))...)
		fill(t, fsys)
		require.NoError(t, fsys.Release())
		require.Empty(t, tb.logs)
		host := requireKept(t, dir)
		tb.end()
		require.Equal(t, []string{"tempfs.Test: kept " + host + listedTree}, tb.logs)
	})
}

// TestNothingIsKeptOfAHalf has a test fail because its Fs could not be released at once: what is left then is not what the test left.
func TestNothingIsKeptOfAHalf(t *testing.T) {
	dir := t.TempDir()
	tb := newTB("TestX")
	fsys := tempfs.Test(tb, tempfs.In(dir), tempfs.Keep(tempfs.KeepOnFailure))
	fill(t, fsys)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, fsys.ReleaseContext(ended, nil), context.Canceled)
	tb.fails = true
	tb.end()
	require.Empty(t, keptIn(t, dir))
	require.Empty(t, tb.logs)
}

var errMine = errors.New("mine")

// TestKeepInWith says in the error where the tree is, and where there is none in the log.
func TestKeepInWith(t *testing.T) {
	ends := map[string]func() error{
		"nil":    func() error { return nil },
		"error":  func() error { return errMine },
		"panic":  func() error { panic(errMine) },
		"Goexit": func() error { runtime.Goexit(); return nil },
	}
	for _, policy := range []tempfs.KeepPolicy{tempfs.KeepNever, tempfs.KeepOnFailure, tempfs.KeepAlways} {
		for name, end := range ends {
			t.Run(fmt.Sprintf("%v,%s", policy, name), func(t *testing.T) {
				eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
					var err error
					lines := logged(t, func() {
						ended := make(chan struct{})
						go func() {
							defer close(ended)
							defer func() { _ = recover() }()
							err = tempfs.With(func(fsys *tempfs.Fs) error {
								fill(t, fsys)
								return end()
							}, append(opts, tempfs.Keep(policy))...)
						}()
						<-ended
					})
					if policy == tempfs.KeepNever || policy == tempfs.KeepOnFailure && name == "nil" {
						require.Empty(t, keptIn(t, dir))
						require.Empty(t, lines)
						require.True(t, err == nil || err == errMine) // the very error
						return
					}
					host := requireKept(t, dir)
					if name == "error" {
						require.ErrorIs(t, err, errMine)
						require.EqualError(t, err, "mine (kept in "+host+")")
						require.Empty(t, lines)
						return
					}
					require.NoError(t, err)
					require.Contains(t, lines, `msg="tempfs: tree kept" dir=`+host)
					require.Equal(t, 1, strings.Count(lines, "\n"))
				})
			})
		}
	}
}

// TestReleaseInWith comes before it is known how the function ends: with KeepOnFailure that deletes.
func TestReleaseInWith(t *testing.T) {
	eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		err := tempfs.With(func(fsys *tempfs.Fs) error {
			return errors.Join(fsys.Release(), errMine)
		}, append(opts, tempfs.Keep(tempfs.KeepOnFailure))...)
		require.EqualError(t, err, "mine")
		require.Empty(t, keptIn(t, dir))

		err = tempfs.With(func(fsys *tempfs.Fs) error {
			fill(t, fsys)
			return errors.Join(fsys.Release(), errMine)
		}, append(opts, tempfs.Keep(tempfs.KeepAlways))...)
		require.EqualError(t, err, "mine (kept in "+requireKept(t, dir)+")")
	})
}

// TestKeepOfNew ends the Fs in each way there is, to each of which a kept tree is a success.
func TestKeepOfNew(t *testing.T) {
	for name, end := range map[string]func(*tempfs.Fs) error{
		"Release": (*tempfs.Fs).Release,
		"Close":   (*tempfs.Fs).Close,
		"ReleaseContext": func(fsys *tempfs.Fs) error {
			ended, cancel := context.WithCancel(context.Background())
			cancel() // of what is not deleted nothing can be cancelled
			return fsys.ReleaseContext(ended, nil)
		},
		"ReleaseAll": func(*tempfs.Fs) error { return tempfs.ReleaseAll() },
	} {
		t.Run(name, func(t *testing.T) {
			eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
				fsys, err := tempfs.New(append(opts, tempfs.Keep(tempfs.KeepAlways))...)
				require.NoError(t, err)
				info := newest(t)
				fill(t, fsys)
				sub, err := fsys.Sub("/d")
				require.NoError(t, err)
				require.NoError(t, sub.Release()) // keeps nothing
				file, err := fsys.Open("/d/f")
				require.NoError(t, err)

				lines := logged(t, func() { require.NoError(t, end(fsys)) })
				host := requireKept(t, dir)
				require.Contains(t, lines, `msg="tempfs: tree kept" dir=`+host)
				require.NotContains(t, tempfs.Live(), info)
				require.ErrorIs(t, errOf(file.Stat()), fs.ErrClosed)
				require.ErrorIs(t, errOf(fsys.RealPath("/")), fs.ErrClosed)
				require.ErrorIs(t, errOf(fsys.Detach()), fs.ErrClosed)
				require.Empty(t, logged(t, func() { require.NoError(t, fsys.Release()) }))
				requireKept(t, dir)
			})
		})
	}
}

// TestKeepOnFailureOfNew has nobody who could tell of a failure.
func TestKeepOnFailureOfNew(t *testing.T) {
	eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		fsys, err := tempfs.New(append(opts, tempfs.Keep(tempfs.KeepOnFailure))...)
		require.NoError(t, err)
		fill(t, fsys)
		require.NoError(t, fsys.Release())
		require.Empty(t, keptIn(t, dir))
	})
}

// TestCloneIsKeptToo by the policy, and tells no test of it, which may be over by then.
func TestCloneIsKeptToo(t *testing.T) {
	eachIn(t, func(t *testing.T, dir string, opts ...tempfs.Option) {
		tb := newTB("TestX")
		fsys := tempfs.Test(tb, append(opts, tempfs.Keep(tempfs.KeepAlways))...)
		fill(t, fsys)
		clone, err := fsys.Clone()
		require.NoError(t, err)
		require.NoError(t, fsys.Release())
		for _, name := range keptIn(t, dir) {
			if host := filepath.Join(dir, name); host != hostIfAny(clone) {
				require.NoError(t, os.RemoveAll(host))
			}
		}
		lines := logged(t, func() { require.NoError(t, clone.Release()) })
		require.Contains(t, lines, requireKept(t, dir))
		require.Empty(t, tb.logs)
	})
}

// hostIfAny is the root on the host, or "".
func hostIfAny(fsys *tempfs.Fs) string {
	host, _ := fsys.RealPath("/")
	return host
}
