package sftpfs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/sftp"
	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs_test/apps/sftpfs"
	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

// openSSH is the client of OpenSSH with an Fs to serve, and a directory of the host to come from and go to.
type openSSH struct {
	program, local string
	fsys           afero.Fs
}

func newOpenSSH(t *testing.T, fsys afero.Fs) *openSSH {
	t.Helper()
	return &openSSH{program: trial.Program(t, "sftp"), local: t.TempDir(), fsys: fsys}
}

// relay is what the client takes for its server: it starts one of its own, and an Fs in memory is in the process of the test, at the other ends of descriptors 3 and 4.
const relay = `sh -c "cat <&3 4>&- & exec cat >&4 3<&-"`

// batch runs commands until one fails. It returns what the client said.
func (c *openSSH) batch(commands ...string) (string, error) {
	answers, toClient, err := os.Pipe()
	if err != nil {
		return "", err
	}
	fromClient, requests, err := os.Pipe()
	if err != nil {
		return "", err
	}
	served := make(chan error, 1)
	go func() {
		server := sftp.NewRequestServer(connection{fromClient, toClient}, sftpfs.New(c.fsys))
		ended := server.Serve()
		if errors.Is(ended, io.EOF) { // the client has gone
			ended = nil
		}
		served <- errors.Join(ended, toClient.Close(), fromClient.Close())
	}()

	client := exec.Command(c.program, "-B", "4096", "-R", "64", "-b", "-", "-D", relay) // small and many requests: the order of answers counts
	client.ExtraFiles = []*os.File{answers, requests}
	client.Dir = c.local
	client.Stdin = strings.NewReader(strings.Join(commands, "\n") + "\n")
	var said bytes.Buffer
	client.Stdout, client.Stderr = &said, &said
	err = client.Start()
	_, _ = answers.Close(), requests.Close()
	if err != nil {
		return "", errors.Join(err, <-served)
	}
	if err = client.Wait(); err != nil {
		err = fmt.Errorf("%s: %w: %s", strings.Join(commands, "; "), err, said.String())
	}
	return said.String(), errors.Join(err, <-served)
}

// connection is that of a server, which ends when its client does.
type connection struct {
	io.Reader
	io.WriteCloser
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
