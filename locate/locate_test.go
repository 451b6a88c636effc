package locate_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/locate"
)

// searchIn begins without an answer, in an environment that names dir, and leaves no answer to the next test.
func searchIn(t *testing.T, dir string) {
	t.Helper()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TEMP", "")
	t.Setenv("TMP", "")
	locate.Reset()
	t.Cleanup(locate.Reset)
}

func requireDir(t *testing.T, want string) {
	t.Helper()
	dir, err := locate.Dir()
	require.NoError(t, err)
	require.Equal(t, want, dir)
}

func TestDirIsKept(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	searchIn(t, one)
	requireDir(t, one)
	requireEmpty(t, one)

	t.Setenv("TMPDIR", two)
	requireDir(t, one)
	require.NoError(t, os.Remove(one))
	requireDir(t, one)
	require.NoError(t, os.Mkdir(one, 0o700))

	locate.Reset()
	requireDir(t, two)
}

func TestDirForManyAtOnce(t *testing.T) {
	dir := t.TempDir()
	searchIn(t, dir)
	const goroutines = 100
	var answers [goroutines]string
	var errs [goroutines]error
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range goroutines {
		wg.Go(func() {
			<-start
			switch i % 10 {
			case 8:
				locate.Reset()
			case 9:
				errs[i] = locate.SetDir(dir)
			}
			if errs[i] == nil {
				answers[i], errs[i] = locate.Dir()
			}
		})
	}
	close(start)
	wg.Wait()
	for i := range goroutines {
		require.NoError(t, errs[i])
		require.Equal(t, dir, answers[i])
	}
	requireEmpty(t, dir)
}

func TestSetDir(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	searchIn(t, one)
	require.NoError(t, locate.SetDir(two))
	requireDir(t, two)
	requireEmpty(t, two)

	base := t.TempDir()
	sub := filepath.Join(base, "sub")
	require.NoError(t, os.Mkdir(sub, 0o700))
	t.Chdir(base)
	require.NoError(t, locate.SetDir("./missing/../sub/"))
	t.Chdir(one)
	requireDir(t, sub)
}

func TestSetDirThatCannotBeUsed(t *testing.T) {
	base := t.TempDir()
	good, file := filepath.Join(base, "good"), filepath.Join(base, "file")
	require.NoError(t, os.Mkdir(good, 0o700))
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	searchIn(t, good)
	for dir, want := range map[string]error{"/nope": fs.ErrNotExist, "nope": fs.ErrNotExist, "": fs.ErrNotExist, file: syscall.ENOTDIR} {
		err := locate.SetDir(dir)
		var path *fs.PathError
		require.ErrorAs(t, err, &path, dir)
		require.Equal(t, []string{"setdir", dir}, []string{path.Op, path.Path})
		if filepath.Separator == '/' || want != syscall.ENOTDIR { // Windows calls it ERROR_PATH_NOT_FOUND
			require.ErrorIs(t, err, want, dir)
		}
		requireDir(t, good)
	}
	require.EqualError(t, locate.SetDir(""), "setdir : "+syscall.ENOENT.Error())
	requireEmpty(t, good)
}

func TestSetDirWithoutPermission(t *testing.T) {
	requireUnprivileged(t)
	good, bad := t.TempDir(), t.TempDir()
	require.NoError(t, os.Chmod(bad, 0o500))
	searchIn(t, good)
	require.ErrorIs(t, locate.SetDir(bad), fs.ErrPermission)
	requireDir(t, good)
}
