package unpack_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// upload is what somebody sent.
func upload(names ...string) io.Reader {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		f, err := w.Create(name)
		if err != nil {
			panic(err)
		}
		if _, err := io.WriteString(f, "content of "+name); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return &b
}

// An archive that somebody sent is unpacked into a throw-away Fs.
func ExampleInto() {
	err := tempfs.With(func(fsys *tempfs.Fs) error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := unpack.Into(ctx, fsys, upload("docs/a.txt", "b.txt")); err != nil {
			return err
		}
		return afero.Walk(fsys, "/", func(name string, info fs.FileInfo, err error) error {
			fmt.Println(name)
			return err
		})
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// /
	// /b.txt
	// /docs
	// /docs/a.txt
}

// The error tells the entry and the rule, and is safe to print.
func ExampleError() {
	fsys := afero.NewMemMapFs()
	err := unpack.Into(context.Background(), fsys, upload("a.txt", "../../etc/cron.d/job"))
	fmt.Println(err)

	var refused *unpack.Error
	switch {
	case errors.Is(err, unpack.ErrTooLarge):
		fmt.Println("send less")
	case errors.As(err, &refused):
		fmt.Println("refused because of", refused.Name)
	}
	_, err = fsys.Stat("/a.txt")
	fmt.Println("nothing was unpacked:", errors.Is(err, fs.ErrNotExist))
	// Output:
	// unpack: entry "../../etc/cron.d/job": unsafe name: it has ".." in it
	// refused because of ../../etc/cron.d/job
	// nothing was unpacked: true
}

func ExampleOnProgress() {
	show := func(p unpack.Progress) { fmt.Println(p.Entries, p.Bytes, p.Name) }
	if err := unpack.Into(context.Background(), afero.NewMemMapFs(), upload("a", "b"), unpack.OnProgress(show)); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1 12 a
	// 2 24 b
}

func ExampleWithLimits() {
	small := unpack.WithLimits(unpack.Limits{Entries: 2, Bytes: 1 << 20})
	fmt.Println(unpack.Into(context.Background(), afero.NewMemMapFs(), upload("a", "b", "c"), small))
	// Output: unpack: too many entries: there are 3, and 2 are allowed
}

// What cannot be unpacked safely is left out, and told of.
func ExampleSkip() {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, h := range []*tar.Header{
		{Name: "file", Typeflag: tar.TypeReg, Mode: 0o644},
		{Name: "passwords", Typeflag: tar.TypeSymlink, Linkname: "/etc/shadow"},
		{Name: "pipe", Typeflag: tar.TypeFifo},
	} {
		if err := w.WriteHeader(h); err != nil {
			fmt.Println(err)
		}
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	report := func(name string, kind unpack.Kind) { fmt.Printf("left out: %q, a %v\n", name, kind) }
	fmt.Println(unpack.Into(context.Background(), afero.NewMemMapFs(), &archive, unpack.Skip(unpack.SymbolicLinks|unpack.Specials, report)))
	// Output:
	// left out: "passwords", a symbolic link
	// left out: "pipe", a special file
	// <nil>
}

// A tar that is compressed otherwise. For zstd the magic is "\x28\xb5\x2f\xfd", and a decompressor that of github.com/klauspost/compress.
func ExampleCompression() {
	var archive bytes.Buffer
	compressor := zlib.NewWriter(&archive)
	w := tar.NewWriter(compressor)
	err := errors.Join(w.WriteHeader(&tar.Header{Name: "file", Typeflag: tar.TypeReg, Mode: 0o644}), w.Close(), compressor.Close())
	if err != nil {
		fmt.Println(err)
	}
	asZlib := unpack.Compression("\x78\x9c", func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) })
	fmt.Println(unpack.Into(context.Background(), afero.NewMemMapFs(), &archive, asZlib))
	// Output: <nil>
}

// Any other archive: a walker tells of its entries, and all rules are applied to them. Here it is one whose lines are names and contents.
func ExampleFormat() {
	walk := func(_ context.Context, r io.Reader, yield func(unpack.Entry) error) error {
		text, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			name, content, _ := strings.Cut(strings.TrimSpace(line), " = ")
			open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }
			if err := yield(unpack.Entry{Name: name, Mode: 0o644, Open: open}); err != nil {
				return err
			}
		}
		return nil
	}
	fsys := afero.NewMemMapFs()
	fmt.Println(unpack.Into(context.Background(), fsys, strings.NewReader("color = green\n../size = 10\n"), unpack.Format("", walk)))
	fmt.Println(unpack.Into(context.Background(), fsys, strings.NewReader("color = green\nsize = 10\n"), unpack.Format("", walk)))
	content, err := afero.ReadFile(fsys, "/color")
	fmt.Println(string(content), err)
	// Output:
	// unpack: entry "../size": unsafe name: it has ".." in it
	// <nil>
	// green <nil>
}

// On the host itself the directory must be named: the root of an afero.OsFs is that of the host.
func ExampleTo() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	fmt.Println(unpack.Into(context.Background(), afero.NewOsFs(), upload("a.txt"), unpack.To(dir)))
	content, err := os.ReadFile(dir + "/a.txt")
	fmt.Println(string(content), err)
	// Output:
	// <nil>
	// content of a.txt <nil>
}
