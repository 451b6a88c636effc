package tempfs

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs/internal/disk"
)

// ground is a place beside the filesystem that it is a directory of. root begins the names of that.
type ground struct {
	place
	fs interface {
		afero.Fs
		afero.Symlinker
	}
	root string
}

// eachGround runs fn on each kind of place.
func eachGround(t *testing.T, fn func(t *testing.T, g ground)) {
	t.Helper()
	Each(t, func(t *testing.T, fsys *Fs) { fn(t, ground{virtualPlace{fsys, ""}, fsys, ""}) })
	t.Run("host", func(t *testing.T) {
		dir := t.TempDir()
		fn(t, ground{hostPlace{disk.Host{Dir: dir}}, afero.OsFs{}, dir})
	})
}

// plant makes a file, a directory or a link, which are there before the tests ask for their names.
func (g ground) plant(t *testing.T, kind, name string) {
	t.Helper()
	name = g.root + "/" + name
	switch kind {
	case "file":
		require.NoError(t, afero.WriteFile(g.fs, name, []byte("theirs"), 0o600))
	case "directory":
		require.NoError(t, g.fs.Mkdir(name, 0o700))
	case "dangling link":
		require.NoError(t, g.fs.SymlinkIfPossible("target-of-"+filepath.Base(name), name))
	case "loop":
		require.NoError(t, g.fs.SymlinkIfPossible(filepath.Base(name), name))
	}
}

func (g ground) names(t *testing.T) []string {
	t.Helper()
	infos, err := afero.ReadDir(g.fs, g.root+"/")
	require.NoError(t, err)
	names := make([]string, len(infos))
	for i, info := range infos {
		names[i] = info.Name()
	}
	return names
}

// drawing is a configuration whose names have these random parts. It fails the test that asks for more.
func drawing(t *testing.T, parts ...string) *fileConfig {
	t.Helper()
	c, err := newFileConfig(nil)
	require.NoError(t, err)
	c.random = func() string {
		require.NotEmpty(t, parts, "asks for one name too many")
		part := parts[0]
		parts = parts[1:]
		return part
	}
	t.Cleanup(func() { require.Empty(t, parts, "does not ask for a name") })
	return c
}

// TestTakenNamesOfFiles has something under the first names that are drawn. It is neither opened nor followed.
func TestTakenNamesOfFiles(t *testing.T) {
	for _, kind := range []string{"file", "directory", "dangling link", "loop"} {
		t.Run(kind, func(t *testing.T) {
			eachGround(t, func(t *testing.T, g ground) {
				g.plant(t, kind, "tmpaaa")
				f, base, _, err := newNamed(g, drawing(t, "aaa", "aaa", "bbb"))
				require.NoError(t, err)
				require.Equal(t, "tmpbbb", base)
				require.Equal(t, g.path("tmpbbb"), f.Name())
				require.NoError(t, f.Close())
				require.Equal(t, []string{"tmpaaa", "tmpbbb"}, g.names(t))
				if kind == "file" {
					content, err := afero.ReadFile(g.fs, g.root+"/tmpaaa")
					require.NoError(t, err)
					require.Equal(t, "theirs", string(content))
				}
			})
		})
	}
}

func TestTakenNamesOfDirectories(t *testing.T) {
	for _, kind := range []string{"file", "directory", "dangling link", "loop"} {
		t.Run(kind, func(t *testing.T) {
			Each(t, func(t *testing.T, fsys *Fs) {
				g := ground{virtualPlace{fsys, ""}, fsys, ""}
				g.plant(t, kind, "tmpaaa")
				name, err := fsys.mkdirTemp(virtualPlace{fsys, ""}, drawing(t, "aaa", "aaa", "bbb"))
				require.NoError(t, err)
				require.Equal(t, "/tmpbbb", name)
				require.Equal(t, []string{"tmpaaa", "tmpbbb"}, g.names(t))
			})
		})
	}
}

func TestNamesOfFilesRunOut(t *testing.T) {
	eachGround(t, func(t *testing.T, g ground) {
		g.plant(t, "file", "tmpaaa.x")
		tries := 0
		c, err := newFileConfig([]FileOption{Suffix(".x")})
		require.NoError(t, err)
		c.random = func() string { tries++; return "aaa" }
		f, _, _, err := newNamed(g, c)
		require.Nil(t, f)
		requireNamesRunOut(t, err, &tries, opCreateTemp, g.path("tmp*.x"))
		if p, ok := g.place.(virtualPlace); ok {
			_, err = p.mkdirTemp(p, c)
			requireNamesRunOut(t, err, &tries, opMkdirTemp, g.path("tmp*.x"))
		}
		require.Equal(t, []string{"tmpaaa.x"}, g.names(t))
	})
}

func requireNamesRunOut(t *testing.T, err error, tries *int, op, path string) {
	t.Helper()
	require.ErrorIs(t, err, fs.ErrExist)
	var pathErr *fs.PathError
	require.ErrorAs(t, err, &pathErr)
	require.Equal(t, []string{op, path}, []string{pathErr.Op, pathErr.Path})
	require.Equal(t, 10000, *tries)
	*tries = 0
}

// TestPlantedNames is the attack of CWE-377 with far more names than anybody could foresee: files and links stand under all names
// but the last that is drawn.
func TestPlantedNames(t *testing.T) {
	eachGround(t, func(t *testing.T, g ground) {
		planted := 1000 // each is drawn ten times; a disk takes seconds to lose more
		if strings.HasSuffix(t.Name(), backendMemory) || strings.HasSuffix(t.Name(), backendSpill) {
			planted = 100_000
		}
		for i := range planted {
			g.plant(t, []string{"dangling link", "file"}[i%2], "tmp"+strconv.Itoa(i))
		}
		c, err := newFileConfig(nil)
		require.NoError(t, err)
		tries, random := 0, rand.New(rand.NewPCG(1, 2))
		c.random = func() string {
			if tries++; tries == maxNames {
				return "free"
			}
			return strconv.Itoa(random.IntN(planted))
		}
		f, base, info, err := newNamed(g, c)
		require.NoError(t, err)
		defer f.Close()
		require.Equal(t, "tmpfree", base)
		require.Zero(t, info.Size())
		require.Equal(t, maxNames, tries)

		infos, err := afero.ReadDir(g.fs, g.root+"/")
		require.NoError(t, err)
		require.Len(t, infos, planted+1, "no link led anywhere")
		for _, info := range infos {
			isFile := info.Mode().IsRegular() && info.Name() != "tmpfree"
			require.True(t, !isFile || info.Size() == int64(len("theirs")), info.Name())
		}
	})
}

func TestRandomChars(t *testing.T) {
	seen, drawn := map[string]bool{}, map[rune]bool{}
	for range 1000 {
		part := randomChars()
		require.Len(t, part, 8)
		require.Empty(t, strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789_"))
		require.False(t, seen[part], "drawn twice: %s", part)
		seen[part] = true
		for _, c := range part {
			drawn[c] = true
		}
	}
	require.Len(t, drawn, 26+10+1)
}

// odd is a place that fails where it is told to.
type odd struct {
	place
	unnamed, opening, reading, removal syscall.Errno
	isGone                             bool // as of an Fs that was released meanwhile

	handles []*oddHandle
	chmod   syscall.Errno // of its handles
	close   syscall.Errno // of its handles, after the handle's own
	created int
}

func (p *odd) openUnnamed(flag int, perm fs.FileMode, linkable bool) (handle, syscall.Errno) {
	if p.unnamed != 0 {
		return nil, p.unnamed
	}
	return p.watch(p.place.openUnnamed(flag, perm, linkable))
}

func (p *odd) create(base string, flag int, perm fs.FileMode) (handle, syscall.Errno) {
	p.created++
	if p.opening != 0 {
		return nil, p.opening
	}
	return p.watch(p.place.create(base, flag, perm))
}

func (p *odd) reopen(base string) (fs.File, error) {
	if p.reading != 0 {
		return nil, p.reading
	}
	return p.place.reopen(base)
}

func (p *odd) remove(base string) syscall.Errno {
	if p.removal != 0 {
		return p.removal
	}
	return p.place.remove(base)
}

func (p *odd) newFile(name string, h handle, flag int) *file {
	if p.isGone {
		return nil
	}
	return p.place.newFile(name, h, flag)
}

func (p *odd) watch(h handle, errno syscall.Errno) (handle, syscall.Errno) {
	if errno != 0 {
		return nil, errno
	}
	watched := &oddHandle{handle: h, place: p}
	p.handles = append(p.handles, watched)
	return watched, 0
}

// requireClosed wants each handle closed once.
func (p *odd) requireClosed(t *testing.T) {
	t.Helper()
	require.NotEmpty(t, p.handles)
	for _, h := range p.handles {
		require.Equal(t, 1, h.closes)
	}
}

type oddHandle struct {
	handle
	place  *odd
	closes int
}

// Stat tells a mode that no umask leaves, so that the mode is set.
func (h *oddHandle) Stat() (fs.FileInfo, syscall.Errno) {
	if h.place.chmod != 0 {
		_ = h.handle.Chmod(0o400)
	}
	return h.handle.Stat()
}

func (h *oddHandle) Chmod(mode fs.FileMode) syscall.Errno {
	if h.place.chmod != 0 {
		return h.place.chmod
	}
	return h.handle.Chmod(mode)
}

func (h *oddHandle) Close() syscall.Errno {
	h.closes++
	if errno := h.handle.Close(); errno != 0 {
		return errno
	}
	return h.place.close
}

// TestFilesystemWithoutUnnamedFiles makes a file and removes it at once.
func TestFilesystemWithoutUnnamedFiles(t *testing.T) {
	eachGround(t, func(t *testing.T, g ground) {
		p := &odd{place: g, unnamed: syscall.EOPNOTSUPP}
		f, err := newTemporary(p, drawing(t, "aaa"))
		require.NoError(t, err)
		require.Empty(t, f.Name())
		if removesOpenFiles {
			require.Empty(t, g.names(t))
		}
		_, err = f.WriteString("content")
		require.NoError(t, err)
		_, err = f.Seek(0, io.SeekStart)
		require.NoError(t, err)
		content, err := io.ReadAll(f)
		require.NoError(t, err)
		require.Equal(t, "content", string(content))
		require.NoError(t, f.Close())
		require.Empty(t, g.names(t))
		require.Equal(t, 1, p.created)
		p.requireClosed(t)
	})
}

// TestUnnamedFileThatCannotBe is no reason to try a file with a name.
func TestUnnamedFileThatCannotBe(t *testing.T) {
	eachGround(t, func(t *testing.T, g ground) {
		for _, errno := range []syscall.Errno{syscall.EACCES, syscall.ENOSPC, syscall.EMFILE, syscall.EROFS, syscall.EIO} {
			p := &odd{place: g, unnamed: errno}
			_, err := newTemporary(p, drawing(t))
			require.ErrorIs(t, err, errno)
			require.ErrorAs(t, err, new(*fs.PathError))
			require.Zero(t, p.created)
		}
		require.Empty(t, g.names(t))
	})
}

// TestNameThatStays tells where the file is that could not be removed.
func TestNameThatStays(t *testing.T) {
	if !removesOpenFiles {
		t.Skip("an open file keeps its name here")
	}
	eachGround(t, func(t *testing.T, g ground) {
		p := &odd{place: g, unnamed: syscall.EOPNOTSUPP, removal: syscall.EBUSY}
		_, err := newTemporary(p, drawing(t, "aaa"))
		require.ErrorIs(t, err, syscall.EBUSY)
		var pathErr *fs.PathError
		require.ErrorAs(t, err, &pathErr)
		require.Equal(t, []string{"remove", g.path("tmpaaa")}, []string{pathErr.Op, pathErr.Path})
		require.Contains(t, err.Error(), "left")
		p.requireClosed(t)
		require.Equal(t, []string{"tmpaaa"}, g.names(t))
	})
}

// TestModeThatCannotBeSet leaves no file, with a name or without.
func TestModeThatCannotBeSet(t *testing.T) {
	eachGround(t, func(t *testing.T, g ground) {
		for _, unnamed := range []syscall.Errno{0, syscall.EOPNOTSUPP} {
			p := &odd{place: g, unnamed: unnamed, chmod: syscall.EPERM}
			_, err := newTemporary(p, anyNames(t))
			require.ErrorIs(t, err, syscall.EPERM)
			p.requireClosed(t)
		}
		p := &odd{place: g, chmod: syscall.EPERM}
		_, _, _, err := newNamed(p, drawing(t, "aaa"))
		require.ErrorIs(t, err, syscall.EPERM)
		p.requireClosed(t)
		require.Empty(t, g.names(t))
	})
}

func anyNames(t *testing.T) *fileConfig {
	t.Helper()
	c, err := newFileConfig(nil)
	require.NoError(t, err)
	return c
}

// TestReleaseWhileAFileIsMade closes what nobody will.
func TestReleaseWhileAFileIsMade(t *testing.T) {
	eachGround(t, func(t *testing.T, g ground) {
		p := &odd{place: g, isGone: true}
		_, err := newTemporary(p, anyNames(t))
		require.ErrorIs(t, err, fs.ErrClosed)
		_, _, _, err = newNamed(p, anyNames(t))
		require.ErrorIs(t, err, fs.ErrClosed)
		p.requireClosed(t)
	})
}

// TestAccessThatIsATakenName is what Windows says of a directory under the name: another name may do, but only if there is one.
func TestAccessThatIsATakenName(t *testing.T) {
	eachGround(t, func(t *testing.T, g ground) {
		g.plant(t, "directory", "tmpaaa")
		p := &odd{place: g, opening: syscall.EACCES}
		_, _, _, err := newNamed(p, drawing(t, "aaa", "aaa", "bbb"))
		require.ErrorIs(t, err, fs.ErrPermission)
		require.Equal(t, 3, p.created, "at once for the name that is free")
		require.Contains(t, err.Error(), "tmpbbb")

		c := anyNames(t)
		p.created, c.random = 0, func() string { return "aaa" }
		_, _, _, err = newNamed(p, c)
		require.ErrorIs(t, err, fs.ErrExist)
		require.Equal(t, maxNames, p.created)
	})
}

// TestFileThatIsRemovedOnClose is for systems that remove no open file.
func TestFileThatIsRemovedOnClose(t *testing.T) {
	eachGround(t, func(t *testing.T, g ground) {
		for _, c := range []struct{ close, removal, want syscall.Errno }{
			{},
			{close: syscall.EIO, want: syscall.EIO},
			{removal: syscall.EBUSY, want: syscall.EBUSY},
			{close: syscall.EIO, removal: syscall.EBUSY, want: syscall.EIO},
		} {
			p := &odd{place: g, close: c.close, removal: c.removal}
			h, base, _, err := createNamed(p, drawing(t, "aaa"))
			require.NoError(t, err)
			require.Equal(t, c.want, (&removedOnClose{handle: h, place: p, base: base}).Close())
			p.requireClosed(t)
			if c.removal != 0 {
				require.Zero(t, g.remove(base))
			}
			require.Empty(t, g.names(t))
		}
	})
}

// TestPatternsOfPackageOS compares with os.CreateTemp, name by name and error by error.
func TestPatternsOfPackageOS(t *testing.T) {
	dir, fsys := t.TempDir(), Test(t, InMemory())
	split := func(pattern, name string) (prefix, suffix string) {
		i := strings.LastIndexByte(pattern, '*')
		if i < 0 {
			return pattern, ""
		}
		return pattern[:i], pattern[i+1:]
	}
	for _, pattern := range []string{"", "*", "a", "a*", "*a", "a*b", "a*b*c", "**", "ä ö*\t", "*.tar.gz", ".", "..", "..*.."} {
		theirs, err := os.CreateTemp(dir, pattern)
		require.NoError(t, err, pattern)
		require.NoError(t, theirs.Close())
		ours, err := fsys.CreateTemp("", pattern)
		require.NoError(t, err, pattern)
		require.NoError(t, ours.Close())
		made, err := fsys.MkdirTemp("", pattern)
		require.NoError(t, err, pattern)
		for _, name := range []string{filepath.Base(theirs.Name()), ours.Name()[1:], made[1:]} {
			prefix, suffix := split(pattern, name)
			require.True(t, strings.HasPrefix(name, prefix) && strings.HasSuffix(name, suffix), "%s of %s", name, pattern)
		}
		prefix, suffix := split(pattern, ours.Name())
		require.Len(t, ours.Name(), len("/")+len(prefix)+8+len(suffix))
	}
	for _, pattern := range []string{"/", "a/b", "../a*", "*/a", "a*/../b"} {
		_, theirDir := os.MkdirTemp(dir, pattern) //nolint:usetesting // it is what is compared with
		for theirs, ours := range map[error]error{
			errOnly(os.CreateTemp(dir, pattern)): errOnly(fsys.CreateTemp("", pattern)),
			theirDir:                             errOnly(fsys.MkdirTemp("", pattern)),
		} {
			var their, our *fs.PathError
			require.True(t, errors.As(theirs, &their) && errors.As(ours, &our), "%v, %v", theirs, ours)
			require.Equal(t, []string{their.Op, their.Path}, []string{our.Op, our.Path})
			require.ErrorIs(t, ours, fs.ErrInvalid)
		}
	}
	require.ErrorIs(t, errOnly(fsys.CreateTemp("", "a\x00")), fs.ErrInvalid)
	require.ErrorIs(t, errOnly(fsys.MkdirTemp("", "\x00*")), fs.ErrInvalid)
}

func errOnly[T any](_ T, err error) error { return err }
