package tempfs_test

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// persistable makes an open file with the content "0123456789" and the offset 4.
type persistable func(t *testing.T) afero.File

func filled(t *testing.T, f afero.File, err error) afero.File {
	t.Helper()
	require.NoError(t, err)
	_, err = f.WriteString("0123456789")
	require.NoError(t, err)
	_, err = f.Seek(4, io.SeekStart)
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// persistables are all kinds of files, of an Fs and of the host.
func persistables(fsys *tempfs.Fs, hostDir string) map[string]persistable {
	linkable, in := tempfs.Linkable(), tempfs.In(hostDir)
	return map[string]persistable{
		"of the Fs": func(t *testing.T) afero.File {
			f, err := fsys.OpenFile("/file", os.O_RDWR|os.O_CREATE, 0o666)
			return filled(t, f, err)
		},
		"CreateTemp": func(t *testing.T) afero.File {
			f, err := fsys.CreateTemp("", "*")
			return filled(t, f, err)
		},
		"unnamed": func(t *testing.T) afero.File {
			f, err := fsys.TemporaryFile(linkable)
			return filled(t, f, err)
		},
		"named": func(t *testing.T) afero.File {
			f, err := fsys.NamedTemporaryFile()
			return filled(t, f, err)
		},
		"spooled": func(t *testing.T) afero.File {
			f, err := fsys.SpooledTemporaryFile(100, linkable)
			return filled(t, f, err)
		},
		"rolled": func(t *testing.T) afero.File {
			f, err := fsys.SpooledTemporaryFile(1, linkable)
			return filled(t, f, err)
		},
		"unnamed on the host": func(t *testing.T) afero.File {
			f, err := tempfs.TemporaryFile(linkable, in)
			return filled(t, f, err)
		},
		"named on the host": func(t *testing.T) afero.File {
			f, err := tempfs.NamedTemporaryFile(in)
			return filled(t, f, err)
		},
		"spooled on the host": func(t *testing.T) afero.File {
			f, err := tempfs.SpooledTemporaryFile(0, linkable, in)
			return filled(t, f, err)
		},
		"in memory for lack of a directory": func(t *testing.T) afero.File {
			f, err := tempfs.TemporaryFile(linkable, tempfs.WithSearch(nowhere))
			return filled(t, f, err)
		},
	}
}

// TestPersistFile publishes each kind of file, by a link or by a copy, and the file goes on.
func TestPersistFile(t *testing.T) {
	for _, where := range destinations(t) {
		for kind := range persistables(nil, "") {
			t.Run(where.name+"/"+kind, func(t *testing.T) {
				tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
					testPersistFile(t, fsys, where, kind)
				})
			})
		}
	}
}

func testPersistFile(t *testing.T, fsys *tempfs.Fs, where destination, kind string) {
	dir, hostDir := where.makeDir(t), t.TempDir()
	f := persistables(fsys, hostDir)[kind](t)
	host := filepath.Join(dir, "host")
	var result tempfs.PersistResult
	require.NoError(t, tempfs.PersistFile(f, host, tempfs.NoReplace(), tempfs.Durable(), tempfs.WithResult(&result)))
	requireContent(t, host, "0123456789")
	require.True(t, result.Published)
	require.False(t, result.SourceLeft)
	require.NoError(t, lists(fsys, "/"), "its name is gone")
	requireHolds(t, hostDir)

	err := tempfs.PersistFile(f, host, tempfs.NoReplace())
	require.ErrorIs(t, err, fs.ErrExist)
	requireNothingChanged(t, err)
	require.NoError(t, tempfs.PersistFile(f, host), "once more, over itself")
	require.NoError(t, tempfs.PersistFile(f, filepath.Join(dir, "second")))
	requireHolds(t, dir, "host", "second")

	rest, err := io.ReadAll(f)
	require.NoError(t, err)
	require.Equal(t, "456789", string(rest), "the offset was not moved")
	_, err = f.WriteString("more")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	want := "0123456789"
	if !result.Copied {
		want += "more"
	}
	requireContent(t, host, want)
	requireContent(t, filepath.Join(dir, "second"), want)
	requireHolds(t, dir, "host", "second")
	require.ErrorIs(t, tempfs.PersistFile(f, host), fs.ErrClosed)
}

func requireContent(t *testing.T, path, want string) {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(content))
}

// TestPersistFileRefuses what has no name and may not get one, on every backend, and what is not ours.
func TestPersistFileRefuses(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		dir := t.TempDir()
		host := filepath.Join(dir, "host")
		require.NoError(t, fsys.Mkdir("/d", 0o755))
		foreign, err := os.Create(filepath.Join(t.TempDir(), "f"))
		require.NoError(t, err)
		defer foreign.Close()
		unnamed := func(f afero.File, err error) afero.File {
			require.NoError(t, err)
			t.Cleanup(func() { _ = f.Close() })
			return f
		}
		for name, f := range map[string]afero.File{
			"unnamed":             unnamed(fsys.TemporaryFile()),
			"spooled":             unnamed(fsys.SpooledTemporaryFile(10)),
			"unnamed on the host": unnamed(tempfs.TemporaryFile()),
			"spooled on the host": unnamed(tempfs.SpooledTemporaryFile(10)),
			"in memory":           unnamed(tempfs.TemporaryFile(tempfs.WithSearch(nowhere))),
			"of package os":       foreign,
			"nil":                 nil,
			"nil NamedFile":       (*tempfs.NamedFile)(nil),
			"nil SpooledFile":     (*tempfs.SpooledFile)(nil),
		} {
			refused := tempfs.PersistFile(f, host)
			require.ErrorIs(t, refused, fs.ErrInvalid, name)
			require.Equal(t, "look", requireNothingChanged(t, refused).Step)
		}
		d, err := fsys.Open("/d")
		require.NoError(t, err)
		require.ErrorIs(t, tempfs.PersistFile(d, host), syscall.EISDIR)
		require.NoError(t, fsys.Release())
		require.ErrorIs(t, tempfs.PersistFile(d, host), fs.ErrClosed)
		requireHolds(t, dir)
	})
}

// TestPersistFileWhateverItsName: the file that is open, and not what has come under its name.
func TestPersistFileWhateverItsName(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				dir := where.makeDir(t)
				for i, change := range []func(name string) error{
					func(name string) error { return fsys.Rename(name, "/elsewhere") },
					func(name string) error { return fsys.Remove(name) },
					func(name string) error {
						if err := fsys.Rename(name, "/elsewhere"); err != nil {
							return err
						}
						return put(fsys, name, "stranger")
					},
					func(name string) error {
						if err := fsys.Remove(name); err != nil {
							return err
						}
						return fsys.SymlinkIfPossible("/stranger", name)
					},
				} {
					require.NoError(t, put(fsys, "/stranger", "stranger"))
					f, err := fsys.Create("/f")
					require.NoError(t, err)
					_, err = f.WriteString("the file")
					require.NoError(t, err)
					require.NoError(t, change("/f"))
					host := filepath.Join(dir, "host")
					require.NoError(t, tempfs.PersistFile(f, host), i)
					requireContent(t, host, "the file")
					require.NoError(t, f.Close())
					require.NoError(t, has(fsys, "/stranger", "stranger"))
					if i >= 2 { // a stranger has the name
						require.NoError(t, has(fsys, "/f", "stranger"))
					}
					require.NoError(t, fsys.RemoveAll("/"))
				}
			})
		})
	}
}

// TestPersistFileOfNamed leaves Close nothing to remove, nor what comes under the name then.
func TestPersistFileOfNamed(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		hostDir := t.TempDir()
		for _, opts := range [][]tempfs.FileOption{nil, {tempfs.KeepOnClose()}, {tempfs.KeepFile()}} {
			for _, make := range []func() (*tempfs.NamedFile, error){
				func() (*tempfs.NamedFile, error) { return fsys.NamedTemporaryFile(opts...) },
				func() (*tempfs.NamedFile, error) {
					return tempfs.NamedTemporaryFile(append(opts, tempfs.In(hostDir))...)
				},
			} {
				n, err := make()
				require.NoError(t, err)
				host := filepath.Join(t.TempDir(), "host")
				require.NoError(t, tempfs.PersistFile(n, host))
				require.NoError(t, lists(fsys, "/"))
				requireHolds(t, hostDir)
				require.NoError(t, n.Close())
				require.NoError(t, n.Release())
				require.FileExists(t, host)
			}
		}
	})
}

// TestPersistFileOntoItself is for a file of the host that is to keep its name.
func TestPersistFileOntoItself(t *testing.T) {
	dir := t.TempDir()
	n, err := tempfs.NamedTemporaryFile(tempfs.In(dir))
	require.NoError(t, err)
	_, err = n.WriteString("content")
	require.NoError(t, err)
	require.NoError(t, tempfs.PersistFile(n, n.Name()))
	require.NoError(t, n.Close())
	requireContent(t, n.Name(), "content")
	requireHolds(t, dir, filepath.Base(n.Name()))
}

// TestPersistFileOpenForWritingAlone can be read by another way, but for an unnamed one in memory.
func TestPersistFileOpenForWritingAlone(t *testing.T) {
	for _, where := range destinations(t) {
		t.Run(where.name, func(t *testing.T) {
			tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
				dir := where.makeDir(t)
				f, err := fsys.OpenFile("/f", os.O_WRONLY|os.O_CREATE, 0o644)
				require.NoError(t, err)
				_, err = f.WriteString("content")
				require.NoError(t, err)
				require.NoError(t, tempfs.PersistFile(f, filepath.Join(dir, "f")))
				requireContent(t, filepath.Join(dir, "f"), "content")
				u, err := fsys.TemporaryFile(tempfs.Linkable(), tempfs.Flags(os.O_WRONLY|os.O_APPEND))
				require.NoError(t, err)
				_, err = u.WriteString("content")
				require.NoError(t, err)
				err = tempfs.PersistFile(u, filepath.Join(dir, "u"))
				if fsys.Backend() != "disk" || !byDescriptor {
					require.ErrorIs(t, err, syscall.EBADF)
					requireNothingChanged(t, err)
					requireHolds(t, dir, "f")
					return
				}
				require.NoError(t, err)
				requireContent(t, filepath.Join(dir, "u"), "content")
			})
		})
	}
}
