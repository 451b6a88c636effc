package tempfs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// A write that meets a limit takes what fits, as on a full disk, and so programs that know a full disk know this.
func ExampleWithLimits() {
	fsys, err := tempfs.New(tempfs.WithLimits(tempfs.Limits{Bytes: 64 << 20, Files: 10_000, FileSize: 16 << 20, Depth: 32}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fsys.Release()

	f, err := fsys.Create("/upload")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	n, err := f.Write(make([]byte, 20<<20))
	fmt.Println(n, errors.Is(err, syscall.EFBIG), errors.Is(err, tempfs.ErrQuota))
	n, err = f.WriteAt([]byte("what is there can be written over"), 0)
	fmt.Println(n, err)
	// Output:
	// 16777216 true true
	// 33 <nil>
}

func ExampleLimitError() {
	err := tempfs.With(func(fsys *tempfs.Fs) error {
		return afero.WriteFile(fsys, "/notes", []byte("more than ten bytes"), 0o600)
	}, tempfs.InMemory(), tempfs.WithLimits(tempfs.Limits{Bytes: 10}))

	fmt.Println(errors.Is(err, syscall.ENOSPC), errors.Is(err, tempfs.ErrQuota))
	var limit *tempfs.LimitError
	if errors.As(err, &limit) {
		fmt.Printf("%v: %d asked, %d free of %d\n", limit.Limit, limit.Asked, limit.Free, limit.Max)
	}
	// Output:
	// true true
	// bytes: 19 asked, 10 free of 10
}

func ExampleFs_Usage() {
	fsys, err := tempfs.New(tempfs.WithLimits(tempfs.Limits{Bytes: 1 << 20}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer fsys.Release()
	_ = afero.WriteFile(fsys, "/a", []byte("12345"), 0o600)
	_ = fsys.Link("/a", "/b") // the same file once more
	_ = fsys.Mkdir("/d", 0o700)
	fmt.Printf("%+v\n", fsys.Usage())

	f, err := fsys.Open("/a")
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = fsys.RemoveAll("/")
	fmt.Printf("%+v\n", fsys.Usage()) // it is still open
	f.Close()
	fmt.Printf("%+v\n", fsys.Usage())
	// Output:
	// {Bytes:5 Files:2 OpenFiles:0}
	// {Bytes:5 Files:1 OpenFiles:1}
	// {Bytes:0 Files:0 OpenFiles:0}
}

// An upload goes into an Fs of its own, is processed there, and one file comes out.
func ExampleUntrusted() {
	target := filepath.Join(os.TempDir(), "thumbnail.png")
	defer os.Remove(target)
	ctx, upload := context.Background(), zipWith("image.raw")

	err := tempfs.With(func(fsys *tempfs.Fs) error {
		if err := unpack.Into(ctx, fsys, upload); err != nil { // zip, tar or tar.gz; all of it, or nothing
			return err
		}
		if err := thumbnail(fsys, "/image.raw", "/out.png"); err != nil { // takes an afero.Fs and sees nothing else
			return err
		}
		return fsys.Persist("/out.png", target) // the one file that is wanted
	}, tempfs.Untrusted())

	content, readErr := os.ReadFile(target)
	fmt.Printf("%s %v %v\n", content, err, readErr)
	// Output:
	// small content of image.raw <nil> <nil>
}

func thumbnail(fsys afero.Fs, in, out string) error {
	image, err := afero.ReadFile(fsys, in)
	if err != nil {
		return err
	}
	return afero.WriteFile(fsys, out, append([]byte("small "), image...), 0o644)
}
