package tempfs_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/tempfs"
)

func ExampleNew() {
	fsys, err := tempfs.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fsys.Release()

	// From here on it is an afero.Fs like any other.
	_ = afero.WriteFile(fsys, "/greeting.txt", []byte("hello"), 0o644)
	data, err := afero.ReadFile(fsys, "greeting.txt")
	fmt.Println(string(data), err)
	// Output: hello <nil>
}

func ExampleWith() {
	err := tempfs.With(func(fsys *tempfs.Fs) error {
		return fsys.MkdirAll("a/b/c", 0o755)
	})
	fmt.Println(err, len(tempfs.Live()))
	// Output: <nil> 0
}

func ExampleTest() {
	// In a test file this is TestConfig.
	_ = func(t *testing.T) {
		fsys := tempfs.Test(t) // released with the test
		if err := afero.WriteFile(fsys, "config.yaml", []byte("port: 80"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Output:
}

func ExampleFs_TestClone() {
	// In a test file this is TestServer. What is built once each subtest changes as it likes.
	_ = func(t *testing.T) {
		template := tempfs.Test(t, tempfs.InMemory())
		if err := template.Import(fstest.MapFS{"config.yaml": {Data: []byte("port: 80")}}, "/"); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"one", "two"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				fsys := template.TestClone(t) // released with the subtest
				if err := fsys.Remove("config.yaml"); err != nil {
					t.Error(err)
				}
			})
		}
	}
	// Output:
}

func ExampleEach() {
	// In a test file this is TestMkdir, with the subtests "disk", "memory" and "spill".
	_ = func(t *testing.T) {
		tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
			if err := fsys.Mkdir("dir", 0o755); err != nil {
				t.Error(err)
			}
		})
	}
	// Output:
}

func ExampleIn() {
	parent, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(parent)

	fsys, _ := tempfs.New(tempfs.In(parent), tempfs.Prefix("job-"), tempfs.Suffix(".d"))
	defer fsys.Release()

	root, _ := fsys.RealPath("/")
	name := filepath.Base(root)
	fmt.Println(filepath.Dir(root) == parent, strings.HasPrefix(name, "job-"), strings.HasSuffix(name, ".d"))
	// Output: true true true
}

func ExamplePrefix() {
	_, err := tempfs.New(tempfs.Prefix("../escape"))
	fmt.Println(errors.Is(err, fs.ErrInvalid))
	// Output: true
}

func ExampleWithSearch() {
	// Not in the working directory, and with a gigabyte to spare.
	fsys, err := tempfs.New(tempfs.WithSearch(locate.Options{NoCwd: true, MinFree: 1 << 30}))
	var none *locate.NotFoundError
	if errors.As(err, &none) {
		fmt.Println("no room:", none)
		return
	}
	fmt.Println(fsys.Backend(), fsys.Release())
	// Output: disk <nil>
}

func ExampleInMemory() {
	fsys, _ := tempfs.New(tempfs.InMemory())
	defer fsys.Release()
	_, err := fsys.RealPath("/")
	fmt.Println(fsys.Backend(), errors.Is(err, tempfs.ErrNoRealPath))
	// Output: memory true
}

func ExampleSpillOver() {
	// A gigabyte of what is unpacked may be in memory, and all else on disk: no name on the host leads to it.
	fsys, err := tempfs.New(tempfs.SpillOver(1 << 30))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fsys.Release()
	err = afero.WriteFile(fsys, "report", []byte("content"), 0o644)
	_, noPath := fsys.RealPath("report")
	fmt.Println(fsys.Backend(), err, errors.Is(noPath, tempfs.ErrNoRealPath))
	// Output: spill <nil> true
}

func ExampleWithClock() {
	now := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	fsys, err := tempfs.New(tempfs.InMemory(), tempfs.WithClock(func() time.Time { return now }))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fsys.Release()
	if err = afero.WriteFile(fsys, "old", nil, 0o644); err != nil {
		fmt.Println(err)
	}
	now = now.Add(48 * time.Hour)
	info, err := fsys.Stat("old")
	fmt.Println(now.Sub(info.ModTime()), err)
	// Output: 48h0m0s <nil>
}

func ExampleMemoryFallback() {
	fsys, err := tempfs.New(tempfs.In("/no/such/directory"), tempfs.MemoryFallback())
	fmt.Println(fsys.Backend(), err)
	_ = fsys.Release()
	// Output: memory <nil>
}

func ExampleImplicitParents() {
	fsys, _ := tempfs.New(tempfs.InMemory(), tempfs.ImplicitParents())
	defer fsys.Release()
	err := afero.WriteFile(fsys, "not/there/yet.txt", nil, 0o644)
	fmt.Println(err)
	// Output: <nil>
}

func ExampleFs_Release() {
	fsys, _ := tempfs.New()
	f, _ := fsys.Create("a.txt")

	fmt.Println(fsys.Release())
	_, err := f.Write([]byte("late"))
	fmt.Println(err)
	fmt.Println(fsys.Mkdir("b", 0o755))
	fmt.Println(fsys.Release())
	// Output:
	// <nil>
	// write a.txt: file already closed
	// mkdir b: file already closed
	// <nil>
}

func ExampleFs_Detach() {
	fsys, _ := tempfs.New()
	_ = afero.WriteFile(fsys, "result.txt", []byte("42"), 0o644)

	dir, err := fsys.Detach() // the tree is the caller's now
	defer os.RemoveAll(dir)
	data, _ := os.ReadFile(filepath.Join(dir, "result.txt"))
	fmt.Println(string(data), err)
	// Output: 42 <nil>
}

func ExampleFs_RealPath() {
	fsys, _ := tempfs.New()
	defer fsys.Release()
	_ = afero.WriteFile(fsys, "tool.db", []byte("data"), 0o600)

	host, _ := fsys.RealPath("tool.db") // for a program that must have a path
	data, err := os.ReadFile(host)
	fmt.Println(string(data), err)
	// Output: data <nil>
}

func ExampleFs_Sub() {
	fsys, _ := tempfs.New(tempfs.InMemory())
	defer fsys.Release()
	_ = fsys.MkdirAll("home/anna", 0o755)

	home, _ := fsys.Sub("home/anna")
	_ = afero.WriteFile(home, "../../notes.txt", []byte("mine"), 0o600) // ".." ends at its root
	_, err := fsys.Stat("home/anna/notes.txt")
	fmt.Println(err)
	// Output: <nil>
}

func ExampleFs_IOFS() {
	fsys, _ := tempfs.New(tempfs.InMemory())
	defer fsys.Release()
	_ = fsys.Mkdir("docs", 0o755)
	_ = afero.WriteFile(fsys, "docs/a.md", nil, 0o644)

	matches, _ := fs.Glob(fsys.IOFS(), "docs/*.md")
	fmt.Println(matches, fstest.TestFS(fsys.IOFS(), "docs/a.md"))
	// Output: [docs/a.md] <nil>
}

func ExampleFs_SymlinkIfPossible() {
	fsys, _ := tempfs.New()
	defer fsys.Release()
	_ = fsys.SymlinkIfPossible("/etc/passwd", "link") // of the Fs, not of the host
	_, err := fsys.Open("link")
	target, _ := fsys.ReadlinkIfPossible("link")
	fmt.Println(target, errors.Is(err, fs.ErrNotExist))
	// Output: /etc/passwd true
}

func ExampleFs_Link() {
	fsys, _ := tempfs.New(tempfs.InMemory())
	defer fsys.Release()
	_ = afero.WriteFile(fsys, "a", []byte("one file, two names"), 0o644)
	_ = fsys.Link("a", "b")
	a, _ := fsys.Stat("a")
	b, _ := fsys.Stat("b")
	fmt.Println(tempfs.SameFile(a, b))
	// Output: true
}

func ExampleFs_Truncate() {
	fsys, _ := tempfs.New(tempfs.InMemory())
	defer fsys.Release()
	_ = afero.WriteFile(fsys, "log", []byte("0123456789"), 0o644)
	_ = fsys.Truncate("log", 4)
	data, _ := afero.ReadFile(fsys, "log")
	fmt.Printf("%s\n", data)
	// Output: 0123
}

func ExampleFs_OpenFile() {
	fsys, _ := tempfs.New(tempfs.InMemory())
	defer fsys.Release()
	f, _ := fsys.OpenFile("log", os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	defer f.Close()
	_, _ = f.WriteString("one\n")
	_, _ = f.Seek(0, io.SeekStart)
	_, _ = f.WriteString("two\n") // appends, wherever the offset is

	data, _ := afero.ReadFile(fsys, "log")
	fmt.Print(string(data))
	// Output:
	// one
	// two
}

func ExampleFs_RemoveAll() {
	fsys, _ := tempfs.New(tempfs.InMemory())
	defer fsys.Release()
	_ = fsys.MkdirAll("a/b/c", 0o755)
	fmt.Println(errors.Is(fsys.Remove("a"), syscall.ENOTEMPTY))
	fmt.Println(fsys.RemoveAll("a"), fsys.RemoveAll("a"))
	// Output:
	// true
	// <nil> <nil>
}

func ExampleSameFile() {
	fsys, _ := tempfs.New()
	defer fsys.Release()
	_ = afero.WriteFile(fsys, "a", nil, 0o644)
	before, _ := fsys.Stat("a")
	_ = fsys.Rename("a", "b")
	after, _ := fsys.Stat("b")
	fmt.Println(tempfs.SameFile(before, after))
	// Output: true
}

func ExampleLive() {
	fsys, _ := tempfs.New(tempfs.InMemory())
	for _, info := range tempfs.Live() {
		fmt.Println(info.Backend, filepath.Base(info.Origin[:strings.LastIndex(info.Origin, ":")]))
	}
	_ = fsys.Release()
	fmt.Println(len(tempfs.Live()))
	// Output:
	// memory example_test.go
	// 0
}
