package aferotest

import (
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/memfallback"
)

// plainInfo has neither permission bits nor a time, as infos of many filesystems in memory.
type plainInfo struct{ fs.FileInfo }

func (i plainInfo) Mode() fs.FileMode  { return i.FileInfo.Mode().Type() }
func (i plainInfo) ModTime() time.Time { return time.Time{} }

// plainFs tells such infos.
func plainFs() (afero.Fs, error) {
	m := newRight()
	told := func(info fs.FileInfo, err error) (fs.FileInfo, error) {
		if err != nil {
			return nil, err
		}
		return plainInfo{info}, nil
	}
	return &broken{
		Fs:   m,
		stat: func(name string) (fs.FileInfo, error) { return told(m.Stat(name)) },
		lstat: func(name string) (fs.FileInfo, error) {
			info, _, err := m.LstatIfPossible(name)
			return told(info, err)
		},
		file: func(f *memfallback.File, _ int) afero.File {
			return &brokenFile{File: f, stat: func() (fs.FileInfo, error) { return told(f.Stat()) }}
		},
	}, nil
}

// TestWithoutLeavesOut takes away one ability after the other: nothing of it runs, the rest does, and the report says how much did not.
func TestWithoutLeavesOut(t *testing.T) {
	for ability, out := range map[Ability]string{
		Symlinks: "symlink/dangling until it is not", HardLinks: "link/a second name", Modes: "perm/a file that nobody may open",
		Errors: "errors/not a directory", Owners: "", Times: "times/a write moves it", Concurrency: "concurrent/one removal succeeds",
	} {
		s := Suite{
			New:     func() (afero.Fs, error) { return newRight(), nil },
			Match:   func(name string) bool { return name == out || name == "append/two handles in turn" },
			Without: []Ability{ability},
			Demand:  true, // for methods; what is declared is no failure
		}
		r := s.Run()
		require.Empty(t, r.Failed(), ability)
		if out == "" {
			continue
		}
		require.Len(t, r.Skipped(), 1, ability)
		require.Equal(t, Result{Case: out, Unsupported: string(ability)}, r.Skipped()[0])
		require.Contains(t, r.String(), "not applicable for want of "+string(ability)+": 1\n")
	}
}

// TestWithoutComparesNoneOfIt has a filesystem without modes and times pass what it can, once it says so.
func TestWithoutComparesNoneOfIt(t *testing.T) {
	s := Suite{New: plainFs, Groups: []string{"create", "write", "truncate"}}
	failed := func() int {
		n := 0
		for _, one := range s.tests() {
			if r := s.run(one, model{}); r.Err != nil {
				t.Log(r.Case, r.Err)
				n++
			}
		}
		return n
	}
	require.NotZero(t, failed())
	s.Without = []Ability{Modes, Times}
	require.Zero(t, failed())
}

// TestRandomScriptsGoWithout plays them without the steps that are not wanted, where there is somebody to ask what is then right.
func TestRandomScriptsGoWithout(t *testing.T) {
	s := Suite{
		New:     func() (afero.Fs, error) { return newRight(), nil },
		Without: []Ability{Symlinks, HardLinks},
	}
	one := randomTests([]Case{randomCase(3)})[0]
	require.NotEmpty(t, one.lacking(s.Without))
	requirePassed(t, s.run(one, model{}))
	require.Equal(t, "an Oracle, for a script that is not recorded", s.run(one, recorded{}).Unsupported)
}

// requirePassed lets a case be without what no filesystem can have here.
func requirePassed(t *testing.T, r Result) {
	t.Helper()
	require.NoError(t, r.Err)
	require.True(t, r.Unsupported == "" || systemLacks(r.Unsupported), r.Unsupported)
}

func TestMasks(t *testing.T) {
	both := []Ability{Modes, Times}
	for line, want := range map[string]string{
		"a -rw-r--r-- 5 bytes now":                     "a  5 bytes time",
		"a drwxr-xr-x now; b L--------- 1 bytes now":   "a d time; b L 1 bytes time",
		"a dtrwxrwxrwx 2001-09-09T01:46:40Z":           "a d time",
		"a ugrwxr-xr-x 1 bytes 2001-09-09T01:46:40Z x": "a  1 bytes time x",
		"mkdir a/b: ENOENT (not-exist)":                "mkdir a/b: ENOENT (not-exist)",
		"/now now -rw------- now":                      "/now time  time",
	} {
		require.Equal(t, want, masked(line, both))
		require.Equal(t, line, masked(line, nil))
	}
}

// TestErrorsAreMasked leaves what errors.Is finds, and whether there is an error at all.
func TestErrorsAreMasked(t *testing.T) {
	without := []Ability{Errors}
	for _, err := range []error{
		syscall.EEXIST, fs.ErrExist, &fs.PathError{Op: "open", Path: "a b", Err: syscall.EEXIST},
		&os.LinkError{Op: "rename", Old: "{", New: strings.Repeat("x", 300), Err: fs.ErrExist},
	} {
		require.Equal(t, "error (exist)", masked(describe(err), without))
		require.Equal(t, `0 "", error (exist)`, masked(result(`0 ""`, err), without))
	}
	for errno, name := range errnoNames {
		got := masked(describe(&fs.PathError{Op: "stat", Path: "/a", Err: errno}), without)
		require.Equal(t, masked(describe(errno), without), got)
		require.NotContains(t, got, name)
	}
	for _, line := range []string{"ok", "EOF", "0, EOF", `5 "hello"`, `4 "a: b"`, "a -rw-r--r-- 5 bytes now"} {
		require.Equal(t, line, masked(line, without))
	}
	require.Equal(t, "error", masked(describe(io.ErrUnexpectedEOF), without))
}

// TestNeedsAreOfCases finds each group and verb that an ability is needed for.
func TestNeedsAreOfCases(t *testing.T) {
	for _, a := range Abilities() {
		require.NotEmpty(t, append(needs[a].groups, needs[a].verbs...), a)
		for _, g := range needs[a].groups {
			require.Contains(t, Groups(), g)
		}
		for _, v := range needs[a].verbs {
			require.Contains(t, verbs, v)
		}
	}
	require.Len(t, needs, len(Abilities()))
}
