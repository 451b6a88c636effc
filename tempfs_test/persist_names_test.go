package tempfs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// TestPersistNames is about names in the Fs.
func TestPersistNames(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		dir := t.TempDir()
		host := filepath.Join(dir, "host")
		require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
		require.NoError(t, put(fsys, "/d/f", "content"))
		require.NoError(t, fsys.SymlinkIfPossible("d", "/link"))
		for name, want := range map[string]error{
			"":           fs.ErrNotExist,
			"/missing":   fs.ErrNotExist,
			"/d/f/x":     syscall.ENOTDIR,
			"/d/f/":      syscall.ENOTDIR,
			"/link/":     syscall.ENOTDIR,
			"/d/.":       syscall.EBUSY,
			"/d/e/..":    syscall.EBUSY,
			"/missing/.": fs.ErrNotExist,
			"nul\x00":    syscall.EINVAL,
		} {
			err := fsys.Persist(name, host)
			require.ErrorIs(t, err, want, "%q", name)
			failed := requireNothingChanged(t, err)
			require.Equal(t, [3]string{name, host, "look"}, [3]string{failed.Name, failed.HostPath, failed.Step})
		}
		requireHolds(t, dir)
		for _, name := range []string{"d/f", "./d/../d/e/", "/link", "link2/g"} {
			if name == "link2/g" {
				require.NoError(t, fsys.SymlinkIfPossible("/d", "/link2"))
				require.NoError(t, put(fsys, "/d/g", "content"))
			}
			require.NoError(t, fsys.Persist(name, host), name)
			require.NoError(t, os.Remove(host))
		}
		require.NoError(t, lists(fsys, "/d"))
	})
}

// TestPersistHostPaths is about names on the host.
func TestPersistHostPaths(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		dir := t.TempDir()
		t.Chdir(dir)
		require.NoError(t, put(fsys, "/f", "content"))
		putHost(t, "file", "")
		for host, want := range map[string]error{
			"":                             fs.ErrNotExist,
			"missing/f":                    fs.ErrNotExist,
			"file/f":                       syscall.ENOTDIR,
			"/":                            syscall.EINVAL,
			".":                            syscall.EINVAL,
			"..":                           syscall.EINVAL,
			"./..":                         syscall.EINVAL,
			"nul\x00":                      syscall.EINVAL,
			"f/":                           syscall.ENOTDIR,
			strings.Repeat("n", 256):       syscall.ENAMETOOLONG,
			strings.Repeat("n/", 2048):     syscall.ENAMETOOLONG,
			filepath.Join(dir, "missing/"): nil,
		} {
			if want == nil {
				continue
			}
			err := fsys.Persist("/f", host)
			require.ErrorIs(t, err, want, "%q", host)
			require.Equal(t, "open", requireNothingChanged(t, err).Step)
		}
		require.NoError(t, fsys.Persist("/f", "./f"))
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		require.NoError(t, fsys.Persist("/d", "d//"))
		long := strings.Repeat("é", 127)
		for range 2 { // replaced, by way of a name that is as long
			require.NoError(t, put(fsys, "/f", "content"))
			require.NoError(t, fsys.Persist("/f", long))
		}
		requireHolds(t, dir, "file", "f", "d", long)
	})
}

// TestPersistOfLink moves it as it is, whatever it leads to.
func TestPersistOfLink(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				dir := where.makeDir(t)
				for i, target := range []string{"nowhere", "/f", "/"} {
					require.NoError(t, fsys.SymlinkIfPossible(target, "/link"))
					host := filepath.Join(dir, strconv.Itoa(i))
					require.NoError(t, fsys.Persist("/link", host, tempfs.NoReplace(), tempfs.Durable(), tempfs.Mode(0o600)))
					got, err := os.Readlink(host)
					require.NoError(t, err)
					require.Equal(t, target, got)
					requireMissing(t, fsys, "/link")
				}
				requireHolds(t, dir, "0", "1", "2")
			})
		})
	}
}

// TestPersistRoot leaves an empty root, which goes on.
func TestPersistRoot(t *testing.T) {
	for _, name := range []string{"/", ".", "//", "/d/..", ".."} {
		t.Run(strings.ReplaceAll(name, "/", "|"), func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				makeTree(t, fsys, "/d")
				host := filepath.Join(dirOfTest(t), "host")
				var result tempfs.PersistResult
				require.NoError(t, fsys.Persist(name, host, tempfs.WithResult(&result)))
				require.Equal(t, tempfs.PersistResult{Copied: true, Published: true}, result)
				require.Equal(t, subjects["directory"].want, describeHost(t, filepath.Join(host, "d")))
				require.NoError(t, lists(fsys, "/"))
				require.NoError(t, put(fsys, "/f", "it works"))
				requireHolds(t, filepath.Dir(host), "host")
				err := fsys.Persist("/", host, tempfs.SameFilesystem())
				require.ErrorIs(t, err, syscall.EXDEV)
			})
		})
	}
}
