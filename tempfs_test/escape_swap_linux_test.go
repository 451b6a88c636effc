package tempfs_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// swapRounds bounds the race in time: a few seconds.
const swapRounds = 300

// swapRace works by names below /door, which is a directory and a link to the directory outside in turns, as fast as
// an attacker can exchange the two. It returns what got out, and the number of exchanges.
func swapRace(t *testing.T, a arena, target string) (swaps int64, err error) {
	t.Helper()
	require.NoError(t, a.fs.Mkdir("/door", 0o755))
	require.NoError(t, a.plant(target, "/link"))
	door, link := filepath.Join(a.base, "door"), filepath.Join(a.base, "link")
	err = unix.Renameat2(unix.AT_FDCWD, door, unix.AT_FDCWD, link, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		t.Skipf("no RENAME_EXCHANGE here: %v", err)
	}
	require.NoError(t, err)

	var swapping sync.WaitGroup
	var count atomic.Int64
	var stop atomic.Bool
	swapping.Go(func() {
		for !stop.Load() {
			if unix.Renameat2(unix.AT_FDCWD, door, unix.AT_FDCWD, link, unix.RENAME_EXCHANGE) == nil {
				count.Add(1)
			}
		}
	})
	for i := range swapRounds {
		if err = errors.Join(workBehind(a.fs, strconv.Itoa(i)), a.outside.changed()); err != nil {
			break
		}
	}
	stop.Store(true)
	swapping.Wait()
	return count.Load(), errors.Join(err, a.escaped())
}

// workBehind does all that can be done behind /door and returns the secret it learns. Whether a call succeeds depends on the
// moment.
func workBehind(fsys afero.Fs, unique string) error {
	_ = put(fsys, "/door/new"+unique, "mine")
	_ = put(fsys, "/door/secret", "mine")
	_ = fsys.Mkdir("/door/dir"+unique, 0o755)
	_ = fsys.MkdirAll("/door/sub/empty", 0o755)
	_ = fsys.Chmod("/door/secret", 0o600)
	_ = fsys.Chtimes("/door/secret", longAgo.AddDate(1, 0, 0), longAgo.AddDate(1, 0, 0))
	_ = fsys.(afero.Linker).SymlinkIfPossible("x", "/door/symlink"+unique)
	content, _ := afero.ReadFile(fsys, "/door/secret")
	names, _ := readNames(fsys, "/door")
	_ = fsys.Rename("/door/secret", "/stolen")
	_ = fsys.Rename("/stolen", "/door/given"+unique)
	_ = fsys.Remove("/door/new" + unique)
	_ = fsys.Remove("/door/secret")
	_ = fsys.RemoveAll("/door/sub")
	return errors.Join(shows(string(content)), shows(strings.Join(names, " ")))
}

func TestSwapsLetNothingOut(t *testing.T) {
	for how, target := range map[string]func(a arena) string{
		"absolute": func(a arena) string { return a.outside.dir },
		"relative": func(a arena) string { return a.sibling() },
	} {
		t.Run(how, func(t *testing.T) {
			a := inside(t, tempfs.Test(t))
			swaps, err := swapRace(t, a, target(a))
			require.NoError(t, err)
			require.Positive(t, swaps)
			t.Logf("%d exchanges", swaps)
		})
	}
}

// TestSwapsFoolBasePathFs shows that the race bites.
func TestSwapsFoolBasePathFs(t *testing.T) {
	a := basePath(t)
	_, err := swapRace(t, a, a.outside.dir)
	require.Error(t, err)
}

// TestSwapsWhileReleasing exchanges directories and links to outside while the tree is deleted. That may leave something, which
// the next release takes; outside nothing may go.
func TestSwapsWhileReleasing(t *testing.T) {
	const pairs = 60
	fsys, err := tempfs.New()
	require.NoError(t, err)
	a := inside(t, fsys)
	for i := range pairs {
		n := strconv.Itoa(i)
		require.NoError(t, fsys.MkdirAll("/d"+n+"/sub/empty", 0o755))
		require.NoError(t, put(fsys, "/d"+n+"/secret", "mine"))
		require.NoError(t, a.plant(a.outside.dir, "/l"+n))
	}
	var swapping sync.WaitGroup
	var stop atomic.Bool
	begun := make(chan struct{})
	swapping.Go(func() {
		for i := 0; !stop.Load(); i++ {
			n := strconv.Itoa(i % pairs)
			_ = unix.Renameat2(unix.AT_FDCWD, filepath.Join(a.base, "d"+n), unix.AT_FDCWD, filepath.Join(a.base, "l"+n), unix.RENAME_EXCHANGE)
			if i == pairs {
				close(begun)
			}
		}
	})
	<-begun
	err = fsys.Release()
	stop.Store(true)
	swapping.Wait()
	t.Logf("released under attack: %v", err == nil)
	require.NoError(t, a.outside.changed())
	require.NoError(t, fsys.Release())
	require.NoError(t, a.outside.changed())
	_, err = os.Lstat(a.base)
	require.ErrorIs(t, err, os.ErrNotExist)
}
