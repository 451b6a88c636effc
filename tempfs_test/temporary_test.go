package tempfs_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// maker makes temporary files in dir, which is a directory of fs: of an Fs by its methods, on the host by the functions.
type maker struct {
	fs interface {
		afero.Fs
		afero.Symlinker
	}
	dir     string
	unnamed func(opts ...tempfs.FileOption) (afero.File, error)
	named   func(opts ...tempfs.FileOption) (*tempfs.NamedFile, error)
}

// makerOf makes in dir, unless an option says otherwise.
func makerOf(fsys *tempfs.Fs, dir string) maker {
	return maker{
		fs: fsys, dir: dir,
		unnamed: func(opts ...tempfs.FileOption) (afero.File, error) {
			return fsys.TemporaryFile(append([]tempfs.FileOption{tempfs.In(dir)}, opts...)...)
		},
		named: func(opts ...tempfs.FileOption) (*tempfs.NamedFile, error) {
			return fsys.NamedTemporaryFile(append([]tempfs.FileOption{tempfs.In(dir)}, opts...)...)
		},
	}
}

func makerOnHost(dir string) maker {
	return maker{
		fs: afero.OsFs{}, dir: dir,
		unnamed: func(opts ...tempfs.FileOption) (afero.File, error) {
			return tempfs.TemporaryFile(append([]tempfs.FileOption{tempfs.In(dir)}, opts...)...)
		},
		named: func(opts ...tempfs.FileOption) (*tempfs.NamedFile, error) {
			return tempfs.NamedTemporaryFile(append([]tempfs.FileOption{tempfs.In(dir)}, opts...)...)
		},
	}
}

// eachMaker runs fn on a disk, in memory and on the host, with an empty directory.
func eachMaker(t *testing.T, fn func(t *testing.T, m maker)) {
	t.Helper()
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.Mkdir("/in", 0o700))
		fn(t, makerOf(fsys, "/in"))
	})
	t.Run("host", func(t *testing.T) { fn(t, makerOnHost(t.TempDir())) })
}

// fsOf is the Fs, nil on the host.
func (m maker) fsOf() *tempfs.Fs {
	fsys, _ := m.fs.(*tempfs.Fs)
	return fsys
}

// file makes a file of the three kinds.
func (m maker) file(kind string, opts ...tempfs.FileOption) (afero.File, error) {
	switch kind {
	case "unnamed":
		return m.unnamed(opts...)
	case "named":
		f, err := m.named(opts...)
		if err != nil {
			return nil, err // no typed nil
		}
		return f, nil
	}
	return nil, errors.New(kind)
}

// temporaries make something temporary in dir of an Fs, with a name of pattern where it has one.
var temporaries = map[string]func(fsys *tempfs.Fs, dir, prefix, suffix string) error{
	"CreateTemp": func(fsys *tempfs.Fs, dir, prefix, suffix string) error {
		return opened(fsys.CreateTemp(dir, prefix+"*"+suffix))
	},
	"MkdirTemp": func(fsys *tempfs.Fs, dir, prefix, suffix string) error {
		return errOf(fsys.MkdirTemp(dir, prefix+"*"+suffix))
	},
	"TemporaryFile": func(fsys *tempfs.Fs, dir, prefix, suffix string) error {
		return opened(makerOf(fsys, dir).file("unnamed", tempfs.Prefix(prefix), tempfs.Suffix(suffix)))
	},
	"NamedTemporaryFile": func(fsys *tempfs.Fs, dir, prefix, suffix string) error {
		return opened(makerOf(fsys, dir).file("named", tempfs.Prefix(prefix), tempfs.Suffix(suffix)))
	},
}

// TestNewFiles are empty, open for reading and writing from the beginning, and do not append.
func TestNewFiles(t *testing.T) {
	eachMaker(t, func(t *testing.T, m maker) {
		for _, kind := range []string{"unnamed", "named"} {
			f, err := m.file(kind)
			require.NoError(t, err)
			requireNew(t, f)
			require.NoError(t, f.Close())
		}
		require.NoError(t, lists(m.fs, m.dir))
		if fsys := m.fsOf(); fsys != nil {
			f, err := fsys.CreateTemp(m.dir, "")
			require.NoError(t, err)
			requireNew(t, f)
			require.NoError(t, f.Close())
			require.NoError(t, has(fsys, f.Name(), "ab"))
		}
	})
}

func requireNew(t *testing.T, f afero.File) {
	t.Helper()
	info, err := f.Stat()
	require.NoError(t, err)
	require.Zero(t, info.Size())
	require.True(t, info.Mode().IsRegular())
	pos, err := f.Seek(0, io.SeekCurrent)
	require.NoError(t, err)
	require.Zero(t, pos)
	require.NoError(t, errOf(f.WriteString("xb")))
	require.NoError(t, errOf(f.WriteAt([]byte("a"), 0)))
	require.NoError(t, errOf(f.Seek(0, io.SeekStart)))
	content, err := io.ReadAll(f)
	require.NoError(t, err)
	require.Equal(t, "ab", string(content))
}

// TestNamesOfNewFiles are a prefix, eight characters and a suffix, below the directory, and absolute.
func TestNamesOfNewFiles(t *testing.T) {
	eachMaker(t, func(t *testing.T, m maker) {
		for _, c := range []struct {
			prefix, suffix, want string
			opts                 []tempfs.FileOption
		}{
			{want: `^tmp[a-z0-9_]{8}$`},
			{want: `^[a-z0-9_]{8}$`, opts: []tempfs.FileOption{tempfs.Prefix("")}},
			{want: `^job-[a-z0-9_]{8}\.txt$`, opts: []tempfs.FileOption{tempfs.Suffix(".txt"), tempfs.Prefix("no"), tempfs.Prefix("job-")}},
			{want: `^\.\.[a-z0-9_]{8}\.\.$`, opts: []tempfs.FileOption{tempfs.Suffix(".."), tempfs.Prefix("..")}},
			{want: `^ä ö[a-z0-9_]{8}$`, opts: []tempfs.FileOption{tempfs.Prefix("ä ö")}},
		} {
			f, err := m.named(c.opts...)
			require.NoError(t, err)
			require.Equal(t, m.dir, filepath.ToSlash(filepath.Dir(f.Name())))
			require.Regexp(t, c.want, filepath.Base(f.Name()))
			info, err := f.Stat()
			require.NoError(t, err)
			require.Equal(t, filepath.Base(f.Name()), info.Name())
			require.NoError(t, f.Close())
		}
	})
}

// TestNamesInAnFs are absolute whatever the directory is called.
func TestNamesInAnFs(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, fsys.MkdirAll("/d/e", 0o755))
		require.NoError(t, fsys.SymlinkIfPossible("d", "/link"))
		for dir, want := range map[string]string{
			"": "/", "/": "/", ".": "/", "d": "/d", "./d/": "/d", "//d//e": "/d/e", "link": "/link", "d/e/..": "/d/e/..", "../d": "/../d",
		} {
			f, err := fsys.CreateTemp(dir, "x*y")
			require.NoError(t, err, dir)
			require.NoError(t, f.Close())
			made, err := fsys.MkdirTemp(dir, "x*y")
			require.NoError(t, err, dir)
			named, err := fsys.NamedTemporaryFile(tempfs.In(dir))
			require.NoError(t, err, dir)
			require.NoError(t, errOf(fsys.Stat(named.Name())))
			require.NoError(t, named.Close())
			for _, name := range []string{f.Name(), made} {
				i := strings.LastIndexByte(name, '/')
				require.Equal(t, want, "/"+strings.TrimPrefix(name[:i], "/"), "of %s", name)
				require.Regexp(t, `^x[a-z0-9_]{8}y$`, name[i+1:])
				require.NoError(t, errOf(fsys.Stat(name)))
				require.NoError(t, fsys.Remove(name))
			}
		}
	})
}

func TestNamesNeverRepeat(t *testing.T) {
	const goroutines, each = 4, 25
	eachMaker(t, func(t *testing.T, m maker) {
		var mu sync.Mutex
		seen := map[string]bool{}
		require.NoError(t, parallel(goroutines, func(int) error {
			for range each {
				f, err := m.named()
				if err != nil {
					return err
				}
				mu.Lock()
				seen[f.Name()] = true
				mu.Unlock()
				if err := f.Close(); err != nil { // so that the name is free
					return err
				}
			}
			return nil
		}))
		require.Len(t, seen, goroutines*each)
	})
}

// TestNewFilesAreTheCallers shows that nothing but the release removes what CreateTemp and MkdirTemp make.
func TestNewFilesAreTheCallers(t *testing.T) {
	eachBackend(t, func(t *testing.T, opts ...tempfs.Option) {
		fsys, err := tempfs.New(opts...)
		require.NoError(t, err)
		host := hostOf(t, fsys)
		f, err := fsys.CreateTemp("", "")
		require.NoError(t, err)
		require.NoError(t, f.Close())
		dir, err := fsys.MkdirTemp("", "")
		require.NoError(t, err)
		runtime.GC()
		require.NoError(t, errOf(fsys.Stat(f.Name())))
		require.NoError(t, errOf(fsys.Stat(dir)))
		require.NoError(t, fsys.Release())
		requireGone(t, host)
	})
}

// TestBadAffixesOfFiles are refused before anything is looked at: the directory is missing, and that is not the error.
func TestBadAffixesOfFiles(t *testing.T) {
	eachMaker(t, func(t *testing.T, m maker) {
		for _, bad := range []string{"/", "a/b", "../x", "x/..", "/../../x", "/tmp/x", "\x00", "a\x00", string(os.PathSeparator)} {
			for _, affix := range []tempfs.FileOption{tempfs.Prefix(bad), tempfs.Suffix(bad)} {
				for _, dir := range []string{m.dir, m.dir + "/missing"} {
					for _, kind := range []string{"unnamed", "named"} {
						f, err := m.file(kind, affix, tempfs.In(dir))
						require.ErrorIs(t, err, fs.ErrInvalid, "%q", bad)
						require.Nil(t, f)
					}
				}
			}
			if fsys := m.fsOf(); fsys != nil {
				require.ErrorIs(t, errOf(fsys.CreateTemp("/missing", bad)), fs.ErrInvalid)
				require.ErrorIs(t, errOf(fsys.MkdirTemp("/missing", bad)), fs.ErrInvalid)
			}
		}
		require.NoError(t, lists(m.fs, m.dir))
	})
}

// FuzzAffixes wants a name directly in the directory, or an error and nothing anywhere.
func FuzzAffixes(f *testing.F) {
	for _, seed := range [][2]string{
		{"", ""},
		{"tmp", ".txt"},
		{"../esc", ""},
		{"/tmp/x", ""},
		{"", "/../../x"},
		{"a\x00", ""},
		{"..", ".."},
		{".", ""},
		{"a\\b", "c:"},
		{"\xff\xfe", "\xed\xa0\x80"},
		{"*", "*"},
		{strings.Repeat("p", 247), ""},
		{strings.Repeat("p", 248), ""},
		{"NUL.", "::$DATA"},
		{"\n", " "},
		{"-rf", "~"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, prefix, suffix string) {
		isBad := strings.ContainsAny(prefix+suffix, "/\x00"+string(os.PathSeparator))
		eachMaker(t, func(t *testing.T, m maker) {
			for what, call := range map[string]func() (string, error){
				"NamedTemporaryFile": func() (string, error) {
					f, err := m.named(tempfs.Prefix(prefix), tempfs.Suffix(suffix), tempfs.KeepFile())
					return nameAndClose(f, err)
				},
				"CreateTemp": func() (string, error) {
					f, err := m.fsOf().CreateTemp(m.dir, prefix+"*"+suffix)
					return nameAndClose(f, err)
				},
				"MkdirTemp": func() (string, error) { return m.fsOf().MkdirTemp(m.dir, prefix+"*"+suffix) },
			} {
				if m.fsOf() == nil && what != "NamedTemporaryFile" || strings.Contains(suffix, "*") && what != "NamedTemporaryFile" {
					continue
				}
				name, err := call()
				if isBad {
					require.ErrorIs(t, err, fs.ErrInvalid, what)
				}
				if err != nil {
					require.NoError(t, lists(m.fs, m.dir), what)
					continue
				}
				base := name[len(m.dir)+1:]
				require.NotContains(t, base, "/")
				require.True(t, strings.HasPrefix(base, prefix) && strings.HasSuffix(base, suffix), "%s: %q", what, name)
				require.Len(t, base, len(prefix)+8+len(suffix))
				require.NoError(t, lists(m.fs, m.dir, base), what)
				require.NoError(t, m.fs.Remove(name))
			}
			if fsys := m.fsOf(); fsys != nil {
				require.NoError(t, lists(fsys, "/", "in"))
			}
		})
	})
}

func nameAndClose[F afero.File](f F, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// TestLongAffixes are an error of the name, on every backend alike, and of no use to a file without a name.
func TestLongAffixes(t *testing.T) {
	eachMaker(t, func(t *testing.T, m maker) {
		long := strings.Repeat("p", 300)
		for _, affix := range []tempfs.FileOption{tempfs.Prefix(long), tempfs.Suffix(long)} {
			require.ErrorIs(t, errOf(m.named(affix)), syscall.ENAMETOOLONG)
		}
		if fsys := m.fsOf(); fsys != nil {
			require.ErrorIs(t, errOf(fsys.CreateTemp(m.dir, long)), syscall.ENAMETOOLONG)
			require.ErrorIs(t, errOf(fsys.MkdirTemp(m.dir, long)), syscall.ENAMETOOLONG)
		}
		longest := strings.Repeat("p", 255-8)
		require.NoError(t, opened(m.named(tempfs.Prefix(longest))))
		require.ErrorIs(t, errOf(m.named(tempfs.Prefix(longest+"p"))), syscall.ENAMETOOLONG)
		require.NoError(t, lists(m.fs, m.dir))
	})
}

// TestDirectoriesOfNoUse gives the same errno on each backend, in the shape of package os, with the name in the Fs.
func TestDirectoriesOfNoUse(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, put(fsys, "/file", "content"))
		require.NoError(t, fsys.SymlinkIfPossible("missing", "/dangling"))
		require.NoError(t, fsys.SymlinkIfPossible("loop", "/loop"))
		for what, call := range temporaries {
			for dir, want := range map[string]error{
				"/missing": syscall.ENOENT, "missing/x": syscall.ENOENT, "/dangling": syscall.ENOENT,
				"/file": syscall.ENOTDIR, "file/x": syscall.ENOTDIR, "/loop": syscall.ELOOP, "a\x00": syscall.EINVAL,
			} {
				err := call(fsys, dir, "pre", "suf")
				require.ErrorIs(t, err, want, "%s in %q", what, dir)
				var pathErr *fs.PathError
				require.ErrorAs(t, err, &pathErr)
				require.True(t, strings.HasPrefix(pathErr.Path, path.Join("/", dir)), pathErr.Path)
				require.Equal(t, map[bool]string{false: "open", true: "mkdir"}[what == "MkdirTemp"], pathErr.Op)
				if fsys.Backend() == "disk" {
					require.NotContains(t, err.Error(), rootOf(t, fsys))
				}
			}
		}
		require.NoError(t, lists(fsys, "/", "dangling", "file", "loop"))
	})
	t.Run("host", func(t *testing.T) {
		dir := t.TempDir()
		file := filepath.Join(dir, "file")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		for in, want := range map[string]error{file + "missing": fs.ErrNotExist, file: syscall.ENOTDIR} {
			m := makerOnHost(in)
			for _, kind := range []string{"unnamed", "named"} {
				err := errOf(m.file(kind))
				require.ErrorIs(t, err, want, kind)
				require.ErrorAs(t, err, new(*fs.PathError), kind)
			}
		}
	})
}

// TestDirectoryWithoutPermission is for those whom modes bind. It stays empty.
func TestDirectoryWithoutPermission(t *testing.T) {
	if os.Geteuid() <= 0 {
		t.Skip("root, and systems without users, write into directories of any mode")
	}
	eachMaker(t, func(t *testing.T, m maker) {
		require.NoError(t, m.fs.Chmod(m.dir, 0o500))
		for _, kind := range []string{"unnamed", "named"} {
			require.ErrorIs(t, errOf(m.file(kind)), syscall.EACCES, kind)
		}
		if fsys := m.fsOf(); fsys != nil {
			for what, call := range temporaries {
				require.ErrorIs(t, call(fsys, m.dir, "", ""), syscall.EACCES, what)
			}
		}
		require.NoError(t, m.fs.Chmod(m.dir, 0o700))
		require.NoError(t, lists(m.fs, m.dir))
	})
}

// TestImplicitParentsOfTemporaries are made as those of other files.
func TestImplicitParentsOfTemporaries(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		for what, call := range temporaries {
			require.NoError(t, call(fsys, "/"+what+"/a/b", "", ""))
			require.NoError(t, errOf(fsys.Stat("/"+what+"/a/b")))
		}
	}, tempfs.ImplicitParents())
}

// TestSearchIsForTheHost: an Fs has nothing to search.
func TestSearchIsForTheHost(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		m := makerOf(fsys, "")
		for _, kind := range []string{"unnamed", "named"} {
			require.ErrorIs(t, errOf(m.file(kind, tempfs.WithSearch(nowhere))), fs.ErrInvalid)
		}
	})
}

// TestOnTheHostByDefault makes files where the search ends.
func TestOnTheHostByDefault(t *testing.T) {
	f, err := tempfs.NamedTemporaryFile()
	require.NoError(t, err)
	require.Equal(t, os.TempDir(), filepath.Dir(f.Name()))
	require.FileExists(t, f.Name())
	require.NoError(t, f.Close())
	require.NoFileExists(t, f.Name())
	require.NoError(t, opened(tempfs.TemporaryFile()))
}
