package tempfs_test

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
)

// Here files are open while their names change, and what fstat(2) says of them is compared with the kernel too.

// openScene is a tree and some open files of it. After each step it tells what changed, of names and of open files.
type openScene struct {
	t              *testing.T
	fsys           posix
	countsDirLinks bool
	files          map[string]afero.File
	before         treeState
	open           map[string]*syscall.Stat_t
	told           []errnoResult
}

// did tells the result of a step, and waits until the clock has moved.
func (s *openScene) did(says string, err error) {
	s.t.Helper()
	now := stateOf(s.fsys)
	result := []string{"ok", now.since(s.before, s.countsDirLinks)}
	if err != nil {
		result[0] = err.Error()
	}
	open := map[string]*syscall.Stat_t{}
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		info, err := s.files[name].Stat()
		require.NoError(s.t, err)
		open[name] = info.Sys().(*syscall.Stat_t)
		if old := s.open[name]; old != nil && old.Ino == open[name].Ino {
			result = append(result, name+describeChange(old, open[name], s.countsDirLinks))
		}
	}
	s.told = append(s.told, errnoResult{says, strings.Join(result, " | ")})
	now.tick(s.t, s.fsys)
	s.before, s.open = now, open
}

func (s *openScene) openFile(slot, name string, flag int, perm fs.FileMode) {
	s.t.Helper()
	f, err := s.fsys.OpenFile(name, flag, perm)
	if err == nil {
		s.files[slot] = f
	}
	s.did(fmt.Sprintf("open %s %q %o %v", slot, name, flag, perm), err)
}

func (s *openScene) write(slot, text string) {
	s.t.Helper()
	n, err := s.files[slot].WriteString(text)
	s.did(fmt.Sprintf("write %s %q: %d", slot, text, n), err)
}

func (s *openScene) read(slot string) {
	s.t.Helper()
	_, err := s.files[slot].Seek(0, io.SeekStart)
	require.NoError(s.t, err)
	content, err := io.ReadAll(struct{ io.Reader }{s.files[slot]})
	s.did(fmt.Sprintf("read %s: %q", slot, content), err)
}

func (s *openScene) list(slot string) {
	s.t.Helper()
	_, err := s.files[slot].Seek(0, io.SeekStart)
	require.NoError(s.t, err)
	names, err := s.files[slot].Readdirnames(-1)
	slices.Sort(names)
	s.did(fmt.Sprintf("list %s: %v", slot, names), err)
}

// openScenes begin with the files a and b, the directory d with the file d/f, and nothing open.
var openScenes = map[string]func(s *openScene){
	"renamed over": func(s *openScene) {
		s.openFile("old", "b", os.O_RDWR, 0)
		s.openFile("new", "a", os.O_RDWR, 0)
		s.did("rename", s.fsys.Rename("a", "b"))
		s.read("old")
		s.write("old", "more")
		s.read("old")
		s.read("new")
		s.did("truncate the name", s.fsys.Truncate("b", 1))
		s.read("old")
		s.did("change the mode of the name", s.fsys.Chmod("b", 0o600))
		s.did("remove the name", s.fsys.Remove("b"))
		s.read("new")
	},
	"removed": func(s *openScene) {
		s.openFile("f", "a", os.O_RDWR, 0)
		s.did("link", s.fsys.Link("a", "d/second"))
		s.did("remove the first", s.fsys.Remove("a"))
		s.write("f", "12")
		s.did("remove the second", s.fsys.Remove("d/second"))
		s.write("f", "345")
		s.read("f")
		s.did("truncate", s.files["f"].Truncate(2))
		s.did("make another", put(s.fsys, "a", "other"))
		s.read("f")
	},
	"directory removed": func(s *openScene) {
		s.openFile("d", "d", os.O_RDONLY, 0)
		s.did("remove the file", s.fsys.Remove("d/f"))
		s.list("d")
		s.did("remove the directory", s.fsys.Remove("d"))
		s.list("d")
		s.did("make another", s.fsys.Mkdir("d", 0o755))
		s.did("make a file there", put(s.fsys, "d/g", "text"))
		s.list("d")
	},
	"directory moved": func(s *openScene) {
		s.did("make", s.fsys.MkdirAll("d/e/g", 0o755))
		s.openFile("d", "d/e", os.O_RDONLY, 0)
		s.openFile("f", "d/f", os.O_RDWR, 0)
		s.did("move", s.fsys.Rename("d/e", "e"))
		s.did("move back as another", s.fsys.Rename("e", "d/h"))
		s.did("move the parent", s.fsys.Rename("d", "i"))
		s.list("d")
		s.write("f", "x")
		s.did("a file in it", put(s.fsys, "i/h/new", "text"))
		s.list("d")
	},
	"without rights": func(s *openScene) {
		s.openFile("rw", "a", os.O_RDWR, 0)
		s.did("chmod", s.fsys.Chmod("a", 0))
		s.read("rw")
		s.write("rw", "more")
		s.did("truncate", s.files["rw"].Truncate(1))
		s.openFile("again", "a", os.O_RDONLY, 0)
		s.openFile("new", "new", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0)
		s.write("new", "text")
		s.read("new")
		s.did("shut the directory", s.fsys.Chmod("d", 0))
		s.openFile("below", "d/f", os.O_RDONLY, 0)
	},
	"special bits": func(s *openScene) {
		s.openFile("f", "a", os.O_RDWR, 0)
		for _, mode := range []fs.FileMode{fs.ModeSetuid | 0o755, fs.ModeSetgid | 0o755, fs.ModeSetgid | 0o644, allBits} {
			s.did(fmt.Sprint("chmod ", mode), s.fsys.Chmod("a", mode))
			s.read("f")
			s.write("f", "")
			s.write("f", "x")
			s.did(fmt.Sprint("chmod ", mode), s.fsys.Chmod("a", mode))
			s.did("write at", errOf(s.files["f"].WriteAt([]byte("y"), 0)))
			s.did(fmt.Sprint("chmod ", mode), s.fsys.Chmod("a", mode))
			s.did("truncate", s.files["f"].Truncate(3))
			s.did(fmt.Sprint("chmod ", mode), s.fsys.Chmod("a", mode))
			s.did("link", s.fsys.Link("a", "c"))
			s.did("rename", s.fsys.Rename("c", "d/c"))
			s.did("remove", s.fsys.Remove("d/c"))
		}
	},
	"times": func(s *openScene) {
		s.openFile("r", "a", os.O_RDONLY, 0)
		s.openFile("w", "a", os.O_WRONLY|os.O_APPEND, 0)
		s.read("r")
		s.write("w", "")
		s.did("read nothing", errOf(s.files["r"].Read(nil)))
		s.did("truncate to its size", s.files["w"].Truncate(4))
		s.did("truncate to nothing", s.files["w"].Truncate(0))
		s.did("truncate nothing", s.files["w"].Truncate(0))
		s.openFile("t", "a", os.O_RDWR|os.O_TRUNC, 0)
		s.openFile("c", "a", os.O_RDWR|os.O_CREATE, 0o600)
		s.did("sync", s.files["w"].Sync())
		s.did("write where nothing may be written", errOf(s.files["r"].Write([]byte("x"))))
		s.did("truncate where nothing may be written", s.files["r"].Truncate(1))
		s.did("truncate below zero", s.files["w"].Truncate(-1))
		s.did("write far behind the end", errOf(s.files["t"].WriteAt([]byte("x"), 5000)))
		s.did("list", errOf(afero.ReadDir(s.fsys, "d")))
		s.did("look for what is missing", errOf(s.fsys.Stat("d/missing")))
		s.did("make what is there", s.fsys.Mkdir("d/f", 0o755))
		s.did("remove what is missing", s.fsys.Remove("d/missing"))
		s.did("remove what is not empty", s.fsys.Remove("d"))
		s.did("set the mode that it has", s.fsys.Chmod("d", 0o755))
	},
	"renamed onto itself": func(s *openScene) {
		s.did("link", s.fsys.Link("a", "d/a"))
		s.openFile("f", "a", os.O_RDWR, 0)
		s.did("its own name", s.fsys.Rename("a", "a"))
		s.did("its other name", s.fsys.Rename("a", "d/a"))
		s.did("a directory", s.fsys.Rename("d", "d"))
		s.did("a directory by another way", s.fsys.Rename("d", "d/../d"))
		s.read("f")
	},
	"group of a directory": func(s *openScene) {
		s.did("set-group-id", s.fsys.Chmod("d", fs.ModeSetgid|0o755))
		s.openFile("f", "d/new", os.O_RDWR|os.O_CREATE, fs.ModeSetgid|0o755)
		s.did("mkdir", s.fsys.MkdirAll("d/e/g", 0o700))
		s.did("move a directory in", s.fsys.Mkdir("h", 0o755))
		s.did("move a directory in", s.fsys.Rename("h", "d/h"))
		s.did("move a file in", s.fsys.Rename("a", "d/a"))
		s.did("link", s.fsys.Link("b", "d/b"))
		s.did("symlink", s.fsys.SymlinkIfPossible("b", "d/s"))
	},
}

func (s *openScene) play(scene func(s *openScene)) {
	s.t.Helper()
	require.NoError(s.t, s.fsys.Mkdir("d", 0o755))
	for _, name := range []string{"a", "b", "d/f", tickName} {
		require.NoError(s.t, put(s.fsys, name, "text"))
	}
	s.did("begin", nil)
	s.told = nil
	scene(s)
	for _, f := range s.files {
		require.NoError(s.t, f.Close())
	}
}

func TestErrnoOfOpenFiles(t *testing.T) {
	for name, scene := range openScenes {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			compareErrnoGroups(t, func(t *testing.T, system errnoSystem, countsDirLinks bool) []errnoResult {
				t.Helper()
				fsys, end := system.make(t)
				s := openScene{t: t, fsys: fsys, countsDirLinks: countsDirLinks, files: map[string]afero.File{}}
				s.play(scene)
				end()
				return s.told
			})
		})
	}
}
