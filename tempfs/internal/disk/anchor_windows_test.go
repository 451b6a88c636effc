package disk

import (
	"bufio"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// ownerVariable makes the test binary a process that makes a root directory there and lives until it is killed.
const ownerVariable = "DISK_TEST_OWNER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownerVariable); dir != "" {
		tree, err := makeNamed(dir, "root")
		if err != nil || tree.Mkdir("d", 0o755) != 0 {
			os.Exit(1)
		}
		_, _ = os.Stdout.WriteString("made\n")
		time.Sleep(time.Hour)
	}
	os.Exit(m.Run())
}

func makeInProcess(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), ownerVariable+"="+dir)
	out, err := owner.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, owner.Start())
	t.Cleanup(func() {
		_ = owner.Process.Kill()
		_ = owner.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "made\n", line)
	return owner
}

// TestRootIsHeldUntilItsProcessEnds tries what a stranger may do, while the owner lives and after it was killed.
func TestRootIsHeldUntilItsProcessEnds(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "root")
	owner := makeInProcess(t, dir)
	require.ErrorIs(t, os.Rename(root, root+"-moved"), windows.ERROR_SHARING_VIOLATION)
	require.Error(t, os.Remove(root))
	require.Error(t, os.RemoveAll(root))
	require.DirExists(t, root)
	const access = windows.DELETE
	_, errno := openByPath(root, access, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE)
	require.Equal(t, syscall.EBUSY, errno)
	_, err := os.ReadDir(root)
	require.NoError(t, err, "others may look")

	require.NoError(t, owner.Process.Kill())
	_ = owner.Wait()
	f, errno := openByPath(root, access, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE)
	require.Zero(t, errno, "the handle of a process ends with it")
	require.NoError(t, f.Close())
	require.NoError(t, os.Rename(root, root+"-moved"))
}

func TestDirectoryOfARootCannotBeMoved(t *testing.T) {
	if isWine() {
		t.Skip("Wine renames a directory in which files are open")
	}
	above := filepath.Join(t.TempDir(), "above")
	require.NoError(t, os.Mkdir(above, 0o700))
	tree, err := makeNamed(above, "root")
	require.NoError(t, err)
	require.Error(t, os.Rename(above, above+"-moved"))
	require.NoError(t, tree.Release(t.Context(), nil))
	require.NoError(t, os.Rename(above, above+"-moved"))
}

// isWine asks as Wine's documentation says.
func isWine() bool {
	return windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}

// TestNewbornThatWasTaken plays a sweeper, or somebody who renames, between mkdir and open.
func TestNewbornThatWasTaken(t *testing.T) {
	for name, take := range map[string]func(t *testing.T, root string){
		"removed":    func(t *testing.T, root string) { require.NoError(t, os.Remove(root)) },
		"held":       func(t *testing.T, root string) { holdToDelete(t, root) },
		"filled":     func(t *testing.T, root string) { require.NoError(t, os.Mkdir(filepath.Join(root, "theirs"), 0o700)) },
		"a file":     func(t *testing.T, root string) { require.NoError(t, os.Remove(root)); touch(t, root) },
		"a junction": func(t *testing.T, root string) { require.NoError(t, os.Remove(root)); junction(t, root) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			between = func() { take(t, filepath.Join(dir, "root")) }
			t.Cleanup(func() { between = func() {} })
			_, err := makeNamed(dir, "root")
			require.ErrorIs(t, err, fs.ErrExist)
		})
	}
}

func touch(t *testing.T, path string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, nil, 0o600))
}

// holdToDelete opens a directory as a sweeper does, until the test ends.
func holdToDelete(t *testing.T, root string) {
	t.Helper()
	f, errno := openByPath(root, windows.DELETE|windows.FILE_LIST_DIRECTORY, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE)
	require.Zero(t, errno)
	t.Cleanup(func() { _ = f.Close() })
}

// junction makes a mount point at path, and returns the directory that it leads to, with a file in it.
func junction(t *testing.T, path string) string {
	t.Helper()
	target := t.TempDir()
	touch(t, filepath.Join(target, "theirs"))
	if out, err := exec.Command("cmd", "/c", "mklink", "/J", path, target).CombinedOutput(); err != nil || !isReparsePoint(path) {
		t.Skipf("no junctions here, Wine 8 has none: %v %s", err, out)
	}
	return target
}

func isReparsePoint(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Sys().(*syscall.Win32FileAttributeData).FileAttributes&windows.FILE_ATTRIBUTE_REPARSE_POINT != 0
}

func TestReleaseRemovesAJunctionAndNotItsTarget(t *testing.T) {
	for _, below := range []string{"", "d"} {
		tree := newTree(t)
		require.Zero(t, tree.Mkdir("d", 0o755))
		target := junction(t, filepath.Join(tree.Dir(), below, "junction"))
		require.NoError(t, tree.Release(t.Context(), nil))
		require.NoDirExists(t, tree.Dir())
		require.FileExists(t, filepath.Join(target, "theirs"))
	}
}

func TestReleaseRemovesWhatIsReadOnly(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "d/f", "x")
	for _, name := range []string{"d/f", "d", "."} {
		setAttributes(t, filepath.Join(tree.Dir(), name), windows.FILE_ATTRIBUTE_READONLY)
	}
	require.NoError(t, tree.Release(t.Context(), nil))
	require.NoDirExists(t, tree.Dir())
}

func setAttributes(t *testing.T, path string, attributes uint32) {
	t.Helper()
	name, err := windows.UTF16PtrFromString(path)
	require.NoError(t, err)
	require.NoError(t, windows.SetFileAttributes(name, attributes))
}

// TestReleaseWhileAnotherProgramUsesIt has everything go that can, and the rest with the next release.
func TestReleaseWhileAnotherProgramUsesIt(t *testing.T) {
	for _, used := range []string{".", "d", "d/f"} {
		t.Run(used, func(t *testing.T) {
			t.Parallel() // each waits as long as a removal does
			tree := newTree(t)
			require.Zero(t, tree.Mkdir("d", 0o755))
			put(t, tree, "d/f", "x")
			put(t, tree, "g", "x")
			f, err := os.Open(filepath.Join(tree.Dir(), used)) // shares no deletion
			require.NoError(t, err)
			defer func() { _ = f.Close() }()

			err = tree.Release(t.Context(), nil)
			require.ErrorIs(t, err, syscall.EBUSY)
			var failures *Failures
			require.ErrorAs(t, err, &failures)
			require.Equal(t, 1, failures.Count)
			require.Equal(t, filepath.ToSlash(filepath.Join("/", used)), failures.First[0].Path)
			require.NoFileExists(t, filepath.Join(tree.Dir(), "g"))
			require.DirExists(t, filepath.Join(tree.Dir(), used, ".."))

			require.NoError(t, f.Close())
			require.Error(t, os.Rename(tree.Dir(), tree.Dir()+"-moved"), "it is held on")
			require.NoError(t, tree.Release(t.Context(), nil))
			require.NoDirExists(t, tree.Dir())
		})
	}
}

// TestReleaseWaitsForOthersToLetGo has a scanner that closes the file as soon as the release has failed on it once.
func TestReleaseWaitsForOthersToLetGo(t *testing.T) {
	tree := newTree(t)
	put(t, tree, "f", "x")
	f, err := os.Open(filepath.Join(tree.Dir(), "f"))
	require.NoError(t, err)
	var waits patience
	tries := 0
	errno := waits.with(func() syscall.Errno {
		tries++
		errno := errnoOf(guardOf(t, tree).Remove("f"))
		_ = f.Close()
		return errno
	})
	require.Zero(t, errno)
	require.Equal(t, 2, tries)
}

func TestPatienceEnds(t *testing.T) {
	waits := patience{total: allWaits}
	tries := 0
	require.Equal(t, syscall.EACCES, waits.with(func() syscall.Errno { tries++; return syscall.EACCES }))
	require.Equal(t, 1, tries)
}

func TestReleaseFromInside(t *testing.T) {
	tree := newTree(t)
	require.Zero(t, tree.Mkdir("d", 0o755))
	put(t, tree, "g", "x")
	t.Chdir(filepath.Join(tree.Dir(), "d"))
	err := tree.Release(t.Context(), nil)
	require.ErrorIs(t, err, syscall.EBUSY)
	require.NoFileExists(t, filepath.Join(tree.Dir(), "g"))
	require.NoError(t, os.Chdir(filepath.Dir(tree.Dir())))
	require.NoError(t, tree.Release(t.Context(), nil))
	require.NoDirExists(t, tree.Dir())
}

// TestReleaseOfWhatTookTheName has somebody come in the moment in which nothing is held.
func TestReleaseOfWhatTookTheName(t *testing.T) {
	for name, theirs := range map[string]func(t *testing.T, path string){
		"a directory": func(t *testing.T, path string) { require.NoError(t, os.Mkdir(path, 0o700)) },
		"a file":      touch,
		"a junction":  func(t *testing.T, path string) { junction(t, path) },
	} {
		t.Run(name, func(t *testing.T) {
			tree := newTree(t)
			put(t, tree, "f", "x")
			between = func() {
				between = func() {}
				require.NoError(t, os.Rename(tree.Dir(), tree.Dir()+"-moved"))
				theirs(t, tree.Dir())
			}
			require.ErrorIs(t, tree.Release(t.Context(), nil), ErrReplaced)
			_, err := os.Lstat(tree.Dir())
			require.NoError(t, err)
			require.NoFileExists(t, filepath.Join(tree.Dir()+"-moved", "f"))
			require.ErrorIs(t, tree.Release(t.Context(), nil), ErrReplaced, "again")

			require.NoError(t, os.Remove(tree.Dir()))
			require.NoError(t, os.Rename(tree.Dir()+"-moved", tree.Dir()))
			require.NoError(t, tree.Release(t.Context(), nil), "and when it is back")
			require.NoDirExists(t, tree.Dir())
		})
	}
}

// TestReleaseBesideAWriter has one come in the moment in which nothing is held.
func TestReleaseBesideAWriter(t *testing.T) {
	tree := newTree(t)
	made := 0
	between = func() {
		if made++; made < 3 {
			touch(t, filepath.Join(tree.Dir(), "f"))
		}
	}
	t.Cleanup(func() { between = func() {} })
	require.NoError(t, tree.Release(t.Context(), nil))
	require.Equal(t, 3, made)
	require.NoDirExists(t, tree.Dir())
}

func TestOpenFileOfTheTreeAtRelease(t *testing.T) {
	tree := newTree(t)
	put(t, tree, "f", "x")
	h, errno := tree.OpenFile("f", os.O_RDONLY, 0)
	require.Zero(t, errno)
	defer h.Close()
	err := tree.Release(context.Background(), nil)
	if isWine() {
		require.Error(t, err, "Wine keeps the name until the last handle is closed, as Windows did before version 1607")
		require.Zero(t, h.Close())
		err = tree.Release(context.Background(), nil)
	}
	require.NoError(t, err)
	require.NoDirExists(t, tree.Dir())
}
