//go:build unix

package tempfs_test

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/aferotemp/go/tempfs"
)

// bothEnds opens a FIFO of fsys, for reading and for writing.
func bothEnds(t *testing.T, fsys *tempfs.Fs) (r, w afero.File) {
	t.Helper()
	require.NoError(t, unix.Mkfifo(filepath.Join(hostOf(t, fsys), "fifo"), 0o600))
	r, err := fsys.Open("/fifo")
	require.NoError(t, err)
	w, err = fsys.OpenFile("/fifo", os.O_WRONLY, 0)
	require.NoError(t, err)
	return r, w
}

func TestFIFOCarriesWhatIsWritten(t *testing.T) {
	r, w := bothEnds(t, tempfs.Test(t))
	const size = 1 << 20 // more than it holds: both sides have to wait
	content := strings.Repeat("0123456789abcdef", size/16)
	var writing sync.WaitGroup
	writing.Go(func() {
		if n, err := w.WriteString(content); n != size || err != nil {
			t.Errorf("wrote %d: %v", n, err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	got, err := io.ReadAll(r)
	writing.Wait()
	require.NoError(t, err)
	require.Equal(t, content, string(got))
}

func TestCloseEndsWhatWaitsInAFIFO(t *testing.T) {
	for what, wait := range map[string]func(r, w afero.File) error{
		"Read": func(r, _ afero.File) error { return errOf(r.Read(make([]byte, 1))) },
		"Write": func(_, w afero.File) error {
			return errOf(w.Write(make([]byte, 1<<20)))
		},
		"WriteTo": func(r, _ afero.File) error { return errOf(r.(io.WriterTo).WriteTo(io.Discard)) },
		"RawConn": func(r, _ afero.File) error {
			conn, err := r.(syscall.Conn).SyscallConn()
			if err != nil {
				return err
			}
			err = conn.Read(func(fd uintptr) bool {
				_, failed := unix.Read(int(fd), make([]byte, 1))
				return !errors.Is(failed, unix.EAGAIN)
			})
			if err != nil {
				err = fs.ErrClosed // package poll has an error of its own for it
			}
			return err
		},
	} {
		for ending, end := range map[string]func(fsys *tempfs.Fs, r, w afero.File){
			"Close":   func(_ *tempfs.Fs, r, w afero.File) { _, _ = r.Close(), w.Close() },
			"Release": func(fsys *tempfs.Fs, _, _ afero.File) { _ = fsys.Release() },
		} {
			t.Run(what+" by "+ending, func(t *testing.T) {
				fsys := tempfs.Test(t)
				r, w := bothEnds(t, fsys)
				began, ended := make(chan struct{}), make(chan error, 1)
				go func() {
					close(began)
					ended <- wait(r, w)
				}()
				<-began
				end(fsys, r, w)
				err := <-ended
				// The other end may have been closed first.
				ofOther := err == nil || errors.Is(err, io.EOF)
				if what == "Write" {
					ofOther = errors.Is(err, syscall.EPIPE)
				}
				require.True(t, ofOther || errors.Is(err, fs.ErrClosed), "%v", err)
			})
		}
	}
}

// TestSendToAConnection has package net ask for the descriptor.
func TestSendToAConnection(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		content := strings.Repeat("0123456789abcdef", 1<<14)
		require.NoError(t, afero.WriteFile(fsys, "/f", []byte(content), 0o644))
		l, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			t.Skipf("no network: %v", err)
		}
		defer l.Close()
		var sending sync.WaitGroup
		sending.Go(func() { sendOne(t, l, fsys, int64(len(content))) })
		conn, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		defer conn.Close()
		got, err := io.ReadAll(conn)
		sending.Wait()
		require.NoError(t, err)
		require.Equal(t, content, string(got))
	})
}

// sendOne copies the file /f to the first who connects.
func sendOne(t *testing.T, l net.Listener, fsys *tempfs.Fs, size int64) {
	t.Helper()
	to, err := l.Accept()
	if err != nil {
		t.Error(err)
		return
	}
	defer to.Close()
	f, err := fsys.Open("/f")
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	if n, err := io.Copy(to, f); n != size || err != nil {
		t.Errorf("sent %d: %v", n, err)
	}
	if off, err := f.Seek(0, io.SeekCurrent); off != size || err != nil {
		t.Errorf("at %d: %v", off, err)
	}
}
