package locate

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// watched is a real file with faults. It counts the closes.
type watched struct {
	probeFile
	write  func(p []byte) (int, error) // nil: the file's
	close  error                       // after the file's
	closes int
}

func (w *watched) Write(p []byte) (int, error) {
	if w.write != nil {
		return w.write(p)
	}
	return w.probeFile.Write(p)
}

func (w *watched) Close() error {
	w.closes++
	return errors.Join(w.probeFile.Close(), w.close)
}

// named is the real system without unnamed files.
func named() system {
	s := realSystem
	s.openUnnamed = func(string) (probeFile, error) { return nil, errors.ErrUnsupported }
	return s
}

// watch puts w around each file that s opens, with a name or without.
func watch(s system, w *watched) system {
	wrap := func(open func(string) (probeFile, error)) func(string) (probeFile, error) {
		return func(name string) (probeFile, error) {
			f, err := open(name)
			if err != nil {
				return nil, err
			}
			w.probeFile = f
			return w, nil
		}
	}
	s.openUnnamed, s.openNew = wrap(s.openUnnamed), wrap(s.openNew)
	return s
}

func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func requireReason(t *testing.T, err error, call string, reason error) {
	t.Helper()
	var e *os.SyscallError
	require.ErrorAs(t, err, &e)
	require.Equal(t, call, e.Syscall)
	require.ErrorIs(t, err, reason)
}

func TestProbeFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  watched
		call   string
		reason error
	}{
		{"write", watched{write: func([]byte) (int, error) { return 0, syscall.ENOSPC }}, "write", syscall.ENOSPC},
		{"part of a write", watched{write: func([]byte) (int, error) { return 2, syscall.EDQUOT }}, "write", syscall.EDQUOT},
		{"short write", watched{write: func(p []byte) (int, error) { return len(p) - 1, nil }}, "write", io.ErrShortWrite},
		{"close", watched{close: syscall.EIO}, "close", syscall.EIO},
		{"write and close", watched{write: func([]byte) (int, error) { return 0, syscall.ENOSPC }, close: syscall.EIO}, "write", syscall.ENOSPC},
	} {
		for kind, sys := range map[string]system{"named": named(), "unnamed": realSystem} {
			t.Run(c.name+"/"+kind, func(t *testing.T) {
				dir, fault := t.TempDir(), c.fault
				err := probe(dir, watch(sys, &fault))
				requireReason(t, err, c.call, c.reason)
				require.NotContains(t, err.Error(), "\n")
				require.Equal(t, 1, fault.closes)
				require.Empty(t, namesIn(t, dir))
			})
		}
	}
}

func TestProbeThatSucceeds(t *testing.T) {
	for kind, sys := range map[string]system{"named": named(), "unnamed": realSystem} {
		dir := t.TempDir()
		var wrote []byte
		var w watched
		w.write = func(p []byte) (int, error) {
			wrote = append(wrote, p...)
			return w.probeFile.Write(p)
		}
		require.NoError(t, probe(dir, watch(sys, &w)), kind)
		require.Len(t, wrote, 4, kind)
		require.Equal(t, 1, w.closes, kind)
		require.Empty(t, namesIn(t, dir), kind)
	}
}

func TestProbeOpenFaults(t *testing.T) {
	dir := t.TempDir()
	s := named()
	s.openNew = func(string) (probeFile, error) {
		return nil, &fs.PathError{Op: "open", Path: "/random", Err: syscall.EROFS}
	}
	s.remove = func(string) error { t.Error("removes what it has not made"); return nil }
	err := probe(dir, s)
	require.EqualError(t, err, "open: "+syscall.EROFS.Error(), "no random name in it")

	s.openUnnamed = func(string) (probeFile, error) { return nil, &fs.PathError{Op: "open", Path: dir, Err: syscall.EMFILE} }
	s.openNew = func(string) (probeFile, error) {
		t.Error("goes on after an error of the directory")
		return nil, syscall.EIO
	}
	requireReason(t, probe(dir, s), "open", syscall.EMFILE)
}

func TestProbeRemoveFaults(t *testing.T) {
	dir := t.TempDir()
	s := named()
	s.remove = func(string) error { return syscall.EPERM }
	s.randomName = func() string { return "first" }
	err := probe(dir, s)
	requireReason(t, err, "unlink", syscall.EPERM)
	require.Contains(t, err.Error(), filepath.Join(dir, "first"), "it tells what is left")
	require.Equal(t, []string{"first"}, namesIn(t, dir))

	s.randomName = func() string { return "second" }
	err = probe(dir, watch(s, &watched{write: func([]byte) (int, error) { return 0, syscall.ENOSPC }}))
	requireReason(t, err, "write", syscall.ENOSPC)
	require.ErrorIs(t, err, syscall.EPERM)
	require.Contains(t, err.Error(), filepath.Join(dir, "second"))
}

func TestProbeRemovesAfterClose(t *testing.T) {
	var w watched
	s := watch(named(), &w)
	remove := s.remove
	s.remove = func(path string) error {
		require.Equal(t, 1, w.closes)
		return remove(path)
	}
	require.NoError(t, probe(t.TempDir(), s))
}

func TestProbeTriesOtherNames(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), []byte("theirs"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "directory"), 0o700))
	names := []string{"file", "directory", "free"}
	if err := os.Symlink("dangling", filepath.Join(dir, "link")); err == nil {
		names = append([]string{"link"}, names...)
	}
	before := namesIn(t, dir)
	s := named()
	s.randomName = func() string {
		name := names[0]
		names = names[1:]
		return name
	}
	require.NoError(t, probe(dir, s))
	require.Empty(t, names)
	require.Equal(t, before, namesIn(t, dir))
	content, err := os.ReadFile(filepath.Join(dir, "file"))
	require.NoError(t, err)
	require.Equal(t, "theirs", string(content))
}

func TestProbeBoundsTheNames(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "taken"), nil, 0o600))
	tries := 0
	s := named()
	s.randomName = func() string { tries++; return "taken" }
	requireReason(t, probe(dir, s), "open", fs.ErrExist)
	require.Equal(t, 100, tries)

	tries = 0
	s.openNew = func(string) (probeFile, error) { return nil, syscall.ENOTDIR }
	requireReason(t, probe(dir, s), "open", syscall.ENOTDIR)
	require.Equal(t, 1, tries, "another name is of no use")
}

func TestRandomNames(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		name := randomName()
		require.Regexp(t, regexp.MustCompile(`^[a-z0-9_]{8}$`), name)
		require.False(t, seen[name])
		seen[name] = true
	}
	drawn := map[rune]bool{}
	for name := range seen {
		for _, c := range name {
			drawn[c] = true
		}
	}
	require.Len(t, drawn, 26+10+1)
}

func TestNewFileIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "wasip1" {
		t.Skip("files have no modes on " + runtime.GOOS)
	}
	name := filepath.Join(t.TempDir(), "x")
	f, err := realSystem.openNew(name)
	require.NoError(t, err)
	defer f.Close()
	info, err := os.Lstat(name)
	require.NoError(t, err)
	require.Zero(t, info.Mode()&^0o600, info.Mode())
}

func TestSearchGoesOnAfterFaults(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	env := map[string]string{"TMPDIR": one, "TEMP": two}
	s := named()
	remove := s.remove
	s.remove = func(path string) error {
		err := remove(path)
		if filepath.Dir(path) == one {
			err = syscall.EPERM
		}
		return err
	}
	r, err := search(Options{Getenv: func(name string) string { return env[name] }}, s)
	require.NoError(t, err)
	require.Equal(t, two, r.Dir)
	require.Len(t, r.Skipped, 1)
	require.ErrorIs(t, r.Skipped[0].Err, syscall.EPERM)
	require.Empty(t, namesIn(t, one))
	require.Empty(t, namesIn(t, two))
}

func TestDemands(t *testing.T) {
	const free = 1000
	unknown := facts{}
	for _, c := range []struct {
		name    string
		options Options
		facts   facts
		err     error // of inspect
		want    error
	}{
		{"none", Options{}, facts{noExec: true}, syscall.EIO, nil},
		{"exec", Options{NeedExec: true}, facts{free: free}, nil, nil},
		{"exec on noexec", Options{NeedExec: true}, facts{noExec: true, free: free}, nil, ErrNoExec},
		{"space on noexec", Options{MinFree: 1}, facts{noExec: true, free: free}, nil, nil},
		{"just enough", Options{MinFree: free}, facts{free: free}, nil, nil},
		{"one byte short", Options{MinFree: free + 1}, facts{free: free}, nil, syscall.ENOSPC},
		{"exec on a full one", Options{NeedExec: true}, facts{}, nil, nil},
		{"both, noexec", Options{NeedExec: true, MinFree: free}, facts{noExec: true, free: free}, nil, ErrNoExec},
		{"both, full", Options{NeedExec: true, MinFree: free}, facts{}, nil, syscall.ENOSPC},
		{"unknown", Options{NeedExec: true, MinFree: free}, unknown, errors.ErrUnsupported, nil},
		{"no such call", Options{NeedExec: true, MinFree: free}, unknown, syscall.ENOSYS, nil},
		{"failure", Options{NeedExec: true, MinFree: free}, unknown, syscall.EIO, syscall.EIO},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := realSystem
			s.inspect = func(string) (facts, error) { return c.facts, c.err }
			err := usable(t.TempDir(), c.options, s)
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.want)
		})
	}
	require.EqualError(t, &lackError{free: 5, want: 7}, "5 bytes are free, 7 are wanted")
	require.ErrorIs(t, ErrNoExec, fs.ErrPermission)
	require.ErrorIs(t, ErrNoExec, syscall.EACCES)
}
