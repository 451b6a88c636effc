package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// ReleaseAll and Exit are of the whole process, so each test has one of its own.
const (
	childReleasesAll  = "releases all"
	childFailsThenNot = "releases all but one, then that"
	childReleasesMany = "releases many at once"
	childRaces        = "releases all while others make and release"
	childExits        = "exits"
	childExitsStuck   = "exits from a release that is stuck"
)

func init() {
	children[childReleasesAll] = releaseEach
	children[childFailsThenNot] = failThenRelease
	children[childReleasesMany] = releaseMany
	children[childRaces] = raceReleases
	children[childExits] = exitWithTrees
	children[childExitsStuck] = exitStuck
}

// requireChild runs a child that is to end well.
func requireChild(t *testing.T, kind string) {
	t.Helper()
	require.NoError(t, runChild(t, kind, t.TempDir()))
}

func TestReleaseAll(t *testing.T) { requireChild(t, childReleasesAll) }

// releaseEach has more of each backend than are released at a time, one of them forgotten and one released already.
func releaseEach(dir string) error {
	var all []*tempfs.Fs
	var files []fs.File
	for range 20 {
		for _, backend := range backendNames {
			fsys, err := tempfs.New(optionsIn(backend, dir)...)
			if err != nil {
				return err
			}
			f, err := fsys.Create("/f")
			if err != nil {
				return err
			}
			sub, err := fsys.Sub("/")
			if err != nil {
				return err
			}
			all, files = append(all, fsys, sub), append(files, f)
		}
	}
	if err := errors.Join(all[0].Release(), forgetOne(dir)); err != nil {
		return err
	}
	runtime.GC()
	runtime.GC()

	if err := errors.Join(tempfs.ReleaseAll(), expectNothing(dir)); err != nil {
		return err
	}
	for i, fsys := range all {
		if err := errOf(fsys.Stat("/")); !errors.Is(err, fs.ErrClosed) {
			return fmt.Errorf("Fs %d: %w", i, err)
		}
	}
	for i, f := range files {
		if err := errOf(f.Stat()); !errors.Is(err, fs.ErrClosed) {
			return fmt.Errorf("file %d: %w", i, err)
		}
	}
	for _, fsys := range all {
		if err := fsys.Release(); err != nil {
			return err
		}
	}
	return tempfs.ReleaseAll()
}

//go:noinline
func forgetOne(dir string) error {
	fsys, err := tempfs.New(tempfs.In(dir))
	if err != nil {
		return err
	}
	return put(fsys, "/f", "content")
}

// expectNothing is an error when something lives or is in dir.
func expectNothing(dir string) error {
	entries, err := os.ReadDir(dir)
	if live := tempfs.Live(); err == nil && len(entries)+len(live) > 0 {
		err = fmt.Errorf("%d live, left in %s: %v", len(live), dir, entries)
	}
	return err
}

func TestReleaseAllThatFails(t *testing.T) { requireChild(t, childFailsThenNot) }

// failThenRelease puts another directory at the name of one root, which holds up none but that.
func failThenRelease(dir string) error {
	var roots []string
	var origin string
	for i := range 3 {
		fsys, err := tempfs.New(tempfs.In(dir))
		if err != nil {
			return err
		}
		root, err := fsys.RealPath("/")
		if err != nil {
			return err
		}
		roots = append(roots, root)
		if i == 1 {
			origin = tempfs.Live()[i].Origin
		}
	}
	aside := filepath.Join(dir, "aside")
	if err := errors.Join(os.Rename(roots[1], aside), os.Mkdir(roots[1], 0o700)); err != nil {
		return err
	}
	for range 2 {
		err := tempfs.ReleaseAll()
		if !errors.Is(err, tempfs.ErrReplaced) || strings.Count(err.Error(), origin) != 1 {
			return fmt.Errorf("not the one of %s that was replaced: %w", origin, err)
		}
		if live := tempfs.Live(); len(live) != 1 || live[0].Dir != roots[1] {
			return fmt.Errorf("live: %v", live)
		}
	}
	return errors.Join(os.Remove(roots[1]), os.Rename(aside, roots[1]), tempfs.ReleaseAll(), expectNothing(dir))
}

func TestReleaseAllAtOnce(t *testing.T) { requireChild(t, childReleasesMany) }

// releaseMany has releases of which each waits until eight run, and there are never more.
func releaseMany(dir string) error {
	const atOnce, rounds = 8, 3
	var met [rounds]sync.WaitGroup
	for i := range met {
		met[i].Add(atOnce)
	}
	var running, most, begun atomic.Int64
	meet := func(tempfs.Leak) {
		now := running.Add(1)
		for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
		}
		round := &met[(begun.Add(1)-1)/atOnce]
		round.Done()
		round.Wait()
		running.Add(-1)
	}
	var kept []fs.File
	for range atOnce * rounds {
		fsys, err := tempfs.New(tempfs.In(dir), tempfs.OnLeak(meet))
		if err != nil {
			return err
		}
		f, err := fsys.Create("/open")
		if err != nil {
			return err
		}
		kept = append(kept, f)
	}
	err := tempfs.ReleaseAll()
	runtime.KeepAlive(kept)
	if most.Load() != atOnce {
		err = errors.Join(err, fmt.Errorf("%d at once", most.Load()))
	}
	return errors.Join(err, expectNothing(dir))
}

func TestReleaseAllRace(t *testing.T) { requireChild(t, childRaces) }

// raceReleases makes and releases on all backends while others release all.
func raceReleases(dir string) error {
	var makers, releasers sync.WaitGroup
	var made atomic.Int64
	errs := make(chan error, 100)
	for range 4 {
		for _, backend := range backendNames {
			makers.Go(func() {
				for range 50 {
					errs <- useOne(optionsIn(backend, dir), &made)
				}
			})
		}
	}
	ended := make(chan struct{})
	for range 2 {
		releasers.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
					errs <- tempfs.ReleaseAll()
					runtime.Gosched()
				}
			}
		})
	}
	go func() {
		makers.Wait()
		close(ended)
		releasers.Wait()
		close(errs)
	}()
	var all []error
	for err := range errs {
		all = append(all, err)
	}
	if made.Load() != int64(200*len(backendNames)) {
		all = append(all, fmt.Errorf("%d made", made.Load()))
	}
	return errors.Join(append(all, tempfs.ReleaseAll(), expectNothing(dir))...)
}

// useOne finds its Fs working, or closed.
func useOne(opts []tempfs.Option, made *atomic.Int64) error {
	fsys, err := tempfs.New(opts...)
	if err != nil {
		return err
	}
	made.Add(1)
	for _, err := range []error{fsys.MkdirAll("/a/b", 0o700), put(fsys, "/a/b/c", "content"), fsys.RemoveAll("/a")} {
		if err != nil && !errors.Is(err, fs.ErrClosed) {
			return err
		}
	}
	if made.Load()%2 == 0 {
		return nil // for ReleaseAll
	}
	return fsys.Release()
}

// exitOf runs a child that exits with a status of its own.
func exitOf(t *testing.T, kind, argument string) int {
	t.Helper()
	err := runChild(t, kind, argument)
	var exit *exec.ExitError
	require.True(t, err == nil || errors.As(err, &exit), "%v", err)
	if err == nil {
		return 0
	}
	return exit.ExitCode()
}

func TestExit(t *testing.T) {
	for _, code := range []int{0, 7} {
		dir := t.TempDir()
		require.Equal(t, code, exitOf(t, childExits, fmt.Sprint(code, " ", dir)))
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.Equal(t, "told", entries[0].Name())
	}
}

// exitWithTrees makes a file "told" when memory is released, which leaves no other trace. No deferred call of it may run.
func exitWithTrees(argument string) error {
	var code int
	var dir string
	if _, err := fmt.Sscan(argument, &code, &dir); err != nil {
		return err
	}
	defer func() { _ = os.Mkdir(filepath.Join(dir, "deferred"), 0o700) }()
	told := func(tempfs.Leak) { _ = os.WriteFile(filepath.Join(dir, "told"), nil, 0o600) }
	return exitWith(code, optionsIn("disk", dir), append(optionsIn("memory", dir), tempfs.OnLeak(told)), optionsIn("spill", dir))
}

// exitWith exits with an open file in an Fs of each of the options.
func exitWith(code int, each ...[]tempfs.Option) error {
	var kept []fs.File
	for _, opts := range each {
		fsys, err := tempfs.New(opts...)
		if err != nil {
			return err
		}
		f, err := fsys.Create("/open")
		if err != nil {
			return err
		}
		kept = append(kept, f)
	}
	tempfs.Exit(code)
	runtime.KeepAlive(kept)
	return errors.New("it did not exit")
}

// TestExitIsBounded waits the five seconds of Exit.
func TestExitIsBounded(t *testing.T) {
	onlyInFull(t)
	dir := t.TempDir()
	require.Equal(t, 7, exitOf(t, childExitsStuck, dir))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1) // of the one that is stuck
	require.NoError(t, os.RemoveAll(filepath.Join(dir, entries[0].Name())))
}

func exitStuck(dir string) error {
	stuck := tempfs.OnLeak(func(tempfs.Leak) { select {} })
	return exitWith(7, []tempfs.Option{tempfs.In(dir)}, []tempfs.Option{tempfs.In(dir), stuck}, []tempfs.Option{tempfs.In(dir)})
}
