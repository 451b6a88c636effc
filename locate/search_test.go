package locate_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
)

// from are options whose first candidates are these, in the order TMPDIR, TEMP, TMP.
func from(dirs ...string) locate.Options {
	env := environment{}
	for i, dir := range dirs {
		env[[]string{"TMPDIR", "TEMP", "TMP"}[i]] = dir
	}
	return locate.Options{Getenv: env.get}
}

func requireEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

// requireUnprivileged skips for those whom permissions do not bind.
func requireUnprivileged(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" || runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		t.Skip("directories have no modes on " + runtime.GOOS)
	}
	if os.Geteuid() == 0 {
		t.Skip("root writes into directories of any mode")
	}
}

func TestSearchTakesTheFirstUsable(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	r, err := locate.Search(from(one, two))
	require.NoError(t, err)
	require.Equal(t, locate.Result{Dir: one, Source: "TMPDIR"}, r)
	requireEmpty(t, one)
	requireEmpty(t, two)
}

func TestSearchTellsWhatItSkipped(t *testing.T) {
	dir := t.TempDir()
	good, file, missing := filepath.Join(dir, "good"), filepath.Join(dir, "file"), filepath.Join(dir, "missing")
	require.NoError(t, os.Mkdir(good, 0o700))
	require.NoError(t, os.WriteFile(file, []byte("content"), 0o600))

	r, err := locate.Search(from(missing, file, good))
	require.NoError(t, err)
	require.Equal(t, good, r.Dir)
	require.Equal(t, "TMP", r.Source)
	require.Len(t, r.Skipped, 2)
	require.Equal(t, []string{missing, "TMPDIR"}, []string{r.Skipped[0].Dir, r.Skipped[0].Source})
	require.Equal(t, []string{file, "TEMP"}, []string{r.Skipped[1].Dir, r.Skipped[1].Source})
	require.ErrorIs(t, r.Skipped[0].Err, fs.ErrNotExist)
	requireStep(t, "open", r.Skipped[0].Err)
	requireStep(t, "open", r.Skipped[1].Err)
	if runtime.GOOS != "windows" { // which calls it ERROR_PATH_NOT_FOUND
		require.ErrorIs(t, r.Skipped[1].Err, syscall.ENOTDIR)
	}

	requireEmpty(t, good)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "content", string(content))
	_, err = os.Lstat(missing)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func requireStep(t *testing.T, step string, err error) {
	t.Helper()
	var call *os.SyscallError
	require.ErrorAs(t, err, &call)
	require.Equal(t, step, call.Syscall)
}

func TestSearchSkipsReadOnlyDirectory(t *testing.T) {
	requireUnprivileged(t)
	bad, good := t.TempDir(), t.TempDir()
	require.NoError(t, os.Chmod(bad, 0o500))
	r, err := locate.Search(from(bad, good))
	require.NoError(t, err)
	require.Equal(t, good, r.Dir)
	require.Len(t, r.Skipped, 1)
	require.ErrorIs(t, r.Skipped[0].Err, fs.ErrPermission)
	requireEmpty(t, bad)
}

func TestSearchSkipsNamesThatNoFileCanHave(t *testing.T) {
	good := t.TempDir()
	r, err := locate.Search(from("/nul\x00/x", "/"+strings.Repeat("long", 2000), good))
	require.NoError(t, err)
	require.Equal(t, good, r.Dir)
	require.Len(t, r.Skipped, 2)
}

func TestSearchMakesResultsAbsoluteAndClean(t *testing.T) {
	base := t.TempDir()
	good := filepath.Join(base, "Good") // case is kept
	require.NoError(t, os.Mkdir(good, 0o700))
	t.Chdir(base)
	sep := string(filepath.Separator)
	for dir, want := range map[string]string{
		good + sep: good,
		base + sep + sep + "missing" + sep + ".." + sep + "." + sep + "Good": good, // by its letters, not by the kernel
		"Good":                   good,
		"." + sep + "Good":       good,
		"Good" + sep + "..":      base,
		".":                      base,
		".." + sep + "." + sep:   filepath.Dir(base),
		"missing" + sep + "..":   base,
		"Good" + sep + "." + sep: good,
	} {
		r, err := locate.Search(from(dir))
		require.NoError(t, err)
		require.Equal(t, want, r.Dir, dir)
		require.Equal(t, "TMPDIR", r.Source, dir)
	}

	o := from("Good")
	o.Getwd = at(base)
	t.Chdir(good)
	r, err := locate.Search(o) // from the directory that Getwd tells, not from that of the process
	require.NoError(t, err)
	require.Equal(t, good, r.Dir)

	require.NoError(t, os.Mkdir(filepath.Join(good, "below"), 0o700))
	o = from("below")
	o.Getwd = at(".") // a Getwd that tells no absolute one cannot make a result relative
	r, err = locate.Search(o)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(good, "below"), r.Dir)
}

func TestSearchKeepsLinks(t *testing.T) {
	base, target := t.TempDir(), t.TempDir()
	link := filepath.Join(base, "link")
	if err := os.Symlink(target, link); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	r, err := locate.Search(from(link))
	require.NoError(t, err)
	require.Equal(t, link, r.Dir)
	requireEmpty(t, target)

	require.NoError(t, os.Remove(target))
	r, err = locate.Search(from(link, base))
	require.NoError(t, err)
	require.Equal(t, base, r.Dir, "the link dangles")
	require.NoError(t, os.Mkdir(target, 0o700)) // for the cleanup of the test
}

func TestSearchWithoutWorkingDirectory(t *testing.T) {
	good := t.TempDir()
	o := from("relative", good)
	o.Getwd = nowhere
	r, err := locate.Search(o)
	require.NoError(t, err)
	require.Equal(t, good, r.Dir)
	_, want := nowhere()
	require.Equal(t, []locate.Skip{{Dir: "relative", Source: "TMPDIR", Err: want}}, r.Skipped)
}

func TestSearchComesToTheWorkingDirectory(t *testing.T) {
	base := t.TempDir()
	t.Chdir(base)
	o := locate.Options{GOOS: "windows", Getenv: environment{}.get}
	if runtime.GOOS == "windows" {
		t.Skip("the list of Windows is usable here, and that of Unix may be")
	}
	r, err := locate.Search(o) // `c:\temp` and the like are names in the working directory, where they are missing
	require.NoError(t, err)
	require.Equal(t, base, r.Dir)
	require.Equal(t, locate.SourceCwd, r.Source)
	require.Len(t, r.Skipped, 4)

	o.NoCwd = true
	r, err = locate.Search(o)
	var none *locate.NotFoundError
	require.ErrorAs(t, err, &none)
	require.Len(t, none.Tried, 4)
	require.Equal(t, locate.Result{Skipped: none.Tried}, r)
	requireEmpty(t, base)
}

func TestNotFoundError(t *testing.T) {
	dir := t.TempDir()
	missing, file := filepath.Join(dir, "missing"), filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	o := from(missing, file, "relative")
	o.Getwd, o.NoCwd = nowhere, true
	if runtime.GOOS == "windows" {
		t.Skip("the list of Windows is usable here, and that of Unix may be")
	}
	o.GOOS = "windows" // a list that needs the working directory
	_, err := locate.Search(o)
	var none *locate.NotFoundError
	require.ErrorAs(t, err, &none)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorIs(t, err, syscall.ENOTDIR)
	require.NotErrorIs(t, err, fs.ErrPermission)
	require.Equal(t, "no usable temporary directory: "+missing+" (TMPDIR): open: "+syscall.ENOENT.Error()+"; "+
		file+" (TEMP): open: "+syscall.ENOTDIR.Error()+"; relative (TMP): no working directory; "+
		`c:\temp (system): no working directory; c:\tmp (system): no working directory; `+
		`\temp (system): no working directory; \tmp (system): no working directory`, err.Error())
}

func TestNotFoundErrorIsItsReasons(t *testing.T) {
	private := errors.New("private")
	err := error(&locate.NotFoundError{Tried: []locate.Skip{
		{Dir: "/a", Source: "TMPDIR", Err: os.NewSyscallError("write", syscall.ENOSPC)},
		{Dir: "/b", Source: locate.SourceSystem, Err: private},
		{Dir: "/c", Source: locate.SourceCwd, Err: locate.ErrNoExec},
	}})
	require.ErrorIs(t, err, fs.ErrNotExist, "though no reason is")
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorIs(t, err, private)
	require.ErrorIs(t, err, locate.ErrNoExec)
	require.ErrorIs(t, err, syscall.EACCES)
	require.ErrorIs(t, err, fs.ErrPermission)
	require.NotErrorIs(t, err, fs.ErrExist)
	require.Equal(t, "no usable temporary directory: /a (TMPDIR): write: "+syscall.ENOSPC.Error()+
		"; /b (system): private; /c (working directory): mounted noexec: "+syscall.EACCES.Error(), err.Error())
}

func TestMinFreeThatEveryFilesystemHas(t *testing.T) {
	dir := t.TempDir()
	o := from(dir)
	o.MinFree, o.NeedExec = 1, false
	r, err := locate.Search(o)
	require.NoError(t, err)
	require.Equal(t, dir, r.Dir)
}

func TestMinFreeOfMissingDirectory(t *testing.T) {
	good := t.TempDir()
	o := from(filepath.Join(good, "missing"), good)
	o.MinFree = 1
	r, err := locate.Search(o)
	require.NoError(t, err)
	require.Equal(t, good, r.Dir)
	require.ErrorIs(t, r.Skipped[0].Err, fs.ErrNotExist)
}
