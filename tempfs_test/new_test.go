package tempfs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/tempfs"
)

// rootOf is the host directory of an Fs on disk.
func rootOf(t *testing.T, fsys *tempfs.Fs) string {
	t.Helper()
	dir, err := fsys.RealPath("/")
	require.NoError(t, err)
	return dir
}

// requireEmpty wants a host directory without entries.
func requireEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestRootName(t *testing.T) {
	for _, c := range []struct {
		opts []tempfs.Option
		want string
	}{
		{nil, `^tmp[a-z0-9_]{12}$`},
		{[]tempfs.Option{tempfs.Prefix("job-")}, `^job-[a-z0-9_]{12}$`},
		{[]tempfs.Option{tempfs.Suffix(".d")}, `^tmp[a-z0-9_]{12}\.d$`},
		{[]tempfs.Option{tempfs.Prefix(""), tempfs.Suffix("")}, `^[a-z0-9_]{12}$`},
		{[]tempfs.Option{tempfs.Prefix(".."), tempfs.Suffix("..")}, `^\.\.[a-z0-9_]{12}\.\.$`},
		{[]tempfs.Option{tempfs.Prefix("ä ö"), tempfs.Suffix("\t")}, `^ä ö[a-z0-9_]{12}\t$`},
		{[]tempfs.Option{tempfs.Prefix("a"), tempfs.Prefix("b"), nil}, `^b[a-z0-9_]{12}$`},
	} {
		fsys, err := tempfs.New(c.opts...)
		require.NoError(t, err)
		dir := rootOf(t, fsys)
		require.NoError(t, fsys.Release())
		require.Regexp(t, regexp.MustCompile(c.want), filepath.Base(dir))
		require.True(t, filepath.IsAbs(dir), dir)
		temp, err := locate.Dir()
		require.NoError(t, err)
		require.Equal(t, temp, filepath.Dir(dir))
	}
}

func TestRootNamesNeverRepeat(t *testing.T) {
	const goroutines, each = 4, 25
	var mu sync.Mutex
	seen := map[string]bool{}
	require.NoError(t, parallel(goroutines, func(int) error {
		for range each {
			fsys, err := tempfs.New()
			if err != nil {
				return err
			}
			dir, err := fsys.RealPath("/")
			if err = errors.Join(err, fsys.Release()); err != nil {
				return err
			}
			mu.Lock()
			seen[filepath.Base(dir)] = true
			mu.Unlock()
		}
		return nil
	}))
	require.Len(t, seen, goroutines*each)
}

// TestBadAffixes also shows that nothing is tried on the host first: the directory to make it in is missing, and that is not the error.
func TestBadAffixes(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	for _, bad := range []string{"/", "a/b", "../x", "x/..", "\x00", "a\x00", string(os.PathSeparator)} {
		for _, affix := range []tempfs.Option{tempfs.Prefix(bad), tempfs.Suffix(bad)} {
			for _, place := range []tempfs.Option{tempfs.In(dir), tempfs.In(missing), tempfs.InMemory(), tempfs.MemoryFallback()} {
				fsys, err := tempfs.New(affix, place)
				require.ErrorIs(t, err, fs.ErrInvalid, "%q", bad)
				require.Nil(t, fsys)
			}
		}
	}
	requireEmpty(t, dir)
	require.Empty(t, liveIn(dir))
}

func TestLongPrefix(t *testing.T) {
	dir := t.TempDir()
	_, err := tempfs.New(tempfs.In(dir), tempfs.Prefix(strings.Repeat("p", 300)))
	require.ErrorIs(t, err, syscall.ENAMETOOLONG)
	requireEmpty(t, dir)
}

func TestIn(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	require.NoError(t, os.Mkdir("sub", 0o755))
	dir, err := os.Getwd() // without the links in TempDir that some systems have
	require.NoError(t, err)
	for in, want := range map[string]string{
		dir:           dir,
		".":           dir,
		"sub":         filepath.Join(dir, "sub"),
		"./sub/../":   dir,
		dir + "/sub/": filepath.Join(dir, "sub"),
	} {
		fsys, err := tempfs.New(tempfs.In("somewhere else"), tempfs.In(in))
		require.NoError(t, err)
		root := rootOf(t, fsys)
		require.Equal(t, want, filepath.Dir(root))
		require.NoError(t, put(fsys, "/f", "content"))
		content, err := os.ReadFile(filepath.Join(root, "f"))
		require.NoError(t, err)
		require.Equal(t, "content", string(content))
		require.NoError(t, fsys.Release())
		_, err = os.Lstat(root)
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
	requireEmpty(t, filepath.Join(dir, "sub"))
}

func TestInWhereNothingCanBe(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for in, want := range map[string]error{
		filepath.Join(dir, "missing"): fs.ErrNotExist,
		file:                          syscall.ENOTDIR,
	} {
		_, err := tempfs.New(tempfs.In(in))
		require.ErrorIs(t, err, want)
		require.ErrorAs(t, err, new(*fs.PathError))
		require.Empty(t, liveIn(dir))

		// With a fallback it is memory.
		fsys, err := tempfs.New(tempfs.In(in), tempfs.MemoryFallback())
		require.NoError(t, err)
		require.Equal(t, "memory", fsys.Backend())
		require.NoError(t, put(fsys, "/f", "content"))
		require.NoError(t, fsys.Release())
	}
}

func TestBackends(t *testing.T) {
	for want, opts := range map[string][]tempfs.Option{
		"disk":   {tempfs.MemoryFallback()},
		"memory": {tempfs.InMemory(), tempfs.MemoryFallback()},
		"spill":  {tempfs.SpillOver(0), tempfs.MemoryFallback()},
	} {
		fsys := tempfs.Test(t, opts...)
		require.Equal(t, want, fsys.Backend())
		require.Equal(t, "tempfs", fsys.Name())
		require.Equal(t, "tempfs on "+want, fsys.String())
	}
}

func TestMemoryTouchesNothing(t *testing.T) {
	before, err := os.ReadDir(os.TempDir())
	require.NoError(t, err)
	fsys := tempfs.Test(t, tempfs.InMemory())
	require.NoError(t, put(fsys, "/f", "content"))
	after, err := os.ReadDir(os.TempDir())
	require.NoError(t, err)
	require.Len(t, after, len(before))
}

func TestInMemoryAndInExcludeEachOther(t *testing.T) {
	dir := t.TempDir()
	for _, opts := range [][]tempfs.Option{
		{tempfs.InMemory(), tempfs.In(dir)},
		{tempfs.In(dir), tempfs.InMemory()},
		{tempfs.In(dir), tempfs.InMemory(), tempfs.MemoryFallback()},
	} {
		fsys, err := tempfs.New(opts...)
		require.ErrorContains(t, err, "InMemory")
		require.ErrorContains(t, err, "In ")
		require.Nil(t, fsys)
	}
	requireEmpty(t, dir)
}

func TestSearchThatFindsNothing(t *testing.T) {
	if len(locate.Candidates(nowhere)) > 0 {
		for _, c := range locate.Candidates(nowhere) {
			if _, err := os.Stat(c.Dir); err == nil {
				t.Skipf("a candidate exists here: %s", c.Dir)
			}
		}
	}
	_, err := tempfs.New(tempfs.WithSearch(nowhere))
	require.ErrorAs(t, err, new(*locate.NotFoundError))
	require.ErrorIs(t, err, fs.ErrNotExist)

	fsys, err := tempfs.New(tempfs.WithSearch(nowhere), tempfs.MemoryFallback())
	require.NoError(t, err)
	require.Equal(t, "memory", fsys.Backend())
	require.NoError(t, fsys.Release())

	dir := t.TempDir()
	fsys, err = tempfs.New(tempfs.WithSearch(nowhere), tempfs.In(dir)) // which makes it needless
	require.NoError(t, err)
	require.NoError(t, fsys.Release())
}

// nowhere searches the candidates of a system that this is not.
var nowhere = locate.Options{
	Getenv: func(string) string { return "" },
	Getwd:  func() (string, error) { return "", errors.New("no working directory") },
	GOOS:   otherGOOS,
	NoCwd:  true,
}

func TestWithSearch(t *testing.T) {
	dir := t.TempDir()
	search := locate.Options{Getenv: func(name string) string {
		if name == "TMPDIR" {
			return dir
		}
		return ""
	}}
	fsys := tempfs.Test(t, tempfs.WithSearch(search))
	require.Equal(t, dir, filepath.Dir(rootOf(t, fsys)))
}

// liveIn lists what is not released below a host directory.
func liveIn(dir string) (live []tempfs.Info) {
	for _, info := range tempfs.Live() {
		if strings.HasPrefix(info.Dir, dir) {
			live = append(live, info)
		}
	}
	return live
}
