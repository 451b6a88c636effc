package tempfs_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/memfallback"
	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// The blocks of README.md and docs/ stand in here or in example_test.go.

// App is a program that keeps its files in an afero.Fs.
type App struct{ files afero.Fs }

func NewApp(files afero.Fs) *App { return &App{files} }

func (a *App) Run() error {
	return afero.WriteFile(a.files, "state.json", []byte("{}"), 0o600)
}

func runApp() error {
	fsys, err := tempfs.New(tempfs.MemoryFallback()) // on disk; in memory where no directory can be written
	if err != nil {
		return err
	}
	defer fsys.Release()

	return NewApp(fsys).Run() // anything that takes an afero.Fs
}

func Example_app() {
	fmt.Println(runApp())
	// Output: <nil>
}

// zipWith is an upload with files of these names.
func zipWith(names ...string) io.Reader {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		f, _ := w.Create(name)
		_, _ = f.Write([]byte("content of " + name))
	}
	_ = w.Close()
	return &b
}

func process(fsys afero.Fs) error {
	return afero.Walk(fsys, "/", func(name string, info fs.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			fmt.Println(name)
		}
		return err
	})
}

func take(ctx context.Context, upload io.Reader) error {
	err := tempfs.With(func(fsys *tempfs.Fs) error {
		if err := unpack.Into(ctx, fsys, upload); err != nil { // zip, tar or tar.gz: all of it, or nothing
			return err
		}
		return process(fsys) // takes an afero.Fs, and sees nothing else
	}, tempfs.Untrusted()) // at most 1 GiB and 100,000 files; no setuid, no devices
	return err
}

func Example_untrusted() {
	fmt.Println(take(context.Background(), zipWith("docs/readme.txt", "notes.txt")))
	err := take(context.Background(), zipWith("notes.txt", "../../../../etc/cron.d/job"))
	fmt.Println(errors.Is(err, unpack.ErrUnsafePath))
	// Output:
	// /docs/readme.txt
	// /notes.txt
	// <nil>
	// true
}

func Example_errors() {
	fsys, _ := tempfs.New()
	defer fsys.Release()

	err := fsys.Mkdir("no/such/parent", 0o755) // mkdir no/such/parent: no such file or directory
	fmt.Println(errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOENT))

	var pathError *fs.PathError
	fmt.Println(errors.As(err, &pathError) && pathError.Path == "no/such/parent")
	// Output:
	// true true
	// true
}

func Example_links() {
	fsys, _ := tempfs.New(tempfs.InMemory())
	defer fsys.Release()

	_ = fsys.MkdirAll("/usr/lib", 0o755)
	_ = afero.WriteFile(fsys, "/usr/lib/libz.so.1", []byte("code"), 0o644)
	_ = fsys.SymlinkIfPossible("/usr/lib/libz.so.1", "libz.so")    // absolute: from the root of the Fs
	_ = fsys.SymlinkIfPossible("../../../../etc/shadow", "shadow") // climbs: ends at the root of the Fs

	data, _ := afero.ReadFile(fsys, "libz.so")
	_, err := fsys.Stat("shadow")
	fmt.Println(string(data), errors.Is(err, fs.ErrNotExist))
	// Output: code true
}

func Example_httpServer() {
	fsys, _ := tempfs.New()
	defer fsys.Release()
	_ = afero.WriteFile(fsys, "index.html", []byte("<h1>hello</h1>"), 0o644)

	server := httptest.NewServer(http.FileServerFS(fsys.IOFS()))
	defer server.Close()
	response, err := server.Client().Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	fmt.Println(string(body))
	// Output: <h1>hello</h1>
}

func ExampleFs_RealPath_program() {
	fsys, _ := tempfs.New()
	defer fsys.Release()
	_ = afero.WriteFile(fsys, "input.txt", []byte("one\ntwo\n"), 0o600)

	host, err := fsys.RealPath("input.txt") // ErrNoRealPath in memory
	if err != nil {
		fmt.Println(err)
		return
	}
	data, _ := os.ReadFile(host) // as another program would: exec.Command("sort", host)
	fmt.Println(filepath.IsAbs(host), len(data))
	// Output: true 8
}

func Example_memoryAlone() {
	fsys := memfallback.New() // no lifecycle: the garbage collector takes it
	err := fsys.Mkdir("a/b", 0o755)
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output: true
}
