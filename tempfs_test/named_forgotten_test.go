package tempfs_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// forgotten makes a named file on the host, does something with it, and forgets all but what that returns. Not inlined, so that no register remembers
// the file.
//
//go:noinline
func forgotten[T any](t *testing.T, dir string, do func(*tempfs.NamedFile) (T, error), opts ...tempfs.FileOption) (kept T, host string) {
	t.Helper()
	f, err := tempfs.NamedTemporaryFile(append(opts, tempfs.In(dir))...)
	require.NoError(t, err)
	require.NoError(t, errOf(f.WriteString("content")))
	kept, err = do(f)
	require.NoError(t, err)
	return kept, f.Name()
}

func untouched(*tempfs.NamedFile) (none struct{}, err error) { return none, nil }

func closed(f *tempfs.NamedFile) (none struct{}, err error) { return none, f.Close() }

// awaitRemoval collects garbage until the file is gone: it is removed by a goroutine of its own.
func awaitRemoval(t *testing.T, host string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		runtime.GC()
		if _, err := os.Lstat(host); errors.Is(err, os.ErrNotExist) {
			return
		}
		require.True(t, time.Now().Before(deadline), "%s stays", host)
		time.Sleep(time.Millisecond)
	}
}

// TestForgottenNamedFileGoes if it is to go, open or closed.
func TestForgottenNamedFileGoes(t *testing.T) {
	dir := t.TempDir()
	_, host := forgotten(t, dir, untouched)
	awaitRemoval(t, host)
	_, host = forgotten(t, dir, untouched, tempfs.KeepOnClose())
	awaitRemoval(t, host)
	_, host = forgotten(t, dir, closed, tempfs.KeepOnClose())
	awaitRemoval(t, host)
	require.Empty(t, tempfs.Live(), "it is no Fs")
}

// TestForgottenNamedFileStays if it is to stay, or is none any more.
func TestForgottenNamedFileStays(t *testing.T) {
	dir := t.TempDir()
	_, host := forgotten(t, dir, untouched, tempfs.KeepFile())
	_, replaced := forgotten(t, dir, func(f *tempfs.NamedFile) (none struct{}, err error) {
		return none, errors.Join(os.Rename(f.Name(), f.Name()+"-moved"), os.WriteFile(f.Name(), []byte("theirs"), 0o600))
	})
	_, persisted := forgotten(t, dir, func(f *tempfs.NamedFile) (none struct{}, err error) {
		return none, tempfs.PersistFile(f, dir+"/persisted")
	})
	_, closedFirst := forgotten(t, dir, closed)
	require.NoError(t, os.WriteFile(closedFirst, []byte("theirs"), 0o600))
	_, last := forgotten(t, dir, untouched)
	awaitRemoval(t, last)
	collectGarbage(t)
	for name, content := range map[string]string{
		host: "content", replaced: "theirs", replaced + "-moved": "content", dir + "/persisted": "content", closedFirst: "theirs",
	} {
		got, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, content, string(got))
	}
	requireGone(t, persisted)
}

// TestWhatIsDerivedKeepsANamedFile from being removed: it is no garbage.
func TestWhatIsDerivedKeepsANamedFile(t *testing.T) {
	for name, derive := range map[string]func(*tempfs.NamedFile) (func() error, error){
		"reader": func(f *tempfs.NamedFile) (func() error, error) {
			r := io.NewSectionReader(f, 0, 7)
			return func() error { return errOf(r.ReadAt(make([]byte, 7), 0)) }, nil
		},
		"method": func(f *tempfs.NamedFile) (func() error, error) {
			return func() error { return errOf(f.Stat()) }, nil
		},
		"file": func(f *tempfs.NamedFile) (func() error, error) {
			inner := f.File
			return func() error { return errOf(inner.Stat()) }, nil
		},
		"connection": func(f *tempfs.NamedFile) (func() error, error) {
			conn, err := f.SyscallConn()
			return func() error { return conn.Control(func(uintptr) {}) }, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			work, host := forgotten(t, t.TempDir(), derive)
			collectGarbage(t)
			require.FileExists(t, host)
			require.NoError(t, work()) // for the last time
			awaitRemoval(t, host)
		})
	}
}

// TestReleaseAllRemovesNamedFiles of the host, also those that were forgotten a moment ago.
func TestReleaseAllRemovesNamedFiles(t *testing.T) { requireChild(t, childNamed) }

const childNamed = "releases all named files"

func init() { children[childNamed] = endWithNamed }

func endWithNamed(dir string) error {
	var files []*tempfs.NamedFile
	for range 3 {
		for _, opts := range [][]tempfs.FileOption{nil, {tempfs.KeepOnClose()}, {tempfs.KeepFile()}} {
			f, err := tempfs.NamedTemporaryFile(append(opts, tempfs.In(dir))...)
			if err != nil {
				return err
			}
			files = append(files, f)
		}
	}
	replaced := files[3].Name()
	if err := errors.Join(
		files[1].Close(), files[0].Close(),
		os.Remove(replaced), os.Mkdir(replaced, 0o700),
		os.Remove(files[4].Name()),
	); err != nil {
		return err
	}
	before := len(tempfs.Live())
	err := tempfs.ReleaseAll()
	if !errors.Is(err, tempfs.ErrReplaced) {
		return fmt.Errorf("of a file that was replaced: %w", err)
	}
	if err = tempfs.ReleaseAll(); err != nil || before != 0 {
		return fmt.Errorf("%d live, and of all that was done: %w", before, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 4 { // three to stay and that of the stranger
		return fmt.Errorf("%v are left: %w", entries, err)
	}
	for i, f := range files {
		if i%3 == 2 {
			continue // it is its owner's
		}
		if _, err := f.Stat(); !errors.Is(err, os.ErrClosed) {
			return fmt.Errorf("file %d: %w", i, err)
		}
		if err := f.Release(); err != nil {
			return err
		}
	}
	return errOf(files[2].WriteString("content"))
}

// TestForgottenNamedFilesLeaveNoDescriptors nor entries.
func TestForgottenNamedFilesLeaveNoDescriptors(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("descriptors are counted in /proc/self/fd")
	}
	dir := t.TempDir()
	collectGarbage(t)
	before := len(descriptors())
	var last string
	for range 20 {
		forgotten(t, dir, closed, tempfs.KeepOnClose())
		_, last = forgotten(t, dir, untouched)
	}
	awaitRemoval(t, last)
	for deadline := time.Now().Add(30 * time.Second); len(keptIn(t, dir)) > 0 || len(descriptors()) > before; {
		require.True(t, time.Now().Before(deadline), "%d descriptors instead of %d", len(descriptors()), before)
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}
