package tempfs_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
)

// end is one side of a copy.
type end struct {
	name string
	// file opens a file of that kind.
	file func(t *testing.T, flag int, content string) afero.File
}

// ends are files of all kinds that io.Copy may meet. The first is the one that the others are compared with.
func ends(t *testing.T) []end {
	t.Helper()
	disk, host := tempfs.Test(t), t.TempDir()
	n := 0
	of := func(fsys afero.Fs, dir string) func(t *testing.T, flag int, content string) afero.File {
		return func(t *testing.T, flag int, content string) afero.File {
			t.Helper()
			n++
			name := filepath.Join(dir, strconv.Itoa(n))
			require.NoError(t, afero.WriteFile(fsys, name, []byte(content), 0o644))
			f, err := fsys.OpenFile(name, flag, 0)
			require.NoError(t, err)
			t.Cleanup(func() { _ = f.Close() })
			return f
		}
	}
	return []end{
		{"host", of(afero.NewOsFs(), host)},
		{"disk", of(disk, "/")},
		{"memory", of(tempfs.Test(t, tempfs.InMemory()), "/")},
		{"spill", of(tempfs.Test(t, tempfs.SpillOver(8)), "/")},
		{"BasePathFs", of(afero.NewBasePathFs(disk, "/"), "/")},
	}
}

// copied tells all that can be seen of a copy: what it says, the content, and where the offsets are.
func copied(t *testing.T, to, from end, flag int, do func(w, r afero.File) (int64, error)) string {
	t.Helper()
	const content = "0123456789"
	r, w := from.file(t, os.O_RDONLY, content), to.file(t, flag, "abc")
	_, err := r.Seek(3, io.SeekStart)
	require.NoError(t, err)
	if flag&os.O_APPEND == 0 {
		_, err = w.Seek(1, io.SeekStart)
		require.NoError(t, err)
	}
	n, err := do(w, r)
	readAt, _ := r.Seek(0, io.SeekCurrent)
	if err != nil {
		readAt = 0 // what was read before a write failed is nobody's promise
	}
	writtenAt, _ := w.Seek(0, io.SeekCurrent)
	_, _ = w.Seek(0, io.SeekStart)
	there, _ := io.ReadAll(w)
	return fmt.Sprintf("%d %v, %q, read to %d, written to %d", n, err != nil, there, readAt, writtenAt)
}

// TestCopyBetweenFiles has package os tell what io.Copy does with two of its files.
func TestCopyBetweenFiles(t *testing.T) {
	all := ends(t)
	for how, do := range map[string]func(w, r afero.File) (int64, error){
		"Copy":     func(w, r afero.File) (int64, error) { return io.Copy(w, r) },
		"CopyN":    func(w, r afero.File) (int64, error) { return io.CopyN(w, r, 4) },
		"CopyN 0":  func(w, r afero.File) (int64, error) { return io.CopyN(w, r, 0) },
		"too many": func(w, r afero.File) (int64, error) { return io.CopyN(w, r, 40) },
		"wrapped": func(w, r afero.File) (int64, error) {
			return io.Copy(struct{ io.Writer }{w}, struct{ io.Reader }{r})
		},
		"ReadFrom": func(w, r afero.File) (int64, error) { return w.(io.ReaderFrom).ReadFrom(r) },
		"WriteTo":  func(w, r afero.File) (int64, error) { return r.(io.WriterTo).WriteTo(w) },
		"closed source": func(w, r afero.File) (int64, error) {
			_ = r.Close()
			return io.Copy(w, r)
		},
		"an own Read": func(w, r afero.File) (int64, error) { return io.Copy(w, shouting{r}) },
	} {
		for _, flag := range []int{os.O_RDWR, os.O_RDWR | os.O_APPEND, os.O_RDONLY} {
			want := copied(t, all[0], all[0], flag, do)
			for _, to := range all {
				for _, from := range all {
					if _, ok := to.file(t, flag, "").(io.ReaderFrom); !ok && how == "ReadFrom" {
						continue // afero's wrapper has none
					}
					if _, ok := from.file(t, os.O_RDONLY, "").(io.WriterTo); !ok && how == "WriteTo" {
						continue
					}
					require.Equal(t, want, copied(t, to, from, flag, do), "%s from %s to %s, flag %#x", how, from.name, to.name, flag)
				}
			}
		}
	}
}

// shouting reads something else than the file that it embeds.
type shouting struct{ afero.File }

func (s shouting) Read(p []byte) (int, error) {
	n, err := s.File.Read(p)
	copy(p, bytes.Repeat([]byte("A"), n))
	return n, err
}

// TestCopyOfWhatSaysItIsEmpty is about files of proc(5), of which the kernel copies nothing by itself.
func TestCopyOfWhatSaysItIsEmpty(t *testing.T) {
	want, err := os.ReadFile("/proc/version")
	if err != nil {
		t.Skipf("no /proc: %v", err)
	}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		from, err := os.Open("/proc/version")
		require.NoError(t, err)
		defer from.Close()
		to, err := fsys.Create("/f")
		require.NoError(t, err)
		n, err := io.Copy(to, from)
		require.NoError(t, err)
		require.NoError(t, to.Close())
		require.EqualValues(t, len(want), n)
		got, err := afero.ReadFile(fsys, "/f")
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	})
}

// TestCopyOnDiskNeedsNoBuffer tells by the memory that is taken: io.Copy alone takes a buffer of 32 KiB.
func TestCopyOnDiskNeedsNoBuffer(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("copy_file_range(2) is of Linux")
	}
	fsys := tempfs.Test(t)
	require.NoError(t, afero.WriteFile(fsys, "/from", []byte(strings.Repeat("x", 1<<20)), 0o644))
	host, err := os.Create(filepath.Join(t.TempDir(), "host"))
	require.NoError(t, err)
	defer host.Close()
	from, err := fsys.Open("/from")
	require.NoError(t, err)
	defer from.Close()
	to, err := fsys.Create("/to")
	require.NoError(t, err)
	defer to.Close()
	for what, do := range map[string]func() (int64, error){
		"file to file": func() (int64, error) { return io.Copy(to, from) },
		"file to host": func() (int64, error) { return io.Copy(host, from) },
		"host to file": func() (int64, error) { return io.Copy(to, host) },
		"a part":       func() (int64, error) { return io.CopyN(to, from, 1<<19) },
	} {
		for _, f := range []io.Seeker{from, to, host} {
			_, err := f.Seek(0, io.SeekStart)
			require.NoError(t, err)
		}
		if what == "host to file" {
			require.NoError(t, host.Truncate(1<<20))
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n, err := do()
		runtime.ReadMemStats(&after)
		require.NoError(t, err, what)
		require.GreaterOrEqual(t, n, int64(1<<19), what)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<10), what)
	}
}

// loud has the descriptor of a file, and reads something else.
type loud struct{ *os.File }

func (l loud) Read(p []byte) (int, error) { return shouting{l.File}.Read(p) }

// WriteTo of the embedded file would not ask Read.
func (l loud) WriteTo(w io.Writer) (int64, error) { return w.(io.ReaderFrom).ReadFrom(loudReader{l}) }

// loudReader is a loud without a WriteTo, as io.Copy hands it over.
type loudReader struct{ l loud }

func (r loudReader) Read(p []byte) (int, error)            { return r.l.Read(p) }
func (r loudReader) SyscallConn() (syscall.RawConn, error) { return r.l.SyscallConn() }

// TestCopyAsksTheReader has a reader with the descriptor of a file that it does not read as it is.
func TestCopyAsksTheReader(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(name, []byte("quiet"), 0o600))
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		from, err := os.Open(name)
		require.NoError(t, err)
		defer from.Close()
		to, err := fsys.Create("/f")
		require.NoError(t, err)
		_, err = io.Copy(to, loud{from})
		require.NoError(t, err)
		require.NoError(t, to.Close())
		got, err := afero.ReadFile(fsys, "/f")
		require.NoError(t, err)
		require.Equal(t, "AAAAA", string(got))
	})
}
