package tempfs_test

import (
	"errors"
	"io"
	"io/fs"
	"runtime"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// requireNamed makes a named file with something in it.
func requireNamed(t *testing.T, m maker, opts ...tempfs.FileOption) *tempfs.NamedFile {
	t.Helper()
	f, err := m.named(opts...)
	require.NoError(t, err)
	require.NoError(t, errOf(f.WriteString("content")))
	return f
}

// skipWhereOpenFilesStay is for what Windows does not do.
func skipWhereOpenFilesStay(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("an open file can be neither removed nor renamed on Windows")
	}
}

// TestNamedFileIsOpenedAgain by its name, by anybody, as long as it is there.
func TestNamedFileIsOpenedAgain(t *testing.T) {
	eachMaker(t, func(t *testing.T, m maker) {
		f := requireNamed(t, m)
		require.NoError(t, has(m.fs, f.Name(), "content"))
		again, err := m.fs.Open(f.Name())
		require.NoError(t, err)
		if runtime.GOOS == "windows" {
			require.NoError(t, again.Close())
			require.NoError(t, f.Close())
			return
		}
		require.NoError(t, f.Close())
		content, err := io.ReadAll(again)
		require.NoError(t, err)
		require.Equal(t, "content", string(content), "it is open, and gone")
		require.NoError(t, again.Close())
		require.NoError(t, lists(m.fs, m.dir))
	})
}

// TestWhenNamedFilesGo is the table of Python's delete and delete_on_close.
func TestWhenNamedFilesGo(t *testing.T) {
	for _, c := range []struct {
		name                     string
		opts                     []tempfs.FileOption
		afterClose, afterRelease bool // whether it is there
	}{
		{"delete=True, delete_on_close=True", nil, false, false},
		{"delete=True, delete_on_close=False", []tempfs.FileOption{tempfs.KeepOnClose()}, true, false},
		{"delete=False, delete_on_close=True", []tempfs.FileOption{tempfs.KeepFile()}, true, true},
		{"delete=False, delete_on_close=False", []tempfs.FileOption{tempfs.KeepFile(), tempfs.KeepOnClose()}, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachMaker(t, func(t *testing.T, m maker) {
				isThere := func(f afero.File) bool { return hasNot(m.fs, f.Name()) != nil }
				f := requireNamed(t, m, c.opts...)
				require.True(t, isThere(f))
				require.NoError(t, f.Close())
				require.Equal(t, c.afterClose, isThere(f))
				require.NoError(t, f.Release())
				require.Equal(t, c.afterRelease, isThere(f))
				require.NoError(t, f.Release())
				_ = m.fs.Remove(f.Name())

				f = requireNamed(t, m, c.opts...) // released without Close
				require.NoError(t, f.Release())
				require.Equal(t, c.afterRelease, isThere(f))
				require.ErrorIs(t, f.Close(), fs.ErrClosed)
				_ = m.fs.Remove(f.Name())
				require.NoError(t, lists(m.fs, m.dir))
			})
		})
	}
}

// TestNamedFilesGoWithTheirFs whatever was said of them.
func TestNamedFilesGoWithTheirFs(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, err := tempfs.New(opts...)
		require.NoError(t, err)
		host := hostOf(t, fsys)
		m := makerOf(fsys, "")
		files := []*tempfs.NamedFile{
			requireNamed(t, m), requireNamed(t, m, tempfs.KeepOnClose()), requireNamed(t, m, tempfs.KeepFile()),
		}
		require.NoError(t, files[1].Close())
		require.NoError(t, fsys.Release())
		requireGone(t, host)
		for _, f := range files {
			require.ErrorIs(t, f.Close(), fs.ErrClosed)
			require.NoError(t, f.Release(), "there is nothing left to do")
		}
	})
}

// TestNamedFileThatTheUserRemoved is no error.
func TestNamedFileThatTheUserRemoved(t *testing.T) {
	skipWhereOpenFilesStay(t)
	eachMaker(t, func(t *testing.T, m maker) {
		f := requireNamed(t, m)
		require.NoError(t, m.fs.Remove(f.Name()))
		require.NoError(t, f.Close())

		f = requireNamed(t, m, tempfs.KeepOnClose())
		require.NoError(t, f.Close())
		require.NoError(t, m.fs.Remove(f.Name()))
		require.NoError(t, f.Release())
		require.NoError(t, lists(m.fs, m.dir))
	})
}

// TestStrangerUnderTheNameOfAFile survives, and the error says so. Ours goes on living where it was moved to.
func TestStrangerUnderTheNameOfAFile(t *testing.T) {
	skipWhereOpenFilesStay(t)
	for _, kind := range []string{"file", "directory", "link"} {
		for _, end := range []func(*tempfs.NamedFile) error{(*tempfs.NamedFile).Close, (*tempfs.NamedFile).Release} {
			t.Run(kind, func(t *testing.T) {
				eachMaker(t, func(t *testing.T, m maker) {
					f := requireNamed(t, m)
					moved := m.dir + "/moved"
					require.NoError(t, m.fs.Rename(f.Name(), moved))
					switch kind {
					case "file":
						require.NoError(t, put(m.fs, f.Name(), "theirs"))
					case "directory":
						require.NoError(t, m.fs.Mkdir(f.Name(), 0o700))
					case "link": // to ours, even
						require.NoError(t, m.fs.SymlinkIfPossible("moved", f.Name()))
					}
					err := end(f)
					require.ErrorIs(t, err, tempfs.ErrReplaced)
					var pathErr *fs.PathError
					require.ErrorAs(t, err, &pathErr)
					require.Equal(t, f.Name(), pathErr.Path)
					_, _, err = m.fs.LstatIfPossible(f.Name())
					require.NoError(t, err)
					require.NoError(t, has(m.fs, moved, "content"))
					require.ErrorIs(t, errOf(f.WriteString("x")), fs.ErrClosed)
					require.NoError(t, f.Release(), "once told is enough")
					require.NoError(t, m.fs.Remove(f.Name()))
				})
			})
		}
	}
}

// TestStrangerWithTheNumberOfAFile: filesystems give the inode number of a file that is gone to the next. It is as little deleted as any other stranger.
func TestStrangerWithTheNumberOfAFile(t *testing.T) {
	skipWhereOpenFilesStay(t)
	eachMaker(t, func(t *testing.T, m maker) {
		f := requireNamed(t, m, tempfs.KeepOnClose())
		require.NoError(t, f.Close())
		require.NoError(t, m.fs.Remove(f.Name()))
		require.NoError(t, put(m.fs, f.Name(), "theirs"))
		require.ErrorIs(t, f.Release(), tempfs.ErrReplaced)
		require.NoError(t, has(m.fs, f.Name(), "theirs"))
	})
}

// TestNamedFileThatWasRenamed is the caller's from then on.
func TestNamedFileThatWasRenamed(t *testing.T) {
	skipWhereOpenFilesStay(t)
	eachMaker(t, func(t *testing.T, m maker) {
		f := requireNamed(t, m)
		require.NoError(t, m.fs.Rename(f.Name(), m.dir+"/mine"))
		require.NoError(t, f.Close())
		require.NoError(t, has(m.fs, m.dir+"/mine", "content"))
	})
}

// TestClosedTemporaries say so, in the shape of package os.
func TestClosedTemporaries(t *testing.T) {
	eachMaker(t, func(t *testing.T, m maker) {
		for _, kind := range []string{"unnamed", "named"} {
			f, err := m.file(kind)
			require.NoError(t, err)
			require.NoError(t, f.Close())
			for what, call := range fileCalls {
				if named, ok := f.(*tempfs.NamedFile); ok {
					f = named.File
				}
				err := call(f)
				require.ErrorIs(t, err, fs.ErrClosed, "%s of %s", what, kind)
				require.ErrorAs(t, err, new(*fs.PathError), what)
			}
		}
	})
}

// TestFilesThatCannotBeMade leave nothing: neither do bad options, nor an Fs that was released.
func TestFilesThatCannotBeMade(t *testing.T) {
	eachMaker(t, func(t *testing.T, m maker) {
		for _, bad := range []tempfs.FileOption{
			tempfs.Flags(1 << 29), tempfs.Flags(0x3), tempfs.Perm(fs.ModeDir | 0o700), tempfs.Perm(fs.ModeSymlink), tempfs.Prefix("/"),
		} {
			for _, kind := range []string{"unnamed", "named"} {
				f, err := m.file(kind, bad)
				require.ErrorIs(t, err, fs.ErrInvalid)
				require.Nil(t, f)
			}
		}
		require.NoError(t, lists(m.fs, m.dir))
		if fsys := m.fsOf(); fsys != nil {
			require.NoError(t, fsys.Release())
			for what, call := range temporaries {
				err := call(fsys, "/", "", "")
				require.ErrorIs(t, err, fs.ErrClosed, what)
				require.ErrorAs(t, err, new(*fs.PathError), what)
			}
		}
	})
}

// TestNamedFileOfManyGoroutines ends once.
func TestNamedFileOfManyGoroutines(t *testing.T) {
	eachMaker(t, func(t *testing.T, m maker) {
		f := requireNamed(t, m)
		require.NoError(t, parallel(8, func(i int) error {
			if i%2 == 0 {
				return f.Release()
			}
			err := f.Close()
			if errors.Is(err, fs.ErrClosed) {
				return nil
			}
			return err
		}))
		require.NoError(t, lists(m.fs, m.dir))
	})
}

// TestWhatIsDerivedKeepsAFile: a reader over it is enough, though nobody holds the file or its Fs any more.
func TestWhatIsDerivedKeepsAFile(t *testing.T) {
	eachMaker(t, func(t *testing.T, m maker) {
		for _, kind := range []string{"unnamed", "named"} {
			reader, end := derived(t, m, kind)
			for range 3 {
				runtime.GC()
			}
			content, err := io.ReadAll(reader)
			require.NoError(t, err)
			require.Equal(t, "content", string(content))
			require.NoError(t, end())
		}
	})
}

// derived forgets the file but for its methods. Not inlined, so that no register remembers it.
//
//go:noinline
func derived(t *testing.T, m maker, kind string) (reader io.Reader, end func() error) {
	t.Helper()
	f, err := m.file(kind)
	require.NoError(t, err)
	require.NoError(t, errOf(f.WriteString("content")))
	return io.NewSectionReader(f, 0, 7), f.Close
}

// TestFlagsOfTemporaries are honoured.
func TestFlagsOfTemporaries(t *testing.T) {
	eachMaker(t, func(t *testing.T, m maker) {
		for _, kind := range []string{"unnamed", "named"} {
			f, err := m.file(kind, tempfs.Flags(syscall.O_APPEND))
			require.NoError(t, err)
			require.NoError(t, errOf(f.WriteString("a")))
			require.NoError(t, errOf(f.Seek(0, io.SeekStart)))
			require.NoError(t, errOf(f.WriteString("b")))
			content := make([]byte, 2)
			require.NoError(t, errOf(f.ReadAt(content, 0)))
			require.Equal(t, "ab", string(content))
			require.ErrorContains(t, errOf(f.WriteAt([]byte("x"), 0)), "O_APPEND")
			require.NoError(t, f.Close())

			f, err = m.file(kind, tempfs.Flags(syscall.O_WRONLY))
			require.NoError(t, err)
			require.NoError(t, errOf(f.WriteString("a")))
			require.Error(t, errOf(f.Read(content)))
			require.NoError(t, f.Close())
		}
	})
}
