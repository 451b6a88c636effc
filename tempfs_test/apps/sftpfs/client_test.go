package sftpfs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs"
	"github.com/aferotemp/go/tempfs_test/apps/sftpfs"
)

// dial is the library's own client, for what OpenSSH's does not ask.
func dial(t *testing.T, fsys afero.Fs, options ...sftp.ClientOption) *sftp.Client {
	t.Helper()
	there, here := net.Pipe()
	server := sftp.NewRequestServer(there, sftpfs.New(fsys))
	served := make(chan error, 1)
	go func() { served <- server.Serve() }()
	client, err := sftp.NewClientPipe(here, here, options...)
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = client.Close()
		if err := <-served; err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("server: %v", err)
		}
	})
	return client
}

func TestManyWritesAndReadsAtOnce(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		client := dial(t, fsys, sftp.UseConcurrentWrites(true), sftp.UseConcurrentReads(true))
		content := random(3_000_000)
		f, err := client.Create("/big")
		require.NoError(t, err)
		_, err = f.ReadFromWithConcurrency(bytes.NewReader(content), 32)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		there, err := afero.ReadFile(fsys, "/big")
		require.NoError(t, err)
		require.True(t, bytes.Equal(content, there))

		f, err = client.Open("/big")
		require.NoError(t, err)
		var back bytes.Buffer
		_, err = f.WriteTo(&back)
		require.NoError(t, err)
		require.True(t, bytes.Equal(content, back.Bytes()))
		n, err := f.ReadAt(make([]byte, 10), int64(len(content))+1)
		require.Equal(t, 0, n)
		require.Equal(t, io.EOF, err, "past the end")
		n, err = f.ReadAt(make([]byte, 10), int64(len(content))-4)
		require.Equal(t, 4, n)
		require.Equal(t, io.EOF, err, "across the end")
		require.NoError(t, f.Close())
	})
}

func TestOpenFlags(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		client := dial(t, fsys)
		put := func(flags int, content string) error {
			f, err := client.OpenFile("/f", flags)
			if err != nil {
				return err
			}
			_, err = f.Write([]byte(content))
			return errors.Join(err, f.Close())
		}
		is := func(content string) {
			t.Helper()
			found, err := afero.ReadFile(fsys, "/f")
			require.NoError(t, err)
			require.Equal(t, content, string(found))
		}
		require.ErrorIs(t, put(os.O_WRONLY, "x"), fs.ErrNotExist)
		require.NoError(t, put(os.O_WRONLY|os.O_CREATE|os.O_EXCL, "first"))
		is("first")
		require.ErrorContains(t, put(os.O_WRONLY|os.O_CREATE|os.O_EXCL, "x"), "file exists")
		require.NoError(t, put(os.O_RDWR|os.O_CREATE, "F"))
		is("First")
		require.NoError(t, put(os.O_WRONLY|os.O_TRUNC, "new"))
		is("new")

		f, err := client.OpenFile("/f", os.O_RDWR)
		require.NoError(t, err)
		_, err = f.WriteAt([]byte("N"), 0)
		require.NoError(t, err)
		all, err := io.ReadAll(f)
		require.NoError(t, err)
		require.Equal(t, "New", string(all), "the handle that writes reads")
		require.NoError(t, f.Truncate(1))
		require.NoError(t, f.Close())
		is("N")
		f, err = client.Open("/f")
		require.NoError(t, err)
		_, err = f.Write([]byte("x"))
		require.Error(t, err)
		require.NoError(t, f.Close())
		is("N")
	})
}

// An appender sends offsets from the start of the file; one that counts from what it wrote would overwrite the beginning.
func TestAppend(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		require.NoError(t, afero.WriteFile(fsys, "/log", []byte("one\n"), 0o644))
		client := dial(t, fsys)
		f, err := client.OpenFile("/log", os.O_WRONLY|os.O_APPEND)
		require.NoError(t, err)
		_, err = f.Write([]byte("lost")) // the client begins at 0
		require.ErrorContains(t, err, "invalid argument")
		_, err = f.Seek(0, io.SeekEnd)
		require.NoError(t, err)
		_, err = f.Write([]byte("two\n"))
		require.NoError(t, err)
		require.NoError(t, f.Close())
		found, err := afero.ReadFile(fsys, "/log")
		require.NoError(t, err)
		require.Equal(t, "one\ntwo\n", string(found))
	})
}

func TestLinks(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		client := dial(t, fsys)
		require.NoError(t, client.MkdirAll("/a/b"))
		for _, target := range []string{"b", "/a/b", "../x/./y//", "missing", strings.Repeat("l", 4000)} {
			require.NoError(t, client.Symlink(target, "/a/link"))
			found, err := client.ReadLink("/a/link")
			require.NoError(t, err)
			require.Equal(t, target, found, "as it was written")
			info, err := client.Lstat("/a/link")
			require.NoError(t, err)
			require.Equal(t, fs.ModeSymlink, info.Mode().Type())
			require.NoError(t, client.Remove("/a/link"))
		}
		_, err := client.ReadLink("/a/b")
		require.ErrorContains(t, err, "invalid argument")

		require.NoError(t, afero.WriteFile(fsys, "/f", []byte("f"), 0o644))
		require.NoError(t, client.Link("/f", "/a/b/g"))
		one, err := fsys.Stat("/f")
		require.NoError(t, err)
		two, err := fsys.Stat("/a/b/g")
		require.NoError(t, err)
		require.True(t, tempfs.SameFile(one, two))
	})
}

func TestRealPath(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		client := dial(t, fsys)
		require.NoError(t, fsys.MkdirAll("/a/b/c", 0o755))
		for name, target := range map[string]string{"/abs": "/a/b", "/a/rel": "b/c", "/a/b/c/up": "../../../abs/..", "/out": "../../../etc", "/loop": "loop", "/two": "a/rel", "/a/b/c/abs": "/a"} {
			require.NoError(t, fsys.SymlinkIfPossible(target, name))
		}
		for name, want := range map[string]string{
			".": "/", "": "/", "/": "/", "..": "/", "a//b/./c": "/a/b/c", "/abs/..": "/a", "abs/c": "/a/b/c", "/two/..": "/a/b", "/a/rel/up": "/a", "/a/b/c/abs/b": "/a/b",
			"new": "/new", "/abs/new": "/a/b/new", "/out": "/etc", "../../a": "/a",
		} {
			found, err := client.RealPath(name)
			require.NoError(t, err, name)
			require.Equal(t, want, found, name)
		}
		_, err := client.RealPath("/missing/below")
		require.ErrorIs(t, err, fs.ErrNotExist)
		_, err = client.RealPath("/loop")
		require.ErrorContains(t, err, "too many levels")

		last := "a"
		for i := range maxLinks + 1 {
			link := fmt.Sprintf("chain%d", i)
			require.NoError(t, fsys.SymlinkIfPossible(last, link))
			_, statErr := client.Stat(link)
			found, err := client.RealPath(link)
			require.Equal(t, statErr == nil, err == nil, "%d links: %v, %v", i+1, statErr, err)
			require.Equal(t, i < maxLinks, err == nil, "%d links", i+1)
			if err == nil {
				require.Equal(t, "/a", found)
			}
			last = link
		}
	})
}

// maxLinks are as many as path_resolution(7) allows.
const maxLinks = 40

func TestWalkAndMetadata(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		client := dial(t, fsys)
		require.NoError(t, client.MkdirAll("/d/e"))
		for _, name := range []string{"/d/1", "/d/e/2"} {
			require.NoError(t, afero.WriteFile(fsys, name, []byte(name), 0o644))
		}
		var found []string
		for walker := client.Walk("/d"); walker.Step(); {
			require.NoError(t, walker.Err())
			found = append(found, walker.Path())
		}
		require.Equal(t, []string{"/d", "/d/1", "/d/e", "/d/e/2"}, slices.Sorted(slices.Values(found)))

		when := time.Unix(1_500_000_000, 0)
		require.NoError(t, client.Chtimes("/d/1", when, when))
		require.NoError(t, client.Chmod("/d/1", 0o604|fs.ModeSetgid))
		require.NoError(t, client.Truncate("/d/1", 100))
		info, err := fsys.Stat("/d/1")
		require.NoError(t, err)
		require.Equal(t, 0o604|fs.ModeSetgid, info.Mode())
		require.Equal(t, int64(100), info.Size())
		require.NoError(t, client.Chtimes("/d/1", when, when))
		told, err := client.Stat("/d/1")
		require.NoError(t, err)
		require.True(t, told.ModTime().Equal(when))

		require.NoError(t, client.Rename("/d/1", "/d/e/1"))
		require.ErrorContains(t, client.Rename("/d/e/1", "/d/e/2"), "file exists")
		require.NoError(t, client.PosixRename("/d/e/1", "/d/e/2"))
		moved, err := fsys.Stat("/d/e/2")
		require.NoError(t, err)
		require.Equal(t, int64(100), moved.Size())
	})
}

// Each errno has the status of the protocol, and no name with it.
func TestStatuses(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		client := dial(t, fsys)
		require.NoError(t, fsys.MkdirAll("/dir/full", 0o755))
		require.NoError(t, afero.WriteFile(fsys, "/file", nil, 0o644))
		_, statVFS := client.StatVFS("/")
		_, notDirectory := client.Stat("/file/below")
		for _, c := range []struct {
			err    error
			status any
			text   string
		}{
			{client.Mkdir("/missing/dir"), sftp.ErrSSHFxNoSuchFile, ""},
			{client.Rename("/missing", "/x"), sftp.ErrSSHFxNoSuchFile, ""},
			{client.Link("/missing", "/x"), sftp.ErrSSHFxNoSuchFile, ""},
			{client.Link("/dir", "/x"), sftp.ErrSSHFxPermissionDenied, ""},
			{statVFS, sftp.ErrSSHFxOpUnsupported, ""},
			{client.Mkdir("/dir"), sftp.ErrSSHFxFailure, "file exists"},
			{client.Symlink("x", "/file"), sftp.ErrSSHFxFailure, "file exists"},
			{notDirectory, sftp.ErrSSHFxFailure, "not a directory"},
			{client.RemoveDirectory("/dir"), sftp.ErrSSHFxFailure, "directory not empty"},
			{client.PosixRename("/dir", "/dir/full/x"), sftp.ErrSSHFxFailure, "invalid argument"},
			{client.Mkdir("/" + strings.Repeat("n", 256)), sftp.ErrSSHFxFailure, "file name too long"},
		} {
			require.Error(t, c.err)
			var status *sftp.StatusError
			switch {
			case errors.As(c.err, &status):
				require.Equal(t, c.status, status.FxCode(), "%v", c.err)
				require.Contains(t, status.Error(), c.text)
				require.NotContains(t, status.Error(), "/")
			case c.status == sftp.ErrSSHFxNoSuchFile: // these two the client says as package os
				require.ErrorIs(t, c.err, fs.ErrNotExist)
			case c.status == sftp.ErrSSHFxPermissionDenied:
				require.ErrorIs(t, c.err, fs.ErrPermission)
			default:
				t.Errorf("%v: no status", c.err)
			}
		}
	})
}

// A refusal need not be an errno.
func TestStatusOfWhatIsNoErrno(t *testing.T) {
	refuse := func(op tempfs.Op) error {
		switch op.Name {
		case "/refused":
			return fs.ErrPermission
		case "/unsupported":
			return errors.ErrUnsupported
		case "/other":
			return errors.New("of its own kind")
		}
		return nil
	}
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		client := dial(t, fsys)
		require.ErrorIs(t, client.Mkdir("/refused"), fs.ErrPermission)
		require.ErrorContains(t, client.Mkdir("/unsupported"), "SSH_FX_OP_UNSUPPORTED")
		require.ErrorContains(t, client.Mkdir("/other"), "of its own kind")
		require.NoError(t, client.Mkdir("/fine"))
	}, tempfs.WithHook(refuse))
}

// A limit is a failure that says so, and what was accepted stays.
func TestLimit(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		client := dial(t, fsys)
		f, err := client.Create("/f")
		require.NoError(t, err)
		_, err = f.ReadFrom(bytes.NewReader(make([]byte, 200_000)))
		require.ErrorContains(t, err, "no space left on device")
		require.NoError(t, f.Close())
		require.LessOrEqual(t, fsys.Usage().Bytes, int64(100_000))
		_, err = client.Stat("/f")
		require.NoError(t, err)
	}, tempfs.WithLimits(tempfs.Limits{Bytes: 100_000}))
}

// What is open when the connection ends is closed.
func TestConnectionLost(t *testing.T) {
	tempfs.Each(t, func(t *testing.T, fsys *tempfs.Fs) {
		there, here := net.Pipe()
		server := sftp.NewRequestServer(there, sftpfs.New(fsys))
		served := make(chan error, 1)
		go func() { served <- server.Serve() }()
		client, err := sftp.NewClientPipe(here, here)
		require.NoError(t, err)
		_, err = client.Create("/f")
		require.NoError(t, err)
		require.Equal(t, int64(1), fsys.Usage().OpenFiles)
		require.NoError(t, here.Close())
		require.Error(t, <-served)
		require.Zero(t, fsys.Usage().OpenFiles)
		_ = client.Close()
	})
}
