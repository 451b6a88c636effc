package tempfs_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
)

func ExampleTemporaryFile() {
	f, err := tempfs.TemporaryFile()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close() // and it is gone; nobody else could ever open it

	_, _ = f.WriteString("hello")
	_, _ = f.Seek(0, io.SeekStart)
	data, err := io.ReadAll(f)
	fmt.Println(string(data), err)
	// Output: hello <nil>
}

func ExampleFs_TemporaryFile() {
	fsys, _ := tempfs.New()
	defer fsys.Release()

	f, _ := fsys.TemporaryFile()
	defer f.Close()
	infos, err := afero.ReadDir(fsys, "/")
	fmt.Println(len(infos), err)
	// Output: 0 <nil>
}

func ExampleNamedTemporaryFile() {
	f, err := tempfs.NamedTemporaryFile(tempfs.Prefix("report-"), tempfs.Suffix(".csv"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close() // which removes it

	_, _ = f.WriteString("a,b\n")
	data, err := os.ReadFile(f.Name()) // as another program would
	fmt.Printf("%q %v\n", data, err)
	// Output: "a,b\n" <nil>
}

func ExampleFs_NamedTemporaryFile() {
	fsys, _ := tempfs.New()
	defer fsys.Release()
	_ = fsys.Mkdir("/uploads", 0o700)

	f, _ := fsys.NamedTemporaryFile(tempfs.In("/uploads"), tempfs.Suffix(".part"))
	fmt.Println(strings.HasPrefix(f.Name(), "/uploads/tmp"), strings.HasSuffix(f.Name(), ".part"))
	_ = f.Close()
	_, err := fsys.Stat(f.Name())
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output:
	// true true
	// true
}

func ExampleKeepOnClose() {
	f, _ := tempfs.NamedTemporaryFile(tempfs.KeepOnClose())
	defer f.Release() // removes it

	_, _ = f.WriteString("hello")
	_ = f.Close() // it stays, so that others can open it, on Windows too
	data, err := os.ReadFile(f.Name())
	fmt.Println(string(data), err)
	// Output: hello <nil>
}

func ExampleKeepFile() {
	f, _ := tempfs.NamedTemporaryFile(tempfs.KeepFile())
	_ = f.Close()
	defer os.Remove(f.Name()) // it is the caller's

	_, err := os.Stat(f.Name())
	fmt.Println(err)
	// Output: <nil>
}

func ExamplePerm() {
	fsys, _ := tempfs.New(tempfs.InMemory())
	defer fsys.Release()

	f, _ := fsys.NamedTemporaryFile(tempfs.Perm(0o644)) // exactly, whatever the umask
	defer f.Close()
	info, err := f.Stat()
	fmt.Println(info.Mode(), err)
	// Output: -rw-r--r-- <nil>
}

func ExampleFlags() {
	f, _ := tempfs.TemporaryFile(tempfs.Flags(os.O_APPEND))
	defer f.Close()

	_, _ = f.WriteString("one,")
	_, _ = f.Seek(0, io.SeekStart)
	_, _ = f.WriteString("two") // still at the end
	_, _ = f.Seek(0, io.SeekStart)
	data, err := io.ReadAll(f)
	fmt.Println(string(data), err)
	// Output: one,two <nil>
}

func ExampleFs_CreateTemp() {
	fsys, _ := tempfs.New()
	defer fsys.Release()

	f, _ := fsys.CreateTemp("", "upload-*.png") // in the root
	defer f.Close()
	matched, err := filepath.Match("/upload-????????.png", f.Name())
	fmt.Println(matched, err)
	// Output: true <nil>
}

func ExampleFs_MkdirTemp() {
	fsys, _ := tempfs.New()
	defer fsys.Release()

	dir, _ := fsys.MkdirTemp("", "job-*")
	_ = afero.WriteFile(fsys, dir+"/in.txt", []byte("hello"), 0o600)
	data, err := afero.ReadFile(fsys, dir+"/in.txt")
	fmt.Println(string(data), err)
	// Output: hello <nil>
}

func ExampleSpooledTemporaryFile() {
	f, _ := tempfs.SpooledTemporaryFile(1 << 20) // in memory up to a MiB
	defer f.Close()

	_, _ = f.WriteString("hello")
	fmt.Println(f.Rolled())
	_, _ = io.Copy(f, strings.NewReader(strings.Repeat("x", 2<<20)))
	fmt.Println(f.Rolled()) // on disk, without a name
	// Output:
	// false
	// true
}

func ExampleSpooledFile_Roll() {
	fsys, _ := tempfs.New()
	defer fsys.Release()

	f, _ := fsys.SpooledTemporaryFile(0) // never by its size
	defer f.Close()
	_, _ = f.WriteString("hello")
	err := f.Roll()
	_, _ = f.Seek(0, io.SeekStart)
	data, _ := io.ReadAll(f)
	fmt.Println(string(data), f.Rolled(), err)
	// Output: hello true <nil>
}

func ExampleLinkable() {
	target, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(target)
	report := filepath.Join(target, "report.csv")

	// Nobody sees it until it is complete, and when the process dies before, nothing is left.
	f, _ := tempfs.TemporaryFile(tempfs.In(target), tempfs.Linkable())
	defer f.Close()
	_, _ = f.WriteString("a,b\n")
	err := tempfs.PersistFile(f, report, tempfs.NoReplace())

	data, _ := os.ReadFile(report)
	fmt.Printf("%q %v\n", data, err)
	// Output: "a,b\n" <nil>
}
