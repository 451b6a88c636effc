package tempfs_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/locate"
	"github.com/aferotemp/go/tempfs"
)

// The blocks of docs/python.md stand in here or in example_temporary_test.go.

func Example_gettempdir() {
	dir, err := locate.Dir() // gettempdir()
	raw := []byte(dir)       // gettempdirb()
	fmt.Println(filepath.IsAbs(dir), len(raw) == len(dir), err)
	// Output: true true <nil>
}

func Example_gettempprefix() {
	prefix := tempfs.DefaultPrefix // gettempprefix()
	raw := []byte(prefix)          // gettempprefixb()
	fmt.Printf("%s %s\n", prefix, raw)
	// Output: tmp tmp
}

func Example_tempdir() {
	scratch, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(scratch)
	defer locate.Reset()

	err := locate.SetDir(scratch) // tempfile.tempdir = scratch, but tried
	dir, _ := locate.Dir()
	fmt.Println(dir == scratch, err)

	err = locate.SetDir("/no/such/directory")
	fmt.Println(errors.Is(err, fs.ErrNotExist))

	locate.Reset() // tempfile.tempdir = None
	// Output:
	// true <nil>
	// true
}

func Example_mkstemp() {
	fsys, _ := tempfs.New()
	defer fsys.Release()
	_ = fsys.Mkdir("/spool", 0o700)

	// fd, path = mkstemp(suffix=".eml", prefix="mail-", dir="/spool")
	f, err := fsys.CreateTemp("/spool", "mail-*.eml")
	if err != nil {
		fmt.Println(err)
		return
	}
	path := f.Name()
	defer f.Close()
	fmt.Println(strings.HasPrefix(path, "/spool/mail-"), strings.HasSuffix(path, ".eml"))

	// The same in the host's temp directory.
	host, err := tempfs.NamedTemporaryFile(tempfs.Suffix(".eml"), tempfs.Prefix("mail-"), tempfs.KeepFile())
	defer os.Remove(host.Name())
	defer host.Close()
	fmt.Println(filepath.IsAbs(host.Name()), err)
	// Output:
	// true true
	// true <nil>
}

func Example_mkdtemp() {
	fsys, _ := tempfs.New()
	defer fsys.Release()

	// path = mkdtemp(suffix=".d", prefix="job-")
	path, err := fsys.MkdirTemp("", "job-*.d")
	fmt.Println(strings.HasPrefix(path, "/job-"), strings.HasSuffix(path, ".d"), err)
	// Output: true true <nil>
}

func Example_mktemp() {
	fsys, _ := tempfs.New()
	defer fsys.Release()

	// name = mktemp(): nothing is made, and nobody else can take it.
	dir, _ := fsys.MkdirTemp("", "")
	name := dir + "/socket"

	_, err := fsys.Stat(name)
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output: true
}

func Example_temporaryDirectory() {
	// with TemporaryDirectory() as path:
	err := tempfs.With(func(fsys *tempfs.Fs) error {
		path, err := fsys.RealPath("/") // for programs that must have one
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(path, "file.txt"), []byte("hello"), 0o600)
	})
	fmt.Println(err)
	// Output: <nil>
}

func Example_cleanup() {
	directory, _ := tempfs.New() // d = TemporaryDirectory()
	name, _ := directory.RealPath("/")
	err := directory.Release() // d.cleanup()
	_, gone := os.Stat(name)
	fmt.Println(err, errors.Is(gone, fs.ErrNotExist), directory.Release())
	// Output: <nil> true <nil>
}

func Example_ignoreCleanupErrors() {
	fsys, _ := tempfs.New() // TemporaryDirectory(ignore_cleanup_errors=True)
	defer fsys.Release()    // what cannot go is left, all else goes

	fmt.Println(afero.WriteFile(fsys, "file.txt", nil, 0o600))
	// Output: <nil>
}

func Example_keepDirectory() {
	fsys, _ := tempfs.New() // TemporaryDirectory(delete=False)
	_ = afero.WriteFile(fsys, "file.txt", []byte("hello"), 0o600)
	dir, err := fsys.Detach()
	defer os.RemoveAll(dir) // it is the caller's
	data, _ := os.ReadFile(filepath.Join(dir, "file.txt"))
	fmt.Println(string(data), err)
	// Output: hello <nil>
}

func Example_textFile() {
	// with TemporaryFile("w+", buffering=8192, encoding="utf-8", newline="\r\n", errors="replace") as f:
	f, _ := tempfs.TemporaryFile()
	defer f.Close()
	text := bufio.NewWriterSize(f, 8192)
	lines := strings.NewReplacer("\n", "\r\n")
	_, _ = lines.WriteString(text, strings.ToValidUTF8("one\ntwo\xff\n", "?"))
	_ = text.Flush()

	_, _ = f.Seek(0, io.SeekStart)
	data, err := io.ReadAll(f)
	fmt.Printf("%q %v\n", data, err)
	// Output: "one\r\ntwo?\r\n" <nil>
}

func Example_fileMode() {
	fsys, _ := tempfs.New()
	defer fsys.Release()

	f, _ := fsys.TemporaryFile(tempfs.Flags(os.O_APPEND)) // mode="a+b"
	g, _ := fsys.TemporaryFile(tempfs.Flags(os.O_WRONLY)) // mode="wb"
	h, _ := fsys.TemporaryFile()                          // mode="w+b"
	_, err := fsys.TemporaryFile(tempfs.Flags(1 << 30))   // mode="nonsense"
	fmt.Println(f.Close(), g.Close(), h.Close(), errors.Is(err, fs.ErrInvalid))
	// Output: <nil> <nil> <nil> true
}

func Example_keepAResult() {
	home, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(home)
	target := filepath.Join(home, "report.csv")

	fsys, _ := tempfs.New()
	defer fsys.Release()

	// with NamedTemporaryFile(dir=..., delete=False) as f: ...; os.replace(f.name, target)
	_ = afero.WriteFile(fsys, "report.csv", []byte("a,b\n"), 0o644)
	err := fsys.Persist("report.csv", target, tempfs.Durable())
	data, _ := os.ReadFile(target)
	fmt.Printf("%q %v\n", data, err)
	// Output: "a,b\n" <nil>
}

func Example_strangers() {
	fsys, _ := tempfs.New()
	defer fsys.Release()

	f, _ := fsys.NamedTemporaryFile(tempfs.KeepOnClose())
	_ = fsys.Rename(f.Name(), "/moved")
	_ = afero.WriteFile(fsys, f.Name(), []byte("theirs"), 0o600) // somebody takes the name
	_ = f.Close()
	err := f.Release()
	data, _ := afero.ReadFile(fsys, f.Name())
	fmt.Println(errors.Is(err, tempfs.ErrReplaced), string(data))
	// Output: true theirs
}

func Example_traversal() {
	fsys, _ := tempfs.New()
	defer fsys.Release()

	_, err := fsys.CreateTemp("", "../escape-*")
	fmt.Println(errors.Is(err, fs.ErrInvalid))
	// Output: true
}
