//go:build unix

package tempfs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

func modeOnHost(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	require.NoError(t, err)
	return info.Mode()
}

// TestPersistUmask: what the package made private and nobody gave a mode gets that of a new file, and the umask is never another for
// whoever makes files meanwhile.
func TestPersistUmask(t *testing.T) {
	old := syscall.Umask(0o027)
	defer syscall.Umask(old)
	dir := t.TempDir()
	stop := make(chan struct{})
	var creator sync.WaitGroup
	creator.Add(1)
	wrong := 0
	go func() {
		defer creator.Done()
		name := filepath.Join(dir, "created")
		for {
			select {
			case <-stop:
				return
			default:
			}
			f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
			if err == nil {
				var info fs.FileInfo
				if info, err = f.Stat(); err == nil && info.Mode() != 0o640 {
					wrong++
				}
				_ = f.Close()
				_ = os.Remove(name)
			}
		}
	}()
	for _, where := range destinations(t) {
		for kind := range persistables(nil, "") {
			t.Run(where.name+"/"+kind, func(t *testing.T) {
				tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
					host := filepath.Join(where.makeDir(t), "host")
					f := persistables(fsys, t.TempDir())[kind](t)
					require.NoError(t, tempfs.PersistFile(f, host))
					require.Equal(t, fs.FileMode(0o640), modeOnHost(t, host))
					require.NoError(t, tempfs.PersistFile(f, host, tempfs.Mode(0o606)))
					require.Equal(t, fs.FileMode(0o606), modeOnHost(t, host))
				})
			})
		}
	}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		host := filepath.Join(t.TempDir(), "host")
		require.NoError(t, put(fsys, "/f", ""))
		require.NoError(t, fsys.Persist("/", host))
		require.Equal(t, fs.ModeDir|0o750, modeOnHost(t, host))
		f, err := fsys.TemporaryFile(tempfs.Linkable(), tempfs.Perm(0o604))
		require.NoError(t, err)
		require.NoError(t, tempfs.PersistFile(f, filepath.Join(host, "kept")))
		require.Equal(t, fs.FileMode(0o604), modeOnHost(t, filepath.Join(host, "kept")))
	})
	close(stop)
	creator.Wait()
	require.Zero(t, wrong)
	require.Equal(t, 0o027, syscall.Umask(0o027))
}

// TestPersistUnderStrictUmask makes what its owner can use, whatever the umask takes.
func TestPersistUnderStrictUmask(t *testing.T) {
	for _, where := range destinations(t) {
		for kind, s := range subjects {
			t.Run(where.name+"/"+kind, func(t *testing.T) {
				tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
					s.make(t, fsys, "/s")
					host := filepath.Join(where.makeDir(t), "host")
					old := syscall.Umask(0o777)
					err := fsys.Persist("/s", host)
					syscall.Umask(old)
					require.NoError(t, err)
					require.Equal(t, s.want, describeHost(t, host))
				})
			})
		}
	}
}

// TestPersistMode is exact, and of a tree about its top.
func TestPersistMode(t *testing.T) {
	for _, where := range destinations(t) {
		for kind, s := range subjects {
			for _, mode := range []fs.FileMode{0o700, 0o777, 0o755 | fs.ModeSetuid | fs.ModeSetgid, 0o700 | fs.ModeSticky} {
				t.Run(fmt.Sprint(where.name, "/", kind, "/", mode), func(t *testing.T) {
					tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
						s.make(t, fsys, "/s")
						dir := where.makeDir(t)
						host := filepath.Join(dir, "host")
						require.NoError(t, fsys.Persist("/s", host, tempfs.Mode(mode)))
						require.Equal(t, mode, modeOnHost(t, host)&^fs.ModeDir)
						if s.isDir {
							require.Equal(t, fs.FileMode(0o640), modeOnHost(t, filepath.Join(host, "f")))
						}
					})
				})
			}
		}
	}
}

// TestPersistStripsSpecialBits from everything, and gives them back to what could not be persisted.
func TestPersistStripsSpecialBits(t *testing.T) {
	const all = fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky
	modes := map[string]fs.FileMode{"/d": all | 0o755, "/d/e": fs.ModeSetgid | 0o775, "/d/e/f": fs.ModeSetuid | 0o711, "/d/f": 0o600}
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
				require.NoError(t, put(fsys, "/d/f", ""))
				require.NoError(t, put(fsys, "/d/e/f", ""))
				for name, mode := range modes {
					require.NoError(t, fsys.Chmod(name, mode))
				}
				err := fsys.Persist("/d", filepath.Join(t.TempDir(), "missing", "d"))
				require.ErrorIs(t, err, fs.ErrNotExist)
				for name, mode := range modes {
					info, failed := fsys.Stat(name)
					require.NoError(t, failed)
					require.Equal(t, mode, info.Mode()&^fs.ModeDir, name)
				}
				dir := where.makeDir(t)
				f, err := fsys.OpenFile("/d/e/f", os.O_RDONLY, 0)
				require.NoError(t, err)
				require.NoError(t, tempfs.PersistFile(f, filepath.Join(dir, "f")))
				require.Equal(t, modes["/d/e/f"].Perm(), modeOnHost(t, filepath.Join(dir, "f")))
				require.NoError(t, put(fsys, "/d/e/f", ""))
				require.NoError(t, fsys.Chmod("/d/e/f", modes["/d/e/f"]))
				require.NoError(t, fsys.Persist("/d", filepath.Join(dir, "d")))
				for name, mode := range modes {
					require.Equal(t, mode.Perm(), modeOnHost(t, filepath.Join(dir, name))&^fs.ModeDir, name)
				}
			})
		})
	}
}
