package tempfs_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs/unpack"
)

// unpackShapes are what archives look like.
var unpackShapes = []struct {
	name  string
	files func(add func(name string, size int))
}{
	{"2,000 small files", func(add func(string, int)) {
		for i := range 2000 {
			add(fmt.Sprintf("d%d/f%d.txt", i/50, i), 4<<10)
		}
	}},
	{"one file of 256 MiB", func(add func(string, int)) { add("large", 256<<20) }},
	{"2,000 directories, 20 deep", func(add func(string, int)) {
		for i := range 100 {
			dir := fmt.Sprint("tree", i)
			for j := range 20 {
				dir += fmt.Sprint("/d", j)
				add(dir+"/f", 500)
			}
		}
	}},
}

// prose is text that compresses as text does.
func prose(n int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 2000)
	for i := range words {
		letters := make([]byte, 2+random.IntN(8))
		for j := range letters {
			letters[j] = byte('a' + random.IntN(26))
		}
		words[i] = string(letters)
	}
	var b bytes.Buffer
	for b.Len() < n {
		b.WriteString(words[random.IntN(len(words))*random.IntN(len(words))/len(words)])
		b.WriteByte(' ')
	}
	return b.Bytes()[:n]
}

// packShape writes an archive to a file.
func packShape(b *testing.B, file, format string, files func(add func(name string, size int))) {
	b.Helper()
	out, err := os.Create(file)
	require.NoError(b, err)
	text := prose(1 << 20)
	var add func(name string, size int) io.Writer
	var end []io.Closer
	if format == "zip" {
		w := zip.NewWriter(out)
		end = []io.Closer{w, out}
		add = func(name string, _ int) io.Writer {
			f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: longAgo})
			require.NoError(b, err)
			return f
		}
	} else {
		packer, err := gzip.NewWriterLevel(out, gzip.BestSpeed)
		require.NoError(b, err)
		w := tar.NewWriter(packer)
		end = []io.Closer{w, packer, out}
		add = func(name string, size int) io.Writer {
			require.NoError(b, w.WriteHeader(&tar.Header{Name: name, Size: int64(size), Mode: 0o644, ModTime: longAgo, Typeflag: tar.TypeReg}))
			return w
		}
	}
	files(func(name string, size int) {
		w := add(name, size)
		for size > 0 {
			n := min(size, len(text))
			_, err := w.Write(text[:n])
			require.NoError(b, err)
			size -= n
		}
	})
	for _, c := range end {
		require.NoError(b, c.Close())
	}
}

// unpacker is something that unpacks a file of the host. It returns what removes it all again, which is not measured.
type unpacker struct {
	name   string
	unpack func(file, dir string) (undo func() error, err error)
}

func unpackersOf(format string) []unpacker {
	program := unpacker{"tar x", func(file, dir string) (func() error, error) {
		return nil, exec.Command("tar", "xf", file, "-C", dir).Run()
	}}
	loop := unpacker{"loop", func(file, dir string) (func() error, error) { return nil, loopTarGz(file, dir) }}
	if format == "zip" {
		program = unpacker{"unzip", func(file, dir string) (func() error, error) {
			return nil, exec.Command("unzip", "-q", file, "-d", dir).Run()
		}}
		loop.unpack = func(file, dir string) (func() error, error) { return nil, loopZip(file, dir) }
	}
	return []unpacker{
		loop, program,
		{"ours, disk", func(file, dir string) (func() error, error) { return oursInto(file, []tempfs.Option{tempfs.In(dir)}) }},
		{"ours, 2 workers", func(file, dir string) (func() error, error) {
			return oursInto(file, []tempfs.Option{tempfs.In(dir)}, unpack.Workers(2))
		}},
		{"ours, memory", func(file, _ string) (func() error, error) { return oursInto(file, []tempfs.Option{tempfs.InMemory()}) }},
		{"ours, OsFs", func(file, dir string) (func() error, error) {
			return nil, intoAfero(file, afero.NewOsFs(), unpack.To(dir))
		}},
	}
}

func oursInto(file string, where []tempfs.Option, opts ...unpack.Option) (func() error, error) {
	fsys, err := tempfs.New(where...)
	if err != nil {
		return nil, err
	}
	return fsys.Release, intoAfero(file, fsys, opts...)
}

func intoAfero(file string, fsys afero.Fs, opts ...unpack.Option) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return unpack.Into(context.Background(), fsys, f, opts...)
}

// loopZip is what people write. It trusts every name, size and kind.
func loopZip(file, dir string) error {
	r, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	for _, f := range r.File {
		content, err := f.Open()
		if err != nil {
			return err
		}
		if err := loopFile(filepath.Join(dir, f.Name), f.Mode(), content); err != nil {
			return err
		}
		if err := content.Close(); err != nil {
			return err
		}
	}
	return nil
}

func loopTarGz(file, dir string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	r := tar.NewReader(unzipped)
	for {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := loopFile(filepath.Join(dir, h.Name), h.FileInfo().Mode(), r); err != nil {
			return err
		}
	}
}

func loopFile(name string, mode fs.FileMode, content io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	out, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, content); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}

// BenchmarkUnpack lets the contenders take turns, and reports the median of each, and of ours to the others. With TEMPFS_TEST_UNPACK_TABLE=- it prints a table:
//
//	TMPDIR=/dev/shm TEMPFS_TEST_UNPACK_TABLE=- go test ./tempfs_test -run '^$' -bench '^BenchmarkUnpack$' -benchtime 11x
func BenchmarkUnpack(b *testing.B) {
	archives := b.TempDir()
	for _, format := range []string{"zip", "tar.gz"} {
		for _, shape := range unpackShapes {
			file := filepath.Join(archives, format+" "+shape.name)
			b.Run(format+", "+shape.name, func(b *testing.B) {
				if _, err := os.Stat(file); err != nil { // it is called with an N of 1 first
					packShape(b, file, format, shape.files)
				}
				walls := unpackRounds(b, format, file)
				var line strings.Builder
				fmt.Fprintf(&line, "| %s | %s |", format, shape.name)
				for _, u := range unpackersOf(format) {
					median := walls[u.name]
					b.ReportMetric(median.Seconds()*1e3, strings.NewReplacer(" ", "_", ",", "").Replace(u.name)+"-ms")
					fmt.Fprintf(&line, " %.0f (%.2f) |", median.Seconds()*1e3, float64(median)/float64(walls["loop"]))
				}
				if os.Getenv("TEMPFS_TEST_UNPACK_TABLE") == "-" && b.N > 1 {
					fmt.Println(line.String())
				}
			})
		}
	}
}

// unpackRounds measures each contender once in each of b.N rounds, and returns the medians. Who is first changes from round to round.
func unpackRounds(b *testing.B, format, file string) map[string]time.Duration {
	b.Helper()
	contenders := unpackersOf(format)
	all := map[string][]time.Duration{}
	for round := range b.N {
		for i := range contenders {
			u := contenders[(i+round)%len(contenders)]
			dir := b.TempDir()
			begun := time.Now()
			undo, err := u.unpack(file, dir)
			all[u.name] = append(all[u.name], time.Since(begun))
			require.NoError(b, err, u.name)
			if undo != nil {
				require.NoError(b, undo())
			}
			require.NoError(b, os.RemoveAll(dir))
		}
	}
	medians := map[string]time.Duration{}
	for name, walls := range all {
		slices.Sort(walls)
		medians[name] = walls[len(walls)/2]
	}
	return medians
}
