package sftpfs_test

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/afero"
)

func (s *session) symbolicLinks() error {
	err := errors.Join(
		s.fsys.Mkdir("/links", 0o755),
		afero.WriteFile(s.fsys, "/links/file", []byte("content"), 0o644),
		must(s.batch("ln -s file links/relative", "ln -s /links/file links/absolute", "ln -s ../nowhere/./ links/dangling", "get links/relative", "get links/absolute")),
		s.gotAs("relative", "content"), s.gotAs("absolute", "content"),
	)
	reader, ok := s.fsys.(afero.LinkReader)
	if !ok {
		return errors.Join(err, afero.ErrNoReadlink)
	}
	for name, target := range map[string]string{"relative": "file", "absolute": "/links/file", "dangling": "../nowhere/./"} {
		found, readErr := reader.ReadlinkIfPossible("/links/" + name)
		if readErr == nil && found != target {
			readErr = fmt.Errorf("%s leads to %q, and not to %q", name, found, target)
		}
		err = errors.Join(err, readErr)
	}
	return errors.Join(err, s.refuses("ln -s file links/relative", "Failure"), s.refuses("get links/dangling", "No such file"))
}

func (s *session) hardLinks() error {
	return errors.Join(
		afero.WriteFile(s.fsys, "/one", []byte("1"), 0o644),
		s.write("two", []byte("22"), 0o644),
		must(s.batch("ln one same", "put two same")),
		s.has("/one", "22"), s.has("/same", "22"),
		s.refuses("ln one same", "Failure"),
	)
}

func (s *session) climbs() error {
	err := errors.Join(
		s.fsys.MkdirAll("/climb/far/away", 0o755),
		afero.WriteFile(s.fsys, "/climb/far/here", []byte("here"), 0o644),
	)
	if err != nil {
		return err
	}
	said, err := s.batch("ln -s far/away /climb/link", "cd /climb/link", "pwd", "cd ..", "pwd", "get here", "cd ../../../..", "pwd")
	for _, line := range []string{"directory: /climb/far/away\n", "directory: /climb/far\n", "directory: /\n"} {
		if err == nil && !strings.Contains(said, line) {
			err = fmt.Errorf("no %q: %s", line, said)
		}
	}
	return errors.Join(err, s.gotAs("here", "here"))
}

func (s *session) escapes() error {
	if err := os.WriteFile(s.local+"/secret", []byte("secret"), 0o600); err != nil {
		return err
	}
	up := strings.Repeat("../", 20)
	var err error
	for i, target := range []string{s.local, up + s.local, "/links/" + up + s.local, "/proc/self/cwd" + s.local} {
		link := fmt.Sprintf("out%d", i)
		if _, linkErr := s.batch(fmt.Sprintf("ln -s %s /%s", target, link)); linkErr != nil {
			err = errors.Join(err, linkErr)
			continue
		}
		err = errors.Join(
			err,
			s.refuses("get /"+link+"/secret stolen", "not found"),
			s.refuses("put secret /"+link+"/planted", "No such file"),
			s.refuses("ls /"+link+"/secret", "not found"),
		)
	}
	err = errors.Join(err, s.refuses("get "+up+s.local+"/secret stolen", "not found"), s.refuses("put secret "+up+s.local+"/planted", "No such file"))
	for _, name := range []string{"stolen", "planted"} {
		if _, statErr := os.Lstat(s.local + "/" + name); statErr == nil {
			err = errors.Join(err, fmt.Errorf("%s: it is there", name))
		}
	}
	return err
}
