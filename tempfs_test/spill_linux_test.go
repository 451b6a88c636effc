package tempfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// descriptorsIn are those of the files in dir, without a name ones too.
func descriptorsIn(dir string) (open []string) {
	for fd, target := range descriptors() {
		if strings.HasPrefix(target, dir+"/") {
			open = append(open, fd)
		}
	}
	return open
}

// TestSpillFileIsMadeWhenItIsNeeded and is one for all that share it, which nobody else can open. The last of them closes it.
func TestSpillFileIsMadeWhenItIsNeeded(t *testing.T) {
	dir := t.TempDir()
	fsys := tempfs.Test(t, tempfs.In(dir), tempfs.SpillOver(1<<20))
	require.NoError(t, put(fsys, "/small", "content"))
	require.Empty(t, descriptorsIn(dir), "it was not needed")

	require.NoError(t, put(fsys, "/large", numberedContent(1, 3<<20)))
	require.Len(t, descriptorsIn(dir), 1)
	requireEmpty(t, dir)
	info, err := os.Stat("/proc/self/fd/" + descriptorsIn(dir)[0])
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode())
	require.Zero(t, info.Sys().(*syscall.Stat_t).Nlink)

	open, err := fsys.Open("/large")
	require.NoError(t, err)
	defer open.Close()
	clone := requireClone(t, fsys)
	require.NoError(t, put(clone, "/large too", numberedContent(2, 3<<20)))
	require.Len(t, descriptorsIn(dir), 1)
	alone := requireClone(t, fsys, tempfs.SpillOver(0))
	require.Len(t, descriptorsIn(dir), 2, "with a budget of its own")
	require.NoError(t, alone.Release())
	require.NoError(t, fsys.Release())
	require.Len(t, descriptorsIn(dir), 1)
	require.NoError(t, has(clone, "/large", numberedContent(1, 3<<20)))
	require.NoError(t, clone.Release())
	require.Empty(t, descriptorsIn(dir))
}

// TestSpillFileGoes with each end that an Fs has.
func TestSpillFileGoes(t *testing.T) {
	dir := t.TempDir()
	opts := []tempfs.Option{tempfs.In(dir), tempfs.SpillOver(0)}
	spilled := func(fsys *tempfs.Fs) error {
		if err := put(fsys, "/f", "content"); err != nil {
			return err
		}
		if len(descriptorsIn(dir)) != 1 {
			return errors.New("it has not spilled")
		}
		return nil
	}
	for how, end := range map[string]func(t *testing.T){
		"With": func(t *testing.T) { require.NoError(t, tempfs.With(spilled, opts...)) },
		"ReleaseAll": func(t *testing.T) {
			fsys, err := tempfs.New(opts...)
			require.NoError(t, err)
			require.NoError(t, spilled(fsys))
			require.NoError(t, tempfs.ReleaseAll())
		},
		"garbage": func(t *testing.T) {
			told := newLeaks()
			_, info := dropped(t, func(fsys *tempfs.Fs) (none struct{}, err error) { return none, spilled(fsys) }, append(opts, told.option())...)
			require.Equal(t, tempfs.Leak{Info: info}, told.next(t))
		},
	} {
		t.Run(how, func(t *testing.T) {
			end(t)
			require.Empty(t, descriptorsIn(dir))
			requireEmpty(t, dir)
		})
	}
}

const childSpills = "spill and wait to be killed"

func init() { children[childSpills] = spillAndWait }

func spillAndWait(dir string) error {
	fsys, err := tempfs.New(tempfs.In(dir), tempfs.SpillOver(0))
	if err != nil {
		return err
	}
	if err := put(fsys, "/f", numberedContent(1, 1<<20)); err != nil {
		return err
	}
	if len(descriptorsIn(dir)) != 1 {
		return errors.New("it has not spilled")
	}
	fmt.Println("ready")
	select {}
}

// TestSpillOfAKilledProcessIsGone from the directory and from the disk.
func TestSpillOfAKilledProcessIsGone(t *testing.T) {
	dir := t.TempDir()
	if os.Geteuid() == 0 {
		dir = smallFilesystem(t, "size=4m")
	}
	before := freeIn(t, dir)
	killAfter(t, childSpills, dir, 1)
	requireEmpty(t, dir)
	if os.Geteuid() == 0 { // nobody else writes there
		require.Equal(t, before, freeIn(t, dir))
	}
}

func freeIn(t *testing.T, dir string) uint64 {
	t.Helper()
	var of unix.Statfs_t
	require.NoError(t, unix.Statfs(dir, &of))
	return of.Bfree * uint64(of.Bsize)
}

// TestSpillOnAFullDisk takes what there is room for, and loses nothing of it.
func TestSpillOnAFullDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root mounts a small filesystem")
	}
	for _, size := range []int{100, 10_000, 300_000} {
		t.Run(strconv.Itoa(size), func(t *testing.T) {
			dir := smallFilesystem(t, "size=1m")
			before := freeIn(t, dir)
			fsys := tempfs.Test(t, tempfs.In(dir), tempfs.SpillOver(64<<10))
			require.NoError(t, fillUp(fsys, size, 4<<20, syscall.ENOSPC))
			require.NoError(t, fsys.Release())
			require.Equal(t, before, freeIn(t, dir))
		})
	}
}

const childMeetsItsLimit = "spill up to the limit of the size of files"

func init() { children[childMeetsItsLimit] = meetLimit }

func meetLimit(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 1 << 20, Max: 1 << 20}); err != nil {
		return err
	}
	return tempfs.With(func(fsys *tempfs.Fs) error { return fillUp(fsys, 10_000, 4<<20, syscall.EFBIG) },
		tempfs.In(dir), tempfs.SpillOver(64<<10))
}

// TestSpillUpToTheLimitOfAFile is TestSpillOnAFullDisk for all users: a file of the process may have so many bytes, see setrlimit(2).
func TestSpillUpToTheLimitOfAFile(t *testing.T) {
	require.NoError(t, runChild(t, childMeetsItsLimit, t.TempDir()))
}

// fillUp writes files of that size until there is no room, which must be met before there are most bytes. Each file has what was accepted, then
// and after the place of others was given to new ones.
func fillUp(fsys *tempfs.Fs, size, most int, want error) error {
	accepted := map[string]string{}
	var order []string
	written := 0
	fill := func() error {
		for {
			name := fmt.Sprintf("/f%d", written)
			content := numberedContent(written, size)
			written++
			n, err := writeOnce(fsys, name, content)
			if n < 0 || n > size || (n < size) != (err != nil) {
				return fmt.Errorf("%d of %d bytes with %w", n, size, err)
			}
			accepted[name], order = content[:n], append(order, name)
			switch {
			case err != nil && errors.Is(err, want):
				return nil
			case err != nil:
				return err
			case len(order)*size > most:
				return errors.New("it takes more than there is room for")
			}
		}
	}
	for range 4 {
		err := fill()
		if err == nil {
			err = holds(fsys, accepted)
		}
		if err != nil {
			return err
		}
		last := order[len(order)-1]
		if err := changeWithoutRoom(fsys, last, accepted); err != nil {
			return fmt.Errorf("what needs no room: %w", err)
		}
		for _, name := range order[:len(order)/2] {
			if err := fsys.Remove(name); err != nil {
				return err
			}
			delete(accepted, name)
		}
		order = order[len(order)/2:]
		if err := putRest(fsys, last, accepted, size); err != nil {
			return fmt.Errorf("once there is room: %w", err)
		}
	}
	return holds(fsys, accepted)
}

// changeWithoutRoom renames the file name, and writes over its first byte if it has one.
func changeWithoutRoom(fsys *tempfs.Fs, name string, accepted map[string]string) error {
	if err := errors.Join(fsys.Rename(name, "/moved"), fsys.Rename("/moved", name)); err != nil || accepted[name] == "" {
		return err
	}
	f, err := fsys.OpenFile(name, os.O_RDWR, 0)
	err = with(f, err, func(f afero.File) error { return errOf(f.WriteAt([]byte("x"), 0)) })
	accepted[name] = "x" + accepted[name][1:]
	return err
}

// putRest appends to what the file name has, up to size.
func putRest(fsys *tempfs.Fs, name string, accepted map[string]string, size int) error {
	rest := numberedContent(1, size-len(accepted[name]))
	f, err := fsys.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	err = with(f, err, func(f afero.File) error { return errOf(f.WriteString(rest)) })
	accepted[name] += rest
	return err
}

// holds wants these files, and no others.
func holds(fsys *tempfs.Fs, want map[string]string) error {
	for name, content := range want {
		if err := has(fsys, name, content); err != nil {
			return err
		}
	}
	infos, err := afero.ReadDir(fsys, "/")
	if err == nil && len(infos) != len(want) {
		err = fmt.Errorf("%d files, want %d", len(infos), len(want))
	}
	return err
}

// TestSpillFileThatCannotBeMade is the error of the write that needs it.
func TestSpillFileThatCannotBeMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir")
	require.NoError(t, os.Mkdir(dir, 0o700))
	fsys := tempfs.Test(t, tempfs.In(dir), tempfs.SpillOver(64<<10))
	require.NoError(t, put(fsys, "/before", "content"))
	require.NoError(t, os.Remove(dir))
	n, err := writeOnce(fsys, "/f", numberedContent(1, 1<<20))
	require.ErrorIs(t, err, syscall.ENOENT)
	require.NotContains(t, err.Error(), dir)
	require.Equal(t, "/f", pathOf(t, err))
	require.NoError(t, has(fsys, "/f", numberedContent(1, 1<<20)[:n]))
	require.NoError(t, has(fsys, "/before", "content"))
}
