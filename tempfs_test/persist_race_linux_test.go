package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// swapper exchanges two names all the time, but for the moments in which they are put back.
type swapper struct {
	door, link string // on the host
	target     string
	mu         sync.Mutex // held for each exchange
	swaps      int        // guarded by mu
}

func (s *swapper) run(stop *atomic.Bool) {
	for !stop.Load() {
		s.mu.Lock()
		if unix.Renameat2(unix.AT_FDCWD, s.door, unix.AT_FDCWD, s.link, unix.RENAME_EXCHANGE) == nil {
			s.swaps++
		}
		s.mu.Unlock()
	}
}

// reset makes door a directory with a file of ours and link a link to the directory outside.
func (s *swapper) reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(
		os.RemoveAll(s.door), os.RemoveAll(s.link), os.Mkdir(s.door, 0o755),
		os.WriteFile(filepath.Join(s.door, "secret"), []byte("mine"), 0o600), os.Symlink(s.target, s.link),
	)
}

// TestPersistSwappedSource persists what is a directory and a link to the directory outside in turns, and a file behind that name. The link
// itself may be moved, never what it leads to.
func TestPersistSwappedSource(t *testing.T) {
	for _, where := range destinations(t) {
		for _, name := range []string{"/door", "/door/secret"} {
			t.Run(where.name+name, func(t *testing.T) {
				a := inside(t, tempfs.Test(t))
				s := swapper{door: filepath.Join(a.base, "door"), link: filepath.Join(a.base, "link"), target: a.outside.dir}
				rounds := swapRounds
				if testing.Short() {
					rounds /= 4
				}
				var stop atomic.Bool
				var swapping sync.WaitGroup
				swapping.Go(func() { s.run(&stop) })
				dir := where.makeDir(t)
				kinds := map[string]int{}
				var err error
				for i := 0; i < rounds && err == nil; i++ {
					if err = s.reset(); err == nil {
						var kind string
						kind, err = persistSwapped(a.fs.(*tempfs.Fs), name, filepath.Join(dir, "host"))
						kinds[kind]++
					}
				}
				stop.Store(true)
				swapping.Wait()
				require.NoError(t, err)
				require.NoError(t, a.escaped())
				requireHolds(t, dir)
				require.Positive(t, s.swaps)
				t.Log(s.swaps, "exchanges", kinds)
			})
		}
	}
}

// persistSwapped tells what was published, and what of it must not be.
func persistSwapped(fsys *tempfs.Fs, name, host string) (kind string, err error) {
	failed := fsys.Persist(name, host)
	kind = "nothing"
	walked := filepath.WalkDir(host, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == host {
			kind = d.Type().String()
		}
		if !d.Type().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(content), secret) {
			err = errors.New("the secret is at the host path")
		}
		return err
	})
	if errors.Is(walked, fs.ErrNotExist) && kind == "nothing" {
		walked = nil
	}
	var said *tempfs.PersistError
	if isThere := kind != "nothing"; isThere != (failed == nil || errors.As(failed, &said) && said.Published) {
		walked = errors.Join(walked, fmt.Errorf("there is %s, and Persist said %w", kind, failed))
	}
	return kind, errors.Join(walked, os.RemoveAll(host))
}

// TestPersistNeverWithoutName replaces a file, and a directory that has entries, under the eyes of a poller that never misses it.
func TestPersistNeverWithoutName(t *testing.T) {
	for _, where := range destinations(t) {
		for kind, s := range subjects {
			t.Run(where.name+"/"+kind, func(t *testing.T) {
				tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
					requireNeverMissing(t, filepath.Join(where.makeDir(t), "host"), func(host string) {
						s.make(t, fsys, "/s")
						require.NoError(t, fsys.Persist("/s", host))
					})
				})
			})
		}
		t.Run(where.name+"/open", func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				requireNeverMissing(t, filepath.Join(where.makeDir(t), "host"), func(host string) {
					f, err := fsys.TemporaryFile(tempfs.Linkable())
					require.NoError(t, err)
					require.NoError(t, tempfs.PersistFile(f, host))
					require.NoError(t, f.Close())
				})
			})
		})
	}
}

// requireNeverMissing looks for the name all the time after the first call of persist.
func requireNeverMissing(t *testing.T, host string, persist func(host string)) {
	t.Helper()
	persist(host)
	var stop atomic.Bool
	var polling sync.WaitGroup
	var polls, missed int
	polling.Go(func() {
		for ; !stop.Load() || polls == 0; polls++ {
			var st unix.Stat_t
			if unix.Lstat(host, &st) != nil {
				missed++
			}
		}
	})
	defer func() {
		stop.Store(true)
		polling.Wait()
		require.Zero(t, missed, "of %d", polls)
	}()
	for range 25 {
		persist(host)
	}
}

// TestPersistTogether has many publish under one name: the last one wins, whole.
func TestPersistTogether(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				dir := where.makeDir(t)
				const each = 20
				var all sync.WaitGroup
				errs := make([]error, 4)
				for i := range errs {
					all.Go(func() {
						for n := range each {
							name := fmt.Sprintf("/%d-%d", i, n)
							content := strings.Repeat(name, 1000)
							err := errors.Join(put(fsys, name, content), fsys.Persist(name, filepath.Join(dir, "host")))
							if !errors.Is(err, tempfs.ErrReplaced) { // somebody else's may be there by the time it looks
								errs[i] = errors.Join(errs[i], err)
							}
						}
					})
				}
				all.Wait()
				require.NoError(t, errors.Join(errs...))
				requireHolds(t, dir, "host")
				content, err := os.ReadFile(filepath.Join(dir, "host"))
				require.NoError(t, err)
				name := string(content[:len(content)/1000])
				require.Equal(t, strings.Repeat(name, 1000), string(content))
			})
		})
	}
}
