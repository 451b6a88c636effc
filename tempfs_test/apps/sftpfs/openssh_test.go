package sftpfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/aferotemp/go/tempfs_test/apps/trial"
)

func TestOpenSSH(t *testing.T) {
	const row = "sftp (OpenSSH)"
	trial.Each(t, func(t *testing.T, on *trial.Ground) {
		s := &session{newOpenSSH(t, on.Fs)}
		checks := on.Checks(t)
		for _, c := range []struct {
			what  string
			check func() error
		}{
			{"put and get of 3 MB, eight times", s.transfers},
			{"a transfer is resumed, either way", s.resumes},
			{"put keeps the mode, without -p too", s.executable},
			{"directories", s.directories},
			{"rename replaces, and rename -l does not", s.renames},
			{"symbolic links", s.symbolicLinks},
			{"hard links", s.hardLinks},
			{"cd through a link, and up", s.climbs},
			{"ls", s.lists},
			{"chmod and chown", s.changes},
			{"rm", s.removes},
			{"a tree goes there and comes back, with modes and times", s.trees},
			{"names of all kinds", s.names},
			{"what is refused, and how", s.refusals},
			{"nothing comes from outside, and nothing goes there", s.escapes},
		} {
			checks.Check(c.what, c.check)
		}
		if on.Name == "MemMapFs" { // reads of one handle at once are mixed up there or not, as it happens
			on.Record(t, row, "varies")
			return
		}
		checks.Record(row)
	})
}

// session is a client of OpenSSH and the filesystem that it is served.
type session struct{ *openSSH }

// has holds a file to its content.
func (s *session) has(name, content string) error {
	found, err := afero.ReadFile(s.fsys, name)
	if err == nil && string(found) != content {
		err = fmt.Errorf("%s: %d bytes, and not the %d that were put", name, len(found), len(content))
	}
	return err
}

// gotAs holds what was got to its content.
func (s *session) gotAs(name, content string) error {
	found, err := s.got(name)
	if err == nil && found != content {
		err = fmt.Errorf("%s: got %d bytes, and not the %d that were there", name, len(found), len(content))
	}
	return err
}

func (s *session) missing(name string) error {
	if _, err := s.fsys.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there: %w", name, err)
	}
	return nil
}

func random(size int) []byte {
	content := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{byte(size)}).Read(content)
	return content
}

func (s *session) transfers() error {
	content := random(3_000_000)
	if err := s.write("big", content, 0o644); err != nil {
		return err
	}
	for i := range 8 {
		remote, local := fmt.Sprintf("/big%d", i), fmt.Sprintf("back%d", i)
		if _, err := s.batch("put big "+remote, "get "+remote+" "+local); err != nil {
			return err
		}
		if err := errors.Join(s.has(remote, string(content)), s.gotAs(local, string(content))); err != nil {
			return err
		}
	}
	_, err := s.batch("rm big*")
	return err
}

// resumes has both halves begin otherwise than the whole: what has come already must stay.
func (s *session) resumes() error {
	whole, begun := "0123456789", "here:"
	return errors.Join(
		s.write("whole", []byte(whole), 0o644), s.write("half", []byte(begun), 0o644),
		afero.WriteFile(s.fsys, "/whole", []byte(whole), 0o644), afero.WriteFile(s.fsys, "/half", []byte(begun), 0o644),
		must(s.batch("reput whole half", "reget whole half")),
		s.has("/half", begun+whole[len(begun):]), s.gotAs("half", begun+whole[len(begun):]),
	)
}

func (s *session) executable() error {
	if err := s.write("run.sh", []byte("#!/bin/sh\n"), 0o750); err != nil {
		return err
	}
	if _, err := s.batch("put run.sh"); err != nil {
		return err
	}
	return s.mode("/run.sh", 0o750)
}

func (s *session) mode(name string, mode fs.FileMode) error {
	info, err := s.fsys.Stat(name)
	if err == nil && info.Mode() != mode {
		err = fmt.Errorf("%s: mode %v, and not %v", name, info.Mode(), mode)
	}
	return err
}

func (s *session) directories() error {
	if _, err := s.batch("mkdir full", "mkdir full/empty"); err != nil {
		return err
	}
	return errors.Join(
		s.refuses("rmdir full", "Failure"),
		s.refuses("mkdir full", "Failure"),
		s.refuses("mkdir missing/below", "No such file"),
		afero.WriteFile(s.fsys, "/file", []byte("file"), 0o644),
		s.refuses("rmdir file", "Failure"),
		s.refuses("mkdir file/below", "Failure"),
		s.refuses("put whole file/below", "Failure"),
		s.has("/file", "file"),
		must(s.batch("rmdir full/empty", "rmdir full")),
		s.missing("/full"),
	)
}

// must is the error of a batch.
func must(_ string, err error) error { return err }

func (s *session) renames() error {
	return errors.Join(
		afero.WriteFile(s.fsys, "/old", []byte("old"), 0o644),
		afero.WriteFile(s.fsys, "/new", []byte("new"), 0o644),
		s.refuses("rename -l old new", "Failure"),
		s.has("/new", "new"),
		must(s.batch("rename old new")),
		s.has("/new", "old"), s.missing("/old"),
		must(s.batch("rename -l new newest")),
		s.has("/newest", "old"), s.missing("/new"),
		s.refuses("rename missing other", "No such file"),
	)
}

func (s *session) lists() error {
	err := errors.Join(
		s.fsys.MkdirAll("/list/dir", 0o755), s.fsys.Chmod("/list/dir", 0o751),
		afero.WriteFile(s.fsys, "/list/file", []byte("12345"), 0o640), s.fsys.Chmod("/list/file", 0o640),
		afero.WriteFile(s.fsys, "/list/.hidden", nil, 0o600),
	)
	for i := range 250 { // more than one answer holds
		err = errors.Join(err, afero.WriteFile(s.fsys, fmt.Sprintf("/list/dir/%03d", i), nil, 0o600))
	}
	if err != nil {
		return err
	}
	said, err := s.batch("ls -l list")
	for _, line := range []string{"drwxr-x--x", "-rw-r-----", "       5 ", " file\n"} {
		if err == nil && !strings.Contains(said, line) {
			err = fmt.Errorf("ls -l without %q: %s", line, said)
		}
	}
	if err == nil && strings.Contains(said, ".hidden") {
		err = fmt.Errorf("ls shows what is hidden: %s", said)
	}
	all, allErr := s.batch("ls -la list")
	if allErr == nil && !strings.Contains(all, ".hidden") {
		allErr = fmt.Errorf("ls -a hides: %s", all)
	}
	many, manyErr := s.batch("ls -1 list/dir")
	if lines := strings.Count(many, "list/dir/"); manyErr == nil && lines != 250 {
		manyErr = fmt.Errorf("%d of 250 files", lines)
	}
	return errors.Join(err, allErr, manyErr, s.refuses("ls missing", "not found"))
}

func (s *session) changes() error {
	uid, gid := 1234, 5678
	if os.Getuid() != 0 { // who may give files to nobody else
		uid, gid = os.Getuid(), os.Getgid()
	}
	err := errors.Join(
		afero.WriteFile(s.fsys, "/changed", nil, 0o644),
		must(s.batch("chmod 600 changed", fmt.Sprintf("chown %d changed", uid), fmt.Sprintf("chgrp %d changed", gid))),
		s.mode("/changed", 0o600),
		s.refuses("chmod 600 missing", "No such file"),
	)
	said, lsErr := s.batch("ls -ln changed")
	if owner := fmt.Sprintf(" %d ", uid); lsErr == nil && (!strings.Contains(said, owner) || !strings.Contains(said, fmt.Sprintf(" %d ", gid))) {
		lsErr = fmt.Errorf("not %d and %d: %s", uid, gid, said)
	}
	return errors.Join(err, lsErr)
}

func (s *session) removes() error {
	err := s.fsys.MkdirAll("/remove/directory", 0o755)
	for _, name := range []string{"a1", "a2", "b"} {
		err = errors.Join(err, afero.WriteFile(s.fsys, "/remove/"+name, nil, 0o644))
	}
	return errors.Join(
		err,
		must(s.batch("rm remove/a*")), s.missing("/remove/a1"), s.missing("/remove/a2"), s.has("/remove/b", ""),
		s.refuses("rm remove/directory", "Failure"), s.refuses("rm remove/missing", "No such file"),
		must(s.batch("rmdir remove/directory")),
	)
}

func (s *session) refusals() error {
	return errors.Join(
		s.refuses("get missing", "not found"),
		s.refuses("put whole /missing/below", "No such file"),
		s.refuses("df", ""), // an afero.Fs cannot say
		s.fsys.Mkdir("/directory", 0o755),
		s.refuses("rename directory directory/below", "Failure"),
		s.refuses("ln directory second", "Permission denied"), // EPERM, as link(2) has it
	)
}
