package sftpfs_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/sftp"
	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"

	"github.com/aferotemp/go/tempfs_test/apps/sftpfs"
	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// relayed names the variable with the socket that this program, started as the server of a client, connects its input and output to: OpenSSH's client starts a server of its own, and an Fs in
// memory is in the process of the test.
const relayed = "SFTPFS_TEST_SOCKET"

func TestMain(m *testing.M) {
	if socket := os.Getenv(relayed); socket != "" {
		if err := relay(socket); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// relay ends when the server does, which is when the client has closed its end.
func relay(socket string) error {
	connection, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(connection, os.Stdin)
		_ = connection.(*net.UnixConn).CloseWrite()
	}()
	_, err = io.Copy(os.Stdout, connection)
	return err
}

// serve serves fsys to each that connects to the socket.
func serve(t *testing.T, fsys afero.Fs) (socket string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "sftp") // not t.TempDir: a socket's name has 108 bytes at most
	require.NoError(t, err)
	socket = filepath.Join(dir, "socket")
	listener, err := net.Listen("unix", socket)
	require.NoError(t, err)
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			connection, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			serving.Go(func() {
				server := sftp.NewRequestServer(connection, sftpfs.New(fsys))
				if err := server.Serve(); err != nil && !errors.Is(err, io.EOF) {
					t.Errorf("server: %v", err)
				}
				_ = server.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		serving.Wait()
		_ = os.RemoveAll(dir)
	})
	return socket
}

// openSSH is the client of OpenSSH with a server of ours, and a directory of the host to come from and go to.
type openSSH struct {
	program, server, socket, local string
}

func newOpenSSH(t *testing.T, fsys afero.Fs) *openSSH {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	return &openSSH{program: trial.Program(t, "sftp"), server: self, socket: serve(t, fsys), local: t.TempDir()}
}

// batch runs commands until one fails, but for those that begin with "-" and may. It returns what the client said.
func (c *openSSH) batch(commands ...string) (string, error) {
	client := exec.Command(c.program, "-B", "4096", "-R", "64", "-b", "-", "-D", c.server) // small and many: the order of answers counts
	client.Env = append(os.Environ(), relayed+"="+c.socket)
	client.Dir = c.local
	client.Stdin = strings.NewReader(strings.Join(commands, "\n") + "\n")
	said, err := client.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", strings.Join(commands, "; "), err, said)
	}
	return string(said), err
}

// refuses is batch of one command that must fail, and say so.
func (c *openSSH) refuses(command, saying string) error {
	said, err := c.batch(command)
	switch {
	case err == nil:
		return fmt.Errorf("%s: done", command)
	case !strings.Contains(said, saying):
		return fmt.Errorf("%s: failed without %q: %s", command, saying, said)
	}
	return nil
}

// write makes a file to be put.
func (c *openSSH) write(name string, content []byte, mode os.FileMode) error {
	if err := os.WriteFile(filepath.Join(c.local, name), content, mode); err != nil {
		return err
	}
	return os.Chmod(filepath.Join(c.local, name), mode)
}

// got is what has been got.
func (c *openSSH) got(name string) (string, error) {
	content, err := os.ReadFile(filepath.Join(c.local, name))
	return string(content), err
}
